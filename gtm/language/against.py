"""What a period is compared with: the one before, the year before, or one that is named."""

from __future__ import annotations

import re
from datetime import date

from gtm.language.dates import (
    ATOM,
    NUMBER,
    DateProblemError,
    Period,
    clipped,
    read_period,
    relative,
)
from gtm.language.spans import WAYS, TimeReading, read_main
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.semantics.query import Comparison, ComparisonKind, RelativeRange, TimeRange

_UNIT = r"(?:days?|weeks?|months?|quarters?|years?)"
_OVER = pattern(
    r"(?P<unit>year|quarter|month|week|day) (?:over|on) (?P=unit)|(?P<short>yoy|qoq|mom|wow|dod)"
)
_SHORT = {"y": "year", "q": "quarter", "m": "month", "w": "week", "d": "day"}

_VERSUS = r"(?:vs|against|than|relative to|compared? (?:to|with|against))"
_BEFORE = (
    rf"(?:the )?(?:previous|prior|preceding)(?: (?P<count>{NUMBER}))? (?P<unit>period|{_UNIT})"
    rf"|(?:the )?(?P<earlier>period|{_UNIT}) (?:before|prior|earlier)(?: that)?"
)
_YEAR_AGO = (
    r"(?:the )?same (?:period|time|days|dates|day|week|month|quarter)(?: (?:of|in|from))?"
    r" (?:the )?(?:last|previous|prior|a) year(?: ago| earlier| before)?"
    r"|(?:a|one) year (?:ago|earlier|before)|last year same period"
)
_PAIR = pattern(
    rf"(?:compare )(?P<a>{ATOM}) (?:{_VERSUS}|to|with|and) (?P<b>{ATOM})"
    rf"|(?:(?:in|for|of|from|during) )?(?P<c>{ATOM}) {_VERSUS} (?:the )?(?P<d>{ATOM})"
)
_AND_PAIR = pattern(rf"(?P<a>{ATOM}) and (?P<b>{ATOM})")
_AGAINST_YEAR = pattern(rf"(?:(?:{_VERSUS}|to|with|and|from|over) )?(?P<ago>{_YEAR_AGO})")
_AGAINST_BEFORE = pattern(rf"(?:{_VERSUS}|to|with|and|over) (?:{_BEFORE})")
_BEFORE_ALONE = pattern(
    r"(?:the )?(?:previous|prior|preceding) (?P<unit>period)|(?:the )?(?P<earlier>period) before"
)
_AGAINST = pattern(rf"{_VERSUS} (?:the )?(?P<target>{ATOM})")
_COMPARE_WITH = pattern(rf"(?:to|with|against) (?:the )?(?P<target>{ATOM})")
_COMPARES = re.compile(r"(?<!\S)(?:compar\w+|vs|difference)(?!\S)")


def read_pair(tape: Tape, today: date, reading: TimeReading) -> bool:
    """Read two named periods that are set against each other."""
    hit = tape.find(_PAIR)
    if hit is None and _COMPARES.search(tape.masked):
        hit = tape.find(_AND_PAIR)
    if hit is None:
        return False
    first, second = hit.groups.values()
    if second.startswith(("previous", "prior")):
        return False
    tape.claim(hit.start, hit.end, Owner.COMPARISON)
    main, other = read_period(first, today), read_period(second, today)
    reading.period = clipped(main, today)
    reading.comparison = _against(reading.period, other, today)
    if reading.period is not main and reading.comparison.kind is ComparisonKind.CUSTOM:
        reading.notes.append(f"{main.label} still runs; {other.label} is counted in full.")
    return True


def _against(main: Period, other: Period, today: date) -> Comparison:
    """Compare like with like: a month so far with as many days of the month before."""
    if main.relative and other.relative:
        names = (main.relative, other.relative)
        if other.relative is RelativeRange.LAST_YEAR and main.relative is not other.relative:
            return Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
        is_unit_before = main.unit == other.unit and main.relative.value.startswith("this_")
        if is_unit_before or names == (RelativeRange.TODAY, RelativeRange.YESTERDAY):
            return Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
    if other.relative is RelativeRange.LAST_YEAR and other.unit != main.unit:
        return Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
    other = clipped(other, today)
    if (main.start, main.end) == (other.start, other.end):
        raise DateProblemError("Both periods are the same; what should I compare with?", *WAYS)
    span = TimeRange(start=other.start, end=other.end, label=other.label)
    return Comparison(kind=ComparisonKind.CUSTOM, range=span)


def read_comparison(tape: Tape, today: date, reading: TimeReading) -> Period | None:
    """Read what to compare with; a named period is returned to be settled with the main one."""
    if hit := tape.take(_OVER, Owner.COMPARISON):
        _read_over(hit, today, reading)
        return None
    if tape.take(_AGAINST_YEAR, Owner.COMPARISON):
        reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
        return None
    hit = tape.take(_AGAINST_BEFORE, Owner.COMPARISON) or tape.take(_BEFORE_ALONE, Owner.COMPARISON)
    if hit is not None:
        _read_before(hit, tape, today, reading)
        return None
    hit = tape.take(_AGAINST, Owner.COMPARISON)
    if hit is None and _COMPARES.search(tape.masked):
        hit = tape.take(_COMPARE_WITH, Owner.COMPARISON)
    return None if hit is None else read_period(hit.groups["target"], today)


def _read_over(hit: Hit, today: date, reading: TimeReading) -> None:
    unit = hit.groups.get("unit") or _SHORT[hit.groups["short"][0]]
    if unit == "year":
        reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
        return
    reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
    name = "yesterday" if unit == "day" else f"last_{unit}"
    reading.period = relative(RelativeRange(name), today, unit)
    reading.notes.append(f"Compared the last full {unit} with the one before.")


def _read_before(hit: Hit, tape: Tape, today: date, reading: TimeReading) -> None:
    unit = (hit.groups.get("unit") or hit.groups["earlier"]).rstrip("s")
    main = reading.main(read_main(tape, today))
    reading.period = main
    count = hit.groups.get("count")
    if unit == "year" and not count and (main is None or main.unit != "year"):
        reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
        return
    wanted = "" if unit == "period" else f"{count} {unit}" if count else unit
    if main is None and wanted and not count:
        name = "yesterday" if unit == "day" else f"this_{unit}"
        reading.period = relative(RelativeRange(name), today, unit)
    elif wanted and main is not None and not _is_as_long(main, wanted):
        message = f"{main.label} and the previous {wanted} are not equally long."
        raise DateProblemError(message, *WAYS)
    reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)


def _is_as_long(main: Period, wanted: str) -> bool:
    days = (main.end - main.start).days + 1
    return main.unit == wanted or wanted in {f"{days} day", "week" if days == 7 else ""}


def settle(reading: TimeReading, target: Period, today: date) -> None:
    """Set a named period against the main one; without a main one, work out which it must be."""
    if reading.period is not None:
        reading.comparison = _against(reading.period, target, today)
        return
    if target.relative is RelativeRange.LAST_YEAR:
        reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
        return
    if target.relative is None or not target.relative.value.startswith("last_"):
        message = f"Which period should I compare with {target.label}?"
        raise DateProblemError(message, f"last 30 days vs {target.label}")
    name = target.relative.value.replace("last_", "this_")
    if name not in set(RelativeRange):
        reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
        reading.period = target
        return
    reading.period = relative(RelativeRange(name), today, target.unit)
    reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
    reading.notes.append(f"Compared {reading.period.label} with {target.label}.")
