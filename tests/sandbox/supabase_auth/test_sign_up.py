"""Signing up, and changing one's own account, through the official client."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError, AuthWeakPasswordError

from sandbox.supabase_auth.app import SupabaseAuth
from sandbox.supabase_auth.policy import Policy
from tests.sandbox.supabase_auth.conftest import (
    EMAIL,
    PASSWORD,
    ClientMaker,
    Mailbox,
    fragment_of,
    signed_in,
)
from tests.support.serving import StillClock

NEW = "bo@globex.test"


async def test_signing_up_gives_a_session_at_once(client: AsyncGoTrueClient) -> None:
    response = await client.sign_up(
        {"email": " Bo@Globex.test", "password": PASSWORD, "options": {"data": {"name": "Bo"}}}
    )
    assert response.session is not None
    user = response.session.user
    assert (user.email, user.user_metadata) == (NEW, {"name": "Bo"})
    assert user.email_confirmed_at is not None
    assert user.app_metadata == {"provider": "email", "providers": ["email"]}
    assert [one.provider for one in user.identities or []] == ["email"]


async def test_the_claims_hold_against_the_published_keys(client: AsyncGoTrueClient) -> None:
    await client.sign_up({"email": NEW, "password": PASSWORD})
    response = await client.get_claims()
    assert response is not None
    claims: Mapping[str, Any] = response["claims"]
    assert claims["email"] == NEW
    assert claims["role"] == claims["aud"] == "authenticated"
    assert claims["amr"][0]["method"] == "password"


async def test_a_taken_address_is_refused(client: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthApiError, match="User already registered") as caught:
        await client.sign_up({"email": EMAIL, "password": PASSWORD})
    assert (caught.value.status, caught.value.code) == (422, "user_already_exists")


async def test_a_weak_password_is_refused_with_its_reasons(client: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthWeakPasswordError) as caught:
        await client.sign_up({"email": NEW, "password": "short"})
    assert (caught.value.status, caught.value.reasons) == (422, ["length"])


async def test_too_long_a_password_is_refused(client: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthApiError, match="longer than 72") as caught:
        await client.sign_up({"email": NEW, "password": "x" * 73})
    assert caught.value.code == "validation_failed"


@pytest.mark.parametrize("email", ["nobody", "a@b@c.test", "a b@c.test", "a@-c.test", "@c.test"])
async def test_what_is_no_address_is_refused(client: AsyncGoTrueClient, email: str) -> None:
    with pytest.raises(AuthApiError, match="invalid format") as caught:
        await client.sign_up({"email": email, "password": PASSWORD})
    assert caught.value.code == "validation_failed"


async def test_nobody_signs_up_anonymously(client: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthApiError) as caught:
        await client.sign_in_anonymously()
    assert caught.value.code == "anonymous_provider_disabled"


class TestWithConfirmations:
    @pytest.fixture
    def policy(self) -> Policy:
        return Policy(confirm_emails=True)

    async def test_the_address_is_confirmed_by_mail_first(
        self, client: AsyncGoTrueClient, mailbox: Mailbox, http: httpx.AsyncClient
    ) -> None:
        response = await client.sign_up({"email": NEW, "password": PASSWORD})
        assert response.session is None
        with pytest.raises(AuthApiError) as caught:
            await client.sign_in_with_password({"email": NEW, "password": PASSWORD})
        assert caught.value.code == "email_not_confirmed"
        reply = await http.get(await mailbox.link(NEW))
        assert reply.status_code == 303
        assert fragment_of(reply.headers["location"])["type"] == "signup"
        again = await client.sign_in_with_password({"email": NEW, "password": PASSWORD})
        assert again.session is not None

    async def test_the_mail_is_sent_once_more_on_request(
        self,
        client: AsyncGoTrueClient,
        mailbox: Mailbox,
        http: httpx.AsyncClient,
        clock: StillClock,
    ) -> None:
        await client.sign_up({"email": NEW, "password": PASSWORD})
        clock.time += timedelta(minutes=2)
        await client.resend({"type": "signup", "email": NEW})
        assert [mail["kind"] for mail in await mailbox.mails()] == ["signup", "signup"]
        reply = await http.get(await mailbox.link(NEW))
        assert "access_token" in reply.headers["location"]
        clock.time += timedelta(minutes=2)
        await client.resend({"type": "signup", "email": NEW})
        assert len(await mailbox.mails()) == 2

    async def test_a_taken_address_looks_like_a_new_one(
        self, client: AsyncGoTrueClient, mailbox: Mailbox, stand_in: SupabaseAuth
    ) -> None:
        data = {"name": "Mallory"}
        response = await client.sign_up(
            {"email": EMAIL, "password": PASSWORD, "options": {"data": data}}
        )
        assert response.user is not None
        assert response.session is None
        known = stand_in.accounts.sign_in(EMAIL, PASSWORD).account
        assert response.user.id != known.id
        assert response.user.user_metadata == data
        assert response.user.app_metadata == {"provider": "email", "providers": ["email"]}
        assert response.user.identities == []
        assert response.user.last_sign_in_at is None
        assert await mailbox.mails() == []

    async def test_a_second_sign_up_shows_nothing_of_the_first(
        self, admin: AsyncGoTrueClient, make_client: ClientMaker
    ) -> None:
        await admin.admin.invite_user_by_email(NEW, {"data": {"secret": "plan"}})
        response = await make_client().sign_up({"email": NEW, "password": PASSWORD})
        assert response.user is not None
        assert response.user.user_metadata == {}
        assert response.user.invited_at is None
        with pytest.raises(AuthApiError, match="Invalid login credentials"):
            await make_client().sign_in_with_password({"email": NEW, "password": PASSWORD})

    @pytest.mark.parametrize("email", [EMAIL, NEW])
    async def test_taken_and_new_addresses_wait_alike(
        self, client: AsyncGoTrueClient, email: str
    ) -> None:
        await client.sign_up({"email": email, "password": PASSWORD})
        with pytest.raises(AuthApiError, match="after 60 seconds") as caught:
            await client.sign_up({"email": email, "password": PASSWORD})
        assert (caught.value.status, caught.value.code) == (429, "over_email_send_rate_limit")


async def test_metadata_is_merged_and_null_removes(client: AsyncGoTrueClient) -> None:
    await signed_in(client)
    await client.update_user({"data": {"theme": "dark", "tour": 1}})
    response = await client.update_user({"data": {"tour": None}})
    assert response.user.user_metadata == {"name": "Ana", "theme": "dark"}


async def test_nobody_sets_their_own_app_metadata(client: AsyncGoTrueClient) -> None:
    await signed_in(client)
    with pytest.raises(AuthApiError) as caught:
        await client.update_user({"app_metadata": {"role": "owner"}})  # type: ignore[typeddict-unknown-key]  # an attack
    assert caught.value.code == "not_admin"


async def test_a_new_password_keeps_this_session_and_ends_the_others(
    client: AsyncGoTrueClient, make_client: ClientMaker
) -> None:
    other = await signed_in(make_client())
    mine = await signed_in(client)
    await client.update_user({"password": "another horse"})
    assert await client.get_user(mine.access_token) is not None
    with pytest.raises(AuthApiError) as caught:
        await client.get_user(other.access_token)
    assert caught.value.code == "session_not_found"
    await signed_in(make_client(), "another horse")


async def test_the_old_password_is_no_new_one(client: AsyncGoTrueClient) -> None:
    await signed_in(client)
    with pytest.raises(AuthApiError) as caught:
        await client.update_user({"password": PASSWORD})
    assert (caught.value.status, caught.value.code) == (422, "same_password")


async def test_a_new_address_waits_until_both_mailboxes_agree(
    client: AsyncGoTrueClient, make_client: ClientMaker, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    await signed_in(client)
    response = await client.update_user({"email": NEW})
    assert (response.user.email, response.user.new_email) == (EMAIL, NEW)
    first = await http.get(await mailbox.link(EMAIL))
    assert "other" in fragment_of(first.headers["location"])["message"]
    code = await mailbox.code(NEW)
    done = await make_client().verify_otp({"type": "email_change", "email": NEW, "token": code})
    assert done.user is not None
    assert (done.user.email, done.user.new_email) == (NEW, None)
    with pytest.raises(AuthApiError, match="Invalid login credentials"):
        await signed_in(make_client())


async def test_the_mails_of_an_address_change_are_sent_once_more(
    client: AsyncGoTrueClient, mailbox: Mailbox, clock: StillClock
) -> None:
    await signed_in(client)
    await client.update_user({"email": NEW})
    with pytest.raises(AuthApiError, match="after 60 seconds"):
        await client.resend({"type": "email_change", "email": EMAIL})
    clock.time += timedelta(minutes=1)
    await client.resend({"type": "email_change", "email": EMAIL})
    assert [mail["recipient"] for mail in await mailbox.mails()] == [NEW, EMAIL, NEW, EMAIL]


async def test_an_address_of_someone_else_is_refused(
    client: AsyncGoTrueClient, make_client: ClientMaker
) -> None:
    await make_client().sign_up({"email": NEW, "password": PASSWORD})
    await signed_in(client)
    with pytest.raises(AuthApiError) as caught:
        await client.update_user({"email": NEW})
    assert (caught.value.status, caught.value.code) == (422, "email_exists")


@pytest.mark.parametrize(
    ("scope", "mine_ends", "other_ends"),
    [("local", True, False), ("others", False, True), ("global", True, True)],
)
async def test_signing_out_ends_the_sessions_of_its_scope(
    client: AsyncGoTrueClient,
    make_client: ClientMaker,
    scope: str,
    mine_ends: bool,
    other_ends: bool,
) -> None:
    mine, other = await signed_in(make_client()), await signed_in(make_client())
    await client.admin.sign_out(mine.access_token, scope)  # type: ignore[arg-type]  # a parameter
    for session, has_ended in ((mine, mine_ends), (other, other_ends)):
        if has_ended:
            with pytest.raises(AuthApiError, match="Refresh Token Not Found"):
                await make_client().refresh_session(session.refresh_token)
        else:
            assert (await make_client().refresh_session(session.refresh_token)).session
