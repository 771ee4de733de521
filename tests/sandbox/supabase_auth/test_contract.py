"""The official Supabase client, unchanged, against the stand-in in this process."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError

from gtm.auth.verifier import TokenVerifier, TrustedIssuer
from gtm.errors import ConfigurationError
from sandbox.supabase_auth.app import SupabaseAuth
from sandbox.supabase_auth.keys import RING_FILE, SERVICE_KEY_FILE
from tests.sandbox.supabase_auth.conftest import EMAIL, PASSWORD, stand_in_at
from tests.support.serving import BASE_URL as BASE
from tests.support.serving import StillClock


async def test_signing_in_gives_a_session_that_names_the_workspace_and_role(
    client: AsyncGoTrueClient,
) -> None:
    response = await client.sign_in_with_password({"email": EMAIL.upper(), "password": PASSWORD})
    assert response.session is not None
    assert response.session.user.app_metadata["tenant_id"] == "acme"
    assert response.session.user.app_metadata["role"] == "owner"
    assert response.session.user.email == EMAIL


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@x.test", PASSWORD)])
async def test_a_wrong_password_and_an_unknown_address_read_the_same(
    client: AsyncGoTrueClient, email: str, password: str
) -> None:
    with pytest.raises(AuthApiError, match="Invalid login credentials") as caught:
        await client.sign_in_with_password({"email": email, "password": password})
    assert (caught.value.status, caught.value.code) == (400, "invalid_credentials")


async def test_the_access_token_holds_against_the_published_keys(
    client: AsyncGoTrueClient, http: httpx.AsyncClient, clock: StillClock
) -> None:
    response = await client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})
    jwks = await http.get("/auth/v1/.well-known/jwks.json")
    issuer = TrustedIssuer(
        jwks=jwks.json(), audiences=frozenset({"authenticated"}), required_role="authenticated"
    )
    assert response.session is not None
    verifier = TokenVerifier({f"{BASE}/auth/v1": issuer}, clock)
    claims = await verifier.verify(response.session.access_token)
    assert (claims.tenant_id, claims.role, claims.email) == ("acme", "owner", EMAIL)
    assert "max-age" in jwks.headers["cache-control"]


async def test_a_refresh_token_is_rotated(client: AsyncGoTrueClient) -> None:
    first = (await client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})).session
    assert first is not None
    second = (await client.refresh_session(first.refresh_token)).session
    assert second is not None
    assert second.refresh_token != first.refresh_token


async def test_a_replayed_refresh_token_ends_the_session(
    client: AsyncGoTrueClient, clock: StillClock
) -> None:
    first = (await client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})).session
    assert first is not None
    second = (await client.refresh_session(first.refresh_token)).session
    assert second is not None
    clock.time += timedelta(seconds=11)
    with pytest.raises(AuthApiError, match="Already Used"):
        await client.refresh_session(first.refresh_token)
    with pytest.raises(AuthApiError, match="Not Found"):
        await client.refresh_session(second.refresh_token)


async def test_the_user_is_read_with_a_token_until_they_sign_out(client: AsyncGoTrueClient) -> None:
    session = (await client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})).session
    assert session is not None
    user = await client.get_user(session.access_token)
    assert user is not None
    assert user.user.user_metadata["name"] == "Ana"
    await client.admin.sign_out(session.access_token)
    with pytest.raises(AuthApiError) as caught:
        await client.get_user(session.access_token)
    assert caught.value.code == "session_not_found"


async def test_a_forged_token_is_refused(client: AsyncGoTrueClient) -> None:
    session = (await client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})).session
    assert session is not None
    head, payload, _ = session.access_token.split(".")
    with pytest.raises(AuthApiError) as caught:
        await client.get_user(f"{head}.{payload}.AAAA")
    assert caught.value.code == "bad_jwt"


async def test_an_older_client_gets_the_numeric_error_form(http: httpx.AsyncClient) -> None:
    response = await http.post(
        "/auth/v1/token?grant_type=password",
        headers={"apikey": "any"},
        json={"email": EMAIL, "password": "wrong"},
    )
    assert response.json() == {
        "code": 400,
        "error_code": "invalid_credentials",
        "msg": "Invalid login credentials",
    }


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"email": "a@b.test"}', b'{"email": 1}'])
async def test_a_broken_body_is_a_bad_request(http: httpx.AsyncClient, body: bytes) -> None:
    response = await http.post(
        "/auth/v1/token?grant_type=password", headers={"apikey": "any"}, content=body
    )
    assert response.status_code == 400


async def test_every_answer_says_that_it_is_a_stand_in(http: httpx.AsyncClient) -> None:
    response = await http.get("/auth/v1/health")
    assert "Stand-in" in response.json()["description"]
    assert response.headers["x-gtm-stand-in"] == "supabase-auth"


async def test_without_an_api_key_nothing_is_answered(http: httpx.AsyncClient) -> None:
    assert (await http.get("/auth/v1/settings")).status_code == 401


async def test_accounts_and_keys_outlive_a_restart(
    client: AsyncGoTrueClient, tmp_path: Path, clock: StillClock
) -> None:
    session = (await client.sign_in_with_password({"email": EMAIL, "password": PASSWORD})).session
    assert session is not None
    again = stand_in_at(tmp_path, clock)
    session_id = again.tokens.session_of(session.access_token)
    assert again.accounts.account_of_session(session_id).email == EMAIL
    again.close()
    for name in (RING_FILE, SERVICE_KEY_FILE):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("environment", "host"),
    [("production", "127.0.0.1"), ("demo", "0.0.0.0"), ("demo", "example.test")],  # noqa: S104
)
def test_it_refuses_to_run_where_it_would_be_a_hole(
    tmp_path: Path, clock: StillClock, environment: str, host: str
) -> None:
    with pytest.raises(ConfigurationError):
        SupabaseAuth(tmp_path, base_url=BASE, clock=clock, environment=environment, host=host)
    assert not list(tmp_path.iterdir())
