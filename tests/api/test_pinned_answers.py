"""From a question in plain language to a chart that keeps itself up to date: with the agents."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import build_services
from gtm.context import Role
from gtm.tenants.base import Workspace
from tests.support.analytics import statements
from tests.support.people import PASSWORD, add_people
from tests.support.serving import StillClock, alive, client_of, settings_at, token_of

ANA = "ana@acme.test"


@dataclass
class Desk:
    app: Starlette
    clock: StillClock

    async def client(self) -> httpx.AsyncClient:
        async with client_of(self.app) as nobody:
            return client_of(self.app, await token_of(nobody, ANA, PASSWORD))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings, clock = settings_at(tmp_path), StillClock()
    ids = await add_people(settings, clock)
    services = build_services(settings, clock=clock)
    tenant = Workspace.named("acme", "Acme").context(ids[ANA], Role.OWNER)
    await services.warehouse.transform(tenant, statements(tenant))
    await services.close()
    app = create_app(settings, clock=clock)
    async with alive(app):
        yield Desk(app, clock)


async def pinned(client: httpx.AsyncClient, question: str, **fields: str) -> dict[str, Any]:
    asked = await client.post("/v1/analytics/query", json={"question": question, **fields})
    assert asked.status_code == 200, asked.text
    turn = asked.json()
    body = {"conversation_id": turn["conversation_id"], "turn_id": turn["turn_id"]}
    chart = await client.post("/v1/charts/pin", json=body)
    assert chart.status_code == 201, (chart.text, turn)
    found: dict[str, Any] = chart.json()
    assert found["chart_spec"] == turn["chart_spec"]
    return found | {"conversation_id": turn["conversation_id"]}


async def test_an_answer_is_pinned_redrawn_and_moves_with_the_days(desk: Desk) -> None:
    async with await desk.client() as client:
        weeks = await pinned(client, "sessions by week in the last 6 weeks as an area chart")
        assert weeks["chart_spec"]["type"] == "area"
        channels = await pinned(client, "sessions by channel last 45 days")
        assert channels["query"]["time"]["label"] == "last 45 days"
        pie = await pinned(client, "make it a pie", conversation_id=channels["conversation_id"])
        assert pie["chart_spec"]["type"] == "pie"
        assert pie["query"] == channels["query"]
    desk.clock.time += timedelta(days=3)
    async with await desk.client() as client:
        board = f"/v1/dashboards/{weeks['dashboard_id']}"
        charts = (await client.post(f"{board}/refresh")).json()["charts"]
    fresh = {chart["id"]: chart for chart in charts}
    for before, type_ in ((weeks, "area"), (channels, "bar"), (pie, "pie")):
        after = fresh[before["id"]]
        assert (after["error"], after["chart_spec"]["type"]) == (None, type_)
        assert after["title"] == before["title"]
        ends = [chart["receipt"]["time"]["end"] for chart in (before, after)]
        assert ends == ["2026-11-21", "2026-11-24"]


async def test_an_answer_without_a_chart_is_refused(desk: Desk) -> None:
    async with await desk.client() as client:
        asked = await client.post(
            "/v1/analytics/query", json={"question": "how do I connect HubSpot?"}
        )
        turn = asked.json()
        body = {"conversation_id": turn["conversation_id"], "turn_id": turn["turn_id"]}
        reply = await client.post("/v1/charts/pin", json=body)
        assert (reply.status_code, reply.json()["code"]) == (422, "nothing_to_pin")
