"""The stand-in's HTTP surface: what Supabase Auth answers under `/auth/v1`."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gtm.auth.keys import SigningKey
from gtm.clock import Clock
from sandbox.safety import StandInHeader, refuse_other_hosts, refuse_production
from sandbox.supabase_auth import errors
from sandbox.supabase_auth.accounts import DATABASE_FILE, Account, Accounts, Grant
from sandbox.supabase_auth.tokens import TTL_SECONDS, AccessTokens

API_VERSION = "2024-01-01"
VERSION = "stand-in/1"
KEY_FILE = "supabase_auth.pem"


class SupabaseAuth:
    """The stand-in over one data directory; `app` is what gets mounted at `/auth/v1`."""

    def __init__(
        self, directory: Path, *, base_url: str, clock: Clock, environment: str, host: str
    ) -> None:
        _refuse_unsafe(environment=environment, host=host)
        self.accounts = Accounts(directory / DATABASE_FILE, clock)
        key = SigningKey.load_or_create(directory / KEY_FILE)
        self.tokens = AccessTokens(key, f"{base_url.rstrip('/')}/auth/v1", clock)
        self.app = self._build_app()

    def close(self) -> None:
        """Close the account file."""
        self.accounts.close()

    def _build_app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/token", self._token, methods=["POST"]),
                Route("/user", self._user, methods=["GET"]),
                Route("/logout", self._logout, methods=["POST"]),
                Route("/settings", _settings, methods=["GET"]),
                Route("/health", _health, methods=["GET"]),
                Route("/.well-known/jwks.json", self._jwks, methods=["GET"]),
            ],
            middleware=[Middleware(StandInHeader, name="supabase-auth")],
            exception_handlers={errors.AuthRefusal: _refused, HTTPException: _http_error},
        )

    async def _token(self, request: Request) -> Response:
        _require_api_key(request)
        body = await _body(request)
        grant_type = request.query_params.get("grant_type")
        if grant_type == "password":
            email, password = _text(body, "email"), _text(body, "password")
            call = partial(self.accounts.sign_in, email, password)
        elif grant_type == "refresh_token":
            call = partial(self.accounts.refresh, _text(body, "refresh_token"))
        else:
            raise errors.AuthRefusal(400, "invalid_credentials", "unsupported_grant_type")
        return _json(self._session_body(await anyio.to_thread.run_sync(call)))

    async def _user(self, request: Request) -> Response:
        _require_api_key(request)
        session_id = self.tokens.session_of(_bearer(request))
        account = await anyio.to_thread.run_sync(self.accounts.account_of_session, session_id)
        return _json(_user_body(account))

    async def _logout(self, request: Request) -> Response:
        _require_api_key(request)
        session_id = self.tokens.session_of(_bearer(request))
        scope = request.query_params.get("scope", "global")
        await anyio.to_thread.run_sync(partial(self.accounts.sign_out, session_id, scope=scope))
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _jwks(self, _request: Request) -> Response:
        headers = {"cache-control": "public, max-age=600"}
        return JSONResponse(self.tokens.key.public_jwks(), headers=headers)

    def _session_body(self, grant: Grant) -> dict[str, Any]:
        token = self.tokens.issue(grant.account, grant.session_id)
        return {
            "access_token": token.text,
            "token_type": "bearer",
            "expires_in": TTL_SECONDS,
            "expires_at": token.expires_at,
            "refresh_token": grant.refresh_token,
            "user": _user_body(grant.account),
        }


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


def _user_body(account: Account) -> dict[str, Any]:
    identity = {
        "id": account.id,
        "identity_id": account.id,
        "user_id": account.id,
        "provider": "email",
        "identity_data": {"email": account.email, "sub": account.id},
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "last_sign_in_at": account.last_sign_in_at,
    }
    return {
        "id": account.id,
        "aud": "authenticated",
        "role": "authenticated",
        "email": account.email,
        "email_confirmed_at": account.created_at,
        "phone": "",
        "confirmed_at": account.created_at,
        "last_sign_in_at": account.last_sign_in_at,
        "app_metadata": dict(account.app_metadata),
        "user_metadata": dict(account.user_metadata),
        "identities": [identity],
        "created_at": account.created_at,
        "updated_at": account.updated_at,
        "is_anonymous": False,
    }


async def _settings(request: Request) -> Response:
    _require_api_key(request)
    providers = {"email": True, "phone": False, "google": False, "anonymous_users": False}
    return JSONResponse(
        {
            "external": providers,
            "disable_signup": True,
            "mailer_autoconfirm": True,
            "phone_autoconfirm": False,
            "saml_enabled": False,
        }
    )


async def _health(_request: Request) -> Response:
    description = "Stand-in for Supabase Auth, for this machine only"
    return JSONResponse({"name": "GoTrue", "version": VERSION, "description": description})


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.AuthRefusal):
        raise error
    headers = {"x-sb-error-code": error.code}
    # Clients that name the dated API version get string codes; older ones the numeric form.
    if request.headers.get("x-supabase-api-version", "") >= API_VERSION:
        headers["x-supabase-api-version"] = API_VERSION
        body: dict[str, Any] = {"code": error.code, "message": error.message}
    else:
        body = {"code": error.status_code, "error_code": error.code, "msg": error.message}
    return JSONResponse(body, status_code=error.status_code, headers=headers)


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"code": status, "msg": HTTPStatus(status).phrase}, status_code=status)


def _json(body: dict[str, Any]) -> Response:
    return JSONResponse(body, headers={"cache-control": "no-store"})


def _require_api_key(request: Request) -> None:
    if not request.headers.get("apikey"):
        raise errors.AuthRefusal(401, "no_authorization", "No API key found in request")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise errors.AuthRefusal(
            401, "no_authorization", "This endpoint requires a valid Bearer token"
        )
    return token.strip()


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError) as error:
        raise errors.AuthRefusal(400, "bad_json", "Could not parse request body as JSON") from error
    return body if isinstance(body, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value or len(value) > 1024:
        raise errors.validation_failed(f"missing or unusable {name}")
    return value
