"""A few questions to whoever answers: the rules always, a hosted model where one is named.

GTM_LIVE_MODEL=gemini-2.5-flash GOOGLE_API_KEY=… pytest tests/agents/test_live_models.py -m live
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agents.reply import TurnReply
from evals.marking import Came, Marker, Verdict
from evals.question_file import Question, read_file
from gtm.semantics.catalog import load_catalog
from tests.support.analytics import ACME, Stack
from tests.support.turns import Desk, connect, desk_over

FILE = read_file(Path(__file__).parents[1] / "fixtures" / "models" / "live" / "questions.yml")
MODEL = os.environ.get("GTM_LIVE_MODEL")
REACHED_BY = ("google_api_key", "openai_base_url", "openai_api_key", "google_genai_use_vertexai")


def talks() -> list[tuple[Question, ...]]:
    alone = [(question,) for question in FILE.questions]
    return [*alone, *(conversation.turns for conversation in FILE.conversations)]


def came(reply: TurnReply) -> Came:
    if reply.outcome != "answer":
        return Came("about" if reply.outcome == "guide" else reply.outcome)
    resolved = reply.data.resolved if reply.data else None
    return Came("answer", query=resolved.query if resolved else None)


async def marks(desk: Desk) -> AsyncIterator[tuple[Question, Verdict, TurnReply]]:
    marker = Marker(load_catalog())
    for number, talk in enumerate(talks()):
        for question in talk:
            reply = await desk.reply(ACME, question.ask, f"talk-{number}")
            yield question, marker.verdict(question, came(reply)), reply


async def score(stack: Stack, directory: Path, **settings: Any) -> Counter[Verdict]:
    counts: Counter[Verdict] = Counter()
    connection = connect(stack.service, stack.clock)
    async with desk_over(connection, directory, stack.clock, **settings) as desk:
        async for question, verdict, reply in marks(desk):
            print(verdict.value, question.ask, "->", reply.outcome, reply.insights)  # noqa: T201
            assert reply.outcome != "error", reply.insights
            assert "Not verified" not in reply.insights
            assert "globexpartner" not in reply.model_dump_json()
            counts[verdict] += 1
    return counts


async def test_the_rules_answer_the_questions_right(stack: Stack, tmp_path: Path) -> None:
    counts = await score(stack, tmp_path)
    assert counts[Verdict.RIGHT] == counts.total()


@pytest.mark.live
@pytest.mark.enable_socket
@pytest.mark.timeout(1_200)
@pytest.mark.filterwarnings("ignore:Inheritance class:DeprecationWarning")
@pytest.mark.skipif(not MODEL, reason="GTM_LIVE_MODEL names no model")
async def test_a_hosted_model_answers_the_questions(stack: Stack, tmp_path: Path) -> None:
    reached = {name: os.environ[name.upper()] for name in REACHED_BY if name.upper() in os.environ}
    counts = await score(stack, tmp_path, google_ai_model=MODEL, **reached)
    assert counts[Verdict.WRONG] <= counts.total() * 0.1
    assert counts[Verdict.RIGHT] >= counts.total() * 0.8
