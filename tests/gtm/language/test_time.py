"""The time stage: fragments and what they mean, as a table; and texts nobody wrote by hand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
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


def _outcome(text: str, today: date = TODAY) -> object:
    """Return all that a text says about time, or the question it leads to."""
    reading = _read(text, today)
    return reading.problem.message if reading.problem else _flat(reading)


@pytest.mark.parametrize("case", TABLE["cases"], ids=[case["q"] for case in TABLE["cases"]])
def test_a_fragment_means_one_period(case: dict[str, str]) -> None:
    tape = Tape(case["q"], tokenise(case["q"]))
    reading = read_time(tape, TODAY)
    assert reading.problem is None
    wanted = {name: value for name, value in case.items() if name not in {"q", "rest"}}
    assert _flat(reading) == wanted
    left = " ".join(tape.tokens[index].text for index in tape.free())
    assert left == case.get("rest", "")


@pytest.mark.parametrize("text", TABLE["stops"])
def test_what_cannot_be_placed_is_asked_about(text: str) -> None:
    problem = _read(text).problem
    assert problem is not None
    assert problem.message
    assert problem.ways


@pytest.mark.parametrize(
    "text",
    [
        "12.10.2026",
        "05/10/2026-18/10/2026",
        "10/25/2026",
        "1/10/2026 to 31/10/2026",
        "05/05/2026",
    ],
)
def test_digits_are_a_date_where_only_one_order_of_day_and_month_is_possible(text: str) -> None:
    assert _read(text).problem is None


def test_of_two_orders_of_day_and_month_both_are_offered() -> None:
    problem = _read("sessions from 05/10/2026 to 08/10/2026").problem
    assert problem is not None
    assert problem.ways == ("from 2026-10-05 to 2026-10-08", "from 2026-05-10 to 2026-08-10")


@pytest.mark.parametrize("name", ["spring-launch", "black-friday-2026", "summer_sale", "q3/winter"])
def test_a_time_inside_a_name_is_none(name: str) -> None:
    assert _read(f"sessions for {name}").problem is None


_UNITS = st.sampled_from(["day", "week", "month", "quarter", "year", "days", "weeks", "months"])
_MONTHS = st.sampled_from(["january", "feb", "march", "may", "sept", "october", "dec"])
_POINTS = st.one_of(
    st.builds("{} {}".format, _MONTHS, st.integers(0, 40)),
    st.builds("{} {}".format, st.integers(0, 40), _MONTHS),
    st.builds("{} {}".format, _MONTHS, st.integers(2015, 2030)),
    st.dates(date(2015, 1, 1), date(2030, 12, 31)).map(str),
    st.builds("{:%d/%m/%Y}".format, st.dates(date(2015, 1, 1), date(2030, 12, 31))),
    st.builds("q{} {}".format, st.integers(0, 5), st.integers(2019, 2028)),
    st.builds(
        "{} {} of {}".format,
        st.sampled_from(["first", "last", "the first", "second"]),
        st.sampled_from(["half", "quarter", "3 months", "10 days", "week"]),
        st.sampled_from(["2025", "last year", "october", "the year", "q2"]),
    ),
    st.sampled_from(["today", "yesterday", "last month", "this week", "ytd", "q3", "2025", "h1"]),
    st.sampled_from(["last monday", "the week before last", "last weekend", "past fortnight"]),
    st.builds("{} {} ago".format, st.integers(0, 500), _UNITS),
)
_PHRASES = st.one_of(
    _POINTS,
    st.builds(
        "{} {} {}".format,
        st.sampled_from(["last", "past", "previous", "this", "next", "the last", "since"]),
        st.integers(0, 5000),
        _UNITS,
    ),
    st.builds("from {} to {}".format, _POINTS, _POINTS),
    st.builds("{} - {}".format, _POINTS, _POINTS),
    st.builds("between {} and {}".format, _POINTS, _POINTS),
    st.builds("{} vs {}".format, _POINTS, _POINTS),
    st.builds("since {}".format, _POINTS),
    st.builds("week of {}".format, _POINTS),
    st.builds("{} so far".format, _POINTS),
    st.builds("{} until now".format, _POINTS),
    st.builds("{} {}".format, _POINTS, st.sampled_from(["wow", "yoy", "by week", "monthly"])),
    st.builds("{} vs the {} before".format, _POINTS, st.sampled_from(["week", "month", "year"])),
    st.builds("{} compared to {}".format, _POINTS, _POINTS),
)
_TODAYS = st.dates(date(2020, 1, 1), date(2028, 12, 31))


@given(text=_PHRASES, today=_TODAYS)
def test_any_phrase_gives_a_period_that_has_begun_or_a_question(text: str, today: date) -> None:
    reading = _read(text, today)
    if reading.problem is not None:
        assert reading.problem.message
        return
    if reading.period is not None:
        assert reading.period.start <= reading.period.end <= today
        assert today - reading.period.start < timedelta(days=366 * 30)


@given(text=_PHRASES, today=_TODAYS)
@example(text="2 month ago until now", today=date(2020, 1, 2))
def test_the_label_of_a_period_is_read_as_the_same_period(text: str, today: date) -> None:
    reading = _read(text, today)
    if reading.problem is not None or reading.period is None:
        return
    again = _read(reading.period.label.replace(" so far", ""), today)
    assert again.problem is None
    assert again.period is not None
    assert (again.period.start, again.period.end) == (reading.period.start, reading.period.end)


@given(
    text=st.one_of(_PHRASES, st.sampled_from([case["q"] for case in TABLE["cases"]])),
    before=st.sampled_from(["show me sessions", "ok so revenue please", "clicks,", "i want leads"]),
    after=st.sampled_from(["", " please", " by channel", ", thanks", " for germany"]),
)
def test_words_around_a_period_never_change_it(text: str, before: str, after: str) -> None:
    assert _outcome(f"{before} {text}{after}") == _outcome(text)


_FORMS = ("{:%Y-%m-%d}", "{:%d.%m.%Y}", "{:%B} {:%d}, {:%Y}", "{:%d} {:%b} {:%Y}", "{:%Y/%m/%d}")


@given(
    start=st.dates(date(2019, 1, 1), date(2026, 10, 1)),
    length=st.integers(1, 50),
    form=st.sampled_from(_FORMS),
    words=st.sampled_from(["from {} to {}", "{} - {}", "between {} and {}", "{} until {}"]),
)
def test_a_range_of_days_is_read_in_every_way_of_writing_them(
    start: date, length: int, form: str, words: str
) -> None:
    end = start + timedelta(days=length)
    days = [form.format(*[day] * 3) for day in (start, end)]
    assert _flat(_read(words.format(*days)))["range"] == f"{start}..{end}"
