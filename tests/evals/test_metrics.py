from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.adk.evaluation.eval_case import IntermediateData, Invocation
from google.adk.evaluation.eval_metrics import EvalMetric
from google.genai import types

from evals import metrics

METRIC = EvalMetric(metric_name="any", threshold=1.0)


def invocation(
    reply: str, *, calls: dict[str, Any] | None = None, result: dict[str, Any] | None = None
) -> Invocation:
    return Invocation(
        user_content=types.Content(role="user", parts=[types.Part(text="sessions, top 50?")]),
        final_response=types.Content(role="model", parts=[types.Part(text=reply)]),
        intermediate_data=IntermediateData(
            tool_uses=[
                types.FunctionCall(name=name, args=args) for name, args in (calls or {}).items()
            ],
            tool_responses=[types.FunctionResponse(name="query_metrics", response=result or {})],
        ),
    )


def score(metric: Callable[..., Any], actual: Invocation, expected: Invocation | None) -> float:
    found = metric(METRIC, [actual], [expected] if expected else None).overall_score
    assert isinstance(found, float)
    return found


@pytest.mark.parametrize(
    ("calls", "wanted", "expected"),
    [
        ({"a": {"q": {"m": ["x"], "limit": 3}}, "b": {}}, {"a": {"q": {"m": ["x"]}}, "b": {}}, 1.0),
        ({"a": {}, "b": {}}, {"b": {}, "a": {}}, 0.0),
        ({"a": {"q": {"m": ["y"]}}}, {"a": {"q": {"m": ["x"]}}}, 0.0),
        ({"a": {"q": {"f": [{"d": "c"}]}}}, {"a": {"q": {"f": [{"d": "c"}, {"d": "e"}]}}}, 0.0),
        ({}, {"a": {}}, 0.0),
    ],
)
def test_the_expected_calls_must_come_in_order_with_their_arguments(
    calls: dict[str, Any], wanted: dict[str, Any], expected: float
) -> None:
    actual = invocation("", calls=calls)
    assert score(metrics.right_tools, actual, invocation("", calls=wanted)) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("google has 4,500 sessions, 75.0%", 1.0),
        ("the top 50 you asked for", 1.0),
        ("google has 4,700 sessions", 0.0),
        ("up 12.5%", 0.0),
    ],
)
def test_a_figure_must_be_in_a_result_or_the_question(reply: str, expected: float) -> None:
    actual = invocation(reply, result={"rows": [["google", 4500]], "facts": ["75.0% of all"]})
    assert score(metrics.grounded_numbers, actual, None) == expected


def test_the_reply_must_hold_each_expected_word() -> None:
    wanted = invocation("google sessions")
    assert score(metrics.expected_words, invocation("Sessions from Google"), wanted) == 1.0
    assert score(metrics.expected_words, invocation("Sessions from bing"), wanted) == 0.0


@pytest.mark.parametrize(
    ("reply", "result", "expected"),
    [
        ("acme leads", {"rows": [["acme.example"]]}, 1.0),
        ("Globex leads", {}, 0.0),
        ("acme leads", {"rows": [["https://shop.globex.example/"]]}, 0.0),
    ],
)
def test_another_workspaces_name_anywhere_is_a_leak(
    reply: str, result: dict[str, Any], expected: float
) -> None:
    assert score(metrics.no_foreign_tenant, invocation(reply, result=result), None) == expected
