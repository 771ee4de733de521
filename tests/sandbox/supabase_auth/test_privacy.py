"""No route shows one person what is another's, whatever they send and whoever they are."""

from typing import Any

import httpx
import pytest
from starlette.routing import Route
from supabase_auth import AsyncGoTrueClient

from sandbox.supabase_auth.app import SupabaseAuth
from sandbox.supabase_auth.policy import Policy
from tests.sandbox.supabase_auth.conftest import EMAIL, PASSWORD, ClientMaker, signed_in

SECRET = "what-only-ana-may-see"
# Pages for whoever sits at this machine; the outbox shows mails, which hold no metadata.
ROUTES = [
    ("POST", "/signup"),
    ("POST", "/token"),
    ("GET", "/user"),
    ("PUT", "/user"),
    ("POST", "/logout"),
    ("POST", "/recover"),
    ("POST", "/otp"),
    ("POST", "/magiclink"),
    ("POST", "/resend"),
    ("POST", "/verify"),
    ("GET", "/verify"),
    ("GET", "/authorize"),
    ("GET", "/stand-in/google"),
    ("POST", "/stand-in/google"),
    ("GET", "/callback"),
    ("POST", "/invite"),
    ("GET", "/admin/users"),
    ("POST", "/admin/users"),
    ("GET", "/admin/users/{user_id}"),
    ("PUT", "/admin/users/{user_id}"),
    ("DELETE", "/admin/users/{user_id}"),
    ("POST", "/admin/generate_link"),
    ("GET", "/settings"),
    ("GET", "/health"),
    ("GET", "/outbox"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/.well-known/openid-configuration"),
]
BODIES: list[dict[str, Any]] = [
    {"email": EMAIL},
    {"email": EMAIL, "password": "a guess of it"},
    {"email": EMAIL, "type": "signup", "token": "000000"},
    {"email": EMAIL, "type": "email_change", "token": "' OR 1=1 --"},
    {"email": EMAIL, "type": "recovery", "token_hash": "%"},
    {"refresh_token": "%"},
    {"auth_code": "%", "code_verifier": "%"},
    {"data": {"name": "Bo"}},
]
QUERIES = [
    "",
    "grant_type=password",
    "grant_type=refresh_token",
    "grant_type=pkce",
    f"provider=google&login_hint={EMAIL}",
    "type=recovery&token=%25&state=%25&code=%25",
]


@pytest.fixture(params=[False, True])
def policy(request: pytest.FixtureRequest) -> Policy:
    return Policy(confirm_emails=request.param)


def test_every_route_is_looked_at(stand_in: SupabaseAuth) -> None:
    routes = [route for route in stand_in.app.routes if isinstance(route, Route)]
    found = {(method, route.path) for route in routes for method in route.methods or ()}
    assert found - {("HEAD", route.path) for route in routes} == set(ROUTES)


@pytest.mark.parametrize("is_signed_in", [False, True])
async def test_nobody_sees_what_is_someone_elses(
    make_client: ClientMaker,
    http: httpx.AsyncClient,
    stand_in: SupabaseAuth,
    admin: AsyncGoTrueClient,
    is_signed_in: bool,
) -> None:
    client = make_client()
    ana = await signed_in(client)
    await client.update_user({"data": {"note": SECRET}})
    await admin.admin.create_user(
        {"email": "bo@globex.test", "password": PASSWORD, "email_confirm": True}
    )
    headers = {"apikey": stand_in.anon_key}
    if is_signed_in:
        grant = stand_in.accounts.sign_in("bo@globex.test", PASSWORD)
        token = stand_in.tokens.issue(grant.account, grant.session_id).text
        headers["authorization"] = f"Bearer {token}"
    for method, path in ROUTES:
        if (method, path) == ("POST", "/logout"):
            continue
        url = "/auth/v1" + path.format(user_id=ana.user.id)
        for query in QUERIES:
            for body in BODIES if method in {"POST", "PUT"} else BODIES[:1]:
                reply = await http.request(method, f"{url}?{query}", headers=headers, json=body)
                shown = f"{reply.headers} {reply.text}"
                assert reply.status_code < 500
                for secret in (SECRET, ana.user.id, ana.refresh_token, 'acme"'):
                    assert secret not in shown, (method, path, query, body)
    user = await client.get_user(ana.access_token)
    assert user is not None
    assert (user.user.email, user.user.user_metadata["note"]) == (EMAIL, SECRET)
