"""Loading files over HTTP, and the reports of it."""

import json
from datetime import date, datetime
from pathlib import Path

import httpx

from tests.support.exports import write_events
from tests.support.serving import NOW


async def test_a_loaded_file_is_answered_with_its_report(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1)
    url = "/v1/integrations/auto/upload?filename=events.ndjson"
    reply = await client.post(url, content=path.read_bytes())
    assert reply.status_code == 201
    report = reply.json()
    assert (report["source"], report["table"], report["state"]) == ("GA4", "events_", "built")
    assert report["parts"] == {"20261119": 2, "20261120": 2}
    assert (report["first_day"], report["last_day"]) == ("2026-11-19", "2026-11-20")
    assert datetime.fromisoformat(report["started_at"]) == NOW
    listed = (await client.get("/v1/integrations/loads")).json()
    assert listed == {"items": [report], "next_cursor": None}


async def test_days_that_are_missing_between_loads_are_reported(
    client: httpx.AsyncClient, tmp_path: Path
) -> None:
    days = (date(2026, 11, 10), date(2026, 11, 13))
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1, days=days)
    url = "/v1/integrations/ga4/upload?filename=events.ndjson"
    report = (await client.post(url, content=path.read_bytes())).json()
    assert report["missing_days"] == ["2026-11-11", "2026-11-12"]


async def test_reports_come_in_pages_with_the_refused_ones(client: httpx.AsyncClient) -> None:
    record = json.dumps({"id": "1", "properties": {"dealname": "x"}})
    url = "/v1/integrations/hubspot/upload"
    for content in (record, "{}", record):
        await client.post(url, params={"filename": "f.json", "object": "deals"}, content=content)
    states, cursor = [], None
    while True:
        params = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/v1/integrations/loads", params=params)).json()
        states += [load["state"] for load in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(states) == ["built", "built", "rejected"]


async def test_a_word_that_names_no_object_is_refused(client: httpx.AsyncClient) -> None:
    reply = await client.post(
        "/v1/integrations/hubspot/upload?filename=x.json&object=shoes", content=b"{}"
    )
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_input")
