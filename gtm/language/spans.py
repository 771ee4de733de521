"""The period a question is about: a range, a start, or one named stretch."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from gtm.language.dates import (
    ATOM,
    MONTH,
    UNITS,
    DateProblemError,
    Period,
    clipped,
    month_end,
    month_start,
    read_period,
    relative,
)
from gtm.language.tokens import Owner, Tape, pattern
from gtm.semantics.periods import resolve_range
from gtm.semantics.query import Comparison, Grain, RelativeRange, TimeRange

WAYS = ("last 7 days", "last month", "last 30 days")

_LEAD = (
    r"(?:(?:in|for|during|on|over|within|of|from|across|throughout|as of|all of|whole|entire|the)"
    r" )*"
)
_RANGE = pattern(
    rf"(?:from |between )?(?P<a>{ATOM}) (?:to|until|till|through|thru|-) (?:the )?(?P<b>{ATOM})"
    rf"|between (?P<c>{ATOM}) and (?P<d>{ATOM})"
)
_DAYS_OF_MONTH = pattern(
    r"(?:from |between |on )?(?:the )?(?P<first>\d{1,2})(?:st|nd|rd|th)? (?:to|and|-) (?:the )?"
    rf"(?P<second>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<month>{MONTH})(?: (?P<year>20\d\d))?"
)
_MONTH_DAYS = pattern(
    rf"(?:from |between |on )?(?P<month>{MONTH}) (?P<first>\d{{1,2}})(?:st|nd|rd|th)?"
    r" (?:to|and|-) (?P<second>\d{1,2})(?:st|nd|rd|th)?(?: (?P<year>20\d\d))?"
)
_SINCE = pattern(
    rf"(?:since|starting|beginning)(?: from| in| on)?(?: the (?:start|beginning) of)? (?P<a>{ATOM})"
    rf"|from (?P<b>{ATOM}) (?:on|onwards?)"
)
_AFTER = pattern(rf"after (?P<a>{ATOM})")
SINGLE = pattern(rf"{_LEAD}(?P<a>{ATOM})")
_LATELY = pattern(r"recently|lately|(?:in )?(?:these|recent) days|nowadays")
_YEAR_SAID = re.compile(r"\d{4}")
_NAMES_MONTH = re.compile(rf"\b(?:{MONTH})\b")


@dataclass(slots=True)
class TimeReading:
    """What a question says about time. `problem` says why it can't be used, with ways out.

    `former` is the period of the question before, which "and the month before?" is about;
    `lacks_main` says that a comparison was asked for without naming its main period.
    """

    period: Period | None = None
    comparison: Comparison | None = None
    grain: Grain | None = None
    notes: list[str] = field(default_factory=list)
    problem: DateProblemError | None = None
    former: Period | None = None
    lacks_main: bool = False

    @property
    def says_something(self) -> bool:
        """Return whether any of it was in the question."""
        return bool(self.period or self.comparison or self.grain or self.problem)

    def main(self, named: Period | None) -> Period | None:
        """Return the period to compare: the one named, else that of the question before."""
        self.lacks_main = named is None
        return named or self.former


def period_of(time: RelativeRange | TimeRange | None, today: date) -> Period:
    """Return the period of a query."""
    found = resolve_range(time, today)
    if time is None:
        return relative(RelativeRange.LAST_30_DAYS, today, "30 day")
    name = time if isinstance(time, RelativeRange) else None
    unit = f"{found.days} day" if found.days > 1 else "day"
    if name is not None and name.value.rpartition("_")[2] in UNITS:
        unit = name.value.rpartition("_")[2]
    elif found.start == month_start(found.start) and found.end == month_end(found.start):
        unit = "month"
    return Period(found.start, found.end, found.label, name, unit=unit)


def read_main(tape: Tape, today: date) -> Period | None:
    """Claim and return the period itself. Raises DateProblemError for dates that do not exist."""
    for compiled in (_DAYS_OF_MONTH, _MONTH_DAYS):
        if hit := tape.take(compiled, Owner.TIME):
            groups = hit.groups
            year = groups.get("year", "")
            first, second = (
                f"{groups[name]} {groups['month']} {year}".strip() for name in ("first", "second")
            )
            return _between(first, second, today)
    if hit := tape.take(_RANGE, Owner.TIME):
        first, second = hit.groups.values()
        return _between(first, second, today)
    if hit := tape.take(_SINCE, Owner.TIME):
        return _since(next(iter(hit.groups.values())), today)
    if hit := tape.take(_AFTER, Owner.TIME):
        period = clipped(read_period(hit.groups["a"], today), today)
        start = min(date.fromordinal(period.end.toordinal() + 1), today)
        return Period(start, today, f"after {period.label}")
    if hit := tape.take(SINGLE, Owner.TIME):
        return clipped(read_period(hit.groups["a"], today), today)
    if tape.take(_LATELY, Owner.TIME):
        return relative(RelativeRange.LAST_30_DAYS, today, "30 day")
    return None


def _since(text: str, today: date) -> Period:
    start = clipped(read_period(text, today), today)
    return Period(start.start, today, f"since {start.label.removesuffix(' so far')}")


def _between(first: str, second: str, today: date) -> Period:
    """Read a range; a year said once holds for both ends."""
    start, end = read_period(first, today), read_period(second, today)
    if _NAMES_MONTH.search(first) or first.startswith(("q", "h")):
        start, end = _with_years(first, second, start, end, today)
    if start.start > end.start:
        raise DateProblemError("That range ends before it starts.", *WAYS)
    whole = Period(start.start, end.end, f"{start.label} to {end.label}")
    return clipped(whole, today)


def _with_years(
    first: str, second: str, start: Period, end: Period, today: date
) -> tuple[Period, Period]:
    has_first, has_second = bool(_YEAR_SAID.search(first)), bool(_YEAR_SAID.search(second))
    is_same_month = start.start.month == end.start.month
    if has_first and not has_second and not first.startswith(("last", "this")):
        end = read_period(f"{second} {start.start.year}", today)
        if end.start < start.start and not is_same_month:
            end = read_period(f"{second} {start.start.year + 1}", today)
    elif not has_first:
        year = end.start.year
        start = read_period(f"{first} {year}", today)
        if start.start > end.start and not is_same_month:
            start = read_period(f"{first} {year - 1}", today)
    return start, end
