"""The stand-in in this process, and the official client led to it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from supabase_auth import AsyncGoTrueClient
from supabase_auth.types import Session

from sandbox.supabase_auth.app import SupabaseAuth
from sandbox.supabase_auth.policy import Policy
from tests.support.serving import BASE_URL, StillClock

# The official client compares with the machine's clock, so the tests stand in its future.
NOW = datetime(2099, 1, 1, 12, 0, tzinfo=UTC)
EMAIL, PASSWORD = "ana@acme.test", "correct horse"

ClientMaker = Callable[..., AsyncGoTrueClient]


class Mailbox:
    """Reads the outbox as a person at this machine would."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def mails(self) -> list[dict[str, Any]]:
        mails: list[dict[str, Any]] = (await self._http.get("/auth/v1/outbox")).json()["mails"]
        return mails

    async def newest(self, to: str) -> dict[str, Any]:
        return next(mail for mail in await self.mails() if mail["recipient"] == to)

    async def link(self, to: str) -> str:
        return str((await self.newest(to))["link"])

    async def code(self, to: str) -> str:
        return str((await self.newest(to))["text"]).rsplit(" ", 1)[-1]


def stand_in_at(directory: Path, clock: StillClock, **options: Any) -> SupabaseAuth:
    return SupabaseAuth(
        directory, base_url=BASE_URL, clock=clock, environment="demo", host="127.0.0.1", **options
    )


@pytest.fixture
def clock() -> StillClock:
    return StillClock(NOW)


@pytest.fixture
def policy() -> Policy:
    return Policy()


@pytest.fixture
async def stand_in(
    tmp_path: Path, clock: StillClock, policy: Policy
) -> AsyncIterator[SupabaseAuth]:
    origins = ("http://127.0.0.1:5173",)
    auth = stand_in_at(tmp_path, clock, policy=policy, redirect_origins=origins)
    auth.accounts.ensure_user(
        EMAIL, PASSWORD, name="Ana", app_metadata={"tenant_id": "acme", "role": "owner"}
    )
    yield auth
    auth.close()


@pytest.fixture
async def http(stand_in: SupabaseAuth) -> AsyncIterator[httpx.AsyncClient]:
    root = Starlette(routes=[Mount("/auth/v1", app=stand_in.app)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(root), base_url=BASE_URL) as client:
        yield client


@pytest.fixture
def make_client(http: httpx.AsyncClient) -> ClientMaker:
    def make(key: str = "any", *, flow: Any = "implicit") -> AsyncGoTrueClient:
        return AsyncGoTrueClient(
            url=f"{BASE_URL}/auth/v1",
            headers={"apikey": key},
            http_client=http,
            auto_refresh_token=False,
            flow_type=flow,
        )

    return make


@pytest.fixture
def client(make_client: ClientMaker) -> AsyncGoTrueClient:
    return make_client()


@pytest.fixture
def admin(make_client: ClientMaker, stand_in: SupabaseAuth) -> AsyncGoTrueClient:
    return make_client(stand_in.service_key)


@pytest.fixture
def mailbox(http: httpx.AsyncClient) -> Mailbox:
    return Mailbox(http)


async def signed_in(client: AsyncGoTrueClient, password: str = PASSWORD) -> Session:
    response = await client.sign_in_with_password({"email": EMAIL, "password": password})
    assert response.session is not None
    return response.session


def fragment_of(location: str) -> dict[str, str]:
    return dict(httpx.QueryParams(httpx.URL(location).fragment))
