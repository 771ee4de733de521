"""A verified question is answered by its query, whichever model the installation has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agents.before import Before
from agents.reply import Verified
from agents.verified import VerifiedQuery
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.semantics.query import MetricQuery, RelativeRange
from gtm.store.database import DatabaseUnavailableError
from tests.support.analytics import ACME, Stack
from tests.support.fake_models import FakeModel, serving, steps_of
from tests.support.model_cases import good_steps
from tests.support.turns import Desk, connect, desk_over, names

# The Gemini client subclasses a class of its HTTP library that warns about it.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")

QUESTION = "Top sources last 30 days"
BY_CHANNEL = MetricQuery(
    metrics=("sessions",), dimensions=("channel",), time=RelativeRange.LAST_30_DAYS
)
SQL = "SELECT medium, SUM(sessions) AS visits FROM vw_sessions_daily GROUP BY medium"
CITED = Verified(
    id="v1", question=QUESTION, by="Ana", at=datetime(2026, 11, 1, tzinfo=UTC), note="As agreed."
)
# Drawing is left to the model; nothing else is.
DRAW = steps_of([{"call": "build_chart", "with": {"result_id": "$result"}}])
WIRES = ["gemini", "openai"]


@dataclass
class Finder:
    """Finds one verified answer for one question."""

    found: VerifiedQuery | None = None
    failure: GtmError | None = None
    asked: list[tuple[str, Before]] = field(default_factory=list)

    async def __call__(
        self, tenant: TenantContext, question: str, before: Before
    ) -> VerifiedQuery | None:
        self.asked.append((question, before))
        if self.failure is not None:
            raise self.failure
        return self.found if question == QUESTION else None


def wired(wire: str, model: FakeModel, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the settings of an installation with a language model."""
    if wire == "gemini":
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", model.url)
        return {"google_ai_model": "gemini-2.5-flash", "google_api_key": "key"}
    return {"google_ai_model": "openai/some-model", "openai_base_url": f"{model.url}/v1"}


def desk(stack: Stack, directory: Path, find: Finder, **settings: Any) -> Any:
    connection = connect(stack.service, stack.clock)
    return desk_over(connection, directory, stack.clock, find_verified=find, **settings)


def steps(events: list[dict[str, Any]]) -> list[str]:
    return [name for name in names(events) if "START " in name or "STARTED " in name]


async def test_the_rules_run_the_verified_query_and_cite_it(stack: Stack, tmp_path: Path) -> None:
    find = Finder(VerifiedQuery(CITED, BY_CHANNEL, None))
    async with desk(stack, tmp_path, find) as asked:
        events = await asked.ask(ACME, QUESTION)
    reply = asked.replies[-1]
    assert reply.verified == CITED
    assert (reply.outcome, reply.model.is_rule_based) == ("answer", True)
    assert reply.data
    assert reply.data.resolved
    assert reply.data.resolved.query == BY_CHANNEL
    assert reply.receipt
    assert "Organic Search" in reply.insights
    assert reply.chart_spec
    assert steps(events) == [
        "STEP_STARTED sql_analyst",
        "TOOL_CALL_START query_metrics",
        "STEP_STARTED chart_builder",
        "TOOL_CALL_START build_chart",
    ]


@pytest.mark.parametrize("wire", WIRES)
async def test_a_language_model_is_not_asked_what_a_verified_question_means(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wire: str
) -> None:
    find = Finder(VerifiedQuery(CITED, BY_CHANNEL, None))
    async with (
        serving(FakeModel(DRAW)) as model,
        desk(stack, tmp_path, find, **wired(wire, model, monkeypatch)) as asked,
    ):
        await asked.ask(ACME, QUESTION)
    reply = asked.replies[-1]
    assert (reply.outcome, reply.verified) == ("answer", CITED)
    assert reply.data
    assert reply.data.resolved
    assert reply.data.resolved.query == BY_CHANNEL
    assert "Organic Search" in reply.insights
    assert "Not verified" not in reply.insights
    assert reply.chart_spec
    assert len(model.requests) == 1


async def test_verified_sql_is_run_as_it_is(stack: Stack, tmp_path: Path) -> None:
    find = Finder(VerifiedQuery(CITED, None, SQL))
    async with desk(stack, tmp_path, find) as asked:
        await asked.ask(ACME, QUESTION)
    reply = asked.replies[-1]
    assert reply.verified == CITED
    assert reply.receipt
    assert not reply.receipt.is_governed
    assert reply.data
    assert reply.data.columns[0].name == "medium"


@pytest.mark.parametrize("failure", [None, DatabaseUnavailableError("The database is away.")])
@pytest.mark.parametrize("wire", WIRES)
async def test_without_a_verified_answer_the_model_answers_as_ever(
    stack: Stack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    wire: str,
    failure: GtmError | None,
) -> None:
    find = Finder(failure=failure)
    async with (
        serving(FakeModel(good_steps())) as model,
        desk(stack, tmp_path, find, **wired(wire, model, monkeypatch)) as asked,
    ):
        await asked.ask(ACME, QUESTION)
    reply = asked.replies[-1]
    assert (reply.outcome, reply.verified) == ("answer", None)
    assert len(model.requests) == 4


async def test_what_fails_is_said_and_cited_by_nobody(stack: Stack, tmp_path: Path) -> None:
    broken = VerifiedQuery(CITED, None, "SELECT nope FROM vw_sessions_daily")
    async with desk(stack, tmp_path, Finder(broken)) as asked:
        await asked.ask(ACME, QUESTION)
    reply = asked.replies[-1]
    assert reply.verified is None
    assert reply.insights


async def test_the_question_before_is_told_to_whoever_looks(stack: Stack, tmp_path: Path) -> None:
    find = Finder(VerifiedQuery(CITED, BY_CHANNEL, None))
    async with desk(stack, tmp_path, find) as asked:
        await asked.ask(ACME, QUESTION)
        await asked.ask(ACME, "and by source?")
        await asked.ask(ACME, "Sessions by source last 30 days", "c2")
    assert find.asked == [
        (QUESTION, Before()),
        ("and by source?", Before(query=BY_CHANNEL)),
        ("Sessions by source last 30 days", Before()),
    ]
    followed: Desk = asked
    assert [reply.verified for reply in followed.replies] == [CITED, None, None]
    assert followed.replies[1].data
    assert followed.replies[1].data.columns[0].name == "source"


async def test_what_was_reply_is_told_until_it_is_settled(stack: Stack, tmp_path: Path) -> None:
    find = Finder()
    async with desk(stack, tmp_path, find) as asked:
        back = await asked.reply(ACME, "by channel")
        assert (back.outcome, bool(back.options)) == ("clarify", True)
        await asked.ask(ACME, "sessions")
        await asked.ask(ACME, "and by source?")
    (_, first), (_, second), (_, third) = find.asked
    assert first == Before()
    assert second.reply
    assert second.reply.options == back.options
    assert third.reply is None
    assert third.query
