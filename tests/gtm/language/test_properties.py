"""What holds for questions nobody wrote: what is said lands or stops, manners change nothing."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gtm.language.analyst import Analyst
from gtm.language.outcome import Answer, Outcome
from gtm.semantics.catalog import load_catalog
from gtm.semantics.compiler import Compiler
from gtm.semantics.query import MetricQuery, RelativeRange

FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
TODAY = date(2026, 11, 22)
ANALYST = Analyst(load_catalog())
COMPILER = Compiler(load_catalog())


def _questions() -> list[str]:
    content: dict[str, Any] = yaml.safe_load(
        (FIXTURES / "questions.yml").read_text(encoding="utf-8")
    )
    return [case["q"] for case in content["questions"] if case.get("kind") is None]


QUESTIONS = _questions()

_METRICS = {
    "sessions": "sessions",
    "revenue": "revenue_usd",
    "engagement rate": "engagement_rate",
    "transactions": "transactions",
    "page views": "pageviews",
    "active users": "active_users",
}
_SPLITS = {
    "by channel": "channel",
    "per country": "country",
    "by device": "device_category",
    "by browser": "browser",
    "split by campaign": "campaign",
    "for each city": "city",
}
_FILTERS = {
    "for mobile": ("device_category", "in", "mobile"),
    "from Germany": ("country", "in", "Germany"),
    "excluding direct": ("channel", "not_in", "Direct"),
    "without Safari": ("browser", "not_in", "Safari"),
    "on weekends": ("day_of_week", "in", "Saturday"),
}
_TIMES = {
    "last month": "last_month",
    "this quarter": "this_quarter",
    "in October": "2026-10-01",
    "yesterday": "yesterday",
    "in 2025": "2025-01-01",
    "last 7 days": "last_7_days",
}
_FORMS = {"as a table": "table", "as a bar chart": "bar"}
_LIMITS = {"with more than 100 sessions": 100.0, "with at least 20 transactions": 20.0}


@given(
    metric=st.sampled_from(sorted(_METRICS)),
    parts=st.permutations([*_SPLITS, *_FILTERS, *_TIMES, *_FORMS, *_LIMITS]),
    size=st.integers(1, 5),
)
@settings(max_examples=300, deadline=None)
def test_everything_that_is_said_lands_in_the_query_or_stops(
    metric: str, parts: list[str], size: int
) -> None:
    said = parts[:size]
    for kind in (_TIMES, _FORMS):
        assume(sum(part in kind for part in said) <= 1)
    outcome = ANALYST.understand(" ".join([metric, *said]), today=TODAY)
    if not isinstance(outcome, Answer):
        return
    query = outcome.query
    assert _METRICS[metric] in query.metrics
    for part in said:
        assert _has_landed(part, query), (part, query)
    COMPILER.compile(query, TODAY)


def _has_landed(part: str, query: MetricQuery) -> bool:
    if part in _SPLITS:
        return _SPLITS[part] in query.dimensions
    if part in _FILTERS:
        name, op, value = _FILTERS[part]
        return any(f.dimension == name and f.op == op and value in f.values for f in query.filters)
    if part in _TIMES:
        return _TIMES[part] in str(getattr(query.time, "start", query.time))
    if part in _FORMS:
        return query.chart == _FORMS[part]
    return any(item.value == _LIMITS[part] for item in query.having)


_BEFORE = ["please show me", "hey, can you tell me", "I'd like to see", "um so", "quick one:", ""]
_BEHIND = ["please", "thanks!", "if possible", "for me", "?", ""]


@given(
    question=st.sampled_from(QUESTIONS),
    before=st.sampled_from(_BEFORE),
    behind=st.sampled_from(_BEHIND),
    case=st.sampled_from([str, str.lower, str.capitalize]),
)
@settings(max_examples=300, deadline=None)
def test_manners_and_capitals_never_change_what_is_asked(
    question: str, before: str, behind: str, case: Any
) -> None:
    assume(not re.search(r"\bUS\b|\"", question))
    plain = ANALYST.understand(question, today=TODAY)
    kind = plain.kind
    outcome = ANALYST.understand(f"{before} {case(question)} {behind}".strip(), today=TODAY)
    if isinstance(outcome, Answer):
        assert isinstance(plain, Answer), (kind, outcome)
        assert outcome.query == plain.query
        assert outcome.intent == plain.intent


@given(question=st.sampled_from(QUESTIONS), follow=st.sampled_from(QUESTIONS))
@example(question="forecast revenue for next month", follow="what caused the revenue increase?")
@settings(max_examples=300, deadline=None)
def test_any_question_behind_another_is_answered_soundly_or_asked_about(
    question: str, follow: str
) -> None:
    first = ANALYST.understand(question, today=TODAY)
    previous = first.query if isinstance(first, Answer) else None
    second = ANALYST.understand(follow, today=TODAY, previous=previous)
    _check_sound(second)


def _check_sound(outcome: Outcome) -> None:
    if not isinstance(outcome, Answer):
        assert outcome.message
        return
    query = outcome.query
    if outcome.intent == "forecast":
        query = query.model_copy(update={"time": RelativeRange.LAST_MONTH})
    if outcome.intent == "explain":
        assert query.compare is not None
        assert not query.dimensions
    assert COMPILER.compile(query, TODAY).sql


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_means_the_same_behind_a_fresh_start(question: str) -> None:
    previous = MetricQuery(metrics=("sessions",), dimensions=("channel",))
    plain = ANALYST.understand(question, today=TODAY)
    anew = ANALYST.understand(f"different topic: {question}", today=TODAY, previous=previous)
    if isinstance(anew, Answer) and isinstance(plain, Answer):
        assert anew.query == plain.query
