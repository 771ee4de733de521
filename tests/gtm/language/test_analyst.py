"""The analyst as a whole: unknown words, values, spelling, and texts of any kind."""

from __future__ import annotations

import re
import statistics
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.language.analyst import Analyst
from gtm.language.outcome import Answer, Clarify, ValueMatch
from gtm.semantics.catalog import load_catalog
from gtm.semantics.compiler import Compiler
from gtm.semantics.query import (
    Comparison,
    ComparisonKind,
    Filter,
    MetricQuery,
    RelativeRange,
)

TODAY = date(2026, 11, 22)
ANALYST = Analyst(load_catalog())
COMPILER = Compiler(load_catalog())
_KINDS = {"answer", "clarify", "refuse", "about"}


def _value(term: str, dimension: str, value: str, *, is_exact: bool = True) -> ValueMatch:
    return ValueMatch(term=term, dimension=dimension, value=value, is_exact=is_exact)


def _answer(question: str, *values: ValueMatch, previous: MetricQuery | None = None) -> Answer:
    outcome = ANALYST.understand(question, today=TODAY, values=values, previous=previous)
    assert isinstance(outcome, Answer), outcome
    return outcome


def test_unknown_words_are_named_so_that_they_can_be_looked_up() -> None:
    outcome = ANALYST.understand("sessions from spring sale by device", today=TODAY)
    assert isinstance(outcome, Clarify)
    assert outcome.unknown[0] == "spring sale"
    assert {"spring", "sale"} <= set(outcome.unknown)


def test_words_around_an_unknown_one_are_looked_up_with_it() -> None:
    outcome = ANALYST.understand("open deals in contract zorbed", today=TODAY)
    assert isinstance(outcome, Clarify)
    assert "contract zorbed" in outcome.unknown


def test_a_word_written_as_one_is_looked_up_though_its_parts_are_known() -> None:
    question = "sessions from campaign brand-us last week"
    outcome = ANALYST.understand(question, today=TODAY)
    assert isinstance(outcome, Clarify)
    assert "brand-us" in outcome.unknown
    answer = _answer(question, _value("brand-us", "campaign", "brand-us"))
    assert answer.query.filters == (Filter(dimension="campaign", values=("brand-us",)),)


def test_an_unknown_word_that_is_a_value_becomes_a_filter() -> None:
    match = _value("spring sale", "campaign", "Spring Sale")
    answer = _answer("sessions from spring sale by device", match)
    assert answer.query.dimensions == ("device_category",)
    assert answer.query.filters == (Filter(dimension="campaign", values=("Spring Sale",)),)


def test_the_dimension_named_beside_a_value_decides_between_several() -> None:
    matches = (_value("google", "source", "google"), _value("google", "campaign", "google"))
    answer = _answer("sessions from campaign google", *matches)
    assert answer.query.filters == (Filter(dimension="campaign", values=("google",)),)


def test_a_value_in_the_data_can_be_excluded() -> None:
    answer = _answer("sessions by source excluding google", _value("google", "source", "google"))
    assert answer.query.filters == (Filter(dimension="source", op="not_in", values=("google",)),)


def test_a_near_value_is_only_offered_and_its_option_leads_to_the_filter() -> None:
    near = _value("springsale", "campaign", "Spring Sale 2026", is_exact=False)
    outcome = ANALYST.understand("sessions from springsale", today=TODAY, values=[near])
    assert isinstance(outcome, Clarify)
    question = outcome.options[0].question
    assert question == 'sessions from campaign "Spring Sale 2026"'
    asked = ANALYST.understand(question, today=TODAY)
    assert isinstance(asked, Clarify)
    assert asked.unknown == ("Spring Sale 2026",)
    answer = _answer(question, _value("Spring Sale 2026", "campaign", "Spring Sale 2026"))
    assert answer.query.filters == (Filter(dimension="campaign", values=("Spring Sale 2026",)),)


def test_a_word_that_stays_unknown_is_never_dropped() -> None:
    outcome = ANALYST.understand("sessions from zorblax", today=TODAY, values=[])
    assert isinstance(outcome, Clarify)
    assert outcome.options[-1].label == 'Without "zorblax": sessions'


def test_a_misspelt_name_is_read_and_the_reading_is_said() -> None:
    answer = _answer("revenu by contry")
    assert answer.query.metrics == ("revenue_usd",)
    assert "Read 'contry' as 'country'." in answer.notes


def test_a_misspelt_value_is_asked_about() -> None:
    outcome = ANALYST.understand("sessions in germny", today=TODAY)
    assert isinstance(outcome, Clarify)
    assert "sessions in germany" in [option.question for option in outcome.options]


def test_the_assumed_period_is_said() -> None:
    answer = _answer("sessions")
    assert answer.query.time is None
    assert any("last 30 days" in note for note in answer.notes)


def test_a_named_range_keeps_its_name_so_that_a_pinned_chart_moves_on() -> None:
    assert _answer("sessions last month").query.time is RelativeRange.LAST_MONTH


@pytest.mark.parametrize(
    ("question", "is_country"),
    [
        ("US sessions", True),
        ("sessions in the us", True),
        ("sessions from us", True),
        ("show us sessions", False),
        ("give us revenue by channel", False),
    ],
)
def test_the_country_is_told_from_the_pronoun(question: str, is_country: bool) -> None:
    wanted = (Filter(dimension="country", values=("United States",)),) if is_country else ()
    assert _answer(question).query.filters == wanted


def test_a_rate_limit_is_a_fraction_however_it_was_written() -> None:
    for text in ("60%", "60 percent", "0.6", "60"):
        answer = _answer(f"landing pages with bounce rate above {text}")
        assert answer.query.having[0].value == 0.6


def test_the_reasons_of_a_change_are_looked_for_in_the_comparison_it_is_about() -> None:
    answer = _answer("why did revenue drop last month?")
    assert answer.intent == "explain"
    assert answer.query.compare == Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
    assert answer.query.dimensions == ()


def test_a_word_of_the_former_question_does_not_leak_into_a_fresh_one() -> None:
    previous = _answer("mobile revenue by country last month").query
    answer = _answer("sessions by channel", previous=previous)
    assert answer.query == MetricQuery(metrics=("sessions",), dimensions=("channel",))


def test_text_inside_quotes_is_a_value_and_never_an_instruction() -> None:
    outcome = ANALYST.understand('sessions from campaign "top 5 by country"', today=TODAY)
    assert isinstance(outcome, Clarify)
    assert outcome.unknown == ("top 5 by country",)


_WORDS = [
    "sessions",
    "revenue",
    "users",
    "clicks",
    "ctr",
    "channel",
    "country",
    "device",
    "top",
    "5",
    "10",
    "most",
    "worst",
    "by",
    "per",
    "for",
    "from",
    "not",
    "excluding",
    "without",
    "only",
    "mobile",
    "desktop",
    "us",
    "germany",
    "last",
    "month",
    "week",
    "this",
    "vs",
    "previous",
    "period",
    "october",
    "2025",
    "q3",
    "more",
    "than",
    "100",
    "60%",
    "between",
    "and",
    "or",
    "share",
    "of",
    "trend",
    "line",
    "chart",
    "pie",
    "funnel",
    "why",
    "all",
    "what",
    "about",
    "compare",
    "daily",
    "average",
    "total",
    "best",
    "us",
    "may",
    "31",
    "feb",
    "paid",
    "organic",
    "search",
    "email",
    "direct",
]


_TABLES = Path(__file__).parents[2] / "fixtures" / "language"
_TEXTS = "\n".join(
    (_TABLES / name).read_text(encoding="utf-8") for name in ("questions.yml", "times.yml")
)
_QUESTIONS = re.findall(r'q: "([^"]*)"', _TEXTS)
_TABLE_WORDS = sorted({word for text in _QUESTIONS for word in text.split()})


@given(
    words=st.lists(st.sampled_from(_TABLE_WORDS), max_size=9),
    more=st.lists(st.sampled_from(_TABLE_WORDS), max_size=6),
)
@settings(max_examples=600, deadline=None)
def test_any_mix_of_words_from_the_tables_and_any_follow_up_is_survived(
    words: list[str], more: list[str]
) -> None:
    first = ANALYST.understand(" ".join(words), today=TODAY)
    previous = first.query if isinstance(first, Answer) else MetricQuery(metrics=("sessions",))
    second = ANALYST.understand(" ".join(more), today=TODAY, previous=previous)
    for outcome in (first, second):
        if isinstance(outcome, Answer) and outcome.intent != "forecast":
            COMPILER.compile(outcome.query, TODAY)


@given(words=st.lists(st.sampled_from(_WORDS), max_size=14))
@settings(max_examples=400, deadline=None)
def test_any_mix_of_known_words_is_answered_or_asked_about(words: list[str]) -> None:
    outcome = ANALYST.understand(" ".join(words), today=TODAY)
    if isinstance(outcome, Answer):
        again = ANALYST.understand("by channel", today=TODAY, previous=outcome.query)
        assert again.kind in _KINDS
    else:
        assert outcome.message


@given(question=st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_no_text_at_all_breaks_it(question: str) -> None:
    assert ANALYST.understand(question, today=TODAY).kind in _KINDS


@given(
    question=st.text(alphabet="abc 12%\"'“”-/.,?İß<>=", max_size=80),
    term=st.text(max_size=20),
)
@settings(max_examples=200, deadline=None)
def test_no_value_at_all_breaks_it(question: str, term: str) -> None:
    match = ValueMatch(term=term, dimension="source", value=term, is_exact=True)
    ANALYST.understand(question, today=TODAY, values=[match])


def test_a_very_long_text_is_declined_at_once() -> None:
    started = time.perf_counter()
    outcome = ANALYST.understand("sessions by channel " * 50_000, today=TODAY)
    assert isinstance(outcome, Clarify)
    assert time.perf_counter() - started < 1


def test_a_question_is_understood_in_milliseconds() -> None:
    question = "top 5 landing pages by revenue for mobile in germany last month vs previous period"
    took = []
    for _ in range(30):
        started = time.perf_counter()
        _answer(question)
        took.append(time.perf_counter() - started)
    # Ten times what is measured on a quiet machine: this catches a slip, not noise.
    assert statistics.median(took) < 0.03
