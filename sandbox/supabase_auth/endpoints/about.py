"""What the stand-in says about itself, its public keys, and the outbox."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.supabase_auth import pages, wire
from sandbox.supabase_auth.endpoints.context import Context, in_thread
from sandbox.supabase_auth.endpoints.local import require_this_machine

VERSION: Final = "stand-in/2"
_PUBLISHED: Final = {"cache-control": "public, max-age=600"}


class AboutEndpoints:
    """Settings, health, keys, outbox."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """Return the routes below `/auth/v1`."""
        return [
            Route("/settings", self._settings, methods=["GET"]),
            Route("/health", self._health, methods=["GET"]),
            Route("/outbox", self._outbox, methods=["GET"]),
            Route("/.well-known/jwks.json", self._jwks, methods=["GET"]),
            Route("/.well-known/openid-configuration", self._discovery, methods=["GET"]),
        ]

    async def _settings(self, request: Request) -> Response:
        wire.require_api_key(request)
        providers = {"email": True, "phone": False, "google": True, "anonymous_users": False}
        return wire.answer(
            {
                "external": providers,
                "disable_signup": False,
                "mailer_autoconfirm": not self._context.accounts.policy.confirm_emails,
                "phone_autoconfirm": False,
                "saml_enabled": False,
            }
        )

    async def _health(self, _request: Request) -> Response:
        description = "Stand-in for Supabase Auth, for this machine only"
        return JSONResponse({"name": "GoTrue", "version": VERSION, "description": description})

    async def _outbox(self, request: Request) -> Response:
        require_this_machine(request, self._context.base_url)
        mails = await in_thread(self._context.accounts.outbox.mails)
        if "text/html" in request.headers.get("accept", ""):
            return pages.outbox(mails)
        note = "Kept by the sign-in stand-in of this machine; nothing was sent."
        return wire.answer({"stand_in": note, "mails": [asdict(mail) for mail in mails]})

    async def _jwks(self, _request: Request) -> Response:
        return JSONResponse(self._context.tokens.keys.public_jwks(), headers=_PUBLISHED)

    async def _discovery(self, _request: Request) -> Response:
        issuer = self._context.tokens.issuer
        document = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "code_challenge_methods_supported": ["S256", "plain"],
        }
        return JSONResponse(document, headers=_PUBLISHED)
