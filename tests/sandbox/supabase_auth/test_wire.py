"""The wire itself: what is too big, of the wrong type or unreadable, and who may see the pages."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.supabase_auth.app import SupabaseAuth
from tests.sandbox.supabase_auth.conftest import EMAIL, PASSWORD
from tests.support.serving import BASE_URL

KEY = {"apikey": "any"}
CREDENTIALS = {"email": "bo@globex.test", "password": PASSWORD}
PATHS = ["signup", "token?grant_type=password", "recover", "otp", "resend", "verify"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("body", [[], 1, "x", {"email": 1}, {"email": ["a@b.test"]}, {}])
async def test_a_body_of_the_wrong_shape_is_refused(
    http: httpx.AsyncClient, path: str, body: Any
) -> None:
    reply = await http.post(f"/auth/v1/{path}", headers=KEY, json=body)
    if (path, body) == ("signup", {}):
        assert reply.json()["error_code"] == "anonymous_provider_disabled"
    else:
        assert (reply.status_code, reply.json()["error_code"]) == (400, "validation_failed")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b'{"email": "\\ud800@x.test"}',
        b'{"data": {"a": NaN}}',
        b'{"data": {"a": 1e999}}',
        b"[" * 30_000,
        b'{"data": ' + b"9" * 5000 + b"}",
    ],
)
async def test_what_is_no_json_is_refused(http: httpx.AsyncClient, body: bytes) -> None:
    reply = await http.post("/auth/v1/signup", headers=KEY, content=body)
    assert (reply.status_code, reply.json()["error_code"]) == (400, "bad_json")


async def test_unknown_fields_are_ignored(http: httpx.AsyncClient) -> None:
    body = {**CREDENTIALS, "role": "service_role", "app_metadata": {"role": "owner"}, "id": "1"}
    user = (await http.post("/auth/v1/signup", headers=KEY, json=body)).json()["user"]
    assert user["role"] == "authenticated"
    assert user["app_metadata"] == {"provider": "email", "providers": ["email"]}


async def test_too_much_is_refused(http: httpx.AsyncClient) -> None:
    huge = await http.post("/auth/v1/signup", headers=KEY, content=b" " * 70_000)
    assert huge.status_code == 413
    for body in (
        {**CREDENTIALS, "data": {"a": "x" * 9000}},
        {**CREDENTIALS, "email": "x" * 2000},
        {**CREDENTIALS, "email": f"a@{'x' * 300}.test"},
    ):
        reply = await http.post("/auth/v1/signup", headers=KEY, json=body)
        assert (reply.status_code, reply.json()["error_code"]) == (400, "validation_failed")


async def test_refusals_come_in_the_dated_form_when_it_is_named(http: httpx.AsyncClient) -> None:
    headers = {**KEY, "x-supabase-api-version": "2024-01-01"}
    body = {"email": "bo@globex.test", "password": "short"}
    reply = await http.post("/auth/v1/signup", headers=headers, json=body)
    assert reply.json() == {
        "code": "weak_password",
        "message": "Password should be at least 6 characters.",
        "weak_password": {"reasons": ["length"]},
    }
    assert reply.headers["x-supabase-api-version"] == "2024-01-01"
    assert reply.headers["x-sb-error-code"] == "weak_password"


@pytest.mark.parametrize("path", ["nothing", "admin", "user/identities", "stand-in/github"])
async def test_what_is_not_there_is_said_plainly(http: httpx.AsyncClient, path: str) -> None:
    reply = await http.get(f"/auth/v1/{path}", headers=KEY)
    assert (reply.status_code, reply.json()["msg"]) == (404, "Not Found")


@pytest.mark.parametrize("path", ["outbox", "stand-in/google?state=x"])
@pytest.mark.parametrize(
    ("client", "host"),
    [
        (("10.0.0.9", 1), "127.0.0.1:8000"),
        (("127.0.0.1", 1), "evil.test"),
        (("10.0.0.9", 1), "evil.test"),
    ],
)
async def test_pages_are_for_people_at_this_machine(
    stand_in: SupabaseAuth, path: str, client: tuple[str, int], host: str
) -> None:
    root = Starlette(routes=[Mount("/auth/v1", app=stand_in.app)])
    transport = httpx.ASGITransport(root, client=client)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as http:
        reply = await http.get(f"/auth/v1/{path}", headers={"host": host})
    assert (reply.status_code, reply.json()["error_code"]) == (403, "not_this_machine")


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "e30.e30.AAAA", "bnVsbA.e30.AA", "W10.W10.W10"]
)
async def test_what_is_no_token_opens_nothing(http: httpx.AsyncClient, token: str) -> None:
    headers = {**KEY, "authorization": f"Bearer {token}"}
    for method, path in (("GET", "user"), ("PUT", "user"), ("POST", "logout")):
        reply = await http.request(method, f"/auth/v1/{path}", headers=headers, json={})
        assert reply.json()["error_code"] in {"bad_jwt", "no_authorization"}


async def test_addresses_in_pages_are_text(http: httpx.AsyncClient) -> None:
    body = {"email": "a&b'<i>@x.test"}
    reply = await http.post("/auth/v1/otp", headers=KEY, json=body)
    assert reply.status_code == 400
    await http.post("/auth/v1/otp", headers=KEY, json={"email": "a&b@x.test"})
    page = await http.get("/auth/v1/outbox", headers={"accept": "text/html"})
    assert "a&amp;b@x.test" in page.text


async def test_settings_say_what_is_offered(http: httpx.AsyncClient) -> None:
    settings = (await http.get("/auth/v1/settings", headers=KEY)).json()
    assert settings["external"] == {
        "email": True,
        "phone": False,
        "google": True,
        "anonymous_users": False,
    }
    assert settings["mailer_autoconfirm"] is True


async def test_no_answer_holds_a_password(http: httpx.AsyncClient, stand_in: SupabaseAuth) -> None:
    body = {"email": EMAIL, "password": PASSWORD}
    reply = await http.post("/auth/v1/token?grant_type=password", headers=KEY, json=body)
    people = await http.get("/auth/v1/admin/users", headers={"apikey": stand_in.service_key})
    for text in (reply.text, people.text):
        assert "argon2" not in text
        assert PASSWORD not in text
    assert reply.headers["cache-control"] == people.headers["cache-control"] == "no-store"
