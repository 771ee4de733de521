"""The Supabase adapter: sessions kept apart, and its refusals in our own words."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gtm.auth.supabase import IdentityUnavailableError, SupabaseIdentity
from gtm.errors import UnauthenticatedError
from sandbox.supabase_auth.app import SupabaseAuth
from tests.support.serving import BASE_URL, StillClock

PASSWORD = "a password"
EMAILS = ("ana@acme.test", "gus@globex.test")


@pytest.fixture
async def identity(tmp_path: Path) -> AsyncIterator[SupabaseIdentity]:
    auth = SupabaseAuth(
        tmp_path, base_url=BASE_URL, clock=StillClock(), environment="demo", host="127.0.0.1"
    )
    for email in EMAILS:
        auth.accounts.ensure_user(email, PASSWORD, name=email[:3].title(), app_metadata={})
    root = Starlette(routes=[Mount("/auth/v1", app=auth.app)])
    http = httpx.AsyncClient(transport=httpx.ASGITransport(root))
    identity = SupabaseIdentity(BASE_URL, "key", http)
    yield identity
    await identity.close()
    auth.close()


async def test_people_who_sign_in_at_once_get_their_own_sessions(
    identity: SupabaseIdentity,
) -> None:
    sessions = await asyncio.gather(*(identity.sign_in(email, PASSWORD) for email in EMAILS * 3))
    people = await asyncio.gather(*(identity.person(s.access_token) for s in sessions))
    assert [person.email for person in people] == [*EMAILS * 3]
    assert people[0].name == "Ana"


async def test_a_session_is_refreshed_and_ended(identity: SupabaseIdentity) -> None:
    first = await identity.sign_in(EMAILS[0], PASSWORD)
    second = await identity.refresh(first.refresh_token)
    assert second.person == first.person
    await identity.sign_out(second.access_token)
    with pytest.raises(UnauthenticatedError):
        await identity.person(second.access_token)
    # Ending it again is no error: it has the effect that was asked for.
    await identity.sign_out(second.access_token)


async def test_a_wrong_password_is_said_plainly(identity: SupabaseIdentity) -> None:
    with pytest.raises(UnauthenticatedError, match="E-mail or password is wrong"):
        await identity.sign_in(EMAILS[0], "wrong")


async def test_a_forged_refresh_token_is_refused(identity: SupabaseIdentity) -> None:
    with pytest.raises(UnauthenticatedError):
        await identity.refresh("made up")


@pytest.mark.parametrize("failure", [httpx.ConnectError("down"), httpx.ReadTimeout("slow")])
async def test_a_service_that_does_not_answer_is_worth_another_try(failure: Exception) -> None:
    def handle(_request: httpx.Request) -> httpx.Response:
        raise failure

    identity = SupabaseIdentity(
        BASE_URL, "key", httpx.AsyncClient(transport=httpx.MockTransport(handle))
    )
    with pytest.raises(IdentityUnavailableError) as caught:
        await identity.sign_in(EMAILS[0], PASSWORD)
    assert caught.value.can_retry
    await identity.close()


async def test_a_broken_answer_is_not_taken_for_a_wrong_password() -> None:
    def handle(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(502, text="<html>bad gateway</html>")

    identity = SupabaseIdentity(
        BASE_URL, "key", httpx.AsyncClient(transport=httpx.MockTransport(handle))
    )
    with pytest.raises(IdentityUnavailableError):
        await identity.sign_in(EMAILS[0], PASSWORD)
    await identity.close()
