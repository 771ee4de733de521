"""What a period is compared with: the one before, the year before, or one that is named."""

from __future__ import annotations

from datetime import date

from gtm.language.dates import (
    NUMBER,
    UNITS,
    DateProblemError,
    Period,
    clipped,
    is_unit,
    number_of,
    relative,
    say_days,
)
from gtm.language.named import Named
from gtm.language.ranges import COMPARES
from gtm.language.relative import last, this
from gtm.language.spans import TimeReading, take_main
from gtm.language.timeline import Found, P, Timeline, sign
from gtm.language.tokens import Owner, pattern
from gtm.semantics.periods import comparison_range, shift
from gtm.semantics.query import Comparison, ComparisonKind, Grain, RelativeRange, TimeRange

_UNIT = r"(?:days?|weeks?|months?|quarters?|years?)"
_COMPARE_WORD = (
    r"(?:compar(?:e|es|ed|ing|ison)|stack(?:s|ed|ing)?(?: up)?|measured?|benchmark(?:ed)?)"
)
VERSUS = (
    r"(?:vs|versus|against|than|relative to|as opposed to|next to|in comparison (?:to|with)"
    rf"|{_COMPARE_WORD}(?: it| that| this| them)?(?: back)? (?:to|with|against)"
    r"|(?:up|down) (?:on|from|over)|beat(?:s|ing)?|outperform(?:s|ed|ing)?)"
)
_IN = r"(?:(?:the|in|for|of|from|during|that of|those of|what it was|it was|we had) )*"
_ONE = r"period|timeframe|one|stretch|range|same period|days|dates"
_BEFORE = (
    rf"{_IN}(?:previous|prior|preceding|earlier|last)(?: (?P<count>{NUMBER}))?"
    rf" (?P<unit>{_ONE}|{_UNIT})"
    rf"|{_IN}(?:an? )?(?:(?P<count2>{NUMBER}) )?(?P<earlier>{_ONE}|{_UNIT})"
    r" (?:before|prior|earlier|previous|just before|immediately before|preceding)"
    r"(?: (?:that|this|it|them|then))?"
)
_SAME = (
    r"(?:exact )?same (?:period|times?|stretch|days?|dates?|point|weeks?|months?|quarters?|part"
    r"|span|window|range|timeframe|one)"
)
_LAST_YEAR = (
    rf"(?:{sign('year')}|{sign('yearago')}"
    r"|(?:the )?(?:year before|(?:a |one )?year (?:ago|earlier|before|prior)))"
)
_SAME_YEAR_AGO = (
    rf"(?:{_IN}{_SAME}(?: (?:of|in|from|as))? (?:the )?{_LAST_YEAR}|{_LAST_YEAR} {_IN}{_SAME}"
    rf"|(?:this|that) time {_LAST_YEAR}|sply)"
)
_YEAR_AGO = rf"(?:(?:a|one) year (?:earlier|before|prior)|{sign('yearago')}|year ago)"
_SAME_AGO = rf"{_IN}{_SAME}(?: (?:of|in|from|as))? (?:the )?(?P<p>{P})"

# "Compare October to September" is no range from one to the other.
_COMPARED_PAIR = pattern(
    rf"{_COMPARE_WORD} (?:between )?{_IN}(?P<a>{P}) (?:to|with|and|against) {_IN}(?P<b>{P})"
)
_PAIR = pattern(
    rf"{_IN}(?P<a>{P}) (?:(?:how|and how) (?:does|did) (?:it|that) )?{VERSUS} {_IN}(?P<b>{P})"
)
_AND_PAIR = pattern(rf"(?:between )?{_IN}(?P<a>{P}) (?:and|&) {_IN}(?P<b>{P})")
_AGAINST_YEAR = pattern(
    rf"(?:(?:{VERSUS}|to|with|and|from|over|on) )?{_SAME_YEAR_AGO}"
    rf"|(?:{VERSUS}|to|with|and|from|over|on) {_YEAR_AGO}"
)
_AGAINST_SAME = pattern(
    rf"(?:(?:{VERSUS}|to|with|and|over|on) )?{_SAME_AGO}|{VERSUS} {_IN}(?P<q>{P}) {_IN}{_SAME}"
)
_AGAINST_BEFORE = pattern(rf"(?:{VERSUS}|to|with|and|over|on) (?:{_BEFORE})")
_BEFORE_ALONE = pattern(
    r"(?:the )?(?:previous|prior|preceding) (?P<unit>period)"
    r"|(?:the )?(?P<earlier>period|one) (?:before|prior)(?: that)?"
)
_AGAINST_BARE = pattern(
    r"than (?:the |in )*(?:last|previous|prior)(?: one)?(?= |$)(?! @)"
    r"|(?:vs|versus|against|compared? (?:to|with)) (?:the |in )*"
    r"(?:last|previous|prior|prev|before|pp|then)(?: (?:one|time))?(?= |$)(?! @)"
)
_AGAINST = pattern(rf"{VERSUS} {_IN}(?P<p>{P})")
_COMPARE_WITH = pattern(rf"(?:to|with|against|and) {_IN}(?P<p>{P})")
_PREVIOUS = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
_YEAR_BEFORE = Comparison(kind=ComparisonKind.PREVIOUS_YEAR)


def compares(line: Timeline) -> bool:
    """Return whether something is set against something else."""
    return COMPARES.search(line.text) is not None


def read_compared_pair(line: Timeline, today: date, reading: TimeReading) -> bool:
    """Read "compare October to September", which is no range."""
    found = line.find(_COMPARED_PAIR)
    if found is None or len(line.cells()) > 2:
        return False
    return _pair(line, found, today, reading)


def read_pair(line: Timeline, today: date, reading: TimeReading) -> bool:
    """Read two named periods that are set against each other."""
    found = line.find(_PAIR)
    is_series = reading.grain is not None
    if found is None and compares(line) and len(line.cells()) == 2 and not is_series:
        found = line.find(_AND_PAIR)
    return found is not None and _pair(line, found, today, reading)


def _pair(line: Timeline, found: Found, today: date, reading: TimeReading) -> bool:
    first, second = found.named["a"], found.named["b"]
    if second.is_before or second.kind == "yearago":
        return False
    line.claim(found, Owner.COMPARISON)
    if first.month is not None or second.month is not None:
        days = f"{first.period.label} vs {second.period.label}"
        months = f"{(first.month or first.period).label} vs {(second.month or second.period).label}"
        raise DateProblemError("Are these days, or whole months?", months, days)
    set_against(first, second, today, reading)
    return True


def set_against(first: Named, second: Named, today: date, reading: TimeReading) -> None:
    """Make the first period the main one, and compare it with the second."""
    main, other = first.period, second.period
    reading.period = clipped(main, today)
    reading.comparison = _against(reading.period, other, today)
    runs = reading.period.end >= today and reading.period.days > 1
    if runs and reading.comparison.kind is ComparisonKind.CUSTOM:
        reading.notes.append(f"{main.label} still runs; {other.label} is counted in full.")


def _against(main: Period, other: Period, today: date) -> Comparison:
    """Compare like with like: a month so far with as many days of the month before."""
    if main.relative and other.relative:
        names = (main.relative, other.relative)
        if other.relative is RelativeRange.LAST_YEAR and main.relative is not other.relative:
            return _YEAR_BEFORE
        is_unit_before = main.unit == other.unit and main.relative.value.startswith("this_")
        if is_unit_before or names == (RelativeRange.TODAY, RelativeRange.YESTERDAY):
            return _PREVIOUS
    if other.relative is RelativeRange.LAST_YEAR and other.unit != main.unit:
        return _YEAR_BEFORE
    other = clipped(other, today)
    if (main.start, main.end) == (other.start, other.end):
        raise DateProblemError("Both periods are the same; what should I compare with?")
    if _is_year_before(main, other):
        return _YEAR_BEFORE
    span = TimeRange(start=other.start, end=other.end, label=other.label)
    return Comparison(kind=ComparisonKind.CUSTOM, range=span)


def _is_year_before(main: Period, other: Period) -> bool:
    """Return whether a year to date is set against the former one."""
    if main.relative is not RelativeRange.THIS_YEAR:
        return False
    found = TimeRange(start=main.start, end=main.end, label=main.label)
    before = comparison_range(found, ComparisonKind.PREVIOUS_YEAR)
    return (other.start, other.end) == (before.start, before.end)


def read_same(line: Timeline, today: date, reading: TimeReading) -> bool:
    """Read the same stretch of another time: "same period last year", "same days last month"."""
    if line.take(_AGAINST_YEAR, Owner.COMPARISON):
        reading.comparison = _YEAR_BEFORE
        return True
    if (found := line.find(_AGAINST_SAME)) is not None:
        _same_ago(line, found, today, reading)
        return True
    return False


def read_comparison(line: Timeline, today: date, reading: TimeReading) -> Named | None:
    """Read what to compare with; a named period is returned to be settled with the main one."""
    found = line.take(_AGAINST_BEFORE, Owner.COMPARISON) or line.take(
        _BEFORE_ALONE, Owner.COMPARISON
    )
    if found is not None:
        words = found.words
        unit = words.get("unit") or words["earlier"]
        count = words.get("count") or words.get("count2")
        _before(line, unit, number_of(count) if count else 0, today, reading)
        return None
    if line.take(_AGAINST_BARE, Owner.COMPARISON):
        _before(line, "period", 0, today, reading)
        return None
    return _read_target(line, today, reading)


def _read_target(line: Timeline, today: date, reading: TimeReading) -> Named | None:
    found = line.take(_AGAINST, Owner.COMPARISON)
    if found is None and compares(line):
        found = line.take(_COMPARE_WITH, Owner.COMPARISON)
    if found is None:
        return None
    target = found.named["p"]
    if not target.is_before or target.length is None:
        return target
    count, unit = target.length
    _before(line, unit, count if target.kind == "rolling" else 0, today, reading)
    return None


def _same_ago(line: Timeline, found: Found, today: date, reading: TimeReading) -> None:
    """Read "same days last month" and "same weekday last week"."""
    target = (found.named.get("p") or found.named["q"]).period
    line.claim(found, Owner.COMPARISON)
    named = take_main(line, reading)
    is_unit_before = target.unit in UNITS and target == last(target.unit, today)
    main = reading.main(named.period if named else None)
    if main is None and is_unit_before:
        main = this(target.unit, today)
    if main is None:
        raise DateProblemError(f"Which period should I compare with {target.label}?")
    reading.period = main = clipped(main, today)
    if main.unit == target.unit and is_unit_before and main.relative is not None:
        reading.comparison = _PREVIOUS
    elif is_unit_before:
        days = [shift(day, Grain(target.unit), -1) for day in (main.start, main.end)]
        span = TimeRange(start=days[0], end=days[1], label=say_days(*days))
        reading.comparison = Comparison(kind=ComparisonKind.CUSTOM, range=span)
    else:
        reading.comparison = _against(main, target, today)


def _before(line: Timeline, said: str, count: int, today: date, reading: TimeReading) -> None:
    unit = said.rstrip("s") if said.rstrip("s") in UNITS else ""
    named = take_main(line, reading)
    main = reading.main(named.period if named else None)
    reading.period = clipped(main, today) if main else None
    is_running = main is not None and main.relative is RelativeRange.THIS_YEAR
    if unit == "year" and count < 2 and (main is None or main.unit != "year" or is_running):
        reading.comparison = _YEAR_BEFORE
        return
    if main is None and unit and not count:
        reading.period = this(unit, today) if unit != "day" else last("day", today)
    elif unit and main is not None and not is_unit(main, unit, max(count, 1)):
        wanted = f"{count} {unit}s" if count > 1 else unit
        raise DateProblemError(f"{main.label} and the previous {wanted} are not equally long.")
    reading.comparison = _PREVIOUS


def settle(reading: TimeReading, target: Period, today: date) -> None:
    """Set a named period against the main one; without a main one, work out which it must be."""
    if reading.period is not None:
        reading.period = clipped(reading.period, today)
        reading.comparison = _against(reading.period, target, today)
        return
    if target.relative is RelativeRange.LAST_YEAR:
        reading.comparison = _YEAR_BEFORE
        return
    if target.relative is None or not target.relative.value.startswith("last_"):
        message = f"Which period should I compare with {target.label}?"
        raise DateProblemError(message, f"last 30 days vs {target.label}")
    name = target.relative.value.replace("last_", "this_")
    if name not in set(RelativeRange):
        reading.comparison = _PREVIOUS
        reading.period = target
        return
    reading.period = relative(RelativeRange(name), today, target.unit)
    reading.comparison = _PREVIOUS
    reading.notes.append(f"Compared {reading.period.label} with {target.label}.")
