"""Charts, dashboards and links to them over HTTP, with roles and what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gtm.bootstrap import open_user_registry
from gtm.context import Role, TenantContext, TenantId, UserId
from gtm.semantics.query import MetricQuery
from gtm.tenants.base import Workspace
from tests.api.conftest import Stage
from tests.support.analytics import statements
from tests.support.boards import BY_CHANNEL, answer
from tests.support.people import PASSWORD
from tests.support.serving import client_of, token_of

ANA, BEN, GUS, VIC = "ana@acme.test", "ben@acme.test", "gus@globex.test", "vic@acme.test"
SQL = "SELECT channel, SUM(sessions) AS visits FROM vw_sessions_daily GROUP BY channel"


@dataclass
class Wall:
    """The application with data in two workspaces, and who asks."""

    stage: Stage
    ids: Mapping[str, UserId]

    @property
    def services(self) -> Any:
        return self.stage.turns.services

    def tenant(self, email: str) -> TenantContext:
        slug = "globex" if email == GUS else "acme"
        return Workspace.named(slug, "").context(self.ids[email], Role.OWNER)

    async def ask(self, email: str = ANA, query: MetricQuery | str = BY_CHANNEL) -> dict[str, str]:
        """Have a question answered; return what names the answer."""
        conversation, turn = await answer(
            self.services.analytics,
            self.services.turns,
            self.stage.clock,
            self.tenant(email),
            query,
        )
        return {"conversation_id": conversation, "turn_id": turn}

    async def pin(
        self, client: httpx.AsyncClient, email: str = ANA, **fields: str
    ) -> dict[str, Any]:
        reply = await client.post("/v1/charts/pin", json={**await self.ask(email), **fields})
        assert reply.status_code == 201, reply.text
        body: dict[str, Any] = reply.json()
        return body


@pytest.fixture
async def wall(stage: Stage) -> Wall:
    services = stage.turns.services
    async with client_of(stage.app) as nobody:
        ids = {}
        for email in (ANA, BEN, GUS, VIC):
            if email == VIC:
                ids[email] = await _joined(stage, email, Role.VIEWER)
                continue
            token = await token_of(nobody, email, PASSWORD)
            ids[email] = (await services.verifier.verify(token)).subject
    wall = Wall(stage, ids)
    for email in (ANA, GUS):
        await services.warehouse.transform(wall.tenant(email), statements(wall.tenant(email)))
    return wall


async def _joined(stage: Stage, email: str, role: Role) -> UserId:
    """Make somebody a member; whoever signs in without being one gets a workspace of their own."""
    users = open_user_registry(stage.settings, stage.clock)
    user_id = UserId(users.ensure_user(email, PASSWORD, name="", app_metadata={}))
    users.close()
    await stage.turns.services.workspaces.set_member(TenantId("acme"), user_id, role)
    return user_id


@pytest.fixture
async def ben(wall: Wall) -> AsyncIterator[httpx.AsyncClient]:
    """A member of Acme."""
    async with await wall.stage.signed_in(BEN) as client:
        yield client


@pytest.fixture
async def vic(wall: Wall) -> AsyncIterator[httpx.AsyncClient]:
    """A viewer of Acme."""
    async with await wall.stage.signed_in(VIC) as client:
        yield client


@pytest.fixture
async def gus(wall: Wall) -> AsyncIterator[httpx.AsyncClient]:
    """The owner of Globex."""
    async with await wall.stage.signed_in(GUS) as client:
        yield client


async def test_an_answer_becomes_a_chart_on_the_first_dashboard(
    wall: Wall, client: httpx.AsyncClient, vic: httpx.AsyncClient
) -> None:
    chart = await wall.pin(client)
    assert chart["title"] == chart["chart_spec"]["title"] == "Sessions by channel, last 30 days"
    assert chart["question"] == "Sessions by channel?"
    assert chart["chart_spec"]["config"]["xAxis"]["dataKey"] == "channel"
    assert chart["query"]["time"] == "last_30_days"
    assert (chart["sql"], chart["error"]) == (None, None)
    assert chart["receipt"]["is_governed"]
    assert chart["layout"] == {"x": 0, "y": 0, "w": 6, "h": 4}
    assert chart["created_by"] == wall.ids[ANA]
    # Whoever views only reads all of it.
    listed = (await vic.get("/v1/charts/pinned")).json()
    assert listed == {"items": [chart], "next_cursor": None}
    [board] = (await vic.get("/v1/dashboards")).json()["items"]
    assert (board["name"], board["chart_count"]) == ("Dashboard", 1)
    whole = (await vic.get(f"/v1/dashboards/{board['id']}")).json()
    assert whole["charts"] == [chart]


async def test_a_chart_of_sql_shows_its_sql(wall: Wall, client: httpx.AsyncClient) -> None:
    body = await wall.ask(ANA, SQL)
    chart = (await client.post("/v1/charts/pin", json=body)).json()
    assert chart["query"] is None
    assert "vw_sessions_daily" in chart["sql"]


async def test_a_chart_is_titled_moved_placed_and_drawn_differently(
    wall: Wall, client: httpx.AsyncClient
) -> None:
    chart = await wall.pin(client)
    board = (await client.post("/v1/dashboards", json={"name": " Other "})).json()
    assert (board["name"], board["chart_count"]) == ("Other", 0)
    body = {
        "title": "Where from",
        "type": "pie",
        "dashboard_id": board["id"],
        "layout": {"x": 3, "y": 1, "w": 9, "h": 2},
    }
    changed = (await client.put(f"/v1/charts/{chart['id']}", json=body)).json()
    assert changed["chart_spec"]["type"] == "pie"
    assert changed["chart_spec"]["title"] == "Where from"
    assert {name: changed[name] for name in body if name != "type"} == {
        name: value for name, value in body.items() if name != "type"
    }
    unchanged = (await client.put(f"/v1/charts/{chart['id']}", json={})).json()
    assert unchanged == changed
    misled = (await client.put(f"/v1/charts/{chart['id']}", json={"type": "area"})).json()
    assert misled["chart_spec"]["type"] == "bar"
    assert misled["chart_spec"]["note"].startswith("Drawn as bars")


async def test_a_refresh_brings_data_of_now(wall: Wall, ben: httpx.AsyncClient) -> None:
    chart = await wall.pin(ben, BEN)
    wall.stage.clock.time += timedelta(days=1)
    async with await wall.stage.signed_in(BEN) as later:
        fresh = (await later.post(f"/v1/charts/{chart['id']}/refresh")).json()
        assert fresh["refreshed_at"] > chart["refreshed_at"]
        assert fresh["receipt"]["time"]["end"] == "2026-11-22"
        assert (fresh["query"], fresh["layout"]) == (chart["query"], chart["layout"])
        url = f"/v1/dashboards/{chart['dashboard_id']}"
        whole = (await later.post(f"{url}/refresh")).json()
        [again] = whole["charts"]
        assert again["receipt"]["is_cached"]
        assert again | {"receipt": None} == fresh | {"receipt": None}
        tenant = wall.tenant(ANA)
        await wall.services.warehouse.transform(tenant, ["DROP VIEW tenant_acme.vw_sessions_daily"])
        wall.services.analytics.data_changed(tenant)
        wall.stage.clock.time += timedelta(minutes=30)
        [failed] = (await later.post(f"{url}/refresh")).json()["charts"]
        assert failed["error"]["code"] == "not_found"
        assert failed["error"]["detail"]
        assert failed | {"error": None} == again


async def test_a_dashboard_is_renamed_and_its_charts_are_placed(
    wall: Wall, client: httpx.AsyncClient
) -> None:
    one, two = await wall.pin(client), await wall.pin(client)
    url = f"/v1/dashboards/{one['dashboard_id']}"
    places = [
        {"chart_id": one["id"], "x": 0, "y": 5, "w": 12, "h": 3},
        {"chart_id": two["id"], "x": 0, "y": 0, "w": 4, "h": 3},
        {"chart_id": "chart_gone", "x": 0, "y": 0, "w": 1, "h": 1},
    ]
    changed = (await client.put(url, json={"name": "Weekly", "layout": places})).json()
    assert changed["name"] == "Weekly"
    assert [chart["id"] for chart in changed["charts"]] == [two["id"], one["id"]]
    assert [chart["layout"]["y"] for chart in changed["charts"]] == [0, 5]
    assert (await client.get(url)).json() == changed


async def test_what_is_unpinned_or_removed_is_gone(wall: Wall, client: httpx.AsyncClient) -> None:
    one, two = await wall.pin(client), await wall.pin(client)
    for status in (204, 404):
        reply = await client.delete(f"/v1/charts/{one['id']}/unpin")
        assert reply.status_code == status
    for status in (204, 404):
        reply = await client.delete(f"/v1/dashboards/{two['dashboard_id']}")
        assert reply.status_code == status
    assert (await client.get("/v1/charts/pinned")).json()["items"] == []
    assert (await client.get("/v1/dashboards")).json()["items"] == []


async def test_a_chart_is_a_picture_too(
    wall: Wall, client: httpx.AsyncClient, vic: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    chart = await wall.pin(client, title="Où ? / Where from")
    url = f"/v1/charts/{chart['id']}/image"
    reply = await vic.get(url)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/png")
    assert reply.headers["cache-control"] == "private, no-store"
    assert reply.headers["content-disposition"] == 'attachment; filename="ou-where-from.png"'
    assert reply.content.startswith(b"\x89PNG")
    recorded = await wall.services.audit.page(wall.tenant(ANA), limit=50, action="export")
    assert [record.event.target for record in recorded] == [chart["id"]]
    assert (await stranger.get(url)).status_code == 401
    assert (await client.get("/v1/charts/chart_x/image")).status_code == 404


async def test_lists_come_in_pages(wall: Wall, client: httpx.AsyncClient) -> None:
    body = await wall.ask()
    charts = []
    for _ in range(5):
        wall.stage.clock.time += timedelta(seconds=1)
        charts.append((await client.post("/v1/charts/pin", json=body)).json()["id"])
    seen = await pages(client, "/v1/charts/pinned")
    assert [item["id"] for item in seen] == charts[::-1]
    names = [f"Board {at}" for at in range(5)]
    for name in names:
        await client.post("/v1/dashboards", json={"name": name})
    seen = await pages(client, "/v1/dashboards")
    assert sorted(item["name"] for item in seen) == sorted(["Dashboard", *names])
    url = f"/v1/dashboards/{seen[0]['id']}"
    for _ in range(3):
        await client.post(f"{url}/share", json={})
    assert len(await pages(client, f"{url}/shares")) == 3


async def pages(client: httpx.AsyncClient, url: str) -> list[dict[str, Any]]:
    """Follow the cursors of a list, two items a page."""
    seen, parameters = [], {"limit": "2"}
    while True:
        page = (await client.get(url, params=parameters)).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            return seen
        assert len(page["items"]) == 2
        parameters["cursor"] = page["next_cursor"]


async def test_whoever_views_only_changes_nothing(
    wall: Wall, client: httpx.AsyncClient, vic: httpx.AsyncClient
) -> None:
    chart = await wall.pin(client)
    board = f"/v1/dashboards/{chart['dashboard_id']}"
    own = await wall.ask(VIC)
    for method, url, body in (
        ("POST", "/v1/charts/pin", own),
        ("PUT", f"/v1/charts/{chart['id']}", {"title": "Mine"}),
        ("DELETE", f"/v1/charts/{chart['id']}/unpin", None),
        ("POST", f"/v1/charts/{chart['id']}/refresh", None),
        ("POST", "/v1/dashboards", {"name": "Mine"}),
        ("PUT", board, {"name": "Mine"}),
        ("DELETE", board, None),
        ("POST", f"{board}/refresh", None),
        ("POST", f"{board}/share", {}),
        ("GET", f"{board}/shares", None),
    ):
        reply = await vic.request(method, url, json=body)
        assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted"), url
    assert (await vic.get(board)).json()["charts"] == [chart]


async def test_a_member_shares_nothing(
    wall: Wall, client: httpx.AsyncClient, ben: httpx.AsyncClient
) -> None:
    board = f"/v1/dashboards/{(await wall.pin(client))['dashboard_id']}"
    made = (await client.post(f"{board}/share", json={})).json()
    for method, url in (
        ("POST", f"{board}/share"),
        ("GET", f"{board}/shares"),
        ("DELETE", f"{board}/shares/{made['id']}"),
    ):
        reply = await ben.request(method, url, json={} if method == "POST" else None)
        assert (reply.status_code, reply.json()["code"]) == (403, "not_permitted")


async def test_an_ended_session_makes_no_link(wall: Wall, client: httpx.AsyncClient) -> None:
    board = f"/v1/dashboards/{(await wall.pin(client))['dashboard_id']}"
    await client.post("/v1/auth/logout")
    assert (await client.post(f"{board}/share", json={})).status_code == 401


async def test_a_link_shows_what_was_last_computed_and_nothing_else(
    wall: Wall, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    chart = await wall.pin(client, title="Where from")
    board = f"/v1/dashboards/{chart['dashboard_id']}"
    made = await client.post(f"{board}/share", json={"expires_in_days": 7})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    link = made.json()
    assert link["expires_at"].startswith("2026-11-29")
    address, _, token = link["url"].partition("/#shared=")
    assert address == wall.services.settings.frontend_url
    assert token.startswith("gtm_shr_")
    shown = await stranger.get(f"/v1/shared/{token}")
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "private, no-store"
    assert shown.headers["x-robots-tag"] == "noindex"
    assert shown.json() == {
        "name": "Dashboard",
        "workspace_name": "Acme",
        "charts": [
            {
                "id": chart["id"],
                "title": "Where from",
                "chart_spec": chart["chart_spec"],
                "refreshed_at": chart["refreshed_at"],
            }
        ],
    }
    for word in ("SELECT", "tenant_acme", "vw_", wall.ids[ANA], "@", token):
        assert word not in shown.text
    [listed] = (await client.get(f"{board}/shares")).json()["items"]
    assert listed["last_opened_at"] == "2026-11-22T12:00:00Z"
    assert listed["created_by"] == wall.ids[ANA]
    assert "gtm_shr_" not in str(listed)
    assert token not in (await client.get(board)).text


async def test_links_that_open_nothing_are_all_the_same(
    wall: Wall, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    said = [await stranger.get("/v1/shared/gtm_shr_unknown"), await stranger.get("/v1/shared/x")]
    chart = await wall.pin(client)
    board = f"/v1/dashboards/{chart['dashboard_id']}"

    async def link(**body: int) -> tuple[str, str]:
        made = (await client.post(f"{board}/share", json=body)).json()
        return made["id"], "/v1/shared/" + made["url"].partition("=")[2]

    share_id, revoked = await link()
    assert (await stranger.get(revoked)).status_code == 200
    for status in (204, 404):
        reply = await client.delete(f"{board}/shares/{share_id}")
        assert reply.status_code == status
    said.append(await stranger.get(revoked))
    _, short = await link(expires_in_days=1)
    _, orphaned = await link()
    wall.stage.clock.time += timedelta(days=1)
    said.append(await stranger.get(short))
    async with await wall.stage.signed_in() as later:
        assert (await stranger.get(orphaned)).status_code == 200
        await later.delete(board)
    said.append(await stranger.get(orphaned))
    assert {reply.status_code for reply in said} == {404}
    bodies = [reply.json() | {"request_id": ""} for reply in said]
    assert all(body == bodies[0] for body in bodies)


async def test_there_are_only_so_many_links_and_dashboards(
    wall: Wall, client: httpx.AsyncClient
) -> None:
    board = f"/v1/dashboards/{(await wall.pin(client))['dashboard_id']}"
    replies = [await client.post(f"{board}/share", json={}) for _ in range(21)]
    assert [reply.status_code for reply in replies] == [201] * 20 + [409]
    assert replies[-1].json()["code"] == "too_many_shares"


# The application is started once for all of them: it costs more than any.
UNFIT: tuple[tuple[str, str, object], ...] = (
    ("POST", "/v1/charts/pin", {}),
    ("POST", "/v1/charts/pin", {"conversation_id": "a\u0000", "turn_id": "t"}),
    ("POST", "/v1/charts/pin", {"conversation_id": "a", "turn_id": "t" * 65}),
    ("POST", "/v1/charts/pin", {"conversation_id": "a", "turn_id": "t", "chart_spec": {}}),
    ("POST", "/v1/charts/pin", {"conversation_id": "a", "turn_id": "t", "title": " "}),
    ("PUT", "/v1/charts/c", {"type": "radar"}),
    ("PUT", "/v1/charts/c", {"title": "a\nb"}),
    ("PUT", "/v1/charts/c", {"title": "x" * 121}),
    ("PUT", "/v1/charts/c", {"tenant_id": "globex"}),
    ("PUT", "/v1/charts/c", {"layout": {"x": 6, "y": 0, "w": 7, "h": 1}}),
    ("PUT", "/v1/charts/c", {"layout": {"x": -1, "y": 0, "w": 7, "h": 1}}),
    ("PUT", "/v1/charts/c", {"layout": {"x": 0, "y": 10_000, "w": 7, "h": 1}}),
    ("PUT", "/v1/charts/c", {"layout": {"x": 0, "y": 0, "w": 0, "h": 25}}),
    ("POST", "/v1/dashboards", {"name": ""}),
    ("POST", "/v1/dashboards", {"name": "x" * 81}),
    ("PUT", "/v1/dashboards/d", {"layout": [{"chart_id": "c"}]}),
    ("PUT", "/v1/dashboards/d%00", {"name": "x"}),
    ("POST", "/v1/dashboards/d/share", {"expires_in_days": 0}),
    ("POST", "/v1/dashboards/d/share", {"expires_in_days": 366}),
    ("POST", "/v1/dashboards/d/share", {"expires_in_days": True}),
    ("GET", "/v1/charts/pinned?limit=0", None),
    ("GET", "/v1/charts/pinned?limit=101", None),
    ("GET", "/v1/charts/pinned?cursor=WyJhIiwiYiJd", None),
    ("GET", "/v1/charts/pinned?cursor=WyIyMDI2LTAxLTAxIiwiYiJd", None),
    ("GET", "/v1/charts/pinned?dashboard_id=%00", None),
    ("GET", "/v1/dashboards?cursor=!!", None),
    ("DELETE", "/v1/charts/%00/unpin", None),
    ("POST", f"/v1/charts/{'x' * 65}/refresh", None),
)
UNKNOWN: tuple[tuple[str, str, object], ...] = (
    ("POST", "/v1/charts/pin", {"conversation_id": "a", "turn_id": "t"}),
    ("PUT", "/v1/charts/c", {"title": "x"}),
    ("PUT", "/v1/charts/c", {"type": "bar"}),
    ("DELETE", "/v1/charts/c/unpin", None),
    ("POST", "/v1/charts/c/refresh", None),
    ("GET", "/v1/charts/c/image", None),
    ("GET", "/v1/dashboards/d", None),
    ("PUT", "/v1/dashboards/d", {}),
    ("DELETE", "/v1/dashboards/d", None),
    ("POST", "/v1/dashboards/d/refresh", None),
    ("POST", "/v1/dashboards/d/share", {}),
    ("GET", "/v1/dashboards/d/shares", None),
    ("DELETE", "/v1/dashboards/d/shares/s", None),
)


async def test_what_does_not_fit_is_a_problem(client: httpx.AsyncClient) -> None:
    for method, url, body in UNFIT:
        reply = await client.request(method, url, json=body)
        assert reply.status_code == 422, (method, url, body, reply.text)
        assert reply.headers["content-type"] == "application/problem+json"
    half = await client.put(
        "/v1/charts/c",
        content=b'{"title": "\\ud800"}',
        headers={"content-type": "application/json"},
    )
    assert half.status_code == 422


async def test_what_is_unknown_is_not_found_and_nobody_may_ask_without_signing_in(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    for method, url, body in UNKNOWN:
        reply = await client.request(method, url, json=body)
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found"), (method, url)
        assert (await stranger.request(method, url, json=body)).status_code == 401


async def test_a_body_has_to_say_that_it_is_json(client: httpx.AsyncClient) -> None:
    for method, url in (
        ("POST", "/v1/charts/pin"),
        ("PUT", "/v1/charts/c"),
        ("POST", "/v1/dashboards"),
        ("PUT", "/v1/dashboards/d"),
        ("POST", "/v1/dashboards/d/share"),
    ):
        assert (await client.request(method, url, content=b"{}")).status_code == 415
