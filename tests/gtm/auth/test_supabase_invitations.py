"""Inviting through the sign-in service: one answer for addresses with an account and without."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from gtm.auth.supabase import IdentityUnavailableError, SupabaseIdentity
from sandbox.supabase_auth.app import SupabaseAuth
from tests.support.serving import BASE_URL, StillClock

KNOWN, NEW = "ana@acme.test", "eve@new.test"
BACK = f"{BASE_URL}/?invitation=gtm_inv_abc"


class Service:
    """The stand-in, an identity with its key and one without, and a browser."""

    def __init__(self, directory: Path) -> None:
        self.clock = StillClock()
        self.auth = SupabaseAuth(
            directory, base_url=BASE_URL, clock=self.clock, environment="demo", host="127.0.0.1"
        )
        self.auth.accounts.ensure_user(KNOWN, "a password", name="Ana", app_metadata={})
        root = Starlette(routes=[Mount("/auth/v1", app=self.auth.app)])
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(root), base_url=BASE_URL)
        key = self.auth.service_key
        self.identity = SupabaseIdentity(BASE_URL, "key", self.http, service_key=key)

    def mailed(self) -> list[tuple[str, str]]:
        mails = reversed(self.auth.accounts.outbox.mails())
        return [(mail.kind, mail.recipient) for mail in mails]


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    service = Service(tmp_path)
    yield service
    await service.http.aclose()
    service.auth.close()


def answering(
    handle: Callable[[httpx.Request], httpx.Response], *, service_key: str | None = "secret"
) -> SupabaseIdentity:
    http = httpx.AsyncClient(transport=httpx.MockTransport(handle))
    return SupabaseIdentity(BASE_URL, "public", http, service_key=service_key)


def refusal(status: int, code: str, message: str = "no") -> httpx.Response:
    headers = {"x-supabase-api-version": "2024-01-01"}
    return httpx.Response(status, json={"code": code, "message": message}, headers=headers)


async def test_both_kinds_of_addresses_get_a_link_that_leads_back(service: Service) -> None:
    for email in (NEW, KNOWN):
        assert await service.identity.invite(email, return_to=BACK)
        mail = service.auth.accounts.outbox.mails()[0]
        assert mail.recipient == email
        landed = (await service.http.get(mail.link)).headers["location"]
        assert landed.startswith(f"{BACK}#")
        session = parse_qs(urlsplit(landed).fragment)
        person = await service.identity.person(session["access_token"][0])
        assert person.email == email
    assert service.mailed() == [("invite", NEW), ("magiclink", KNOWN)]


async def test_a_second_mail_within_a_minute_looks_the_same_for_everyone(service: Service) -> None:
    for email in (NEW, KNOWN):
        assert [await service.identity.invite(email, return_to=BACK) for _ in range(2)] == [
            True,
            True,
        ]
    assert service.mailed().count(("magiclink", KNOWN)) == 1
    service.clock.time += timedelta(minutes=2)
    assert await service.identity.invite(KNOWN, return_to=BACK)
    assert service.mailed().count(("magiclink", KNOWN)) == 2


async def test_an_address_that_is_none_is_not_mailed(service: Service) -> None:
    assert not await service.identity.invite("no address", return_to=BACK)
    assert service.mailed() == []


async def test_a_wrong_key_mails_nothing(service: Service) -> None:
    identity = SupabaseIdentity(BASE_URL, "key", service.http, service_key="wrong")
    for email in (NEW, KNOWN):
        assert not await identity.invite(email, return_to=BACK)
    assert service.mailed() == []


async def test_without_a_key_nobody_is_asked() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    identity = answering(handle, service_key=None)
    assert not await identity.invite(NEW, return_to=BACK)
    await identity.close()


async def test_the_service_key_goes_with_the_invitation_and_nothing_else() -> None:
    asked: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path.endswith("/invite"):
            return refusal(422, "email_exists")
        return httpx.Response(200, json={})

    identity = answering(handle)
    assert await identity.invite(KNOWN, return_to=BACK)
    await identity.close()
    invite, otp = asked
    assert (invite.headers["apikey"], invite.headers["authorization"]) == (
        "secret",
        "Bearer secret",
    )
    assert invite.url.params["redirect_to"] == BACK
    assert otp.url.path == "/auth/v1/otp"
    assert otp.url.params["redirect_to"] == BACK
    assert json.loads(otp.content)["create_user"] is False
    assert "secret" not in str(otp.headers)


USED_UP = "email rate limit exceeded"
WAIT = "For security purposes, you can only request this after 42 seconds."


@pytest.mark.parametrize(
    ("code", "message", "is_mailed"),
    [
        # Told of known addresses alone, so it must look as if they were not known.
        ("over_email_send_rate_limit", WAIT, True),
        ("user_banned", "User is banned", True),
        # The same for every address.
        ("over_email_send_rate_limit", USED_UP, False),
        ("otp_disabled", "Signups not allowed for otp", False),
    ],
)
async def test_what_the_service_refuses_a_known_address_is_not_told(
    code: str, message: str, is_mailed: bool
) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/invite"):
            return refusal(422, "email_exists")
        return refusal(429, code, message)

    identity = answering(handle)
    assert await identity.invite(KNOWN, return_to=BACK) is is_mailed
    await identity.close()


@pytest.mark.parametrize("status", [401, 403, 422, 429])
async def test_an_invitation_the_service_refuses_is_not_mailed(status: int) -> None:
    identity = answering(lambda _request: refusal(status, "over_email_send_rate_limit", USED_UP))
    assert not await identity.invite(NEW, return_to=BACK)
    await identity.close()


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_a_broken_service_is_told_apart(status: int) -> None:
    identity = answering(lambda _request: refusal(status, "unexpected_failure"))
    with pytest.raises(IdentityUnavailableError):
        await identity.invite(NEW, return_to=BACK)
    await identity.close()
