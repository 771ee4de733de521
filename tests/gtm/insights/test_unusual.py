"""Days that stand out: few false alarms, the real ones found, and none is an answer, too."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.insights.facts import find_facts
from gtm.insights.forecast.series import Series
from gtm.insights.grounding import ungrounded_numbers
from gtm.insights.narrative import narrate
from gtm.insights.unusual import unusual_days
from gtm.semantics.result import ResultTable
from tests.support.days import LAST, behind, noisy, unusual_of

unhurried = settings(deadline=None, max_examples=25, derandomize=True)


def changed(series: Series, **factors: float) -> Series:
    """Return a series with days so many days before its end multiplied: `d5=0.1`."""
    values = list(series.values)
    for name, factor in factors.items():
        at = len(values) - 1 - int(name[1:])
        values[at] = round(values[at] * factor)
    return Series(series.first, tuple(values))


def text_of(table: ResultTable) -> str:
    return narrate(find_facts(table), table)


def test_a_day_far_below_is_found_with_its_range() -> None:
    table = unusual_of(changed(noisy(120), d36=0), behind(60))
    ((day, value, expected, low, high, difference, size),) = table.rows
    assert (day, value, size) == ((LAST - timedelta(days=36)).isoformat(), 0, -1)
    assert isinstance(expected, float)
    assert low == 0 or float(str(low)) < expected < float(str(high))
    assert difference == -expected
    text = text_of(table)
    assert text.startswith("1 of 60 days stands out in sessions in the last 60 days")
    assert "Fri 16 Oct 2026: 0 sessions, below the usual" in text


def test_days_in_a_row_are_one_finding() -> None:
    table = unusual_of(changed(noisy(120), d10=2, d11=2, d12=2), behind(60))
    text = text_of(table)
    assert len(table.rows) == 3
    assert "9 \u2013 11 Nov 2026: 3 days in a row above the usual, the furthest" in text


def test_that_no_day_stands_out_is_said() -> None:
    table = unusual_of(noisy(120), behind(60))
    assert table.rows == ()
    assert text_of(table).startswith("No day stands out in sessions: all 60 are within")


def test_only_days_of_the_period_are_told() -> None:
    assert unusual_of(changed(noisy(120), d36=0), behind(7)).rows == ()


def test_a_month_on_another_level_is_not_unusual_day_by_day() -> None:
    factors = {f"d{at}": 1.5 for at in range(90, 150)}
    found = unusual_of(changed(noisy(300), **factors), behind(300)).rows
    assert len(found) <= 6


def test_quiet_series_seldom_raise_an_alarm() -> None:
    for size in (60, 120, 300):
        alarms = [bool(unusual_of(noisy(size, seed=at), behind(60)).rows) for at in range(60)]
        assert sum(alarms) <= 6


def test_counts_of_which_weekends_have_none_are_looked_at_too() -> None:
    series = noisy(120, level=3, noise=0.3)
    values = [0.0 if series.weekday(at) > 4 else value for at, value in enumerate(series.values)]
    values[-9] = 40.0
    table = unusual_of(Series(series.first, tuple(values)), behind(60))
    assert [row[1] for row in table.rows] == [40.0]


def test_a_few_weeks_do_not_tell_what_is_usual() -> None:
    series = noisy(27)
    by_day = {series.day(at): value for at, value in enumerate(series.values)}
    assert unusual_days(by_day, behind(7), is_count=True) is None


@unhurried
@given(
    st.integers(0, 10_000),
    st.integers(28, 300),
    st.dictionaries(
        st.integers(0, 20).map(lambda at: f"d{at}"), st.floats(0, 4, allow_nan=False), max_size=6
    ),
)
def test_every_number_said_is_in_the_table(seed: int, size: int, factors: dict[str, float]) -> None:
    table = unusual_of(changed(noisy(size, seed=seed), **factors), behind(28))
    facts = find_facts(table)
    assert ungrounded_numbers(narrate(facts, table), table, facts) == []
