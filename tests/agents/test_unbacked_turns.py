"""A language model's numbers in a turn: without data none of them holds, with data those in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.agents.test_llm import QUERY, WIRES, result_id
from tests.support.analytics import ACME, Stack
from tests.support.fake_models import FakeModel, Step, serving

# The Gemini client subclasses a class of its HTTP library that warns about it.
pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")
QUESTION = "How many sessions from campaigns with more than 500?"


def answers(tool: str | None, **fields: Any) -> Step:
    typed = {"options": [], **fields}
    return lambda _: (tool, typed) if tool else json.dumps(typed)


async def turn(
    make: Any, stack: Stack, directory: Path, patch: pytest.MonkeyPatch, script: Sequence[Step]
) -> str:
    """Return what is said in a turn whose model plays a script."""
    async with (
        serving(FakeModel(script)) as model,
        make(stack, directory, model, patch) as desk,
    ):
        reply = await desk.reply(ACME, QUESTION)
    return str(reply.insights)


@pytest.mark.parametrize(("make", "tool"), WIRES)
async def test_an_answer_from_memory_is_named_as_such(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, tool: str | None
) -> None:
    script: Sequence[Step] = (
        lambda _: ("sql_analyst", {"question": QUESTION}),
        answers(tool, outcome="answer", text="You had 12,345 sessions, up 17 %."),
    )
    said = await turn(make, stack, tmp_path, monkeypatch, script)
    assert said.endswith("**Not verified:** 12,345, 17 % are not backed by any data.")


@pytest.mark.parametrize(("make", "tool"), WIRES)
async def test_asking_back_with_the_persons_own_number_is_fine(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, tool: str | None
) -> None:
    text = "More than 500 sessions, or more than 500 users, over the last 30 days?"
    script: Sequence[Step] = (
        lambda _: ("sql_analyst", {"question": QUESTION}),
        answers(tool, outcome="clarify", text=text),
    )
    assert await turn(make, stack, tmp_path, monkeypatch, script) == text


@pytest.mark.parametrize(("make", "tool"), WIRES)
async def test_a_number_of_any_result_of_the_turn_is_backed(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, tool: str | None
) -> None:
    total = {"metrics": ["pageviews"]}

    def answer(request: str) -> str | tuple[str, dict[str, Any]]:
        text = "google leads with 4,500 sessions; there were 18,000 page views and 77 sign-ups."
        typed = {"outcome": "answer", "result_id": result_id(request), "text": text, "options": []}
        return (tool, typed) if tool else json.dumps(typed)

    script: Sequence[Step] = (
        lambda _: ("sql_analyst", {"question": QUESTION}),
        lambda _: ("query_metrics", {"query": QUERY}),
        lambda _: ("query_metrics", {"query": total}),
        answer,
        lambda request: ("build_chart", {"result_id": result_id(request)}),
    )
    said = await turn(make, stack, tmp_path, monkeypatch, script)
    assert said.endswith("**Not verified:** 77 is not in the result.")


@pytest.mark.parametrize(("make", "tool"), WIRES)
async def test_a_front_desk_that_answers_by_itself_is_checked_too(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any, tool: str | None
) -> None:
    del tool
    script: Sequence[Step] = (lambda _: "You had 12,345 sessions. Ask me about the last 7 days!",)
    said = await turn(make, stack, tmp_path, monkeypatch, script)
    assert said.endswith("**Not verified:** 12,345 is not backed by any data.")
