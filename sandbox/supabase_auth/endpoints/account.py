"""Signing up, signing in with a password, code or refresh token, one's own account, signing out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase_auth import bodies, errors, wire
from sandbox.supabase_auth.accounts import OwnChange
from sandbox.supabase_auth.endpoints.context import Context, in_thread
from sandbox.supabase_auth.sessions import Grant

# There is no Google behind the stand-in whose interfaces this would open.
_PROVIDER_TOKEN: Final = "stand-in-opens-nothing-at-google"  # noqa: S105 - no secret


class AccountEndpoints:
    """What people do with an account of their own."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._accounts = context.accounts

    def routes(self) -> list[Route]:
        """Return the routes below `/auth/v1`."""
        return [
            Route("/signup", self._sign_up, methods=["POST"]),
            Route("/token", self._token, methods=["POST"]),
            Route("/user", self._user, methods=["GET"]),
            Route("/user", self._update, methods=["PUT"]),
            Route("/logout", self._logout, methods=["POST"]),
        ]

    async def _sign_up(self, request: Request) -> Response:
        wire.require_api_key(request)
        body = await bodies.read(request, bodies.SignUp)
        if not body.email:
            raise errors.AuthRefusal(
                422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled"
            )
        if not body.password:
            raise errors.validation_failed("Signup requires a valid password")
        call = partial(
            self._accounts.sign_up,
            body.email,
            body.password,
            metadata=body.data or {},
            landing=self._context.landing(request, body.challenge),
        )
        result = await in_thread(call)
        if isinstance(result, Grant):
            return self._session(result)
        return wire.answer(wire.user_body(result))

    async def _token(self, request: Request) -> Response:
        wire.require_api_key(request)
        call = await self._grant(request)
        grant = await in_thread(call)
        is_pickup = request.query_params["grant_type"] == "pkce" and grant.method == "oauth"
        return self._session(grant, {"provider_token": _PROVIDER_TOKEN} if is_pickup else {})

    async def _grant(self, request: Request) -> Callable[[], Grant]:
        kind = request.query_params.get("grant_type")
        if kind == "password":
            password = await bodies.read(request, bodies.PasswordGrant)
            return partial(self._accounts.sign_in, password.email, password.password)
        if kind == "refresh_token":
            refresh = await bodies.read(request, bodies.RefreshGrant)
            return partial(self._accounts.refresh, refresh.refresh_token)
        if kind == "pkce":
            code = await bodies.read(request, bodies.CodeGrant)
            return partial(self._accounts.codes.exchange, code.auth_code, code.code_verifier)
        raise errors.AuthRefusal(400, "invalid_credentials", "unsupported_grant_type")

    async def _user(self, request: Request) -> Response:
        session_id = self._context.session_of(request)
        account = await in_thread(partial(self._accounts.account_of_session, session_id))
        return wire.answer(wire.user_body(account))

    async def _update(self, request: Request) -> Response:
        session_id = self._context.session_of(request)
        body = await bodies.read(request, bodies.UserUpdate)
        if body.app_metadata is not None:
            raise errors.AuthRefusal(
                403, "not_admin", "Updating app_metadata requires admin privileges"
            )
        change = OwnChange(password=body.password, email=body.email, metadata=body.data)
        landing = self._context.landing(request, body.challenge)
        account = await in_thread(partial(self._accounts.change, session_id, change, landing))
        return wire.answer(wire.user_body(account))

    async def _logout(self, request: Request) -> Response:
        session_id = self._context.session_of(request)
        scope = request.query_params.get("scope", "global")
        await in_thread(partial(self._accounts.sign_out, session_id, scope=scope))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    def _session(self, grant: Grant, extra: dict[str, Any] | None = None) -> Response:
        return wire.answer(wire.session_body(self._context.tokens, grant) | (extra or {}))
