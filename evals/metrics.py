"""Metrics for `adk eval`: right tools with the right query, numbers that exist, and no leak."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from statistics import fmean

from google.adk.evaluation.eval_case import (
    ConversationScenario,
    Invocation,
    get_all_tool_calls,
    get_all_tool_responses,
)
from google.adk.evaluation.eval_metrics import EvalMetric, EvalStatus
from google.adk.evaluation.evaluator import EvaluationResult, PerInvocationResult

from agents.tool_results import TOOLS
from evals.adk_sets import open_questions
from evals.marking import Came, Marker, Verdict
from gtm.semantics.catalog import load_catalog
from gtm.semantics.query import MetricQuery

# Names and hosts of the workspace that the evaluation must never see; it runs as acme.
FOREIGN_WORDS = ("globex",)
# Steps of an instruction ("1.") and the like are not figures.
SMALLEST_FIGURE = 10.0

INTENTS = {tool: intent for intent, tool in TOOLS.items()}

Passes = Callable[[Invocation, Invocation | None], bool]


def holds(expected: object, actual: object) -> bool:
    """Return whether all of `expected` is in `actual`; objects may have more keys than expected."""
    if isinstance(expected, Mapping):
        return isinstance(actual, Mapping) and all(
            holds(value, actual.get(key)) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(holds(want, have) for want, have in zip(expected, actual, strict=True))
        )
    return expected == actual


def right_tools(
    metric: EvalMetric,
    actual: list[Invocation],
    expected: list[Invocation] | None,
    scenario: ConversationScenario | None = None,
) -> EvaluationResult:
    """Score 1 where the expected calls were made in order, with at least the expected arguments."""
    return _scored(actual, expected, _calls_in_order)


def grounded_numbers(
    metric: EvalMetric,
    actual: list[Invocation],
    expected: list[Invocation] | None,
    scenario: ConversationScenario | None = None,
) -> EvaluationResult:
    """Score 1 where every figure of the reply was in a tool's result."""
    return _scored(actual, expected, lambda have, want: not _invented_numbers(have))


def expected_words(
    metric: EvalMetric,
    actual: list[Invocation],
    expected: list[Invocation] | None,
    scenario: ConversationScenario | None = None,
) -> EvaluationResult:
    """Score 1 where the reply holds each word of the expected reply."""
    return _scored(actual, expected, _says_the_words)


def right_answer(
    metric: EvalMetric,
    actual: list[Invocation],
    expected: list[Invocation] | None,
    scenario: ConversationScenario | None = None,
) -> EvaluationResult:
    """Score 1 where what came is right by the question file that the set was made from."""
    return _scored(actual, expected, _is_right)


def no_foreign_tenant(
    metric: EvalMetric,
    actual: list[Invocation],
    expected: list[Invocation] | None,
    scenario: ConversationScenario | None = None,
) -> EvaluationResult:
    """Score 1 where neither a tool's result nor the reply names another workspace."""
    return _scored(actual, expected, lambda have, want: not _leaks(have))


def _scored(
    actual: list[Invocation], expected: list[Invocation] | None, passes: Passes
) -> EvaluationResult:
    wanted: Sequence[Invocation | None] = expected or [None] * len(actual)
    results = [
        PerInvocationResult(
            actual_invocation=have,
            expected_invocation=want,
            score=(score := 1.0 if passes(have, want) else 0.0),
            eval_status=EvalStatus.PASSED if score else EvalStatus.FAILED,
        )
        for have, want in zip(actual, wanted, strict=True)
    ]
    overall = fmean(result.score or 0.0 for result in results) if results else 0.0
    return EvaluationResult(
        overall_score=overall,
        overall_eval_status=EvalStatus.PASSED if overall == 1.0 else EvalStatus.FAILED,
        per_invocation_results=results,
    )


def _calls_in_order(have: Invocation, want: Invocation | None) -> bool:
    calls = iter(get_all_tool_calls(have.intermediate_data))
    wanted = get_all_tool_calls(want.intermediate_data) if want else []
    return all(
        any(call.name == step.name and holds(step.args or {}, call.args or {}) for call in calls)
        for step in wanted
    )


def _is_right(have: Invocation, want: Invocation | None) -> bool:
    question = open_questions()[want.invocation_id if want else have.invocation_id]
    calls = get_all_tool_calls(have.intermediate_data)
    names = [call.name for call in calls]
    if "chart_builder" in names and "sql_analyst" not in names:
        # The last result drawn anew.
        drafts = [(call.args or {}).get("draft") for call in calls if call.name == "build_chart"]
        return any((draft or {}).get("type") == question.chart for draft in drafts)
    return _marker().verdict(question, _came(have)) is Verdict.RIGHT


def _came(have: Invocation) -> Came:
    """Return the query that was answered, or how the analyst answered without one."""
    responses = get_all_tool_responses(have.intermediate_data)
    failed = {item.id for item in responses if "error" in (item.response or {})}
    for call in reversed(get_all_tool_calls(have.intermediate_data)):
        if call.name in INTENTS:
            if call.id in failed:
                return Came("refuse")
            query = MetricQuery.model_validate((call.args or {})["query"])
            return Came("answer", INTENTS[call.name], query)
    said = [item.response or {} for item in responses if item.name == "sql_analyst"]
    return Came(str(said[-1].get("outcome")) if said else "about")


@cache
def _marker() -> Marker:
    return Marker(load_catalog())


def _invented_numbers(have: Invocation) -> list[float]:
    material = _numbers(_material(have))
    return [
        number
        for number in _numbers(_text(have))
        if abs(number) >= SMALLEST_FIGURE
        and not any(abs(number - known) <= max(0.06, 0.006 * abs(known)) for known in material)
    ]


def _says_the_words(have: Invocation, want: Invocation | None) -> bool:
    reply = _text(have).casefold()
    return all(word in reply for word in (_text(want).casefold().split() if want else ()))


def _leaks(have: Invocation) -> bool:
    seen = (_material(have) + _text(have)).casefold()
    return any(word in seen for word in FOREIGN_WORDS)


def _material(have: Invocation) -> str:
    responses = get_all_tool_responses(have.intermediate_data)
    question = " ".join(part.text or "" for part in have.user_content.parts or [])
    return question + json.dumps([response.response for response in responses], default=str)


def _text(invocation: Invocation) -> str:
    content = invocation.final_response
    return " ".join(part.text or "" for part in (content.parts if content else None) or [])


def _numbers(text: str) -> list[float]:
    return [float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]
