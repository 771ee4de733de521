"""What a workspace has used, over HTTP: counted with what is counted, month by month."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from gtm.analytics.audit import AuditEntry, QueryLog
from gtm.audit.usage import METRICS
from gtm.context import TenantId, UserId
from gtm.store.base import ConversationId, TurnUse
from tests.api.conftest import Stage
from tests.support.house import ANA

ENTRY = AuditEntry(
    at=datetime(2026, 11, 30, 23, 59, tzinfo=UTC),
    tenant_id=TenantId("acme"),
    user_id=UserId(ANA),
    caller="web",
    kind="run_sql",
    sql="SELECT 1",
    views=(),
    rows=1,
    bytes_processed=1_000,
    duration_ms=1.0,
    outcome="ok",
)


async def used(client: httpx.AsyncClient, months: int = 1) -> dict[tuple[str, str], int]:
    reply = await client.get("/v1/usage", params={"months": months})
    assert reply.status_code == 200, reply.text
    return {(use["period"], use["metric"]): use["used"] for use in reply.json()["items"]}


async def ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    reply = await client.post("/v1/analytics/query", json={"question": "sessions", **body})
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


async def test_a_month_without_use_says_so(client: httpx.AsyncClient) -> None:
    assert await used(client) == {("2026-11", metric): 0 for metric in METRICS}


async def test_an_answered_question_counts_once(stage: Stage, client: httpx.AsyncClient) -> None:
    answer = await ask(client)
    assert (await used(client))["2026-11", "questions"] == 1
    # The same turn kept again is no other question.
    (tenant, _), *_ = stage.turns.asked
    conversation = ConversationId(answer["conversation_id"])
    await stage.turns.services.turns.add_turn(
        tenant, conversation, turn_id=answer["turn_id"], reply=answer
    )
    assert (await used(client))["2026-11", "questions"] == 1
    await ask(client, conversation_id=conversation)
    assert (await used(client))["2026-11", "questions"] == 2


async def test_tokens_count_with_their_turn_and_an_error_is_no_answer(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    answer = await ask(client)
    (tenant, _), *_ = stage.turns.asked
    turns, conversation = stage.turns.services.turns, ConversationId(answer["conversation_id"])
    for turn_id, is_answered in (("a", True), ("b", False), ("b", False)):
        await turns.add_turn(
            tenant,
            conversation,
            turn_id=turn_id,
            reply=answer,
            use=TurnUse(tokens=18),
            is_answered=is_answered,
        )
    found = await used(client)
    assert (found["2026-11", "questions"], found["2026-11", "model_tokens"]) == (2, 36)


async def test_calls_count_with_the_turn_that_keeps_them(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    answer = await ask(client)
    assert answer["usage"] == {"models": [], "model_calls": 0, "tool_calls": 0, "duration_ms": 0}
    (tenant, _), *_ = stage.turns.asked
    turns, conversation = stage.turns.services.turns, ConversationId(answer["conversation_id"])
    use = TurnUse(model_calls=4, tool_calls=3)
    for turn_id in ("a", "b", "b"):
        await turns.add_turn(tenant, conversation, turn_id=turn_id, reply=answer, use=use)
    found = await used(client)
    assert (found["2026-11", "model_calls"], found["2026-11", "tool_calls"]) == (8, 6)


async def test_queries_count_in_the_month_they_ran_in(
    stage: Stage, client: httpx.AsyncClient
) -> None:
    log = QueryLog(stage.turns.services.audit)
    await log.write(ENTRY, replace(ENTRY, kind="totals"))
    await log.write(replace(ENTRY, is_cached=True), replace(ENTRY, outcome="error", code="x"))
    await log.write(replace(ENTRY, at=datetime(2026, 12, 1, tzinfo=UTC)))
    stage.clock.time = datetime(2026, 12, 1, tzinfo=UTC)
    async with await stage.signed_in() as later:
        found = await used(later, months=3)
    assert {key: count for key, count in found.items() if count} == {
        ("2026-12", "queries"): 1,
        ("2026-12", "bytes_processed"): 1_000,
        ("2026-11", "queries"): 2,
        ("2026-11", "bytes_processed"): 2_000,
    }
    assert [period for period, metric in found if metric == "queries"] == [
        "2026-12",
        "2026-11",
        "2026-10",
    ]


@pytest.mark.parametrize("months", [0, 25, "x"])
async def test_no_more_than_two_years_at_once(client: httpx.AsyncClient, months: Any) -> None:
    assert (await client.get("/v1/usage", params={"months": months})).status_code == 422
