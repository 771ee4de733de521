"""The stand-in put together: what Supabase Auth answers under `/auth/v1`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from gtm.clock import Clock
from sandbox.safety import StandInHeader, refuse_other_hosts, refuse_production
from sandbox.supabase_auth import errors, wire
from sandbox.supabase_auth.accounts import Accounts
from sandbox.supabase_auth.database import DATABASE_FILE
from sandbox.supabase_auth.endpoints.about import AboutEndpoints
from sandbox.supabase_auth.endpoints.account import AccountEndpoints
from sandbox.supabase_auth.endpoints.admin import AdminEndpoints
from sandbox.supabase_auth.endpoints.context import Context
from sandbox.supabase_auth.endpoints.google import GoogleEndpoints
from sandbox.supabase_auth.endpoints.mail import MailEndpoints
from sandbox.supabase_auth.keys import KeyRing, load_or_create_service_key
from sandbox.supabase_auth.policy import Policy
from sandbox.supabase_auth.redirects import Redirects
from sandbox.supabase_auth.tokens import TTL_SECONDS, AccessTokens

# Opens what anyone may do, as a project's publishable key does; it is no secret.
ANON_KEY: Final = "stand-in"
# Clocks of those who check tokens may be a little behind.
_TOKEN_LIFETIME: Final = timedelta(seconds=TTL_SECONDS + 60)


class SupabaseAuth:
    """The stand-in over one data directory; `app` is what gets mounted at `/auth/v1`.

    People are sent back to `site_url` (the base URL unless told) or to pages of the
    `redirect_origins`, nowhere else.
    """

    def __init__(
        self,
        directory: Path,
        *,
        base_url: str,
        clock: Clock,
        environment: str,
        host: str,
        site_url: str | None = None,
        redirect_origins: Iterable[str] = (),
        policy: Policy | None = None,
    ) -> None:
        _refuse_unsafe(environment=environment, host=host)
        base_url = base_url.rstrip("/")
        issuer = f"{base_url}/auth/v1"
        redirects = Redirects(site_url or base_url, (base_url, *redirect_origins))
        self.anon_key = ANON_KEY
        self.accounts = Accounts(directory / DATABASE_FILE, clock, policy=policy, issuer=issuer)
        self.service_key = load_or_create_service_key(directory)
        self.keys = KeyRing(directory, clock, token_lifetime=_TOKEN_LIFETIME)
        self.tokens = AccessTokens(self.keys, issuer, clock)
        self.outbox_url = f"{issuer}/outbox"
        context = Context(self.accounts, self.tokens, redirects, base_url, self.service_key)
        self.app = _build_app(context)

    def rotate_keys(self) -> str:
        """Make the standby key sign from now on; return its id."""
        return self.keys.rotate()

    def close(self) -> None:
        """Close the account file."""
        self.accounts.close()


def _build_app(context: Context) -> Starlette:
    groups = (
        AccountEndpoints(context),
        MailEndpoints(context),
        GoogleEndpoints(context),
        AdminEndpoints(context),
        AboutEndpoints(context),
    )
    return Starlette(
        routes=[route for group in groups for route in group.routes()],
        middleware=[Middleware(StandInHeader, name="supabase-auth")],
        exception_handlers={errors.AuthRefusal: wire.refused, HTTPException: wire.http_error},
    )


def _refuse_unsafe(*, environment: str, host: str) -> None:
    """Raise ConfigurationError where sign-in by a stand-in would be a hole."""
    refuse_production(
        environment,
        message="The embedded sign-in is a stand-in and does not run with GTM_ENV=production.",
        hint="Set SUPABASE_URL and SUPABASE_ANON_KEY.",
    )
    refuse_other_hosts(
        host,
        name="The embedded sign-in",
        hint="Set GTM_HOST=127.0.0.1, or configure Supabase.",
    )
