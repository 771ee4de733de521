"""Signing keys: published before they sign, and for as long as what they signed may be good."""

import json
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError

from gtm.auth.keys import SigningKey
from gtm.auth.verifier import TokenVerifier, TrustedIssuer
from gtm.errors import ConfigurationError
from sandbox.supabase_auth.app import SupabaseAuth
from sandbox.supabase_auth.keys import KEY_FILE, RING_FILE, KeyRing, load_or_create_service_key
from tests.sandbox.supabase_auth.conftest import ClientMaker, signed_in
from tests.support.serving import BASE_URL, StillClock

LIFETIME = timedelta(hours=1)


async def kids(http: httpx.AsyncClient) -> list[str]:
    document = (await http.get("/auth/v1/.well-known/jwks.json")).json()
    assert all("d" not in key for key in document["keys"])
    return [key["kid"] for key in document["keys"]]


async def test_a_copy_of_the_published_keys_outlasts_a_rotation(
    client: AsyncGoTrueClient, stand_in: SupabaseAuth, http: httpx.AsyncClient, clock: StillClock
) -> None:
    copy = (await http.get("/auth/v1/.well-known/jwks.json")).json()
    issuer = TrustedIssuer(
        jwks=copy, audiences=frozenset({"authenticated"}), required_role="authenticated"
    )
    verifier = TokenVerifier({f"{BASE_URL}/auth/v1": issuer}, clock)
    before = await signed_in(client)
    signing = stand_in.rotate_keys()
    after = await signed_in(client)
    assert signing in await kids(http)
    for session in (before, after):
        assert (await verifier.verify(session.access_token)).email == session.user.email
        assert await client.get_user(session.access_token) is not None
        assert await client.get_claims(session.access_token) is not None


async def test_a_session_goes_on_through_rotations(
    make_client: ClientMaker, stand_in: SupabaseAuth
) -> None:
    session = await signed_in(make_client())
    for _ in range(3):
        stand_in.rotate_keys()
        refreshed = await make_client().refresh_session(session.refresh_token)
        assert refreshed.session is not None
        session = refreshed.session
    assert await make_client().get_user(session.access_token) is not None


async def test_a_retired_key_goes_when_its_last_token_has_ended(
    client: AsyncGoTrueClient, stand_in: SupabaseAuth, http: httpx.AsyncClient, clock: StillClock
) -> None:
    session = await signed_in(client)
    old = stand_in.keys.active.kid
    stand_in.rotate_keys()
    assert old in await kids(http)
    clock.time += timedelta(hours=1, minutes=2)
    assert old not in await kids(http)
    assert len(await kids(http)) == 2
    with pytest.raises(AuthApiError) as caught:
        await client.get_user(session.access_token)
    assert caught.value.code == "bad_jwt"


def test_a_rotation_forgets_keys_that_are_over(tmp_path: Path, clock: StillClock) -> None:
    ring = KeyRing(tmp_path, clock, token_lifetime=LIFETIME)
    for _ in range(3):
        ring.rotate()
    assert len(json.loads((tmp_path / RING_FILE).read_text())) == 5
    clock.time += timedelta(hours=2)
    ring.rotate()
    assert len(json.loads((tmp_path / RING_FILE).read_text())) == 3


def test_keys_outlive_a_restart(tmp_path: Path, clock: StillClock) -> None:
    first = KeyRing(tmp_path, clock, token_lifetime=LIFETIME)
    first.rotate()
    second = KeyRing(tmp_path, clock, token_lifetime=LIFETIME)
    assert second.public_jwks() == first.public_jwks()
    assert second.active.kid == first.active.kid


def test_the_key_of_an_older_installation_goes_on_signing(
    tmp_path: Path, clock: StillClock
) -> None:
    old = SigningKey.load_or_create(tmp_path / KEY_FILE)
    assert KeyRing(tmp_path, clock, token_lifetime=LIFETIME).active.kid == old.kid
    assert not (tmp_path / KEY_FILE).exists()


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1]", '[{"pem": "x", "state": "active"}]'])
def test_a_broken_key_file_says_what_to_do(tmp_path: Path, clock: StillClock, text: str) -> None:
    path = tmp_path / RING_FILE
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(ConfigurationError, match="no usable signing keys"):
        KeyRing(tmp_path, clock, token_lifetime=LIFETIME)


def test_a_ring_without_a_standby_is_refused(tmp_path: Path, clock: StillClock) -> None:
    KeyRing(tmp_path, clock, token_lifetime=LIFETIME)
    path = tmp_path / RING_FILE
    path.write_text(json.dumps(json.loads(path.read_text())[:1]))
    with pytest.raises(ConfigurationError):
        KeyRing(tmp_path, clock, token_lifetime=LIFETIME)


def test_files_others_can_read_are_refused(tmp_path: Path, clock: StillClock) -> None:
    KeyRing(tmp_path, clock, token_lifetime=LIFETIME)
    load_or_create_service_key(tmp_path)
    for path in tmp_path.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="other users"):
        KeyRing(tmp_path, clock, token_lifetime=LIFETIME)
    with pytest.raises(ConfigurationError, match="other users"):
        load_or_create_service_key(tmp_path)
