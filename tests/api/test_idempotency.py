"""Requests sent again with their Idempotency-Key: done once, answered alike, for one user."""

import json
from datetime import timedelta
from typing import Any

import anyio
import httpx
import psycopg
import pytest

from gtm.errors import GtmError
from gtm.store.idempotency import CLAIM_LIFETIME, KEY_LIFETIME
from tests.api.conftest import Stage
from tests.support.people import PASSWORD
from tests.support.serving import client_of
from tests.support.state import urls_for

BOARDS = "/v1/dashboards"


async def make(
    client: httpx.AsyncClient, name: str = "Weekly", key: str | None = "k1", path: str = BOARDS
) -> httpx.Response:
    headers = {"idempotency-key": key} if key is not None else {}
    return await client.post(path, json={"name": name}, headers=headers)


async def names(client: httpx.AsyncClient) -> list[str]:
    return sorted(item["name"] for item in (await client.get(BOARDS)).json()["items"])


def rows(stage: Stage, statement: str) -> list[Any]:
    with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner) as connection:
        return connection.execute(statement).fetchall()


async def test_a_repeated_request_gets_the_first_answer_letter_by_letter(
    client: httpx.AsyncClient,
) -> None:
    first, second = await make(client), await make(client)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["content-type"] == first.headers["content-type"]
    assert await names(client) == ["Weekly"]


async def test_without_a_key_or_with_another_a_thing_is_made_again(
    client: httpx.AsyncClient,
) -> None:
    for key in ("k1", "k2", None, None):
        assert (await make(client, key=key)).status_code == 201
    assert await names(client) == ["Weekly"] * 4


async def test_a_key_is_for_one_body(client: httpx.AsyncClient) -> None:
    await make(client, "Weekly")
    other = await make(client, "Monthly")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert "Monthly" not in other.text
    assert await names(client) == ["Weekly"]


async def test_a_key_is_for_one_route(client: httpx.AsyncClient) -> None:
    board, workspace = await make(client), await make(client, path="/v1/tenants")
    assert "chart_count" in board.json()
    assert "slug" in workspace.json()
    assert (await make(client, path="/v1/tenants")).json() == workspace.json()


async def test_a_key_is_one_users_in_one_workspace(stage: Stage, client: httpx.AsyncClient) -> None:
    mine = (await make(client)).json()["id"]
    for email in ("ben@acme.test", "gus@globex.test"):
        async with await stage.signed_in(email) as other:
            reply = await make(other)
            assert reply.status_code == 201
            assert "idempotency-replayed" not in reply.headers
            assert reply.json()["id"] != mine
    assert len({row[0] for row in rows(stage, "select user_id from app.idempotency_keys")}) == 3


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é"])
async def test_what_is_no_key_is_refused(client: httpx.AsyncClient, key: str) -> None:
    headers = {b"idempotency-key": key.encode("latin-1")}
    reply = await client.post(BOARDS, json={"name": "Weekly"}, headers=headers)
    assert reply.status_code == 422
    assert await names(client) == []


async def test_a_refused_request_leaves_its_key_free(client: httpx.AsyncClient) -> None:
    unfit = await client.post(BOARDS, json={"name": ""}, headers={"idempotency-key": "k1"})
    assert unfit.status_code == 422
    assert (await make(client)).status_code == 201


async def test_a_viewer_is_refused_before_their_key_is_looked_at(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    async with await stage.signed_in("ben@acme.test") as ben:
        assert (await make(ben)).status_code == 201
        with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner) as connection:
            connection.execute(
                "update app.tenant_memberships set role = 'viewer' where role = 'member'"
            )
        assert (await make(ben)).status_code == 403
        assert (await make(ben, key="k2")).status_code == 403
    assert len(rows(stage, "select from app.idempotency_keys")) == 1


async def test_a_fault_of_ours_leaves_the_key_free(
    stage: Stage, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_arguments: object) -> None:
        raise RuntimeError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(type(stage.turns.services.dashboards), "create", fail)
        assert (await make(client)).status_code == 500
    assert (await make(client)).status_code == 201


async def test_of_requests_at_once_one_is_done_and_the_others_are_told_to_wait(
    client: httpx.AsyncClient,
) -> None:
    replies: list[httpx.Response] = []

    async def one() -> None:
        replies.append(await make(client))

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(one)
    assert await names(client) == ["Weekly"]
    assert {reply.status_code for reply in replies} <= {201, 409}
    assert len({reply.content for reply in replies if reply.status_code == 201}) == 1
    for reply in replies:
        if reply.status_code == 409:
            assert reply.json()["code"] == "idempotency_key_in_use"
            assert reply.headers["retry-after"] == "1"


async def test_a_request_nobody_hears_of_any_more_can_be_tried_again(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await make(client)
    with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner) as connection:
        # As a process leaves it that is killed before it has answered.
        connection.execute("update app.idempotency_keys set status = null, answer = null")
    assert (await make(client)).json()["code"] == "idempotency_key_in_use"
    stage.clock.time += CLAIM_LIFETIME
    other = await make(client, "Monthly")
    assert other.json()["code"] == "idempotency_key_reused"
    assert (await make(client)).status_code == 201


async def test_a_key_is_forgotten_after_a_day(stage: Stage, client: httpx.AsyncClient) -> None:
    first = (await make(client)).json()["id"]
    stage.clock.time += KEY_LIFETIME
    async with await stage.signed_in() as again:
        assert (await make(again)).json()["id"] != first
    assert len(rows(stage, "select from app.idempotency_keys")) == 1


async def test_keys_of_users_who_do_not_come_back_are_swept_away(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await make(client)
    async with await stage.signed_in("gus@globex.test") as gus:
        await make(gus)
        stage.clock.time += timedelta(minutes=30)
        assert (await make(gus, key="k2")).status_code == 201
    stage.clock.time += KEY_LIFETIME - timedelta(minutes=30)
    assert await stage.turns.services.key_sweeper._work()
    assert len(rows(stage, "select from app.idempotency_keys")) == 1


async def test_neither_the_key_nor_what_was_sent_is_kept(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await make(client, key="a-telling-key")
    kept = json.dumps(rows(stage, "select row_to_json(k)::text from app.idempotency_keys k"))
    assert "telling" not in kept


async def test_an_answer_with_a_link_is_not_kept_and_no_second_link_is_made(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    board = (await make(client)).json()["id"]
    path = f"{BOARDS}/{board}/share"
    headers = {"idempotency-key": "share-1"}
    first = await client.post(path, json={}, headers=headers)
    assert first.status_code == 201
    again = await client.post(path, json={}, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "idempotency_answer_not_kept")
    assert first.json()["url"] not in again.text
    assert len((await client.get(f"{BOARDS}/{board}/shares")).json()["items"]) == 1
    token = first.json()["url"].rpartition("=")[2]
    kept = json.dumps(rows(stage, "select row_to_json(k)::text from app.idempotency_keys k"))
    assert token not in kept


async def test_a_database_that_fails_after_the_work_takes_nothing_back(
    stage: Stage, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class LostError(GtmError):
        status_code = 503

    async def fail(*_arguments: object, **_more: object) -> None:
        raise LostError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(type(stage.turns.services.idempotency), "keep", fail)
        assert (await make(client)).status_code == 201
    # Nothing is made twice while the claim lasts.
    assert (await make(client)).status_code == 409
    assert await names(client) == ["Weekly"]


async def test_somebody_new_makes_their_workspace_once(stage: Stage) -> None:
    async with client_of(stage.app) as client:
        person = {"email": "eve@new.test", "password": PASSWORD}
        token = (await client.post("/v1/auth/signup", json=person)).json()["access_token"]
    async with client_of(stage.app, token) as eve:
        made = [await make(eve, path="/v1/tenants") for _ in range(3)]
        assert len({reply.content for reply in made}) == 1
        listed = (await eve.get("/v1/tenants")).json()["items"]
    assert sorted(item["name"] for item in listed) == ["Weekly", "eve's workspace"]


async def test_a_session_that_ended_gets_no_answer_again(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await make(client)
    stage.clock.time += timedelta(hours=2)
    assert (await make(client)).status_code == 401
