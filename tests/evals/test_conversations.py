"""Whole conversations over HTTP: from the first turn to the last, each comes to what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.agreement import WORKSPACE, unsound
from evals.doors import by_http, came_over_http
from evals.house import open_house
from evals.marking import Marker, Verdict
from evals.question_file import QuestionFile, questions_in, read_file
from gtm.semantics.catalog import load_catalog

ROOT = Path(__file__).parents[2]
SCRIPTED = ROOT / "tests" / "fixtures" / "conversations" / "scripted.yml"
OPEN = ROOT / "evals" / "questions" / "open" / "conversations.yml"
# A turn of each is asked back, or names what this sample does not have; the evaluation counts it.
NOT_YET = frozenset(
    {
        "revops: contacts and refusals",
        "spoken: what did Dana close",
        "revops: lifecycle funnel",
        "executive: the year",
        "sales: lost deals",
        "revops: which deals",
        "growth: which campaign is best",
    }
)
FEWEST = 40


def conversations() -> QuestionFile:
    """Return the scripted conversations and those of the evaluation that go well to the end."""
    scripted, written = read_file(SCRIPTED), read_file(OPEN)
    known = {talk.name for talk in written.conversations}
    assert known >= NOT_YET
    chosen = [talk for talk in written.conversations if talk.name not in NOT_YET]
    return scripted.model_copy(update={"conversations": (*scripted.conversations, *chosen)})


@pytest.mark.timeout(900)
async def test_every_turn_of_forty_conversations_comes_to_what_it_should() -> None:
    file, marker = conversations(), Marker(load_catalog())
    assert len(file.conversations) >= FEWEST
    assert all(4 <= len(talk.turns) <= 10 for talk in file.conversations)
    problems = []
    async with open_house() as house, house.client(await house.token(WORKSPACE)) as client:
        replies = [said async for said in by_http(client, file)]
    for question, said in zip(questions_in(file), replies, strict=True):
        verdict = marker.verdict(question, came_over_http(said, question))
        if verdict is not Verdict.RIGHT:
            problems.append(f"{question.id} is {verdict}: {said.kind}")
        if said.reply is not None:
            wants_table = question.chart == "table"
            problems += [
                f"{question.id}: {fault}" for fault in unsound(said.reply, wants_table=wants_table)
            ]
    assert not problems, "\n".join(problems)
