"""Asking a question over HTTP: as a stream, as JSON, and what is refused before it begins."""

import json
from typing import Any

import anyio
import httpx
import pytest

from gtm.errors import QueryTimeoutError
from tests.api.conftest import Stage

URL = "/v1/analytics/query"
STREAM = {"accept": "text/event-stream"}


def events_of(text: str) -> list[tuple[int, dict[str, Any]]]:
    found = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in fields:
            found.append((int(fields["id"]), json.loads(fields["data"])))
    return found


async def test_a_stream_carries_numbered_events_and_ends_with_the_turn(
    client: httpx.AsyncClient,
) -> None:
    reply = await client.post(URL, json={"question": "sessions"}, headers=STREAM)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["cache-control"] == "no-store"
    events = events_of(reply.text)
    assert [number for number, _ in events] == list(range(1, len(events) + 1))
    kinds = [event["type"] for _, event in events]
    assert (kinds[0], kinds[-1]) == ("RUN_STARTED", "RUN_FINISHED")
    turn = next(event for _, event in events if event.get("name") == "gtm.turn")
    assert turn["value"]["insights"] == "Answer to sessions"
    assert turn["value"]["conversation_id"] == events[0][1]["threadId"]


async def test_json_carries_the_whole_reply(client: httpx.AsyncClient) -> None:
    reply = await client.post(URL, json={"question": "  sessions "})
    assert reply.status_code == 200
    assert reply.json()["outcome"] == "answer"
    assert reply.json()["question"] == "sessions"


async def test_a_turn_goes_on_in_its_conversation(client: httpx.AsyncClient) -> None:
    first = (await client.post(URL, json={"question": "one"})).json()
    body = {"question": "two", "conversation_id": first["conversation_id"]}
    await client.post(URL, json=body)
    kept = (await client.get(f"/v1/conversations/{first['conversation_id']}")).json()
    assert [turn["question"] for turn in kept["turns"]] == ["one", "two"]
    assert kept["title"] == "one"
    listed = (await client.get("/v1/conversations")).json()
    assert [item["id"] for item in listed["items"]] == [first["conversation_id"]]


async def test_the_turn_runs_for_the_caller_and_nobody_else(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    await client.post(URL, json={"question": "sessions"})
    (tenant, _question) = stage.turns.asked[0]
    assert (tenant.tenant_id, tenant.dataset) == ("acme", "tenant_acme")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "   "},
        {"question": "x" * 2001},
        {"question": None},
        {"question": "x", "tenant_id": "globex"},
        {"question": "x", "conversation_id": 5},
    ],
)
async def test_an_unfit_body_is_refused(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    reply = await client.post(URL, json=body)
    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["code"] == "invalid_request"


async def test_a_body_that_is_no_json_is_refused(client: httpx.AsyncClient) -> None:
    broken = await client.post(URL, content=b"{", headers={"content-type": "application/json"})
    assert broken.status_code == 422
    plain = await client.post(URL, content=b"question=x", headers={"content-type": "text/plain"})
    assert (plain.status_code, plain.json()["code"]) == (415, "unsupported_media_type")


async def test_a_large_body_is_refused(client: httpx.AsyncClient) -> None:
    reply = await client.post(URL, json={"question": "x" * 300_000})
    assert (reply.status_code, reply.json()["code"]) == (413, "payload_too_large")


async def test_a_large_body_of_unknown_length_is_refused(client: httpx.AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(30):
            yield b"x" * 10_000

    headers = {"content-type": "application/json"}
    reply = await client.post(URL, content=chunks(), headers=headers)
    assert reply.status_code == 413


async def test_a_client_that_accepts_neither_form_is_told_so(client: httpx.AsyncClient) -> None:
    reply = await client.post(URL, json={"question": "x"}, headers={"accept": "text/html"})
    assert (reply.status_code, reply.json()["code"]) == (406, "not_acceptable")


async def test_an_unknown_conversation_is_not_found(client: httpx.AsyncClient) -> None:
    body = {"question": "x", "conversation_id": "conv_nobody"}
    for headers in ({}, STREAM):
        reply = await client.post(URL, json=body, headers=headers)
        assert reply.status_code == 404


async def test_a_second_question_while_one_is_answered_is_a_conflict(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    first = (await client.post(URL, json={"question": "one"})).json()
    body = {"question": "two", "conversation_id": first["conversation_id"]}
    stage.turns.waits = True
    stage.turns.begun = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: client.post(URL, json=body))
        await stage.turns.begun.wait()
        reply = await client.post(URL, json=body)
        assert (reply.status_code, reply.json()["code"]) == (409, "turn_in_progress")
        assert reply.headers["retry-after"] == "1"
        group.cancel_scope.cancel()
    stage.turns.waits = False
    assert (await client.post(URL, json=body)).status_code == 200


@pytest.mark.parametrize("headers", [{}, STREAM])
async def test_a_client_that_leaves_stops_the_turn(
    stage: Stage, client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    stage.turns.waits = True
    async with anyio.create_task_group() as group:
        group.start_soon(lambda: client.post(URL, json={"question": "x"}, headers=headers))
        await stage.turns.begun.wait()
        group.cancel_scope.cancel()
    with anyio.fail_after(5):
        await stage.turns.stopped.wait()


async def test_a_failed_turn_ends_the_stream_with_its_reason(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    stage.turns.failure = QueryTimeoutError("It took too long.", hint="Ask for less.")
    reply = await client.post(URL, json={"question": "x"}, headers=STREAM)
    kind, *_, last = (event for _, event in events_of(reply.text))
    assert kind["type"] == "RUN_STARTED"
    assert last["type"] == "RUN_ERROR"
    assert (last["code"], last["message"]) == ("query_timeout", "It took too long. Ask for less.")


async def test_a_failed_turn_has_its_own_status_as_json(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    stage.turns.failure = QueryTimeoutError("It took too long.")
    reply = await client.post(URL, json={"question": "x"})
    assert (reply.status_code, reply.json()["code"]) == (504, "query_timeout")


async def test_a_fault_of_ours_tells_nothing_of_its_inside(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    stage.turns.failure = RuntimeError("/secret/path")
    streamed = await client.post(URL, json={"question": "x"}, headers=STREAM)
    assert "RUN_ERROR" in streamed.text
    assert "secret" not in streamed.text
    whole = await client.post(URL, json={"question": "x"})
    assert whole.status_code == 500
    assert "secret" not in whole.text
