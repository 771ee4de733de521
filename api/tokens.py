"""Personal access tokens: what programs use the API and the MCP server with."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from api.errors import problems
from api.media import require_json
from api.paging import Cursor, Limit, cut, decode_place, encode_place, refused_cursor
from api.security import LiveVisitor, Tenant, WritingCaller
from api.shapes.tokens import MadeTokenReply, NewTokenRequest, TokenPage, TokenReply
from api.state import State
from gtm.auth.access_tokens import AccessToken, TokenKey
from gtm.context import TenantContext

router = APIRouter(prefix="/v1/tokens", tags=["tokens"])


@router.get("", responses=problems(401, 403, 422, 503))
async def list_tokens(
    tenant: Tenant, state: State, cursor: Cursor = None, limit: Limit = 100
) -> TokenPage:
    """Return one's own tokens, and as an admin all of the workspace."""
    after = _key(cursor) if cursor else None
    found = await state.services.access_tokens.tokens(tenant, limit=limit + 1, after=after)
    page, next_cursor = cut(found, limit, _cursor)
    return TokenPage(
        items=[TokenReply(**_fields(token, tenant)) for token in page], next_cursor=next_cursor
    )


@router.post(
    "",
    status_code=201,
    responses=problems(401, 403, 409, 415, 422, 503),
    dependencies=[Depends(require_json)],
)
async def create_token(
    body: NewTokenRequest, _visitor: LiveVisitor, tenant: Tenant, state: State, response: Response
) -> MadeTokenReply:
    """Make a token for the workspace one is in; its secret is shown this once."""
    made = await state.services.access_tokens.create(
        tenant, name=body.name, scopes=body.scopes, days=body.expires_in_days
    )
    response.headers["cache-control"] = "no-store"
    return MadeTokenReply(**_fields(made.token, tenant), secret=made.secret)


@router.delete("/{token_id}", status_code=204, responses=problems(401, 403, 404, 422, 503))
async def revoke_token(token_id: UUID, caller: WritingCaller, state: State) -> None:
    """End a token of one's own, or as an admin anybody's; it is refused from then on."""
    of_others = caller.tenant.is_admin and caller.claims.allows("admin")
    await state.services.access_tokens.revoke(caller.tenant, token_id, of_others=of_others)


def _fields(token: AccessToken, tenant: TenantContext) -> dict[str, Any]:
    return asdict(token) | {"id": str(token.id), "is_yours": token.user_id == tenant.user_id}


def _cursor(token: AccessToken) -> str:
    return encode_place(token.created_at, token.id)


def _key(cursor: str) -> TokenKey:
    created_at, token_id = decode_place(cursor)
    try:
        return TokenKey(created_at, UUID(token_id))
    except ValueError as error:
        raise refused_cursor() from error
