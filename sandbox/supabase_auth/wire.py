"""The wire's shapes: users, sessions and refusals as JSON, and what a request brings along."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.supabase_auth import errors
from sandbox.supabase_auth.records import Account, Identity
from sandbox.supabase_auth.sessions import Grant
from sandbox.supabase_auth.tokens import TTL_SECONDS, AccessTokens

API_VERSION: Final = "2024-01-01"

_TIMES: Final = (
    "email_confirmed_at",
    "invited_at",
    "confirmation_sent_at",
    "recovery_sent_at",
    "email_change_sent_at",
    "last_sign_in_at",
    "banned_until",
)


def user_body(account: Account) -> dict[str, Any]:
    """Return a person as the clients read them."""
    body: dict[str, Any] = {
        "id": account.id,
        "aud": "authenticated",
        "role": "authenticated",
        "email": account.email,
        "phone": "",
        "app_metadata": dict(account.app_metadata),
        "user_metadata": dict(account.user_metadata),
        "identities": [_identity_body(account, one) for one in account.identities],
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "is_anonymous": False,
    }
    body |= {name: value for name in _TIMES if (value := getattr(account, name)) is not None}
    if account.email_confirmed_at:
        body["confirmed_at"] = account.email_confirmed_at
    if account.email_change:
        body["new_email"] = account.email_change
    return body


def session_body(tokens: AccessTokens, grant: Grant) -> dict[str, Any]:
    """Return a session as the clients read it."""
    token = tokens.issue(grant.account, grant.session_id, grant.method)
    return {
        "access_token": token.text,
        "token_type": "bearer",
        "expires_in": TTL_SECONDS,
        "expires_at": token.expires_at,
        "refresh_token": grant.refresh_token,
        "user": user_body(grant.account),
    }


def session_fragment(tokens: AccessTokens, grant: Grant, **extra: str) -> dict[str, str]:
    """Return a session as it rides behind the # of an address."""
    body = session_body(tokens, grant)
    return {name: str(value) for name, value in body.items() if name != "user"} | extra


def answer(
    body: Mapping[str, Any], *, status_code: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return JSON that nobody keeps."""
    kept = {"cache-control": "no-store", **(headers or {})}
    return JSONResponse(dict(body), status_code=status_code, headers=kept)


def redirect(url: str, *, status_code: int) -> Response:
    """Return a redirect that nobody keeps and that gives no address away."""
    headers = {"location": url, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(status_code=status_code, headers=headers)


def require_api_key(request: Request) -> None:
    """Raise AuthRefusal without an API key, as the gateway does."""
    if not request.headers.get("apikey"):
        raise errors.AuthRefusal(401, "no_authorization", "No API key found in request")


def bearer(request: Request) -> str:
    """Return the bearer token. Raises AuthRefusal."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise errors.AuthRefusal(
            401, "no_authorization", "This endpoint requires a valid Bearer token"
        )
    return token.strip()


async def refused(request: Request, error: Exception) -> Response:
    """Answer a refusal in the form the client understands."""
    if not isinstance(error, errors.AuthRefusal):
        raise error
    headers = {"x-sb-error-code": error.code}
    # Clients that name the dated API version get string codes; older ones the numeric form.
    if request.headers.get("x-supabase-api-version", "") >= API_VERSION:
        headers["x-supabase-api-version"] = API_VERSION
        body: dict[str, Any] = {"code": error.code, "message": error.message}
    else:
        body = {"code": error.status_code, "error_code": error.code, "msg": error.message}
    return answer(body | error.details, status_code=error.status_code, headers=headers)


async def http_error(_request: Request, error: Exception) -> Response:
    """Answer a path or method that is not there."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return answer({"code": status, "msg": HTTPStatus(status).phrase}, status_code=status)


def _identity_body(account: Account, identity: Identity) -> dict[str, Any]:
    return {
        "id": identity.provider_id,
        "identity_id": identity.identity_id,
        "user_id": account.id,
        "provider": identity.provider,
        "identity_data": dict(identity.identity_data),
        "email": identity.identity_data.get("email", account.email),
        "created_at": identity.created_at,
        "updated_at": identity.created_at,
        "last_sign_in_at": account.last_sign_in_at or identity.created_at,
    }
