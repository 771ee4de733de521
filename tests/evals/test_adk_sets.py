"""ADK's sets name the questions they were made from, and are marked by them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.adk.evaluation.eval_case import IntermediateData, Invocation
from google.adk.evaluation.eval_metrics import EvalMetric
from google.adk.evaluation.eval_set import EvalSet
from google.genai import types

from evals import adk_sets, metrics
from evals.question_file import Question, questions_in, read_file

METRIC = EvalMetric(metric_name="right_answer", threshold=1.0)
PLAIN = Question(
    id="q-1", ask="sessions by channel", metrics=("sessions",), dimensions=("channel",)
)
BACK = Question(id="q-2", ask="best?", expect="clarify")
DRAWN = Question(id="q-3", ask="as a pie", metrics=("sessions",), chart="pie")
QUERY = {"metrics": ["sessions"], "dimensions": ["channel"]}


def test_every_question_of_a_set_is_in_the_files_under_its_id(tmp_path: Path) -> None:
    known = adk_sets.open_questions()
    for path in adk_sets.write_sets(tmp_path):
        made = EvalSet.model_validate_json(path.read_text(encoding="utf-8"))
        assert len(made.eval_cases) > 20
        for case in made.eval_cases:
            for turn in case.conversation or []:
                [part] = turn.user_content.parts or []
                assert known[turn.invocation_id].ask == part.text


def test_nothing_of_the_exam_is_in_a_set(tmp_path: Path) -> None:
    locked = (adk_sets.OPEN.parent / "locked").glob("*.yml")
    ids = {turn.id for path in locked for turn in questions_in(read_file(path))}
    assert ids.isdisjoint(adk_sets.open_questions())


def call(name: str, **args: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    return name, args, {}


@pytest.mark.parametrize(
    ("question", "calls", "expected"),
    [
        (PLAIN, [call("query_metrics", query=QUERY)], 1.0),
        (PLAIN, [call("query_metrics", query={"metrics": ["sessions"]})], 0.0),
        (PLAIN, [call("explain_change", query=QUERY)], 0.0),
        (PLAIN, [("query_metrics", {"query": QUERY}, {"error": {"code": "x"}})], 0.0),
        (PLAIN, [("sql_analyst", {}, {"outcome": "clarify"})], 0.0),
        (BACK, [("sql_analyst", {}, {"outcome": "clarify"})], 1.0),
        (BACK, [call("query_metrics", query=QUERY)], 0.0),
        (DRAWN, [call("chart_builder"), call("build_chart", draft={"type": "pie"})], 1.0),
        (DRAWN, [call("chart_builder"), call("build_chart", draft={"type": "bar"})], 0.0),
        (DRAWN, [call("chart_builder"), call("build_chart", draft=None)], 0.0),
    ],
)
def test_what_came_is_marked_by_the_question(
    question: Question,
    calls: list[tuple[str, dict[str, Any], dict[str, Any]]],
    expected: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "open_questions", lambda: {question.id: question})
    asked = types.Content(role="user", parts=[types.Part(text=question.ask)])
    have = Invocation(
        invocation_id="given by ADK",
        user_content=asked,
        intermediate_data=IntermediateData(
            tool_uses=[
                types.FunctionCall(id=str(at), name=name, args=args)
                for at, (name, args, _) in enumerate(calls)
            ],
            tool_responses=[
                types.FunctionResponse(id=str(at), name=name, response=response)
                for at, (name, _, response) in enumerate(calls)
            ],
        ),
    )
    want = Invocation(invocation_id=question.id, user_content=asked)
    assert metrics.right_answer(METRIC, [have], [want]).overall_score == expected
