"""Recovery, sign-in links and codes: mailed into the outbox, good once and for an hour."""

from datetime import timedelta

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError

from tests.sandbox.supabase_auth.conftest import (
    EMAIL,
    PASSWORD,
    ClientMaker,
    Mailbox,
    fragment_of,
    signed_in,
)
from tests.support.serving import BASE_URL, StillClock

STRANGER = "nobody@x.test"


async def test_a_forgotten_password_is_replaced_through_a_link(
    make_client: ClientMaker, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    client = make_client(flow="pkce")
    await client.reset_password_for_email(EMAIL, {"redirect_to": f"{BASE_URL}/reset"})
    reply = await http.get(await mailbox.link(EMAIL))
    back = httpx.URL(reply.headers["location"])
    assert (reply.status_code, back.path) == (303, "/reset")
    response = await client.exchange_code_for_session({"auth_code": back.params["code"]})
    assert response.user is not None
    await client.update_user({"password": "another horse"})
    await signed_in(make_client(), "another horse")


async def test_without_a_challenge_the_session_rides_behind_the_fragment(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    await client.reset_password_for_email(EMAIL)
    reply = await http.get(await mailbox.link(EMAIL))
    await client.initialize(url=reply.headers["location"])
    session = await client.get_session()
    assert session is not None
    assert session.user.email == EMAIL
    assert fragment_of(reply.headers["location"])["type"] == "recovery"


async def test_a_link_is_good_once(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    await client.reset_password_for_email(EMAIL)
    link = await mailbox.link(EMAIL)
    await http.get(link)
    again = fragment_of((await http.get(link)).headers["location"])
    assert (again["error"], again["error_code"]) == ("access_denied", "otp_expired")
    assert "access_token" not in again


async def test_looking_at_a_link_does_not_use_it_up(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    await client.reset_password_for_email(EMAIL)
    link = await mailbox.link(EMAIL)
    assert (await http.head(link)).status_code == 200
    assert "access_token" in (await http.get(link)).headers["location"]


async def test_a_link_is_good_for_an_hour(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient, clock: StillClock
) -> None:
    await client.reset_password_for_email(EMAIL)
    clock.time += timedelta(hours=1, seconds=1)
    reply = await http.get(await mailbox.link(EMAIL))
    assert fragment_of(reply.headers["location"])["error_code"] == "otp_expired"


async def test_a_newer_link_replaces_the_older(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient, clock: StillClock
) -> None:
    await client.reset_password_for_email(EMAIL)
    older = await mailbox.link(EMAIL)
    clock.time += timedelta(seconds=61)
    await client.reset_password_for_email(EMAIL)
    assert "error" in fragment_of((await http.get(older)).headers["location"])


async def test_a_link_is_good_for_its_kind_only(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    await client.reset_password_for_email(EMAIL)
    link = (await mailbox.link(EMAIL)).replace("type=recovery", "type=signup")
    assert "error" in fragment_of((await http.get(link)).headers["location"])


async def test_the_code_of_a_mail_signs_in(client: AsyncGoTrueClient, mailbox: Mailbox) -> None:
    await client.sign_in_with_otp({"email": EMAIL})
    code = await mailbox.code(EMAIL)
    response = await client.verify_otp({"type": "email", "email": EMAIL, "token": code})
    assert response.session is not None
    claims = await client.get_claims()
    assert claims is not None
    assert claims["claims"]["amr"][0]["method"] == "otp"


async def test_guessing_codes_makes_the_right_one_worthless(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    await client.sign_in_with_otp({"email": EMAIL})
    code = await mailbox.code(EMAIL)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for guess in (*[wrong] * 5, code):
        with pytest.raises(AuthApiError) as caught:
            await client.verify_otp({"type": "email", "email": EMAIL, "token": guess})
        assert (caught.value.status, caught.value.code) == (403, "otp_expired")
    assert "access_token" in (await http.get(await mailbox.link(EMAIL))).headers["location"]


async def test_a_code_is_good_for_its_own_address_only(
    client: AsyncGoTrueClient, mailbox: Mailbox
) -> None:
    await client.sign_up({"email": "bo@globex.test", "password": PASSWORD})
    await client.sign_in_with_otp({"email": "bo@globex.test"})
    await client.sign_in_with_otp({"email": EMAIL})
    code = await mailbox.code("bo@globex.test")
    if code == await mailbox.code(EMAIL):  # one in a million
        return
    with pytest.raises(AuthApiError):
        await client.verify_otp({"type": "email", "email": EMAIL, "token": code})


async def test_a_sign_in_link_makes_the_account_of_a_newcomer(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    await client.sign_in_with_otp({"email": STRANGER, "options": {"data": {"name": "New"}}})
    fragment = fragment_of((await http.get(await mailbox.link(STRANGER))).headers["location"])
    user = await client.get_user(fragment["access_token"])
    assert user is not None
    assert user.user.user_metadata == {"name": "New"}
    assert user.user.email_confirmed_at is not None


@pytest.mark.parametrize("email", [EMAIL, STRANGER])
async def test_known_and_unknown_addresses_are_answered_alike(
    client: AsyncGoTrueClient, http: httpx.AsyncClient, email: str
) -> None:
    bodies = {
        "recover": {"email": email},
        "otp": {"email": f"2{email}", "create_user": False},
        "resend": {"email": f"3{email}", "type": "signup"},
    }
    for path, body in bodies.items():
        first = await http.post(f"/auth/v1/{path}", headers={"apikey": "any"}, json=body)
        assert (first.status_code, first.json()) == (200, {})
        second = await http.post(f"/auth/v1/{path}", headers={"apikey": "any"}, json=body)
        assert (second.status_code, second.json()["error_code"]) == (
            429,
            "over_email_send_rate_limit",
        )


async def test_nothing_is_mailed_to_strangers(client: AsyncGoTrueClient, mailbox: Mailbox) -> None:
    await client.reset_password_for_email(STRANGER)
    await client.sign_in_with_otp(
        {"email": f"2{STRANGER}", "options": {"should_create_user": False}}
    )
    await client.resend({"type": "signup", "email": f"3{STRANGER}"})
    assert await mailbox.mails() == []


async def test_a_minute_later_the_next_mail_goes_out(
    client: AsyncGoTrueClient, mailbox: Mailbox, clock: StillClock
) -> None:
    await client.reset_password_for_email(EMAIL)
    clock.time += timedelta(seconds=45)
    with pytest.raises(AuthApiError, match="after 15 seconds"):
        await client.reset_password_for_email(EMAIL)
    clock.time += timedelta(seconds=15)
    await client.reset_password_for_email(EMAIL)
    assert len(await mailbox.mails()) == 2


@pytest.mark.parametrize(
    "redirect_to",
    [
        "https://evil.test/",
        "http://127.0.0.1:8000@evil.test/",
        "http://evil.test\\@127.0.0.1:8000/",
        "http://127.0.0.1:8000.evil.test/",
        "//evil.test/",
        "javascript:alert(1)",
        "http://127.0.0.1:9999/",
        "http://[::1",
        "http://127.0.0.1:8000/\r\nset-cookie: a=b",
    ],
)
async def test_nobody_is_sent_to_another_site(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient, redirect_to: str
) -> None:
    await client.reset_password_for_email(EMAIL, {"redirect_to": redirect_to})
    link = httpx.URL(await mailbox.link(EMAIL))
    assert link.params["redirect_to"] == BASE_URL
    reply = await http.get(link.copy_set_param("redirect_to", redirect_to))
    back = httpx.URL(reply.headers["location"])
    assert f"{back.scheme}://{back.netloc.decode()}" == BASE_URL


async def test_a_listed_origin_is_gone_back_to(
    client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    await client.reset_password_for_email(EMAIL, {"redirect_to": "http://127.0.0.1:5173/a?b=c"})
    reply = await http.get(await mailbox.link(EMAIL))
    assert reply.headers["location"].startswith("http://127.0.0.1:5173/a?b=c#access_token=")


async def test_the_outbox_is_a_page_that_says_what_it_is(
    client: AsyncGoTrueClient, http: httpx.AsyncClient
) -> None:
    await client.reset_password_for_email(EMAIL)
    page = await http.get("/auth/v1/outbox", headers={"accept": "text/html"})
    assert "This is a stand-in" in page.text
    assert "Reset your password" in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"


async def test_the_outbox_is_in_order_and_told_as_json(
    client: AsyncGoTrueClient, http: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    await client.reset_password_for_email(EMAIL)
    await client.sign_in_with_otp({"email": "bo@globex.test"})
    assert [mail["kind"] for mail in await mailbox.mails()] == ["magiclink", "recovery"]
    assert "nothing was sent" in (await http.get("/auth/v1/outbox")).json()["stand_in"]
