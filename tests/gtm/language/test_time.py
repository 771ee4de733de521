"""The time stage: fragments and what they mean, as a table; and texts nobody wrote by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gtm.language.spans import TimeReading
from gtm.language.time import read_time
from gtm.language.tokens import Tape, tokenise

FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
TABLE: dict[str, Any] = yaml.safe_load((FIXTURES / "times.yml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)


def _read(text: str, today: date = TODAY) -> TimeReading:
    return read_time(Tape(text, tokenise(text)), today)


def _flat(reading: TimeReading) -> dict[str, str]:
    period, compare = reading.period, reading.comparison
    found = {"range": f"{period.start}..{period.end}" if period else "none"}
    if period is not None and period.relative is not None:
        found["relative"] = period.relative.value
    if reading.grain is not None:
        found["grain"] = reading.grain.value
    if compare is not None and compare.range is not None:
        found["compare"] = f"{compare.range.start}..{compare.range.end}"
    elif compare is not None:
        found["compare"] = compare.kind.value
    return found


@pytest.mark.parametrize("case", TABLE["cases"], ids=[case["q"] for case in TABLE["cases"]])
def test_a_fragment_means_one_period(case: dict[str, str]) -> None:
    reading = _read(case["q"])
    assert reading.problem is None
    assert _flat(reading) == {name: value for name, value in case.items() if name != "q"}


@pytest.mark.parametrize("text", TABLE["stops"])
def test_what_cannot_be_placed_is_asked_about(text: str) -> None:
    problem = _read(text).problem
    assert problem is not None
    assert problem.message
    assert problem.ways


def test_every_word_of_a_period_is_accounted_for() -> None:
    for case in TABLE["cases"][:-1]:
        tape = Tape(case["q"], tokenise(case["q"]))
        read_time(tape, TODAY)
        assert not tape.free(), case["q"]


_UNITS = st.sampled_from(["day", "week", "month", "quarter", "year", "days", "weeks", "months"])
_MONTHS = st.sampled_from(["january", "feb", "march", "may", "sept", "october", "dec"])
_POINTS = st.one_of(
    st.builds("{} {}".format, _MONTHS, st.integers(0, 40)),
    st.builds("{} {}".format, st.integers(0, 40), _MONTHS),
    st.builds("{} {}".format, _MONTHS, st.integers(2015, 2030)),
    st.dates(date(2015, 1, 1), date(2030, 12, 31)).map(str),
    st.builds("q{} {}".format, st.integers(0, 5), st.integers(2019, 2028)),
    st.sampled_from(["today", "yesterday", "last month", "this week", "ytd", "q3", "2025"]),
    st.builds("{} {} ago".format, st.integers(0, 500), _UNITS),
)
_PHRASES = st.one_of(
    _POINTS,
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["last", "past", "previous", "this", "next", "the last"]),
        st.integers(0, 5000),
        _UNITS,
    ),
    st.builds("from {} to {}".format, _POINTS, _POINTS),
    st.builds("between {} and {}".format, _POINTS, _POINTS),
    st.builds("{} vs {}".format, _POINTS, _POINTS),
    st.builds("since {}".format, _POINTS),
    st.builds("{} compared to {}".format, _POINTS, _POINTS),
)


@given(text=_PHRASES, today=st.dates(date(2020, 1, 1), date(2028, 12, 31)))
def test_any_phrase_gives_a_period_that_has_begun_or_a_question(text: str, today: date) -> None:
    reading = _read(text, today)
    if reading.problem is not None:
        assert reading.problem.message
        return
    if reading.period is not None:
        assert reading.period.start <= reading.period.end <= today
        assert today - reading.period.start < timedelta(days=366 * 30)
