"""Rules for a range and for a start: "1 to 15 November", "August until October", "since Monday"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from gtm.language.dates import (
    DAY,
    MONTHS_OF,
    WAYS,
    DateProblemError,
    Period,
    clipped,
    month_start,
    say_day,
    say_days,
)
from gtm.language.named import Named
from gtm.language.relative import this
from gtm.language.timeline import Found, P, Rules, Timeline, sign
from gtm.language.tokens import pattern

TO = r"(?:to|until|till|through|thru|up to|and ending(?: on)?|-)"
_COMPARE = r"(?:compar(?:e|es|ed|ing|ison)|stack(?:s|ed|ing)?(?: up)?|measured?|benchmark(?:ed)?)"
COMPARES = re.compile(
    rf"(?<!\S)(?:{_COMPARE}|comparisons?|vs|versus|differences?|side by side)(?!\S)"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_UNIT = r"(?:week|month|quarter|year)"
_START = r"(?:the )?(?:very )?(?:start|beginning|begin|outset|first day|1st day) (?:of )?(?:the )?"
# "Going back to January", "from now back to the start of 2025".
_BACK_TO = (
    r"(?:(?:going|reaching|stretching|dating|looking|all the way|right|from (?:now|today)) )*"
    r"back (?:(?:as far as|until|till|up) )?(?:to )?(?:the )?"
)


def _day_range(_line: Timeline, found: Found, _today: date) -> Named | None:
    """Read "1 to 15 November": the first number is a day of the same month."""
    last = found.named["b"]
    if not last.is_day_first:
        return None
    return _within_month(int(re.sub(r"\D", "", found.words["a"])), last, is_first=True)


def _month_days(_line: Timeline, found: Found, _today: date) -> Named | None:
    """Read "November 1 to 15": the last number is a day of the same month."""
    first = found.named["a"]
    if "y" in found.named and first.in_year is not None:
        first = Named(first.in_year(found.named["y"].period.start.year), "day")
    return _within_month(int(re.sub(r"\D", "", found.words["b"])), first, is_first=False)


def _dashed_days(line: Timeline, found: Found, today: date) -> Named | None:
    return _month_days(line, found, today) if line.has_dash(found) else None


def _within_month(number: int, named: Named, *, is_first: bool) -> Named:
    day = named.period.start
    try:
        other = day.replace(day=number)
    except ValueError:
        raise DateProblemError(f"{day:%B} {number}, {day.year} is not a date.") from None
    start, end = (other, day) if is_first else (day, other)
    return Named(_span(start, end), "range")


def _span(start: date, end: date) -> Period:
    if start > end:
        raise DateProblemError("That range ends before it starts.")
    return Period(start, end, say_days(start, end))


def _range(line: Timeline, found: Found, today: date) -> Named | None:
    if found.start + 2 == found.end and not line.has_dash(found, "-/"):
        return None
    return Named(between(found.named["a"], found.named["b"], today), "range")


def _between(line: Timeline, found: Found, today: date) -> Named | None:
    """Read "between July and October", unless the two are set against each other."""
    return None if COMPARES.search(line.text) else _range(line, found, today)


def between(first: Named, second: Named, today: date) -> Period:
    """Return the range between two stretches; a year said once holds for both ends."""
    start, end = _with_years(first, second)
    if start.start > end.start:
        raise DateProblemError("That range ends before it starts.", *WAYS)
    return clipped(Period(start.start, end.end, f"{start.label} to {end.label}"), today)


def _with_years(first: Named, second: Named) -> tuple[Period, Period]:
    start, end = first.period, second.period
    is_same_month = start.start.month == end.start.month
    if first.in_year is None and second.in_year is not None and first.period.relative is None:
        end = second.in_year(start.start.year)
        if end.start < start.start and not is_same_month:
            end = second.in_year(start.start.year + 1)
    elif first.in_year is not None:
        start = first.in_year(end.start.year)
        if start.start > end.start and not is_same_month:
            start = first.in_year(end.start.year - 1)
    return start, end


def since(period: Period, today: date) -> Period:
    """Return the time from the start of a period until today."""
    period = clipped(period, today)
    said = period.label.removesuffix(" so far").removeprefix("since ")
    if said.endswith(" ago"):
        # "Since 2 months ago" would be read as that very day.
        said = say_day(period.start)
    return Period(period.start, today, f"since {said}")


def _since(_line: Timeline, found: Found, today: date) -> Named:
    named = found.named["a"]
    period = named.period
    if named.ago is not None:
        return _since_ago(*named.ago, today)
    if named.kind == "rolling" and period.end < today:
        # "Since 3 months" and "since the last 30 days" say how long, not from when on.
        return Named(period, "rolling")
    if period.relative and period.relative.value.startswith("this_"):
        return Named(period, "todate")
    return Named(since(period, today), "range")


def _since_ago(count: int, unit: str, today: date) -> Named:
    """Read "since 2 weeks ago" as from that very day on."""
    start = today - timedelta(days=count * (7 if unit == "week" else 1))
    if unit in MONTHS_OF:
        first = month_start(today, -count * MONTHS_OF[unit])
        start = min(first + timedelta(days=today.day - 1), month_start(first, 1) - DAY)
    return Named(Period(start, today, f"since {say_day(start)}"), "range")


def _since_start(_line: Timeline, found: Found, today: date) -> Named:
    return Named(this(found.words["unit"], today), "todate")


def _after(_line: Timeline, found: Found, today: date) -> Named:
    period = clipped(found.named["a"].period, today)
    start = min(period.end + DAY, today)
    return Named(Period(start, today, f"after {period.label}"), "range")


RANGES: Rules = tuple(
    (pattern(source), rule)
    for source, rule in (
        (
            rf"(?P<a>{_DAY}) (?:to|-|until|till|through|thru) (?:the )?(?P<b>{sign('day')})",
            _day_range,
        ),
        (rf"(?:between|from) (?:the )?(?P<a>{_DAY}) and (?:the )?(?P<b>{sign('day')})", _day_range),
        (
            rf"(?P<a>{sign('day')}) (?:to|-|until|till|through|thru) (?:the )?(?P<b>{_DAY})"
            rf"(?: (?P<y>{sign('year')}))?",
            _month_days,
        ),
        (
            rf"between (?P<a>{sign('day')}) and (?:the )?(?P<b>{_DAY})(?: (?P<y>{sign('year')}))?",
            _month_days,
        ),
        (rf"(?P<a>{sign('day')}) (?P<b>{_DAY})(?: (?P<y>{sign('year')}))?", _dashed_days),
        (rf"(?:from |between )?(?P<a>{P}) {TO} (?:the )?(?P<b>{P})", _range),
        (rf"(?P<a>{P}) (?P<b>{P})", _range),
        (rf"between (?P<a>{P}) and (?:the )?(?P<b>{P})", _between),
        (rf"(?:since|from) {_START}(?P<a>{P})", _since),
        (rf"(?:since|from) {_START}(?:this |current )?(?P<unit>{_UNIT})", _since_start),
        (rf"{_BACK_TO}(?:{_START})?(?P<a>{P})", _since),
        (rf"(?:since|as from|ever since) (?:the )?(?P<a>{P})(?: (?:on|onwards?))?", _since),
        (rf"(?:starting|beginning|commencing)(?: from| in| on| with)? (?P<a>{P})", _since),
        (rf"(?:from )?(?P<a>{P}) (?:onwards?|forward)", _since),
        (rf"from (?P<a>{P}) on", _since),
        (rf"after (?P<a>{P})", _after),
    )
)
