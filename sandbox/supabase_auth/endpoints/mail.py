"""What goes by mail: recovery, sign-in links, resending; following a link, entering a code."""

from __future__ import annotations

from functools import partial

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.supabase_auth import bodies, errors, redirects, wire
from sandbox.supabase_auth.confirmations import (
    LINK_KINDS,
    SINGLE_CONFIRMATION,
    Confirmations,
    Proof,
)
from sandbox.supabase_auth.endpoints.context import Context, in_thread
from sandbox.supabase_auth.sessions import Grant


class MailEndpoints:
    """Everything that ends in the outbox, or starts from a mail in it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._confirmations = Confirmations(context.accounts)

    def routes(self) -> list[Route]:
        """Return the routes below `/auth/v1`."""
        return [
            Route("/recover", self._recover, methods=["POST"]),
            Route("/otp", self._magic_link, methods=["POST"]),
            Route("/magiclink", self._magic_link, methods=["POST"]),
            Route("/resend", self._resend, methods=["POST"]),
            Route("/verify", self._verify, methods=["POST"]),
            # Followed from a mail, so there is no API key to ask for.
            Route("/verify", self._follow, methods=["GET"]),
        ]

    async def _recover(self, request: Request) -> Response:
        wire.require_api_key(request)
        body = await bodies.read(request, bodies.Recover)
        landing = self._context.landing(request, body.challenge)
        await in_thread(partial(self._confirmations.recover, body.email, landing))
        return wire.answer({})

    async def _magic_link(self, request: Request) -> Response:
        wire.require_api_key(request)
        body = await bodies.read(request, bodies.MagicLink)
        call = partial(
            self._confirmations.magic_link,
            _required(body.email),
            self._context.landing(request, body.challenge),
            metadata=body.data or {},
            may_create=body.create_user is not False,
        )
        await in_thread(call)
        return wire.answer({})

    async def _resend(self, request: Request) -> Response:
        wire.require_api_key(request)
        body = await bodies.read(request, bodies.Resend)
        landing, email = self._context.landing(request, body.challenge), _required(body.email)
        await in_thread(partial(self._confirmations.resend, email, body.type, landing))
        return wire.answer({})

    async def _verify(self, request: Request) -> Response:
        wire.require_api_key(request)
        proof = _proof(await bodies.read(request, bodies.Verify))
        grant = await in_thread(partial(self._confirmations.verify, proof))
        if grant is None:
            return wire.answer({"msg": SINGLE_CONFIRMATION, "code": "200"})
        return wire.answer(wire.session_body(self._context.tokens, grant))

    async def _follow(self, request: Request) -> Response:
        if request.method == "HEAD":
            # A look at where a link leads must not use it up.
            return Response()
        query = request.query_params
        kind, token = query.get("type", ""), query.get("token") or query.get("token_hash") or ""
        back = self._context.redirects.allowed(query.get("redirect_to"))
        try:
            if kind not in LINK_KINDS:
                raise errors.validation_failed("Invalid email verification type")
            follow = partial(self._confirmations.follow, Proof(kind, token=token))
            result = await in_thread(follow)
        except errors.AuthRefusal as error:
            in_query = token.startswith("pkce_")
            url = redirects.with_error(back, error, in_query=in_query)
            return wire.redirect(url, status_code=303)
        return wire.redirect(self._arrival(back, kind, result), status_code=303)

    def _arrival(self, back: str, kind: str, result: Grant | str | None) -> str:
        if result is None:
            return redirects.with_fragment(back, {"message": SINGLE_CONFIRMATION})
        if isinstance(result, str):
            return redirects.with_query(back, {"code": result})
        fragment = wire.session_fragment(self._context.tokens, result, type=kind)
        return redirects.with_fragment(back, fragment)


def _required(email: str | None) -> str:
    if not email:
        raise errors.validation_failed("One of email or phone must be set")
    return email


def _proof(body: bodies.Verify) -> Proof:
    if body.type not in LINK_KINDS | {"email"}:
        raise errors.validation_failed("Unsupported verification type")
    if body.token_hash:
        return Proof(body.type, token=body.token_hash)
    if not body.token or not body.email:
        raise errors.validation_failed(
            "Only an email address or phone number should be provided on verify"
        )
    return Proof(body.type, email=body.email, code=body.token)
