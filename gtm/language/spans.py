"""What a question says about time, and the period a query already has."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from gtm.language.dates import UNITS, DateProblemError, Period, month_end, month_start, relative
from gtm.language.named import Named
from gtm.language.timeline import P, Timeline
from gtm.language.tokens import Owner, pattern
from gtm.semantics.periods import resolve_range
from gtm.semantics.query import Comparison, Grain, RelativeRange, TimeRange

LEAD = (
    r"(?:(?:in|for|the course of|during|on|over|within|of|from|at|across|throughout|through|all"
    r"|going by|judging by|talking(?: about| of)?|speaking (?:about|of)"
    r"|whole|entire|full|the|our|that was|period|timeframe|dates?) )*"
)
_SINGLE = pattern(rf"{LEAD}(?P<a>{P})")
_OVER = frozenset({"over", "throughout", "across", "through"})


@dataclass(slots=True)
class TimeReading:
    """What a question says about time. `problem` says why it can't be used, with ways out.

    `former` is the period of the question before, which "and the month before?" is about;
    `lacks_main` says that a comparison was asked for without naming its main period.
    `is_now` marks "as of today" and the like: the period is today, and the state of now is meant
    where the metric is one; `is_over` a period that was called "over …" or "throughout …".
    """

    period: Period | None = None
    comparison: Comparison | None = None
    grain: Grain | None = None
    notes: list[str] = field(default_factory=list)
    problem: DateProblemError | None = None
    former: Period | None = None
    lacks_main: bool = False
    is_now: bool = False
    is_over: bool = False

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


def take_main(line: Timeline, reading: TimeReading) -> Named | None:
    """Claim the first stretch that is left, with the small words before it."""
    found = line.find(_SINGLE)
    if found is None:
        return None
    named, words = found.named["a"], line.said(found).split()
    if named.month is not None and "on" not in words:
        day, month = named.period, named.month
        if "in" not in words:
            message = f"{day.label}, or the whole of {month.label}?"
            raise DateProblemError(message, f"on {day.start}", f"in {month.label}")
        named = Named(month, "month")
    if named.kind == "day" and "from" in words and named.period.relative is None:
        day = named.period
        message = f"On {day.label}, or from then on?"
        raise DateProblemError(message, f"on {day.start}", f"since {day.start}")
    reading.is_over = bool(_OVER & set(words))
    line.claim(found, Owner.TIME)
    return named
