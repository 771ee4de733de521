"""The administrator's routes, with the service key alone."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from supabase_auth import AsyncGoTrueClient
from supabase_auth.errors import AuthApiError

from sandbox.supabase_auth.app import SupabaseAuth
from tests.sandbox.supabase_auth.conftest import (
    EMAIL,
    PASSWORD,
    ClientMaker,
    Mailbox,
    fragment_of,
    signed_in,
    stand_in_at,
)
from tests.support.serving import BASE_URL, StillClock

GUEST = "guest@acme.test"
ROUTES = [
    ("GET", "admin/users"),
    ("POST", "admin/users"),
    ("GET", "admin/users/{id}"),
    ("PUT", "admin/users/{id}"),
    ("DELETE", "admin/users/{id}"),
    ("POST", "admin/generate_link"),
    ("POST", "invite"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_nobody_else_gets_in(
    client: AsyncGoTrueClient,
    http: httpx.AsyncClient,
    stand_in: SupabaseAuth,
    method: str,
    path: str,
) -> None:
    session = await signed_in(client)
    url = f"/auth/v1/{path.format(id=session.user.id)}"
    key = stand_in.service_key
    attempts = [
        {"apikey": stand_in.anon_key},
        {"apikey": "any", "authorization": "Bearer any"},
        {"apikey": "any", "authorization": f"Bearer {session.access_token}"},
        {"apikey": key, "authorization": f"Bearer {session.access_token}"},
        {"apikey": key[:-1]},
        {"apikey": key.upper()},
    ]
    for headers in attempts:
        reply = await http.request(method, url, headers=headers, json={"email": GUEST})
        assert (reply.status_code, reply.json()["error_code"]) == (403, "not_admin")
    assert (await http.request(method, url)).status_code == 401
    assert stand_in.accounts.sign_in(EMAIL, PASSWORD).account.id == session.user.id


async def test_someone_invited_follows_the_link_and_sets_a_password(
    admin: AsyncGoTrueClient, make_client: ClientMaker, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    invited = await admin.admin.invite_user_by_email(
        GUEST, {"data": {"name": "Guest"}, "redirect_to": f"{BASE_URL}/welcome"}
    )
    assert invited.user.invited_at is not None
    assert invited.user.email_confirmed_at is None
    reply = await http.get(await mailbox.link(GUEST))
    assert reply.headers["location"].startswith(f"{BASE_URL}/welcome#")
    client = make_client()
    await client.initialize(url=reply.headers["location"])
    await client.update_user({"password": PASSWORD})
    again = make_client()
    response = await again.sign_in_with_password({"email": GUEST, "password": PASSWORD})
    assert response.user is not None
    assert response.user.id == invited.user.id


async def test_who_is_here_already_is_not_invited(admin: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthApiError) as caught:
        await admin.admin.invite_user_by_email(EMAIL)
    assert (caught.value.status, caught.value.code) == (422, "email_exists")


async def test_people_are_created_listed_changed_and_deleted(
    admin: AsyncGoTrueClient, make_client: ClientMaker
) -> None:
    created = await admin.admin.create_user(
        {
            "email": GUEST,
            "password": PASSWORD,
            "email_confirm": True,
            "app_metadata": {"plan": "trial"},
        }
    )
    user_id = created.user.id
    assert created.user.app_metadata["plan"] == "trial"
    assert {user.email for user in await admin.admin.list_users()} == {EMAIL, GUEST}
    client = make_client()
    await client.sign_in_with_password({"email": GUEST, "password": PASSWORD})
    changed = await admin.admin.update_user_by_id(
        user_id, {"email": "new@acme.test", "password": "another horse", "user_metadata": {"a": 1}}
    )
    assert changed.user.email == "new@acme.test"
    assert (await admin.admin.get_user_by_id(user_id)).user.user_metadata == {"a": 1}
    with pytest.raises(AuthApiError) as caught:
        await client.get_user()
    assert caught.value.code == "session_not_found"
    await admin.admin.delete_user(user_id)
    with pytest.raises(AuthApiError) as caught:
        await admin.admin.get_user_by_id(user_id)
    assert (caught.value.status, caught.value.code) == (404, "user_not_found")


async def test_nothing_of_someone_deleted_stays(
    admin: AsyncGoTrueClient, make_client: ClientMaker, mailbox: Mailbox, http: httpx.AsyncClient
) -> None:
    client = make_client()
    session = await signed_in(client)
    await client.reset_password_for_email(EMAIL)
    await admin.admin.delete_user(session.user.id)
    with pytest.raises(AuthApiError):
        await make_client().refresh_session(session.refresh_token)
    reply = await http.get(await mailbox.link(EMAIL))
    assert "error" in fragment_of(reply.headers["location"])


async def test_a_taken_address_is_given_to_nobody(admin: AsyncGoTrueClient) -> None:
    guest = await admin.admin.create_user({"email": GUEST})
    for attempt in (
        admin.admin.create_user({"email": EMAIL.upper()}),
        admin.admin.update_user_by_id(guest.user.id, {"email": EMAIL}),
    ):
        with pytest.raises(AuthApiError) as caught:
            await attempt
        assert caught.value.code == "email_exists"


async def test_people_come_in_pages(admin: AsyncGoTrueClient, http: httpx.AsyncClient) -> None:
    for number in range(4):
        await admin.admin.create_user({"email": f"guest{number}@acme.test"})
    seen = [
        user.email for page in (1, 2, 3) for user in await admin.admin.list_users(page, per_page=2)
    ]
    assert len(set(seen)) == 5
    reply = await http.get("/auth/v1/admin/users?page=1&per_page=2", headers=admin._headers)
    assert reply.headers["x-total-count"] == "5"
    assert 'page=2&per_page=2>; rel="next"' in reply.headers["link"]
    bad = await http.get("/auth/v1/admin/users?page=0", headers=admin._headers)
    assert bad.status_code == 400


async def test_someone_banned_is_kept_out_until_it_ends(
    admin: AsyncGoTrueClient, make_client: ClientMaker, clock: StillClock
) -> None:
    session = await signed_in(make_client())
    await admin.admin.update_user_by_id(session.user.id, {"ban_duration": "1h30m"})
    for attempt in (
        signed_in(make_client()),
        make_client().get_user(session.access_token),
        make_client().refresh_session(session.refresh_token),
    ):
        with pytest.raises(AuthApiError, match="banned"):
            await attempt
    clock.time += timedelta(minutes=91)
    await signed_in(make_client())


@pytest.mark.parametrize("kind", ["magiclink", "recovery"])
async def test_a_link_is_made_without_a_mail(
    admin: AsyncGoTrueClient,
    make_client: ClientMaker,
    mailbox: Mailbox,
    http: httpx.AsyncClient,
    kind: str,
) -> None:
    made = await admin.admin.generate_link({"type": kind, "email": EMAIL})  # type: ignore[misc,arg-type]  # a parameter
    assert await mailbox.mails() == []
    assert made.user.email == EMAIL
    response = await make_client().verify_otp(
        {"type": kind, "token_hash": made.properties.hashed_token}  # type: ignore[typeddict-item]  # a parameter
    )
    assert response.session is not None
    used = await http.get(made.properties.action_link)
    assert "error" in fragment_of(used.headers["location"])


async def test_a_sign_up_link_makes_the_account(
    admin: AsyncGoTrueClient, make_client: ClientMaker, http: httpx.AsyncClient
) -> None:
    made = await admin.admin.generate_link({"type": "signup", "email": GUEST, "password": PASSWORD})
    await http.get(made.properties.action_link)
    response = await make_client().sign_in_with_password({"email": GUEST, "password": PASSWORD})
    assert response.session is not None


async def test_a_recovery_link_for_nobody_is_refused(admin: AsyncGoTrueClient) -> None:
    with pytest.raises(AuthApiError) as caught:
        await admin.admin.generate_link({"type": "recovery", "email": GUEST})
    assert caught.value.code == "user_not_found"


async def test_links_of_both_halves_change_an_address(
    admin: AsyncGoTrueClient, make_client: ClientMaker
) -> None:
    for half in ("email_change_current", "email_change_new"):
        made = await admin.admin.generate_link({"type": half, "email": EMAIL, "new_email": GUEST})
        token = made.properties.hashed_token
        response = await make_client().verify_otp({"type": "email_change", "token_hash": token})
        assert (response.session is not None) == (half == "email_change_new")
    assert response.user is not None
    assert response.user.email == GUEST


def test_the_service_key_is_made_once_for_each_installation(
    tmp_path: Path, clock: StillClock
) -> None:
    keys = []
    for folder in ("a", "a", "b"):
        auth = stand_in_at(tmp_path / folder, clock)
        keys.append(auth.service_key)
        auth.close()
    assert keys[0] == keys[1] != keys[2]
    assert keys[0].startswith("sb_secret_")
