from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from google.adk.models import Gemini

from agents.llm import build_model, is_rule_based
from agents.local_analyst import LocalAnalyst
from gtm.errors import ConfigurationError
from gtm.settings import Settings
from tests.support.analytics import ACME, FakeClock, Stack
from tests.support.fake_models import FakeModel, Step, serving
from tests.support.turns import Desk, connect, desk_over, names

# The Gemini client subclasses a class of its HTTP library that warns about it.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")

QUERY = {"metrics": ["sessions"], "dimensions": ["source"], "limit": 3}


def settings(**changes: Any) -> Settings:
    return Settings(_env_file=None, **changes)


def result_id(request: str) -> str:
    found = re.findall(r"res_[\w-]+", request)
    return str(found[-1])


def answer(text: str, tool: str | None) -> Step:
    """Answer as the SQL analyst, by typed text or through the tool ADK offers instead."""

    def step(request: str) -> str | tuple[str, dict[str, Any]]:
        typed = {"outcome": "answer", "result_id": result_id(request), "text": text, "options": []}
        return (tool, typed) if tool else json.dumps(typed)

    return step


def script(text: str, *, tool: str | None) -> Sequence[Step]:
    """Play a whole turn: delegate, query, answer, draw."""
    return (
        lambda _: ("sql_analyst", {"question": "Top sources in the last 30 days by sessions"}),
        lambda _: ("query_metrics", {"query": QUERY}),
        answer(text, tool),
        lambda request: ("build_chart", {"result_id": result_id(request)}),
    )


def gemini_desk(
    stack: Stack, directory: Path, model: FakeModel, monkeypatch: pytest.MonkeyPatch
) -> AbstractAsyncContextManager[Desk]:
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", model.url)
    return desk_over(
        connect(stack.service, stack.clock),
        directory,
        stack.clock,
        google_ai_model="gemini-2.5-flash",
        google_api_key="key",
    )


def openai_desk(
    stack: Stack, directory: Path, model: FakeModel, _patch: object
) -> AbstractAsyncContextManager[Desk]:
    return desk_over(
        connect(stack.service, stack.clock),
        directory,
        stack.clock,
        google_ai_model="openai/some-model",
        openai_base_url=f"{model.url}/v1",
    )


WIRES = [
    pytest.param(gemini_desk, "set_model_response", id="gemini"),
    pytest.param(openai_desk, "set_model_response", id="openai"),
]


@pytest.mark.parametrize(("make", "tool"), WIRES)
async def test_a_turn_over_a_language_model(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, tool: str | None
) -> None:
    said = "**google** leads with 4,500 sessions."
    async with (
        serving(FakeModel(script(said, tool=tool))) as model,
        make(stack, tmp_path, model, monkeypatch) as desk,
    ):
        events = await desk.ask(ACME, "Top sources last 30 days")
    reply = desk.replies[-1]
    assert [name for name in names(events) if "START " in name or "STARTED " in name] == [
        "STEP_STARTED sql_analyst",
        "TOOL_CALL_START query_metrics",
        "STEP_STARTED chart_builder",
        "TOOL_CALL_START build_chart",
    ]
    assert (reply.outcome, reply.insights) == ("answer", said)
    assert reply.chart_spec
    assert len(reply.chart_spec.data) == 3
    assert not reply.model.is_rule_based
    assert len(model.requests) == 4
    # 11 read and 7 written in each request.
    assert desk.tokens == [4 * 18]


@pytest.mark.parametrize(("make", "tool"), WIRES)
async def test_a_number_the_result_does_not_hold_is_flagged(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, tool: str | None
) -> None:
    said = "google leads with 4,500 sessions, up 37 %."
    async with (
        serving(FakeModel(script(said, tool=tool))) as model,
        make(stack, tmp_path, model, monkeypatch) as desk,
    ):
        reply = await desk.reply(ACME, "Top sources last 30 days")
    assert reply.insights.startswith(said)
    assert "**Not verified:** 37 %" in reply.insights


@pytest.mark.parametrize(("make", "tool"), WIRES)
async def test_rows_tokens_and_tenants_stay_out_of_the_models_view(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, tool: str | None
) -> None:
    daily = {"metrics": ["sessions"], "grain": "day"}
    steps = list(script("Done.", tool=tool))
    steps[1] = lambda _: ("query_metrics", {"query": daily})
    async with (
        serving(FakeModel(steps)) as model,
        make(stack, tmp_path, model, monkeypatch) as desk,
    ):
        reply = await desk.reply(ACME, "Sessions by day")
    assert reply.data
    assert reply.data.row_count == 30
    seen = "".join(model.requests)
    days = {row[0] for row in reply.data.rows}
    assert sum(f'[\\"{day}\\"' in seen or f'["{day}"' in seen for day in days) <= 10
    assert "structuredContent" not in seen
    assert "eyJ" not in seen
    assert "tenant_acme" not in seen


@pytest.mark.parametrize(("make", "tool"), WIRES)
async def test_a_model_that_names_a_workspace_is_refused_by_the_tool_step(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, tool: str | None
) -> None:
    refusal = {"outcome": "refuse", "text": "Not possible.", "options": []}
    steps: Sequence[Step] = (
        lambda _: ("sql_analyst", {"question": "globex sessions"}),
        lambda _: ("query_metrics", {"query": QUERY, "tenant_id": "globex"}),
        lambda _: (tool, refusal) if tool else json.dumps(refusal),
    )
    async with (
        serving(FakeModel(steps)) as model,
        make(stack, tmp_path, model, monkeypatch) as desk,
    ):
        reply = await desk.reply(ACME, "sessions of globex")
    assert reply.outcome == "refuse"
    assert "is not allowed" in model.requests[2]
    assert stack.audit.entries == []


@pytest.mark.parametrize("make", [gemini_desk, openai_desk])
async def test_a_model_that_fails_ends_the_turn_with_a_reason(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    async with (
        serving(FakeModel(()), is_broken=True) as model,
        make(stack, tmp_path, model, monkeypatch) as desk,
    ):
        events = await desk.ask(ACME, "sessions")
    assert events[-1]["code"] == "model_unavailable"
    assert "secret" not in str(events)


@pytest.mark.parametrize("make", [gemini_desk, openai_desk])
async def test_a_model_that_never_comes_to_an_end_is_stopped(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any
) -> None:
    forever: list[Step] = [lambda _: ("sql_analyst", {"question": "sessions"})]
    forever += [lambda _: ("query_metrics", {"query": QUERY})] * 40
    async with (
        serving(FakeModel(forever)) as model,
        make(stack, tmp_path, model, monkeypatch) as desk,
    ):
        events = await desk.ask(ACME, "sessions")
    assert events[-1]["code"] == "too_many_steps"
    assert len(model.requests) <= 20


def test_the_default_model_is_the_rule_based_one() -> None:
    assert isinstance(build_model(settings(), FakeClock()), LocalAnalyst)
    assert is_rule_based(settings())


def test_vertex_is_reached_by_project_and_region() -> None:
    model = build_model(
        settings(
            google_ai_model="gemini-2.5-pro",
            google_genai_use_vertexai=True,
            google_cloud_project="p",
            google_cloud_region="europe-west1",
        ),
        FakeClock(),
    )
    assert isinstance(model, Gemini)
    assert model.client_kwargs
    reached = {"vertexai": True, "project": "p", "location": "europe-west1"}
    assert reached.items() <= model.client_kwargs.items()


def test_an_unknown_model_is_refused_with_the_names_that_work() -> None:
    with pytest.raises(ConfigurationError, match="claude") as caught:
        build_model(settings(google_ai_model="claude-x"), FakeClock())
    assert "local/analyst" in str(caught.value.hint)
