"""Requests that may be repeated: with an Idempotency-Key a thing is made once, whatever is lost.

A route takes the header when its router's `route_class` is `IdempotentRoute` and its last parameter
is `Idempotent` or one of its variants: whoever asks is checked before a key is looked at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute

from api.security import SignedIn, Verified
from api.state import ApiState, State
from gtm.context import TenantId, UserId
from gtm.errors import GtmError
from gtm.store.idempotency import Claim, KeptAnswer, RequestKey

logger = logging.getLogger(__name__)

REPLAYED: Final = "idempotency-replayed"
HEADER: Final = "Idempotency-Key"
_STATE: Final = "idempotency"

_Key = Annotated[
    str | None,
    Header(
        alias=HEADER,
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="Made up by the client, a UUID for example. Sent again with the same body "
        "within 24 hours, it is answered as the first time and nothing is made twice.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Undertaking:
    """A claimed request, and whether its answer may be kept."""

    state: ApiState
    claim: Claim
    keeps_answer: bool

    async def done(self, response: Response) -> None:
        body = bytes(response.body).decode() if self.keeps_answer else None
        await self.state.services.idempotency.keep(
            self.claim, status=response.status_code, body=body
        )

    async def given_up(self) -> None:
        await self.state.services.idempotency.give_up(self.claim)


class _Replay(Exception):  # noqa: N818 - no error: it ends a request that is answered already
    """Carries a kept answer past the route."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class IdempotentRoute(APIRoute):
    """Keeps the answer of a claimed request, or gives the answer that was kept."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of the route's requests."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            try:
                response = await handle(request)
            except _Replay as replay:
                return replay.response
            except Exception:
                await _settle(request, None)
                raise
            await _settle(request, response)
            return response

        return once


async def _settle(request: Request, response: Response | None) -> None:
    undertaking: _Undertaking | None = getattr(request.state, _STATE, None)
    if undertaking is None:
        return
    try:
        if response is not None and response.status_code < 300:
            await undertaking.done(response)
        else:
            await undertaking.given_up()
    except GtmError:
        # The work itself is done or refused; a repetition waits until the claim is over.
        logger.exception("idempotency_key_not_settled")


async def _begin(
    request: Request,
    state: ApiState,
    key: str | None,
    *,
    user_id: UserId,
    tenant_id: TenantId | None,
    keeps_answer: bool,
) -> None:
    if key is None:
        return
    body = await request.body()
    content = request.url.query.encode() + b"\n" + body
    found = await state.services.idempotency.claim(
        RequestKey(
            user_id=user_id,
            tenant_id=tenant_id,
            method=request.method,
            path=request.url.path,
            key_hash=sha256(key.encode()).hexdigest(),
            body_hash=sha256(content).hexdigest(),
        )
    )
    if isinstance(found, KeptAnswer):
        headers = {REPLAYED: "true", "cache-control": "no-store"}
        media_type = "application/json" if found.body else None
        raise _Replay(Response(found.body, found.status, headers=headers, media_type=media_type))
    setattr(request.state, _STATE, _Undertaking(state, found, keeps_answer))


async def _in_workspace(request: Request, state: State, caller: SignedIn, key: _Key = None) -> None:
    who, where = caller.tenant.user_id, caller.tenant.tenant_id
    await _begin(request, state, key, user_id=who, tenant_id=where, keeps_answer=True)


async def _with_secret(request: Request, state: State, caller: SignedIn, key: _Key = None) -> None:
    who, where = caller.tenant.user_id, caller.tenant.tenant_id
    await _begin(request, state, key, user_id=who, tenant_id=where, keeps_answer=False)


async def _outside(request: Request, state: State, visitor: Verified, key: _Key = None) -> None:
    who = visitor.claims.subject
    await _begin(request, state, key, user_id=who, tenant_id=None, keeps_answer=True)


# What is made in a workspace.
Idempotent = Annotated[None, Depends(_in_workspace)]
# What a signed-in user makes outside of one.
IdempotentForUser = Annotated[None, Depends(_outside)]
# What answers with a secret that is shown once: a repetition makes nothing, and shows nothing.
IdempotentSecret = Annotated[None, Depends(_with_secret)]
