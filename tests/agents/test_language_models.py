"""What language models do well and badly over both wires, with the clients that are really used."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from agents.reply import TurnReply
from tests.support.analytics import ACME, Stack, make_stack, two_workspaces
from tests.support.fake_models import SECRET, TOKENS_IN, TOKENS_OUT, FakeModel, serving, steps_of
from tests.support.model_cases import QUESTION, Case, Expectation, WireName, good_steps, load_cases
from tests.support.state import urls_for
from tests.support.turns import Desk, connect, desk_over

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # The Gemini client subclasses a class of its HTTP library that warns about it.
    pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning"),
]

WIRES: tuple[WireName, ...] = ("gemini", "openai")
CASES = {case.name: case for case in load_cases()}
GOOD = good_steps()
# What may never leave this installation, or the other workspace.
# A signed token is told by its parts: three letters of it occur in ids by chance.
HIDDEN = re.compile(rf"{SECRET}|sk-live|globexpartner|eyJ[\w-]+\.[\w-]+\.|Traceback")


@dataclass(frozen=True)
class Place:
    """Two workspaces and a model, and a desk for each wire; made once, since a client is dear."""

    stack: Stack
    directory: Path
    model: FakeModel
    desks: dict[WireName, Desk]

    def desk(self, wire: WireName, **changes: Any) -> AbstractAsyncContextManager[Desk]:
        reached: dict[WireName, dict[str, Any]] = {
            "gemini": {"google_ai_model": "gemini-2.5-flash", "google_api_key": "key"},
            "openai": {
                "google_ai_model": "openai/some-model",
                "openai_base_url": f"{self.model.url}/v1",
            },
        }
        settings = {"model_retry_seconds": 0, **reached[wire], **changes}
        connection = connect(self.stack.service, self.stack.clock)
        return desk_over(connection, self.directory, self.stack.clock, **settings)

    def stored(self) -> str:
        with psycopg.connect(urls_for(self.directory).worker) as connection:
            rows = connection.execute("select event_data::text from agents.events").fetchall()
        return " ".join(row[0] for row in rows)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with (
        AsyncExitStack() as opened,
        two_workspaces() as warehouse,
        serving(FakeModel(())) as model,
    ):
        # Read when a client is made.
        patched = opened.enter_context(pytest.MonkeyPatch.context())
        patched.setenv("GOOGLE_GEMINI_BASE_URL", model.url)
        place = Place(make_stack(warehouse), tmp_path_factory.mktemp("models"), model, {})
        for wire in WIRES:
            place.desks[wire] = await opened.enter_async_context(place.desk(wire))
            await place.desks[wire].runner.warm()
        yield place


@asynccontextmanager
async def desk_for(case: Case, wire: WireName, place: Place) -> AsyncIterator[Desk]:
    if not case.settings:
        yield place.desks[wire]
        return
    async with place.desk(wire, **case.settings) as desk:
        await desk.runner.warm()
        yield desk


@pytest.mark.parametrize(
    ("case", "wire"),
    [
        pytest.param(case, wire, id=f"{case.name} ({wire})")
        for case in CASES.values()
        for wire in case.wires
    ],
)
async def test_a_turn_comes_to_what_it_must(
    case: Case, wire: WireName, place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    model, conversation = place.model, f"{case.name} ({wire})"
    async with desk_for(case, wire, place) as desk:
        if case.has_talked:
            model.play(GOOD)
            await desk.ask(ACME, QUESTION, conversation)
        model.play(case.steps())
        events = await desk.ask(ACME, case.question, conversation)
        reply = desk.replies[-1]
        check(case.expect, reply, events, model.requests)
        check_usage(reply, model, case, wire)
    # Whatever it was, the conversation goes on.
    said = [json.dumps(events, ensure_ascii=False), *model.requests, place.stored()]
    model.play(GOOD)
    goes_on = await place.desks[wire].reply(ACME, QUESTION, conversation)
    assert goes_on.outcome == "answer"
    assert model.violations == []
    assert not [hit for text in (*said, *model.requests) for hit in HIDDEN.findall(text)]
    assert SECRET not in caplog.text


@pytest.mark.parametrize("wire", WIRES)
async def test_a_model_sees_few_rows_and_no_identity(place: Place, wire: WireName) -> None:
    query = {"metrics": ["sessions"], "grain": "day"}
    daily = steps_of([{"call": "query_metrics", "with": {"query": query}}])
    place.model.play((GOOD[0], *daily, *GOOD[2:]))
    reply = await place.desks[wire].reply(ACME, "Sessions by day", f"rows ({wire})")
    assert reply.data
    assert reply.data.row_count == 30
    seen = "".join(place.model.requests)
    days = {row[0] for row in reply.data.rows}
    assert sum(f'[\\"{day}\\"' in seen or f'["{day}"' in seen for day in days) <= 10
    for hidden in ("structuredContent", "tenant_acme", "acme:"):
        assert hidden not in seen


def check(
    expected: Expectation, reply: TurnReply, events: list[dict[str, Any]], asked: list[str]
) -> None:
    assert (reply.outcome, reply.code) == (expected.outcome, expected.code), reply.insights
    for words in expected.says:
        assert words in reply.insights
    for words in expected.never_says:
        assert words not in reply.insights
    if expected.code is not None:
        assert events[-1]["type"] == "RUN_ERROR"
        assert (events[-1]["code"], events[-1]["message"]) == (expected.code, reply.insights)
    if expected.tools is not None:
        called = [e["toolCallName"] for e in events if e["type"] == "TOOL_CALL_START"]
        assert tuple(called) == expected.tools
    if expected.requests is not None:
        assert len(asked) == expected.requests
    for at, words in expected.told.items():
        assert words in asked[at]
    if expected.rows is not None:
        assert reply.data
        assert len(reply.data.rows) == expected.rows
    if expected.chart is not None:
        assert reply.chart_spec
        assert reply.chart_spec.type == expected.chart
    if expected.options is not None:
        assert len(reply.options) == expected.options


def check_usage(reply: TurnReply, model: FakeModel, case: Case, wire: WireName) -> None:
    usage, estimated = reply.usage, case.expect.estimated
    # A call that its turn's end cut short may never have been sent.
    assert usage.model_calls == len(model.requests) or estimated is None
    assert usage.model_calls == sum(used.calls for used in usage.models)
    assert usage.duration_ms > 0
    if estimated is None:
        return
    assert any(used.is_estimated for used in usage.models) == (wire in estimated)
    if not estimated:
        tokens = [(used.tokens_in, used.tokens_out) for used in usage.models]
        totals = tuple(map(sum, zip(*tokens, strict=True)))
        assert totals == (model.reported * TOKENS_IN, model.reported * TOKENS_OUT)
