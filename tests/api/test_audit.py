"""The audit trail over HTTP: who came in, what was brought in and taken out, through which door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from gtm.errors import AuditUnavailableError
from tests.api.conftest import Stage
from tests.api.test_results import keep
from tests.support.exports import write_events
from tests.support.people import PASSWORD
from tests.support.serving import client_of
from tests.support.state import urls_for


async def events(client: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    reply = await client.get("/v1/audit", params=query)
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["items"]
    return found


def nobodys(stage: Stage) -> list[tuple[Any, ...]]:
    """Return what is kept of sign-ins that belong to no workspace."""
    columns = "action, user_id, outcome, code, detail"
    with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner) as owner:
        return owner.execute(
            f"select {columns} from app.audit_log where tenant_id is null order by id".encode()
        ).fetchall()


async def program(stage: Stage, client: httpx.AsyncClient) -> httpx.AsyncClient:
    body = {"name": "x", "scopes": ["admin"]}
    secret = (await client.post("/v1/tokens", json=body)).json()["secret"]
    return client_of(stage.app, secret)


async def test_a_sign_in_is_recorded_where_it_leads(client: httpx.AsyncClient) -> None:
    (event,) = await events(client, action="sign_in")
    assert event["email"] == "ana@acme.test"
    assert (event["door"], event["outcome"], event["code"]) == ("web", "ok", None)
    assert event["at"] == "2026-11-22T12:00:00Z"
    assert event["detail"] == {"method": "password"}


async def test_a_renewed_session_is_no_sign_in(stage: Stage, stranger: httpx.AsyncClient) -> None:
    body = {"email": "ana@acme.test", "password": PASSWORD}
    session = (await stranger.post("/v1/auth/login", json=body)).json()
    renewed = await stranger.post(
        "/v1/auth/refresh", json={"refresh_token": session["refresh_token"]}
    )
    async with client_of(stage.app, renewed.json()["access_token"]) as client:
        assert len(await events(client, action="sign_in")) == 1


async def test_a_sign_up_is_recorded_in_the_workspace_it_makes(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    body = {"email": "new@stranger.test", "password": "a long password"}
    session = (await stranger.post("/v1/auth/signup", json=body)).json()
    async with client_of(stage.app, session["access_token"]) as client:
        (event,) = await events(client, action="sign_up")
    assert (event["email"], event["outcome"]) == ("new@stranger.test", "ok")


async def test_refused_sign_ins_look_the_same_whether_or_not_the_address_is_known(
    stage: Stage, stranger: httpx.AsyncClient
) -> None:
    for email in ("ana@acme.test", "ANA@acme.test ".strip(), "nobody@acme.test"):
        body = {"email": email, "password": "wrong"}
        assert (await stranger.post("/v1/auth/login", json=body)).status_code == 401
    known, shouted, unknown = nobodys(stage)
    assert known[:4] == unknown[:4] == ("sign_in", None, "refused", "unauthenticated")
    assert set(known[4]) == set(unknown[4]) == {"method", "address_sha256"}
    assert known[4] == shouted[4] != unknown[4]
    # What was typed there may have been a password.
    assert "acme.test" not in str((known, unknown))


async def test_refused_sign_ins_are_told_to_no_workspace(
    stage: Stage, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    await stranger.post("/v1/auth/login", json={"email": "ana@acme.test", "password": "wrong"})
    await stranger.post("/v1/auth/google/callback", json={"code": "x", "code_verifier": "y" * 43})
    assert [event[4]["method"] for event in nobodys(stage)] == ["password", "google"]
    assert {event["outcome"] for event in await events(client, action="sign_in")} == {"ok"}


async def test_signing_out_and_new_passwords_are_recorded(stage: Stage) -> None:
    async with await stage.signed_in("ben@acme.test") as ben:
        reply = await ben.post("/v1/auth/password", json={"password": "another password"})
        assert reply.status_code == 204, reply.text
        assert (await ben.post("/v1/auth/logout")).status_code == 204
    async with await stage.signed_in() as ana:
        found = [event for event in await events(ana) if event["email"] == "ben@acme.test"]
    assert [event["action"] for event in found] == ["sign_out", "password_change", "sign_in"]
    assert all(event["detail"] in ({}, {"method": "password"}) for event in found)


@pytest.mark.parametrize("format", ["csv", "parquet"])
async def test_a_download_is_recorded(stage: Stage, client: httpx.AsyncClient, format: str) -> None:
    url = keep(stage)
    await client.get(url)
    assert await events(client, action="export") == []
    await client.get(url, params={"format": format})
    async with await program(stage, client) as script:
        await script.get(url, params={"format": format})
    by_script, by_hand = await events(client, action="export")
    assert (by_hand["target"], by_hand["door"]) == ("res_whole", "web")
    assert by_hand["detail"] == {"format": format, "rows": 1_234}
    assert (by_script["target"], by_script["door"]) == ("res_whole", "token")


async def test_nothing_is_downloaded_that_could_not_be_recorded(
    stage: Stage, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any) -> None:
        raise AuditUnavailableError("Not kept.")

    monkeypatch.setattr(stage.turns.services.audit, "record", broken)
    reply = await client.get(keep(stage), params={"format": "csv"})
    assert (reply.status_code, reply.json()["code"]) == (503, "audit_unavailable")


async def test_loads_are_recorded_also_those_that_are_refused(
    stage: Stage, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    good = write_events(tmp_path / "good.ndjson", campaign="zephyr", sessions=2).read_bytes()
    for name, content in (("good.ndjson", good), ("bad.ndjson", b"no events\n")):
        await client.post(
            "/v1/integrations/ga4/upload",
            params={"filename": name},
            content=content,
            headers={"content-type": "application/octet-stream"},
        )
    bad, loaded = await events(client, action="load")
    assert (loaded["outcome"], loaded["door"]) == ("ok", "web")
    assert (loaded["detail"]["file"], loaded["detail"]["source"]) == ("good.ndjson", "GA4")
    assert loaded["detail"]["rows"] > 0
    loads = (await client.get("/v1/integrations/loads")).json()["items"]
    assert loaded["target"] in {load["load_id"] for load in loads}
    assert (bad["outcome"], bad["code"]) == ("refused", "load_rejected")


async def test_events_come_page_by_page_of_one_action_or_person(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    for _ in range(4):
        await client.get(keep(stage), params={"format": "csv"})
    everything = await events(client, limit=200)
    seen: list[Mapping[str, Any]] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        page = (await client.get("/v1/audit", params=query)).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == everything
    ana = next(event["user_id"] for event in everything if event["action"] == "export")
    own = await events(client, user_id=ana, limit=200)
    assert own == [event for event in everything if event["user_id"] == ana]


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "eA"},
        {"cursor": "WyJ4Il0"},
        {"cursor": "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ"},
        {"cursor": "WyLCsiJd"},
        {"action": "Drop table"},
        {"user_id": "ana"},
        {"limit": 0},
        {"limit": 201},
    ],
)
async def test_what_is_no_such_list(client: httpx.AsyncClient, query: Mapping[str, Any]) -> None:
    assert (await client.get("/v1/audit", params=query)).status_code == 422
