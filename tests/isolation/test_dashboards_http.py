"""Dashboards, charts and links over HTTP: two workspaces, colleagues, and whoever holds a link."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import Services
from gtm.context import Role, TenantContext, TenantId
from gtm.tenants.base import Workspace
from tests.support.analytics import OWN_NAMES, statements
from tests.support.boards import BY_CHANNEL, answer
from tests.support.people import PASSWORD, PEOPLE, add_people
from tests.support.scripted_turns import ScriptedTurns
from tests.support.serving import StillClock, alive, client_of, settings_at, token_of

# One application for all tests here: starting it costs more than any of them.
pytestmark = pytest.mark.asyncio(loop_scope="module")

ANA, BEN, GUS = PEOPLE


@dataclass
class Stage:
    app: Starlette
    services: Services
    clock: StillClock
    tokens: dict[str, str]
    tenants: dict[str, TenantContext]

    def client(self, email: str | None) -> httpx.AsyncClient:
        return client_of(self.app, self.tokens[email] if email else None)

    async def ask(self, email: str) -> dict[str, str]:
        conversation, turn = await answer(
            self.services.analytics,
            self.services.turns,
            self.clock,
            self.tenants[email],
            BY_CHANNEL.model_copy(update={"dimensions": ("source",)}),
        )
        return {"conversation_id": conversation, "turn_id": turn}

    async def pin(self, email: str) -> dict[str, Any]:
        async with self.client(email) as client:
            reply = await client.post("/v1/charts/pin", json=await self.ask(email))
            assert reply.status_code == 201, reply.text
            body: dict[str, Any] = reply.json()
            return body


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    settings, clock = settings_at(tmp_path_factory.mktemp("boards")), StillClock()
    ids = await add_people(settings, clock)
    made: list[ScriptedTurns] = []

    def make_turns(services: Services) -> ScriptedTurns:
        made.append(ScriptedTurns(services))
        return made[-1]

    app = create_app(settings, clock=clock, make_turns=make_turns)
    async with alive(app):
        services = made[0].services
        tenants = {
            email: Workspace.named(slug, "").context(ids[email], role)
            for email, (slug, role) in PEOPLE.items()
        }
        for email in (ANA, GUS):
            await services.warehouse.transform(tenants[email], statements(tenants[email]))
        async with client_of(app) as client:
            tokens = {email: await token_of(client, email, PASSWORD) for email in PEOPLE}
        yield Stage(app, services, clock, tokens, tenants)


async def test_charts_show_their_workspace_its_own_numbers_again_and_again(stage: Stage) -> None:
    for email in (ANA, GUS):
        chart = await stage.pin(email)
        own = stage.tenants[email].tenant_id
        other = next(name for tenant, name in OWN_NAMES.items() if tenant != own)
        async with stage.client(email) as client:
            for method, url in (
                ("POST", f"/v1/charts/{chart['id']}/refresh"),
                ("POST", f"/v1/dashboards/{chart['dashboard_id']}/refresh"),
                ("GET", f"/v1/dashboards/{chart['dashboard_id']}"),
                ("GET", "/v1/charts/pinned"),
            ):
                text = (await client.request(method, url)).text
                assert OWN_NAMES[TenantId(own)] in text
                assert other not in text


async def test_another_workspaces_charts_and_dashboards_are_as_unknown_as_any(
    stage: Stage,
) -> None:
    chart = await stage.pin(ANA)
    asked = await stage.ask(ANA)
    own = await stage.ask(GUS)
    async with stage.client(ANA) as ana, stage.client(GUS) as gus:
        board = f"/v1/dashboards/{chart['dashboard_id']}"
        link = (await ana.post(f"{board}/share", json={})).json()
        mine = (await gus.post("/v1/charts/pin", json=own)).json()
        before = (await ana.get(board)).json()
        for method, path, body in (
            ("PUT", "/v1/charts/{c}", {"title": "Mine"}),
            ("PUT", "/v1/charts/{c}", {"type": "pie"}),
            ("DELETE", "/v1/charts/{c}/unpin", None),
            ("POST", "/v1/charts/{c}/refresh", None),
            ("GET", "/v1/charts/{c}/image", None),
            ("GET", "/v1/dashboards/{d}", None),
            ("PUT", "/v1/dashboards/{d}", {"name": "Mine"}),
            ("DELETE", "/v1/dashboards/{d}", None),
            ("POST", "/v1/dashboards/{d}/refresh", None),
            ("POST", "/v1/dashboards/{d}/share", {}),
            ("GET", "/v1/dashboards/{d}/shares", None),
            ("DELETE", "/v1/dashboards/{d}/shares/{s}", None),
        ):
            said = []
            for names in (
                {"c": chart["id"], "d": chart["dashboard_id"], "s": link["id"]},
                {"c": "chart_x", "d": "dash_x", "s": "share_x"},
            ):
                reply = await gus.request(method, path.format(**names), json=body)
                said.append((reply.status_code, reply.json() | {"request_id": ""}))
            assert said[0] == said[1], path
            assert said[0][0] == 404
        # Own things can't be put there either, nor foreign ones here.
        for fields in (
            {**asked},
            {**own, "dashboard_id": chart["dashboard_id"]},
            {**asked, "dashboard_id": mine["dashboard_id"]},
        ):
            assert (await gus.post("/v1/charts/pin", json=fields)).status_code == 404
        moved = await gus.put(
            f"/v1/charts/{mine['id']}", json={"dashboard_id": chart["dashboard_id"]}
        )
        assert moved.status_code == 404
        place = {"chart_id": chart["id"], "x": 11, "y": 99, "w": 1, "h": 1}
        placed = await gus.put(f"/v1/dashboards/{mine['dashboard_id']}", json={"layout": [place]})
        assert chart["id"] not in placed.text
        listed = await gus.get("/v1/charts/pinned", params={"dashboard_id": chart["dashboard_id"]})
        assert listed.json()["items"] == []
        assert (await ana.get(board)).json() == before


async def test_a_colleagues_answer_can_not_be_pinned(stage: Stage) -> None:
    asked = await stage.ask(ANA)
    async with stage.client(BEN) as ben:
        reply = await ben.post("/v1/charts/pin", json=asked)
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


async def test_a_link_opens_its_dashboard_and_no_other_door(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    chart, foreign = await stage.pin(ANA), await stage.pin(GUS)
    async with stage.client(ANA) as ana:
        board = f"/v1/dashboards/{chart['dashboard_id']}"
        other = (await ana.post("/v1/dashboards", json={"name": "Not shared"})).json()
        moved = await stage.pin(ANA)
        await ana.put(f"/v1/charts/{moved['id']}", json={"dashboard_id": other["id"]})
        link = (await ana.post(f"{board}/share", json={})).json()
        token = link["url"].partition("=")[2]
        async with stage.client(None) as nobody:
            shown = await nobody.get(f"/v1/shared/{token}")
            assert shown.status_code == 200
            ids = {item["id"] for item in shown.json()["charts"]}
            assert chart["id"] in ids
            assert not ids & {moved["id"], foreign["id"]}
            for word in ("globexpartner", "Not shared", "SELECT", "tenant_", "created_by", "@"):
                assert word not in shown.text
            for headers in (
                {"authorization": f"Bearer {token}"},
                {"authorization": f"Bearer {token.removeprefix('gtm_shr_')}"},
                {"cookie": f"token={token}"},
            ):
                for method, url in (
                    ("GET", board),
                    ("GET", "/v1/charts/pinned"),
                    ("GET", "/v1/dashboards"),
                    ("POST", f"{board}/refresh"),
                    ("POST", f"/v1/charts/{chart['id']}/refresh"),
                    ("GET", f"/v1/charts/{chart['id']}/image"),
                    ("GET", "/v1/auth/me"),
                    ("GET", "/v1/tenants/current"),
                    ("POST", "/mcp/bigquery"),
                ):
                    reply = await nobody.request(method, url, headers=headers)
                    assert reply.status_code == 401, (method, url)
            for method in ("POST", "PUT", "DELETE"):
                reply = await nobody.request(method, f"/v1/shared/{token}", json={})
                assert reply.status_code == 405
            for wrong in (token[:-1], token + "x", token.upper(), token.removeprefix("gtm_")):
                assert (await nobody.get(f"/v1/shared/{wrong}")).status_code == 404
            hashed = hashlib.sha256(token.encode()).hexdigest()
            for known in (hashed, link["id"], chart["dashboard_id"]):
                assert (await nobody.get(f"/v1/shared/{known}")).status_code == 404
    # The test's own client logs what it sends.
    logged = [record.__dict__ for record in caplog.records if record.name != "httpx"]
    assert any(entry.get("path", "").startswith("/v1/shared/") for entry in logged)
    assert token not in json.dumps(logged, default=str)


async def test_a_link_of_a_deleted_workspace_opens_nothing(stage: Stage) -> None:
    chart = await stage.pin(GUS)
    async with stage.client(GUS) as gus, stage.client(None) as nobody:
        made = await gus.post(f"/v1/dashboards/{chart['dashboard_id']}/share", json={})
        url = "/v1/shared/" + made.json()["url"].partition("=")[2]
        assert (await nobody.get(url)).status_code == 200
        deleted = (
            "update app.tenants set deleted_at = now(), purge_after = now() + interval '1 day',"
            " deleted_by = %s where id = 'globex'"
        )
        async with stage.services.state.database.as_service() as connection:
            await connection.execute(deleted, [stage.tenants[GUS].user_id])
        assert (await nobody.get(url)).status_code == 404
        undone = (
            "update app.tenants set deleted_at = null, purge_after = null, deleted_by = null"
            " where id = 'globex'"
        )
        async with stage.services.state.database.as_service() as connection:
            await connection.execute(undone)
        assert (await nobody.get(url)).status_code == 200


async def test_whoever_is_no_member_any_more_reaches_no_dashboard(stage: Stage) -> None:
    chart = await stage.pin(ANA)
    async with stage.client(BEN) as ben:
        url = f"/v1/dashboards/{chart['dashboard_id']}"
        assert (await ben.get(url)).status_code == 200
        async with stage.services.state.database.as_service() as connection:
            await connection.execute(
                "delete from app.tenant_memberships where user_id = %s",
                [stage.tenants[BEN].user_id],
            )
        assert (await ben.get(url)).status_code == 403
        tenant = stage.tenants[BEN]
        await stage.services.workspaces.set_member(tenant.tenant_id, tenant.user_id, Role.MEMBER)
