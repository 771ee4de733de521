"""Google through the stand-in's consent page, as a browser goes: with a code, once, in time."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError

from sandbox.supabase_auth.app import SupabaseAuth
from tests.sandbox.supabase_auth.conftest import (
    EMAIL,
    PASSWORD,
    ClientMaker,
    fragment_of,
    signed_in,
)
from tests.support.serving import BASE_URL, StillClock

GUS = "gus@gmail.test"
CONSENT = "/auth/v1/stand-in/google"


class Browser:
    """Follows redirects inside the stand-in and stops where it leads out."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def consent_page(self, start: str) -> httpx.Response:
        reply = await self.http.get(start)
        assert reply.status_code == 302
        return await self.http.get(reply.headers["location"])

    async def answer(self, page: httpx.Response, **fields: str) -> httpx.URL:
        state = re.findall(r'name="state" value="([^"]+)"', page.text)[0]
        reply = await self.http.post(
            CONSENT, data={"state": state, **fields}, headers={"origin": BASE_URL}
        )
        assert reply.status_code == 303, reply.text
        return await self.come_back(reply.headers["location"])

    async def come_back(self, callback: str) -> httpx.URL:
        reply = await self.http.get(callback)
        assert reply.status_code == 302
        return httpx.URL(reply.headers["location"])


@pytest.fixture
def browser(http: httpx.AsyncClient) -> Browser:
    return Browser(http)


@pytest.fixture
def pkce(make_client: ClientMaker) -> AsyncGoTrueClient:
    return make_client(flow="pkce")


async def start(client: AsyncGoTrueClient) -> str:
    response = await client.sign_in_with_oauth(
        {"provider": "google", "options": {"redirect_to": f"{BASE_URL}/signed-in?next=/ask"}}
    )
    return response.url


async def code_for(client: AsyncGoTrueClient, browser: Browser, email: str = GUS) -> str:
    page = await browser.consent_page(await start(client))
    back = await browser.answer(page, email=email, name="Gus")
    return back.params["code"]


async def exchange(client: AsyncGoTrueClient, code: str) -> object:
    response = await client.exchange_code_for_session({"auth_code": code})
    return response.session


async def test_someone_new_signs_up_with_google(pkce: AsyncGoTrueClient, browser: Browser) -> None:
    page = await browser.consent_page(await start(pkce))
    back = await browser.answer(page, email=GUS, name="Gus")
    assert (back.path, back.params["next"]) == ("/signed-in", "/ask")
    response = await pkce.exchange_code_for_session({"auth_code": back.params["code"]})
    assert response.session is not None
    user = response.session.user
    assert (user.email, user.user_metadata["full_name"]) == (GUS, "Gus")
    assert user.app_metadata == {"provider": "google", "providers": ["google"]}
    assert [one.provider for one in user.identities or []] == ["google"]
    claims = await pkce.get_claims()
    assert claims is not None
    assert claims["claims"]["amr"][0]["method"] == "oauth"


async def test_the_second_time_it_is_the_same_person(
    make_client: ClientMaker, browser: Browser
) -> None:
    ids = []
    for _ in range(2):
        client = make_client(flow="pkce")
        await exchange(client, await code_for(client, browser))
        user = await client.get_user()
        assert user is not None
        ids.append(user.user.id)
    assert ids[0] == ids[1]
    page = await browser.consent_page(await start(make_client(flow="pkce")))
    assert f'value="{GUS}"' in page.text


async def test_a_known_mailbox_is_linked_and_keeps_its_password(
    pkce: AsyncGoTrueClient, make_client: ClientMaker, browser: Browser
) -> None:
    mine = await signed_in(make_client())
    await exchange(pkce, await code_for(pkce, browser, EMAIL))
    user = await pkce.get_user()
    assert user is not None
    assert user.user.id == mine.user.id
    assert user.user.app_metadata["providers"] == ["email", "google"]
    assert user.user.app_metadata["tenant_id"] == "acme"
    await signed_in(make_client())


async def test_a_password_set_before_the_mailbox_was_proven_is_dropped(
    pkce: AsyncGoTrueClient, admin: AsyncGoTrueClient, make_client: ClientMaker, browser: Browser
) -> None:
    await admin.admin.create_user({"email": GUS, "password": PASSWORD})
    await exchange(pkce, await code_for(pkce, browser))
    with pytest.raises(AuthApiError, match="Invalid login credentials"):
        await make_client().sign_in_with_password({"email": GUS, "password": PASSWORD})


async def test_a_code_is_good_once(pkce: AsyncGoTrueClient, browser: Browser) -> None:
    page = await browser.consent_page(await start(pkce))
    back = await browser.answer(page, email=GUS)
    storage_key = "supabase.auth.token-code-verifier"
    verifier = await pkce._storage.get_item(storage_key)
    assert verifier is not None
    body = {"auth_code": back.params["code"], "code_verifier": verifier}
    url, headers = "/auth/v1/token?grant_type=pkce", {"apikey": "any"}
    first = await browser.http.post(url, headers=headers, json=body)
    assert first.json()["provider_token"].startswith("stand-in")
    again = await browser.http.post(url, headers=headers, json=body)
    assert (again.status_code, again.json()["error_code"]) == (404, "flow_state_not_found")


async def test_of_two_who_come_with_one_code_one_gets_a_session(
    pkce: AsyncGoTrueClient, browser: Browser
) -> None:
    code = await code_for(pkce, browser)
    verifier = await pkce._storage.get_item("supabase.auth.token-code-verifier")
    body = {"auth_code": code, "code_verifier": verifier}
    url, headers = "/auth/v1/token?grant_type=pkce", {"apikey": "any"}
    replies = await asyncio.gather(
        *(browser.http.post(url, headers=headers, json=body) for _ in range(4))
    )
    assert sorted(reply.status_code for reply in replies) == [200, 404, 404, 404]


async def test_a_code_needs_its_verifier(
    pkce: AsyncGoTrueClient, make_client: ClientMaker, browser: Browser
) -> None:
    code = await code_for(pkce, browser)
    thief = make_client(flow="pkce")
    await start(thief)
    with pytest.raises(AuthApiError) as caught:
        await exchange(thief, code)
    assert (caught.value.status, caught.value.code) == (400, "bad_code_verifier")
    assert await exchange(pkce, code) is not None


async def test_a_code_is_good_for_five_minutes(
    pkce: AsyncGoTrueClient, browser: Browser, clock: StillClock
) -> None:
    code = await code_for(pkce, browser)
    clock.time += timedelta(minutes=5, seconds=1)
    with pytest.raises(AuthApiError) as caught:
        await exchange(pkce, code)
    assert (caught.value.status, caught.value.code) == (422, "flow_state_expired")


async def test_cancelling_leads_back_with_a_reason(
    pkce: AsyncGoTrueClient, browser: Browser
) -> None:
    page = await browser.consent_page(await start(pkce))
    back = await browser.answer(page, action="deny")
    assert back.path == "/signed-in"
    assert (back.params["error"], back.params["error_code"]) == ("access_denied",) * 2
    assert fragment_of(str(back))["error"] == "access_denied"


async def test_without_a_challenge_the_session_rides_behind_the_fragment(
    client: AsyncGoTrueClient, browser: Browser
) -> None:
    page = await browser.consent_page(await start(client))
    back = await browser.answer(page, email=GUS)
    user = await client.get_user(fragment_of(str(back))["access_token"])
    assert user is not None
    assert user.user.email == GUS


async def test_a_made_up_consent_leads_nowhere(browser: Browser) -> None:
    back = await browser.come_back("/auth/v1/callback?state=made-up&code=made-up")
    assert str(back).startswith(BASE_URL)
    assert back.params["error_code"] == "bad_oauth_state"
    assert (await browser.http.get(f"{CONSENT}?state=made-up")).status_code == 400


async def test_a_state_without_a_consent_leads_nowhere(
    pkce: AsyncGoTrueClient, browser: Browser
) -> None:
    page = await browser.consent_page(await start(pkce))
    state = re.findall(r'name="state" value="([^"]+)"', page.text)[0]
    back = await browser.come_back(f"/auth/v1/callback?state={state}&code=")
    assert back.params["error_code"] == "bad_oauth_state"


async def test_a_form_of_another_site_is_refused(pkce: AsyncGoTrueClient, browser: Browser) -> None:
    page = await browser.consent_page(await start(pkce))
    state = re.findall(r'name="state" value="([^"]+)"', page.text)[0]
    reply = await browser.http.post(
        CONSENT, data={"state": state, "email": GUS}, headers={"origin": "https://evil.test"}
    )
    assert reply.status_code == 403


async def test_the_page_says_what_it_is_and_lets_nothing_in(
    pkce: AsyncGoTrueClient, browser: Browser
) -> None:
    page = await browser.consent_page(await start(pkce))
    assert "This is a stand-in, not Google." in page.text
    assert '<label for="email">' in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' {BASE_URL}" in policy
    assert page.headers["x-gtm-stand-in"] == "supabase-auth"


@pytest.mark.parametrize(
    "query",
    [
        "provider=github",
        "",
        "provider=google&code_challenge=abc",
        "provider=google&code_challenge=abc&code_challenge_method=s256",
        f"provider=google&code_challenge={'a' * 43}&code_challenge_method=md5",
    ],
)
async def test_a_start_that_makes_no_sense_is_refused(http: httpx.AsyncClient, query: str) -> None:
    reply = await http.get(f"/auth/v1/authorize?{query}")
    assert (reply.status_code, reply.json()["error_code"]) == (400, "validation_failed")


async def test_someone_kept_out_does_not_come_in_this_way(
    pkce: AsyncGoTrueClient, browser: Browser, stand_in: SupabaseAuth, admin: AsyncGoTrueClient
) -> None:
    user_id = stand_in.accounts.sign_in(EMAIL, PASSWORD).account.id
    await admin.admin.update_user_by_id(user_id, {"ban_duration": "24h"})
    page = await browser.consent_page(await start(pkce))
    back = await browser.answer(page, email=EMAIL)
    assert back.params["error_code"] == "user_banned"
