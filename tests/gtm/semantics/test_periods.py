"""Named periods become dates, and each is compared with its like."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gtm.errors import InvalidQueryError
from gtm.semantics.periods import (
    bucket_count,
    bucket_start,
    comparison_range,
    default_grain,
    resolve_range,
    shift,
)
from gtm.semantics.query import ComparisonKind, Grain, RelativeRange, TimeRange

_CASES = Path(__file__).parents[2] / "fixtures" / "semantics" / "periods.yml"
TODAY = date(2026, 11, 22)


def _cases(section: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.safe_load(_CASES.read_text(encoding="utf-8"))[section]
    return cases


def _range(text: str) -> TimeRange:
    start, _, end = text.partition("..")
    return TimeRange(start=date.fromisoformat(start), end=date.fromisoformat(end))


def _resolved(text: str) -> TimeRange:
    return resolve_range(_range(text) if ".." in text else RelativeRange(text), TODAY)


def _dates(time: TimeRange) -> tuple[date, date]:
    return time.start, time.end


@pytest.mark.parametrize("case", _cases("ranges"), ids=lambda case: case["range"])
def test_a_named_period_has_its_dates(case: dict[str, Any]) -> None:
    assert _dates(_resolved(case["range"])) == _dates(_range(case["is"]))


def test_every_named_period_is_covered() -> None:
    assert {case["range"] for case in _cases("ranges")} == {item.value for item in RelativeRange}


@pytest.mark.parametrize("case", _cases("comparisons"), ids=lambda case: case["range"])
@pytest.mark.parametrize("kind", ["previous_period", "previous_year"])
def test_a_period_is_compared_with_its_like(case: dict[str, Any], kind: str) -> None:
    compared = comparison_range(_resolved(case["range"]), ComparisonKind(kind))

    assert _dates(compared) == _dates(_range(case[kind]))


def test_without_a_period_it_is_the_last_thirty_full_days_and_says_so() -> None:
    time = resolve_range(None, TODAY)

    assert _dates(time) == (date(2026, 10, 23), date(2026, 11, 21))
    assert time.is_assumed


def test_a_running_month_never_reaches_into_itself() -> None:
    time = resolve_range(RelativeRange.THIS_MONTH, date(2026, 3, 31))

    assert _dates(comparison_range(time, ComparisonKind.PREVIOUS_PERIOD)) == (
        date(2026, 2, 1),
        date(2026, 2, 28),
    )


def test_a_custom_comparison_needs_its_dates() -> None:
    with pytest.raises(InvalidQueryError):
        comparison_range(resolve_range(None, TODAY), ComparisonKind.CUSTOM)


@given(
    st.dates(date(2016, 1, 1), date(2030, 1, 1)),
    st.integers(0, 900),
    st.sampled_from([ComparisonKind.PREVIOUS_PERIOD, ComparisonKind.PREVIOUS_YEAR]),
)
def test_an_earlier_period_lies_before_and_never_overlaps(
    start: date, days: int, kind: ComparisonKind
) -> None:
    time = TimeRange(start=start, end=start + timedelta(days=days))

    compared = comparison_range(time, kind)

    assert compared.start < time.start
    if kind is ComparisonKind.PREVIOUS_PERIOD:
        assert compared.end == time.start - timedelta(days=1)


@given(st.dates(date(2016, 1, 1), date(2030, 1, 1)), st.integers(0, 900), st.sampled_from(Grain))
def test_points_are_counted_as_they_fall(start: date, days: int, grain: Grain) -> None:
    time = TimeRange(start=start, end=start + timedelta(days=days))

    points = {bucket_start(start + timedelta(days=n), grain) for n in range(days + 1)}

    assert bucket_count(time, grain) == len(points)
    assert shift(bucket_start(start, grain), grain, len(points) - 1) == max(points)


@pytest.mark.parametrize(
    ("days", "grain"), [(1, "day"), (62, "day"), (90, "week"), (365, "month"), (2000, "quarter")]
)
def test_a_trend_gets_a_readable_number_of_points(days: int, grain: str) -> None:
    time = TimeRange(start=TODAY - timedelta(days=days - 1), end=TODAY)

    assert default_grain(time) is Grain(grain)
