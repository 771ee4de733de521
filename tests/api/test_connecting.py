"""Sources are set up, checked and connected over HTTP; what is not proved is not claimed."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from gtm.settings import Settings
from tests.api.conftest import Stage
from tests.support.exports import write_events
from tests.support.hubspot import PATH, FakeHubSpot, fake_hubspot
from tests.support.serving import settings_at
from tests.support.state import urls_for

TOKEN = "pat-na1-11111111-2222-3333-4444-555555555555"
OTHER = "pat-na1-99999999-2222-3333-4444-555555555555"
GA4 = {"property_id": "123456789"}
SITE = {"site_url": "sc-domain:example.com"}


@pytest.fixture
def hubspot() -> Iterator[FakeHubSpot]:
    with fake_hubspot(**{TOKEN: 62515, OTHER: 777}) as fake:
        yield fake


@pytest.fixture
def settings(tmp_path: Path, hubspot: FakeHubSpot) -> Settings:
    return settings_at(tmp_path, hubspot_api_base_url=hubspot.url)


def rows(stage: Stage, statement: str) -> list[tuple[Any, ...]]:
    """Ask the database as its owner, whom nothing is hidden from."""
    with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner) as owner:
        return owner.execute(statement.encode()).fetchall()


async def by_source(client: httpx.AsyncClient) -> dict[str, Any]:
    reply = await client.get("/v1/integrations")
    assert reply.status_code == 200, reply.text
    return {item["source"]: item for item in reply.json()["items"]}


async def test_every_source_is_listed_before_any_is_set_up(client: httpx.AsyncClient) -> None:
    found = await by_source(client)
    assert list(found) == ["GA4", "GSC", "HubSpot"]
    assert found["GA4"] == {
        "source": "GA4",
        "status": "not_connected",
        "config": {},
        "last_sync": None,
        "error_message": None,
    }


async def test_setting_up_ga4_answers_with_the_steps_and_waits(client: httpx.AsyncClient) -> None:
    reply = await client.post("/v1/integrations/ga4/setup", json=GA4)
    assert reply.status_code == 200, reply.text
    made = reply.json()
    assert made["status"] == "pending"
    assert made["config"] == {
        "property_id": "123456789",
        "dataset_id": "analytics_123456789",
        "export_type": "daily",
    }
    steps = made.pop("steps")
    assert len(steps) == 5
    assert "BigQuery links" in steps[1]
    assert (await by_source(client))["GA4"] == made


async def test_setting_up_search_console_names_whom_to_let_in(client: httpx.AsyncClient) -> None:
    made = (await client.post("/v1/integrations/gsc/setup", json=SITE)).json()
    assert made["config"]["site_url"] == "sc-domain:example.com"
    assert "search-console-data-export@system.gserviceaccount.com" in made["steps"][1]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("ga4/setup", {}),
        ("ga4/setup", {"property_id": "UA-12345-1"}),
        ("ga4/setup", {"property_id": "1; drop table"}),
        ("ga4/setup", {"property_id": "123456", "dataset_id": "a.b"}),
        ("ga4/setup", {"property_id": "123456", "export_type": "fresh_hourly"}),
        ("ga4/setup", {"property_id": "123456", "status": "connected"}),
        ("gsc/setup", {"site_url": "example.com"}),
        ("gsc/setup", {"site_url": "https://example.com"}),
        ("gsc/setup", {"site_url": "https://example.com/\n"}),
        ("hubspot/connect", {}),
        ("hubspot/connect", {"access_token": "short"}),
        ("hubspot/connect", {"access_token": f"{TOKEN}\r\nx-evil: 1"}),
        ("hubspot/connect", {"access_token": TOKEN, "tenant_id": "globex"}),
    ],
)
async def test_what_does_not_fit_is_refused_and_not_repeated(
    client: httpx.AsyncClient, path: str, body: dict[str, str]
) -> None:
    reply = await client.post(f"/v1/integrations/{path}", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_request")
    for value in body.values():
        assert value not in reply.text
    assert {item["status"] for item in (await by_source(client)).values()} == {"not_connected"}


async def test_only_data_makes_a_source_connected(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    await client.post("/v1/integrations/ga4/setup", json=GA4)
    checked = (await client.post("/v1/integrations/ga4/verify")).json()
    assert (checked["status"], checked["through"]) == ("pending", None)
    assert "Nothing has arrived yet" in checked["error_message"]
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1)
    loaded = await client.post(
        "/v1/integrations/ga4/upload?filename=events.ndjson", content=path.read_bytes()
    )
    checked = (await client.post("/v1/integrations/ga4/verify")).json()
    assert (checked["status"], checked["error_message"]) == ("connected", None)
    assert checked["through"] == "2026-11-20"
    assert checked["last_sync"] == loaded.json()["finished_at"]
    status = (await client.get("/v1/integrations/status")).json()["items"]
    assert {item["source"]: item["status"] for item in status} == {
        "GA4": "connected",
        "GSC": "not_connected",
        "HubSpot": "not_connected",
    }


@pytest.mark.parametrize(
    ("until", "status"), [(None, "pending"), ("2026-11-20", "pending"), ("2026-11-19", "connected")]
)
async def test_sample_data_connects_nothing(
    stage: Stage, client: httpx.AsyncClient, tmp_path: Path, until: str | None, status: str
) -> None:
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1)
    url = "/v1/integrations/ga4/upload?filename=events.ndjson"
    await client.post(url, content=path.read_bytes())
    with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner, autocommit=True) as owner:
        owner.execute("update app.tenants set has_sample_data = true, sample_until = %s", [until])
    await client.post("/v1/integrations/ga4/setup", json=GA4)
    checked = (await client.post("/v1/integrations/ga4/verify")).json()
    assert checked["status"] == status
    assert (checked["error_message"] is None) is (status == "connected")


async def test_a_load_is_noted_where_the_source_is_set_up(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1)
    url = "/v1/integrations/ga4/upload?filename=events.ndjson"
    await client.post(url, content=path.read_bytes())
    assert (await by_source(client))["GA4"]["status"] == "not_connected"
    await client.post("/v1/integrations/ga4/setup", json=GA4)
    assert (await by_source(client))["GA4"]["last_sync"] is None
    loaded = (await client.post(url, content=path.read_bytes())).json()
    assert (await by_source(client))["GA4"]["last_sync"] == loaded["finished_at"]


async def test_another_property_has_to_prove_itself_again(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1)
    await client.post("/v1/integrations/ga4/setup", json=GA4)
    url = "/v1/integrations/ga4/upload?filename=events.ndjson"
    await client.post(url, content=path.read_bytes())
    await client.post("/v1/integrations/ga4/verify")
    again = (await client.post("/v1/integrations/ga4/setup", json=GA4)).json()
    assert again["status"] == "connected"
    other = (await client.post("/v1/integrations/ga4/setup", json={"property_id": "2"})).json()
    assert other["status"] == "pending"


@pytest.mark.parametrize("source", ["ga4", "gsc", "hubspot"])
async def test_what_is_not_set_up_can_be_neither_checked_nor_taken_out(
    client: httpx.AsyncClient, source: str
) -> None:
    for reply in (
        await client.post(f"/v1/integrations/{source}/verify"),
        await client.delete(f"/v1/integrations/{source}"),
    ):
        assert (reply.status_code, reply.json()["code"]) == (404, "integration_not_found")


async def test_a_token_that_hubspot_knows_is_kept_sealed(
    stage: Stage, client: httpx.AsyncClient, hubspot: FakeHubSpot, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    reply = await client.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN})
    assert reply.status_code == 200, reply.text
    assert reply.json()["config"] == {
        "portal_id": 62515,
        "account_type": "STANDARD",
        "time_zone": "US/Eastern",
        "ui_domain": "app.hubspot.com",
    }
    # No data yet, so it is not connected either.
    assert reply.json()["status"] == "pending"
    assert hubspot.asked == [PATH]
    [(stored, fields)] = rows(
        stage,
        "select s::text || encode(ciphertext, 'escape'),"
        " tenant_id || '/' || provider || '/' || field from private.integration_secrets as s",
    )
    assert fields == "acme/hubspot/access_token"
    everywhere = [stored, reply.text, caplog.text, (await client.get("/v1/integrations")).text]
    everywhere += [str(row) for row in rows(stage, "select a::text from app.audit_log as a")]
    assert not any(TOKEN in text or TOKEN[-12:] in text for text in everywhere)


async def test_the_kept_token_opens_and_the_opening_is_recorded(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await client.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN})
    assert rows(
        stage,
        "select action, user_id is not null, target from app.audit_log"
        " where action in ('secret_kept', 'integration_added') order by id",
    ) == [("secret_kept", True, "hubspot/access_token"), ("integration_added", True, "HubSpot")]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, "{}"),
        (429, "{}"),
        (404, "{}"),
        (200, "not json"),
        (200, "{}"),
        (200, '{"portalId":-1}'),
    ],
)
async def test_without_an_answer_nothing_is_kept(
    stage: Stage, client: httpx.AsyncClient, hubspot: FakeHubSpot, status: int, body: str
) -> None:
    hubspot.fail(status, body)
    reply = await client.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN})
    assert (reply.status_code, reply.json()["code"]) == (503, "hubspot_unavailable")
    await assert_nothing_kept(stage, client)


async def test_a_redirect_takes_no_token_anywhere(
    stage: Stage, client: httpx.AsyncClient, hubspot: FakeHubSpot
) -> None:
    hubspot.redirect()
    reply = await client.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN})
    assert (reply.status_code, reply.json()["code"]) == (503, "hubspot_unavailable")
    assert hubspot.asked == [PATH]
    await assert_nothing_kept(stage, client)


@pytest.mark.parametrize("status", [401, 403])
async def test_a_token_that_is_refused_is_not_kept_and_not_repeated(
    stage: Stage,
    client: httpx.AsyncClient,
    hubspot: FakeHubSpot,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    hubspot.fail(status, f'{{"message": "no such token: {TOKEN}"}}')
    reply = await client.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN})
    assert (reply.status_code, reply.json()["code"]) == (422, "hubspot_token_refused")
    assert TOKEN not in reply.text + caplog.text
    await assert_nothing_kept(stage, client)


async def assert_nothing_kept(stage: Stage, client: httpx.AsyncClient) -> None:
    assert (await by_source(client))["HubSpot"]["status"] == "not_connected"
    assert rows(stage, "select * from private.integration_secrets") == []


async def test_a_new_token_takes_the_place_of_the_old_one(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    for token in (TOKEN, OTHER):
        await client.post("/v1/integrations/hubspot/connect", json={"access_token": token})
    assert (await by_source(client))["HubSpot"]["config"]["portal_id"] == 777
    assert rows(stage, "select count(*) from private.integration_secrets") == [(1,)]


async def test_a_failed_try_leaves_the_old_token_in_place(
    stage: Stage, client: httpx.AsyncClient, hubspot: FakeHubSpot
) -> None:
    await client.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN})
    before = rows(stage, "select * from private.integration_secrets")
    hubspot.fail(500)
    await client.post("/v1/integrations/hubspot/connect", json={"access_token": OTHER})
    assert rows(stage, "select * from private.integration_secrets") == before
    assert (await by_source(client))["HubSpot"]["config"]["portal_id"] == 62515


async def test_disconnecting_takes_the_token_out(stage: Stage, client: httpx.AsyncClient) -> None:
    await client.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN})
    assert (await client.delete("/v1/integrations/hubspot")).status_code == 204
    await assert_nothing_kept(stage, client)
    assert rows(
        stage,
        "select action from app.audit_log where action ~ '(forgotten|removed)$' order by id",
    ) == [("secret_forgotten",), ("integration_removed",)]


async def test_members_read_and_change_nothing(stage: Stage, client: httpx.AsyncClient) -> None:
    await client.post("/v1/integrations/ga4/setup", json=GA4)
    async with await stage.signed_in("ben@acme.test") as ben:
        assert (await by_source(ben))["GA4"]["config"]["property_id"] == "123456789"
        tries = [
            await ben.post("/v1/integrations/ga4/setup", json={"property_id": "2"}),
            await ben.post("/v1/integrations/gsc/setup", json=SITE),
            await ben.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN}),
            await ben.post("/v1/integrations/ga4/verify"),
            await ben.delete("/v1/integrations/ga4"),
        ]
    assert [reply.status_code for reply in tries] == [403] * 5
    assert (await by_source(client))["GA4"]["config"]["property_id"] == "123456789"


async def test_nobody_is_let_in_without_a_token_and_no_other_body_is_read(
    stranger: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    assert (await stranger.get("/v1/integrations")).status_code == 401
    for path, body in (("ga4/setup", GA4), ("hubspot/connect", {"access_token": TOKEN})):
        assert (await stranger.post(f"/v1/integrations/{path}", json=body)).status_code == 401
        assert (await client.post(f"/v1/integrations/{path}", data=body)).status_code == 415


async def test_a_session_that_has_ended_connects_nothing(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    assert (await client.post("/v1/auth/logout")).status_code in {200, 204}
    reply = await client.post("/v1/integrations/hubspot/connect", json={"access_token": TOKEN})
    assert reply.status_code == 401
    assert rows(stage, "select * from private.integration_secrets") == []
