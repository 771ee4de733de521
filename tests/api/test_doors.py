"""What is asked is recorded with the door it came in by: the web, a program, development tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest
from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

import app
from gtm.bootstrap import Services, build_services
from gtm.clock import Clock
from gtm.settings import Settings
from tests.support.people import PASSWORD, add_people
from tests.support.serving import StillClock, alive, client_of, settings_at, token_of
from tests.support.state import urls_for

QUESTION = {"question": "sessions last month"}


def doors(directory: Path) -> list[tuple[Any, ...]]:
    """Return how the queries of a data folder came in, and whose they were, in order."""
    with psycopg.connect(urls_for(directory).owner) as owner:
        return owner.execute(
            "select door, user_id::text from app.audit_log where action = 'query' order by id"
        ).fetchall()


async def test_what_a_program_asks_is_told_apart_from_what_a_person_asks(tmp_path: Path) -> None:
    settings, clock = settings_at(tmp_path), StillClock()
    ana = (await add_people(settings, clock))["ana@acme.test"]
    served = app.create_app(settings, clock=clock)
    async with alive(served):
        async with client_of(served) as nobody:
            session = await token_of(nobody, "ana@acme.test", PASSWORD)
        warmed = len(doors(tmp_path))
        async with client_of(served, session) as person:
            await person.post("/v1/analytics/query", json=QUESTION)
            asked = doors(tmp_path)[warmed:]
            body = {"name": "nightly", "scopes": ["read"]}
            secret = (await person.post("/v1/tokens", json=body)).json()["secret"]
        async with client_of(served, secret) as program:
            await program.post("/v1/analytics/query", json=QUESTION)
        later = doors(tmp_path)[warmed + len(asked) :]
    assert set(asked) == {("web", ana)}
    assert set(later) == {("token", ana)}


async def test_development_tools_have_a_door_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_at(tmp_path, gtm_dev_tenant="acme")
    await add_people(settings, StillClock())
    built: list[Services] = []

    def build(settings: Settings, *, clock: Clock) -> Services:
        built.append(build_services(settings, clock=clock))
        return built[-1]

    monkeypatch.setattr(app, "Settings", lambda: settings)
    monkeypatch.setattr(app, "build_services", build)
    connection = app.create_dev_connection()
    assert connection.app_factory
    assert connection.dev_identity
    served = connection.app_factory()

    def factory(headers: Any = None, timeout: Any = None, auth: Any = None, **_: Any) -> Any:
        transport = httpx2.ASGITransport(app=served)
        return httpx2.AsyncClient(transport=transport, headers=headers, timeout=timeout, auth=auth)

    token = connection.mint(connection.dev_identity)
    transport = StreamableHttpTransport(connection.url, auth=token, httpx_client_factory=factory)
    async with served.lifespan(served), Client(transport) as client:
        sql = "SELECT COUNT(*) AS n FROM vw_sessions_daily"
        await client.call_tool("run_sql", {"sql": sql}, raise_on_error=False)
    await built[0].close()
    assert doors(tmp_path) == [("dev", None)]
