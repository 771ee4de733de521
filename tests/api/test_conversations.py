"""A user's conversations over HTTP: listed in pages, renamed, deleted, one question at a time."""

from datetime import timedelta

import anyio
import httpx
import psycopg
import pytest

from gtm.store.base import TURN_LEASE
from tests.api.conftest import Stage
from tests.support.state import urls_for

QUERY = "/v1/analytics/query"
LIST = "/v1/conversations"


async def ask(
    client: httpx.AsyncClient, question: str = "sessions", conversation: str | None = None
) -> httpx.Response:
    return await client.post(QUERY, json={"question": question, "conversation_id": conversation})


async def started(client: httpx.AsyncClient, question: str = "sessions") -> str:
    return str((await ask(client, question)).json()["conversation_id"])


async def titles(client: httpx.AsyncClient) -> list[str]:
    return [item["title"] for item in (await client.get(LIST)).json()["items"]]


async def test_pages_lead_through_all_conversations_once(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    for number in range(7):
        # Two of them at the same moment: the id decides between them.
        stage.clock.time += timedelta(seconds=number % 2)
        await ask(client, f"question {number}")
    seen: list[str] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        query = {"limit": "3", **({"cursor": cursor} if cursor else {})}
        page = (await client.get(LIST, params=query)).json()
        seen += [item["title"] for item in page["items"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert (pages, len(seen), set(seen)) == (3, 7, {f"question {number}" for number in range(7)})
    assert seen == await titles(client)


@pytest.mark.parametrize(
    "cursor",
    [
        "abc",
        # Lists in base64: of one text, of no date, of a date without zone, of numbers, of a null.
        "WyJ4Il0",
        "WyJ5ZXN0ZXJkYXkiLCAiYyJd",
        "WyIyMDI2LTExLTIyVDEyOjAwOjAwIiwgImMiXQ",
        "WzEsIDJd",
        "WyJcdTAwMDAiLCAiYyJd",
        "not a cursor",
    ],
)
async def test_a_cursor_that_is_not_ours_is_refused(client: httpx.AsyncClient, cursor: str) -> None:
    assert (await client.get(LIST, params={"cursor": cursor})).status_code == 422


async def test_a_conversation_gets_another_title(client: httpx.AsyncClient) -> None:
    conversation = await started(client)
    renamed = await client.put(f"{LIST}/{conversation}", json={"title": "  Weekly look "})
    assert (renamed.status_code, renamed.json()["title"]) == (200, "Weekly look")
    assert await titles(client) == ["Weekly look"]
    # A later question does not take it away again.
    await ask(client, "and by country?", conversation)
    assert await titles(client) == ["Weekly look"]


@pytest.mark.parametrize("title", ["", "   ", "x" * 81, "a\nb", "a\u0000b", None, 7])
async def test_a_title_that_is_none_is_refused(client: httpx.AsyncClient, title: object) -> None:
    conversation = await started(client)
    reply = await client.put(f"{LIST}/{conversation}", json={"title": title})
    assert reply.status_code == 422


async def test_a_deleted_conversation_is_gone_with_what_the_agents_remember(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    kept, gone = await started(client, "kept"), await started(client, "gone")
    assert (await client.delete(f"{LIST}/{gone}")).status_code == 204
    assert await titles(client) == ["kept"]
    [(tenant, forgotten)] = stage.turns.forgotten
    assert (tenant.tenant_id, forgotten) == ("acme", gone)
    for reply in (
        await client.get(f"{LIST}/{gone}"),
        await client.delete(f"{LIST}/{gone}"),
        await client.put(f"{LIST}/{gone}", json={"title": "x"}),
        await ask(client, "again", gone),
    ):
        assert reply.status_code == 404
    assert (await client.get(f"{LIST}/{kept}")).status_code == 200


async def test_a_conversation_that_is_answering_is_neither_asked_nor_deleted(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    conversation = await started(client)
    stage.turns.waits = True
    stage.turns.begun = anyio.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(ask, client, "wait for it", conversation)
        await stage.turns.begun.wait()
        for reply in (
            await ask(client, "and now?", conversation),
            await client.delete(f"{LIST}/{conversation}"),
        ):
            assert (reply.status_code, reply.json()["code"]) == (409, "turn_in_progress")
            assert reply.headers["retry-after"] == "1"
        # Its title is no business of the turn's.
        renamed = await client.put(f"{LIST}/{conversation}", json={"title": "Named"})
        assert renamed.status_code == 200
        group.cancel_scope.cancel()
    stage.turns.waits = False
    assert (await ask(client, "and now?", conversation)).status_code == 200


async def test_a_turn_of_a_process_that_was_killed_holds_its_conversation_for_a_while_only(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    conversation = await started(client)
    services = stage.turns.services
    # As if another process had begun it: nothing of it is in the memory of this one.
    tenant = stage.turns.asked[0][0]
    await services.turns.begin_turn(tenant, "turn_lost", conversation_id=conversation, title="")  # type: ignore[arg-type]  # a text
    assert (await ask(client, "still there?", conversation)).status_code == 409
    stage.clock.time += TURN_LEASE / 2
    await services.turns.keep_turn(tenant, conversation, "turn_lost")  # type: ignore[arg-type]  # a text
    stage.clock.time += TURN_LEASE / 2
    assert (await ask(client, "still there?", conversation)).status_code == 409
    stage.clock.time += TURN_LEASE / 2
    assert (await ask(client, "still there?", conversation)).status_code == 200
    # The lost one comes back late, and lets nobody else's turn go.
    await services.turns.begin_turn(tenant, "turn_new", conversation_id=conversation, title="")  # type: ignore[arg-type]  # a text
    await services.turns.end_turn(tenant, conversation, "turn_lost")  # type: ignore[arg-type]  # a text
    assert (await ask(client, "still there?", conversation)).status_code == 409


async def test_of_many_questions_at_once_one_is_answered(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    conversation = await started(client)
    stage.turns.waits = True
    stage.turns.begun = anyio.Event()
    sent, codes = anyio.create_memory_object_stream[int](8)

    async def one() -> None:
        await sent.send((await ask(client, "me first", conversation)).status_code)

    with sent, codes, anyio.fail_after(20):
        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(one)
            assert [await codes.receive() for _ in range(7)] == [409] * 7
            group.cancel_scope.cancel()


async def test_the_next_question_can_be_asked_as_soon_as_the_stream_says_it_is_done(
    client: httpx.AsyncClient,
) -> None:
    conversation = await started(client)
    for _ in range(5):
        async with client.stream(
            "POST",
            QUERY,
            json={"question": "sessions", "conversation_id": conversation},
            headers={"accept": "text/event-stream"},
        ) as stream:
            async for line in stream.aiter_lines():
                if "RUN_FINISHED" in line:
                    assert (await ask(client, "next", conversation)).status_code == 200


async def test_deleting_is_recorded_by_its_id_alone(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    conversation = await started(client, "a private question")
    await client.delete(f"{LIST}/{conversation}")
    with psycopg.connect(urls_for(stage.settings.gtm_data_dir).owner) as connection:
        rows = connection.execute(
            "select tenant_id, target, detail::text from app.audit_log"
            " where action = 'conversation_deleted'"
        ).fetchall()
    assert rows == [("acme", conversation, "{}")]
