"""The Supabase adapter: sessions kept apart, and its refusals in our own words."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gtm.auth.identity import (
    EmailTakenError,
    SignUpClosedError,
    SignUpRefusedError,
    TooManyTriesError,
    WeakPasswordError,
)
from gtm.auth.supabase import IdentityUnavailableError, SupabaseIdentity
from gtm.errors import GtmError, UnauthenticatedError
from sandbox.supabase_auth.app import SupabaseAuth
from sandbox.supabase_auth.policy import Policy
from tests.support.serving import BASE_URL, StillClock

PASSWORD = "a password"
EMAILS = ("ana@acme.test", "gus@globex.test")


class Service:
    """The stand-in, the identity that talks to it, and a browser."""

    def __init__(self, directory: Path, policy: Policy | None = None) -> None:
        self.clock = StillClock()
        self.auth = SupabaseAuth(
            directory,
            base_url=BASE_URL,
            clock=self.clock,
            environment="demo",
            host="127.0.0.1",
            policy=policy,
        )
        for email in EMAILS:
            self.auth.accounts.ensure_user(email, PASSWORD, name=email[:3].title(), app_metadata={})
        root = Starlette(routes=[Mount("/auth/v1", app=self.auth.app)])
        self.browser = httpx.AsyncClient(transport=httpx.ASGITransport(root), base_url=BASE_URL)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(root))
        self.identity = SupabaseIdentity(BASE_URL, "key", http)

    async def close(self) -> None:
        await self.identity.close()
        await self.browser.aclose()
        self.auth.close()

    async def follow_last_mail(self) -> dict[str, str]:
        """Follow the link of the newest mail and return what rides behind the #."""
        mail = self.auth.accounts.outbox.mails()[0]
        reply = await self.browser.get(mail.link)
        return dict(parse_qsl(urlsplit(reply.headers["location"]).fragment))

    async def consent(self, url: str, email: str, name: str) -> str:
        """Agree on the stand-in's page for Google and return where the browser ends."""
        page = await self.browser.get(url)
        state = parse_qs(urlsplit(page.headers["location"]).query)["state"][0]
        form = {"state": state, "email": email, "name": name}
        agreed = await self.browser.post("/auth/v1/stand-in/google", data=form)
        back = await self.browser.get(agreed.headers["location"])
        return str(back.headers["location"])


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    service = Service(tmp_path)
    yield service
    await service.close()


@pytest.fixture
def identity(service: Service) -> SupabaseIdentity:
    return service.identity


@asynccontextmanager
async def refusing(
    status: int, code: str, **details: Any
) -> AsyncIterator[tuple[SupabaseIdentity, list[httpx.Request]]]:
    """An identity whose service refuses everything with a code."""
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        body = {"code": code, "message": f"about {code}", **details}
        headers = {"x-supabase-api-version": "2024-01-01"}
        return httpx.Response(status, json=body, headers=headers)

    identity = SupabaseIdentity(
        BASE_URL, "key", httpx.AsyncClient(transport=httpx.MockTransport(handle))
    )
    yield identity, asked
    await identity.close()


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


async def test_somebody_signs_up_and_is_in(identity: SupabaseIdentity) -> None:
    session = await identity.sign_up("Eve@new.test", PASSWORD, name="Eve Ng", return_to=BASE_URL)
    assert session is not None
    assert (session.person.email, session.person.name) == ("eve@new.test", "Eve Ng")
    assert await identity.person(session.access_token) == session.person
    assert (await identity.sign_in("eve@new.test", PASSWORD)).person == session.person


async def test_a_name_is_not_needed(identity: SupabaseIdentity) -> None:
    session = await identity.sign_up("eve@new.test", PASSWORD, name=None, return_to=BASE_URL)
    assert session is not None
    assert session.person.name == "eve@new.test"


async def test_an_address_that_has_an_account_is_taken(identity: SupabaseIdentity) -> None:
    with pytest.raises(EmailTakenError) as caught:
        await identity.sign_up(EMAILS[0].upper(), PASSWORD, name=None, return_to=BASE_URL)
    assert (caught.value.code, caught.value.status_code) == ("email_taken", 409)


async def test_a_short_password_is_refused_with_what_to_do(identity: SupabaseIdentity) -> None:
    with pytest.raises(WeakPasswordError, match="at least 6") as caught:
        await identity.sign_up("eve@new.test", "12345", name=None, return_to=BASE_URL)
    assert caught.value.hint == "Use a longer password."


@pytest.mark.parametrize(("email", "password"), [("eve@new.test", "x" * 73), ("eve@a b", PASSWORD)])
async def test_what_can_be_no_account_is_refused_in_words(
    identity: SupabaseIdentity, email: str, password: str
) -> None:
    with pytest.raises(SignUpRefusedError) as caught:
        await identity.sign_up(email, password, name=None, return_to=BASE_URL)
    assert caught.value.status_code == 422
    assert password not in caught.value.message


async def test_an_address_may_have_to_be_confirmed_first(tmp_path: Path) -> None:
    service = Service(tmp_path, Policy(confirm_emails=True))
    identity = service.identity
    assert (
        await identity.sign_up("eve@new.test", PASSWORD, name="Eve", return_to=f"{BASE_URL}/")
        is None
    )
    with pytest.raises(UnauthenticatedError, match="not been confirmed"):
        await identity.sign_in("eve@new.test", PASSWORD)
    # Whether there is an account already is not told then.
    assert await identity.sign_up(EMAILS[0], PASSWORD, name=None, return_to=BASE_URL) is None
    arrived = await service.follow_last_mail()
    assert (await identity.person(arrived["access_token"])).email == "eve@new.test"
    await service.close()


async def test_somebody_comes_in_with_google(service: Service) -> None:
    departure = await service.identity.google_url(f"{BASE_URL}/")
    challenge = base64.urlsafe_b64encode(
        hashlib.sha256(departure.code_verifier.encode()).digest()
    ).rstrip(b"=")
    query = parse_qs(urlsplit(departure.url).query)
    assert query["code_challenge"] == [challenge.decode()]
    assert departure.code_verifier not in departure.url
    arrival = await service.consent(departure.url, "ida@new.test", "Ida Holm")
    assert arrival.startswith(f"{BASE_URL}/?code=")
    code = parse_qs(urlsplit(arrival).query)["code"][0]
    session = await service.identity.exchange_code(code, departure.code_verifier)
    assert (session.person.email, session.person.name) == ("ida@new.test", "Ida Holm")
    with pytest.raises(UnauthenticatedError):
        await service.identity.exchange_code(code, departure.code_verifier)


async def test_a_code_is_worth_nothing_to_who_did_not_leave_for_it(service: Service) -> None:
    mine, other = [await service.identity.google_url(f"{BASE_URL}/") for _ in range(2)]
    assert mine.code_verifier != other.code_verifier
    arrival = await service.consent(mine.url, "ida@new.test", "Ida")
    code = parse_qs(urlsplit(arrival).query)["code"][0]
    with pytest.raises(UnauthenticatedError, match="over"):
        await service.identity.exchange_code(code, other.code_verifier)


async def test_a_forgotten_password_is_set_anew_by_mail(service: Service) -> None:
    identity = service.identity
    await identity.send_recovery(EMAILS[0], return_to=f"{BASE_URL}/")
    arrived = await service.follow_last_mail()
    assert arrived["type"] == "recovery"
    await identity.set_password(arrived["access_token"], "another one")
    assert (await identity.sign_in(EMAILS[0], "another one")).person.email == EMAILS[0]
    with pytest.raises(UnauthenticatedError):
        await identity.sign_in(EMAILS[0], PASSWORD)


async def test_a_recovery_looks_the_same_for_everyone(service: Service) -> None:
    for email in (EMAILS[0], EMAILS[0], "nobody@new.test", "nobody@new.test", "no address"):
        await service.identity.send_recovery(email, return_to=BASE_URL)
    assert [mail.recipient for mail in service.auth.accounts.outbox.mails()] == [EMAILS[0]]


@pytest.mark.parametrize(
    ("password", "expected"), [("12345", WeakPasswordError), (PASSWORD, SignUpRefusedError)]
)
async def test_a_new_password_has_to_be_good_and_new(
    identity: SupabaseIdentity, password: str, expected: type[GtmError]
) -> None:
    session = await identity.sign_in(EMAILS[0], PASSWORD)
    with pytest.raises(expected):
        await identity.set_password(session.access_token, password)


async def test_an_ended_session_sets_no_password(identity: SupabaseIdentity) -> None:
    session = await identity.sign_in(EMAILS[0], PASSWORD)
    await identity.sign_out(session.access_token)
    for token in (session.access_token, "rubbish"):
        with pytest.raises(UnauthenticatedError):
            await identity.set_password(token, "another one")


async def test_a_refresh_token_that_was_used_long_ago_ends_its_session(service: Service) -> None:
    first = await service.identity.sign_in(EMAILS[0], PASSWORD)
    await service.identity.refresh(first.refresh_token)
    service.clock.time += timedelta(minutes=1)
    with pytest.raises(UnauthenticatedError, match="over"):
        await service.identity.refresh(first.refresh_token)


Call = Callable[[SupabaseIdentity], Awaitable[object]]
CALLS: dict[str, Call] = {
    "sign_up": lambda it: it.sign_up("e@x.test", "pw", name=None, return_to=BASE_URL),
    "sign_in": lambda it: it.sign_in("e@x.test", "pw"),
    "refresh": lambda it: it.refresh("token"),
    "exchange": lambda it: it.exchange_code("code", "v" * 43),
    "set_password": lambda it: it.set_password("token", "pw"),
    "person": lambda it: it.person("token"),
}


@pytest.mark.parametrize("name", CALLS)
async def test_a_service_that_wants_a_pause_is_told_so(name: str) -> None:
    async with refusing(429, "over_request_rate_limit") as (identity, _):
        with pytest.raises(TooManyTriesError, match="too often") as caught:
            await CALLS[name](identity)
    assert caught.value.hint


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("status", [500, 503])
async def test_a_broken_service_is_never_the_persons_fault(name: str, status: int) -> None:
    async with refusing(status, "unexpected_failure") as (identity, _):
        with pytest.raises(IdentityUnavailableError):
            await CALLS[name](identity)


@pytest.mark.parametrize(
    ("reasons", "hint"),
    [
        (["length", "characters"], "longer password. Mix lower-case"),
        (["pwned"], "leaked"),
        (["unheard of"], "Choose another password."),
    ],
)
async def test_every_reason_against_a_password_becomes_a_hint(
    reasons: list[str], hint: str
) -> None:
    weak = {"weak_password": {"reasons": reasons}}
    async with refusing(422, "weak_password", **weak) as (identity, _):
        for name in ("sign_up", "set_password"):
            with pytest.raises(WeakPasswordError) as caught:
                await CALLS[name](identity)
            assert caught.value.hint is not None
            assert hint in caught.value.hint


async def test_a_closed_sign_up_says_so() -> None:
    async with refusing(422, "signup_disabled") as (identity, _):
        with pytest.raises(SignUpClosedError):
            await CALLS["sign_up"](identity)


async def test_a_password_goes_with_its_owners_token_and_nothing_else() -> None:
    async with refusing(403, "session_not_found") as (identity, asked):
        with pytest.raises(UnauthenticatedError):
            await identity.set_password("token", "pw")
    assert asked[0].headers["authorization"] == "Bearer token"
    assert json.loads(asked[0].content) == {"password": "pw"}
