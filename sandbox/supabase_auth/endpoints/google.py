"""Signing in with Google: the start, the stand-in's consent page, and the way back."""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase_auth import bodies, errors, pages, redirects, wire
from sandbox.supabase_auth.codes import read_challenge
from sandbox.supabase_auth.endpoints.context import Context, in_thread
from sandbox.supabase_auth.endpoints.local import require_same_origin, require_this_machine
from sandbox.supabase_auth.google import PROVIDER, Arrival, GoogleStandIn

_CONSENT_PATH: Final = "/stand-in/google"
_MAX_STATE_LENGTH: Final = 100


class GoogleEndpoints:
    """The road through the provider; people walk it in their browser, without an API key."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._google = GoogleStandIn(context.accounts)

    def routes(self) -> list[Route]:
        """Return the routes below `/auth/v1`."""
        return [
            Route("/authorize", self._authorize, methods=["GET"]),
            Route(_CONSENT_PATH, self._page, methods=["GET"]),
            Route(_CONSENT_PATH, self._consent, methods=["POST"]),
            Route("/callback", self._callback, methods=["GET"]),
        ]

    async def _authorize(self, request: Request) -> Response:
        query = request.query_params
        if query.get("provider") != PROVIDER:
            raise errors.validation_failed("Unsupported provider: provider is not enabled")
        challenge = read_challenge(query.get("code_challenge"), query.get("code_challenge_method"))
        landing = self._context.landing(request, challenge)
        state = await in_thread(partial(self._google.begin, landing))
        url = self._url(_CONSENT_PATH, state=state)
        if query.get("skip_http_redirect") == "true":
            return wire.answer({"url": url})
        return wire.redirect(url, status_code=302)

    async def _page(self, request: Request) -> Response:
        require_this_machine(request, self._context.base_url)
        state = request.query_params.get("state", "")[:_MAX_STATE_LENGTH]
        try:
            landing = await in_thread(partial(self._google.landing, state))
        except errors.AuthRefusal as error:
            return self._sorry(error)
        emails = await in_thread(self._google.known_emails)
        returns_to = redirects.origin(landing.redirect_to)
        return pages.consent(state=state, emails=emails, returns_to=returns_to)

    async def _consent(self, request: Request) -> Response:
        require_this_machine(request, self._context.base_url)
        require_same_origin(request, self._context.base_url)
        form = await _form(request)
        state = form.get("state", "")
        if form.get("action") == "deny":
            url = self._url("/callback", state=state, error="access_denied")
            return wire.redirect(url, status_code=303)
        email, name = form.get("email", ""), form.get("name", "")
        try:
            call = partial(self._google.consent, state, email=email, name=name)
            code = await in_thread(call)
        except errors.AuthRefusal as error:
            return self._sorry(error)
        return wire.redirect(self._url("/callback", state=state, code=code), status_code=303)

    async def _callback(self, request: Request) -> Response:
        query = request.query_params
        state = query.get("state", "")
        try:
            if query.get("error"):
                return await self._denied(state)
            call = partial(self._google.finish, state, query.get("code", ""))
            arrival = await in_thread(call)
        except errors.AuthRefusal as error:
            url = redirects.with_error(self._context.redirects.site_url, error, in_query=True)
            return wire.redirect(url, status_code=302)
        return wire.redirect(self._arrival(arrival), status_code=302)

    async def _denied(self, state: str) -> Response:
        landing = await in_thread(partial(self._google.deny, state))
        denied = errors.AuthRefusal(403, "access_denied", "The user denied the request")
        url = redirects.with_error(landing.redirect_to, denied, in_query=True)
        return wire.redirect(url, status_code=302)

    def _arrival(self, arrival: Arrival) -> str:
        if arrival.grant is None:
            return redirects.with_query(arrival.redirect_to, {"code": arrival.code or ""})
        fragment = wire.session_fragment(self._context.tokens, arrival.grant)
        return redirects.with_fragment(arrival.redirect_to, fragment)

    def _sorry(self, error: errors.AuthRefusal) -> Response:
        return pages.refusal(
            error.message,
            status_code=error.status_code,
            site_url=self._context.redirects.site_url,
        )

    def _url(self, path: str, **query: str) -> str:
        return f"{self._context.tokens.issuer}{path}?{urlencode(query)}"


async def _form(request: Request) -> dict[str, str]:
    content = await bodies.content(request)
    try:
        return dict(parse_qsl(content.decode(), max_num_fields=20))
    except ValueError as error:
        raise errors.validation_failed("The form can't be read") from error
