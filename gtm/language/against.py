"""What a period is compared with: the one before, the year before, or one that is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gtm.language.backward import (
    AS_MANY_BEFORE,
    BEFORE,
    COMPARE_WORD,
    IN,
    IN_FULL,
    RESUMED,
    SAME,
    SAME_AGO,
    SAME_YEAR_AGO,
    VERSUS,
    YEAR_AGO,
)
from gtm.language.dates import (
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
from gtm.language.timeline import Found, P, Timeline
from gtm.language.tokens import Owner, pattern
from gtm.semantics.periods import comparison_range, shift
from gtm.semantics.query import Comparison, ComparisonKind, Grain, RelativeRange, TimeRange

# "Compare October to September" is no range from one to the other.
_COMPARED_PAIR = pattern(
    rf"{COMPARE_WORD} (?:between )?{IN}(?P<a>{P}) (?:to|with|and|against) {IN}(?P<b>{P})"
)
_PAIR = pattern(
    rf"{IN}(?P<a>{P})"
    rf" (?:(?:(?:how|and how) (?:does|did) (?:it|that) )?{VERSUS}|compared?|{RESUMED}"
    r"|according to|in front of|over against|in base to|respective to|regarding|confronted with)"
    rf" {IN}(?P<b>{P})"
)
# "Up or down this month on last month?"
_ON_PAIR = pattern(rf"{IN}(?P<a>@\d+:\w+:this_\S*) (?:on|over) (?P<b>@\d+:\w+:last_\S*)")
_AND_PAIR = pattern(rf"(?:between )?{IN}(?P<a>{P}) (?:and|&|with|to) {IN}(?P<b>{P})")
# "July or August, which was better?"
_OR_PAIR = pattern(rf"{IN}(?P<a>{P}) or {IN}(?P<b>{P})")
_JUDGED = pattern(
    r"(?:more|fewer|less|higher|lower|bigger|smaller|better|worse|stronger|weaker|larger|greater"
    r"|busier|longer|shorter|faster|slower)(?! than)"
)
_BESIDE_IT = pattern(r"(?:next to|beside|alongside) (?:it|that|them)")
_AGAINST_YEAR = pattern(
    rf"(?:(?:{VERSUS}|to|with|and|from|over|on|{RESUMED}) )?{SAME_YEAR_AGO}"
    rf"|(?:{VERSUS}|to|with|and|from|over|on|{RESUMED}) (?:in |for |at |the )*{YEAR_AGO}"
)
_AGAINST_FULL = pattern(
    rf"{IN}(?P<a>{P}) (?:so far )?{VERSUS} {IN}{IN_FULL} {IN}(?P<b>{P})"
    rf"|{VERSUS} {IN}{IN_FULL} {IN}(?P<p>{P})"
)
_AT_THIS_POINT = pattern(r"(?:this|that|same) (?:point|stage)")
_AGAINST_SAME = pattern(
    rf"(?:(?:{VERSUS}|to|with|and|over|on) )?{SAME_AGO}|{VERSUS} {IN}(?P<q>{P}) {IN}{SAME}"
)
_AGAINST_BEFORE = pattern(rf"(?:{VERSUS}|to|with|and|over|on|{RESUMED}) (?:{BEFORE})")
_AS_MANY_BEFORE = pattern(AS_MANY_BEFORE)
_BEFORE_BEHIND = pattern(BEFORE)
_BEFORE_ALONE = pattern(
    r"(?:the )?(?:previous|prior|preceding) (?P<unit>period)"
    r"|(?:the )?(?P<earlier>period|one) (?:before|prior)(?: that)?"
)
_AGAINST_BARE = pattern(
    r"than (?:the |in )*(?:last|previous|prior)(?: one)?(?= |$)(?! @)"
    rf"|(?!than ){VERSUS} (?:the |in )*"
    r"(?:last|previous|prior|prev|before|pp|then)(?: (?:one|time))?(?= |$)(?! @)"
)
# "More than in the last one", "than in the same time of the last one".
_AGAINST_ONE = pattern(
    rf"{VERSUS} {IN}(?:{SAME} (?:of|in|from) )?{IN}"
    r"(?:last|previous|prior|preceding|former|earlier) one"
)
_AGAINST = pattern(rf"{VERSUS} {IN}(?P<p>{P})")
# "Are we ahead of last year?", but not "ahead of Thursday's call".
_IS_AHEAD = pattern(
    r"(?:is|are|am|was|were|running|tracking|trending|pacing|been)(?: \S+){0,6}"
    r" (?:ahead of|behind|in front of|short of|above|below)"
)
_AHEAD_OF = pattern(rf"(?:ahead of|behind|in front of|short of|above|below) {IN}(?P<p>{P})")
_AFTER = frozenset({"by", "per", "for", "please", "as", "split", "in", "and", "with", "of", "from"})
_COMPARE_WITH = pattern(rf"(?:to|with|against|and) {IN}(?P<p>{P})")
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
    if (whole := line.find(_AGAINST_FULL)) is not None:
        return _against_full(line, whole, today, reading)
    found = line.find(_PAIR) or line.find(_ON_PAIR)
    if found is None and reading.grain is None and len(line.cells()) == 2:
        found = _either(line)
    is_beside = _BESIDE_IT.search(line.whole) is not None
    is_set = is_beside or (compares(line) and reading.grain is None)
    if found is None and is_set and len(line.cells()) == 2:
        found = line.find(_AND_PAIR)
    return found is not None and _pair(line, found, today, reading)


def _either(line: Timeline) -> Found | None:
    """Find two periods of which one is asked to be the better, and put the later one first."""
    found = line.find(_OR_PAIR) if _JUDGED.search(line.whole) else None
    if found is None:
        return None
    later, earlier = found.named["a"], found.named["b"]
    if later.period.start < earlier.period.start:
        later, earlier = earlier, later
    return replace(found, named={"a": later, "b": earlier})


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


def _against_full(line: Timeline, found: Found, today: date, reading: TimeReading) -> bool:
    """Read "this quarter against all of last quarter", which is not cut to as many days."""
    main = found.named.get("a")
    other = clipped((found.named.get("b") or found.named["p"]).period, today)
    line.claim(found, Owner.COMPARISON)
    main = main or take_main(line, reading)
    if main is None:
        raise DateProblemError(f"Which period should I compare with {other.label}?")
    reading.period = clipped(main.period, today)
    span = TimeRange(start=other.start, end=other.end, label=other.label)
    reading.comparison = Comparison(kind=ComparisonKind.CUSTOM, range=span)
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
        if _AT_THIS_POINT.search(line.whole) and not line.cells() and reading.former is None:
            # So far into a year, against as much of the former one.
            reading.period = this("year", today)
        return True
    if (found := line.find(_AGAINST_SAME)) is not None:
        _same_ago(line, found, today, reading)
        return True
    return False


def read_comparison(line: Timeline, today: date, reading: TimeReading) -> Named | None:
    """Read what to compare with; a named period is returned to be settled with the main one."""
    if (found := line.take(_AS_MANY_BEFORE, Owner.COMPARISON)) is not None:
        _as_many_before(line, int(found.words.get("bare") or found.words["bare2"]), reading, today)
        return None
    found = line.take(_AGAINST_BEFORE, Owner.COMPARISON) or line.take(
        _BEFORE_ALONE, Owner.COMPARISON
    )
    found = found or _said_again(line)
    if found is not None:
        words = found.words
        unit = words.get("unit") or words["earlier"]
        count = words.get("count") or words.get("count2")
        _before(line, unit, number_of(count) if count else 0, today, reading)
        return None
    if line.take(_AGAINST_ONE, Owner.COMPARISON):
        _before(line, _unit_said(line), 0, today, reading)
        return None
    if line.take(_AGAINST_BARE, Owner.COMPARISON):
        _before(line, "period", 0, today, reading)
        return None
    return _read_target(line, today, reading)


def _unit_said(line: Timeline) -> str:
    """Return the unit of the only period that is named, of which "the last one" is another."""
    cells = line.cells()
    period = cells[0].named.period if len(cells) == 1 and cells[0].named else None
    return period.unit if period is not None and period.unit in UNITS else "period"


def _said_again(line: Timeline) -> Found | None:
    """Read "orders last month, orders the month before": one period, and the one before it."""
    found = line.find(_BEFORE_BEHIND)
    if found is None or "earlier" not in found.words or len(line.cells()) != 1:
        return None
    if line.index_of(line.cells()[0]) > found.start or not line.is_left_alone(found.end, _AFTER):
        return None
    line.claim(found, Owner.COMPARISON)
    return found


def _read_target(line: Timeline, today: date, reading: TimeReading) -> Named | None:
    found = line.take(_AGAINST, Owner.COMPARISON)
    if found is None and _IS_AHEAD.search(line.whole):
        found = line.take(_AHEAD_OF, Owner.COMPARISON)
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


def _target(found: Found, today: date) -> Period:
    """Return what "the same day last week" and "the same day a week earlier" point at."""
    if (unit := found.words.get("shifted")) is not None:
        return last(unit, today)
    return (found.named.get("p") or found.named["q"]).period


def _same_ago(line: Timeline, found: Found, today: date, reading: TimeReading) -> None:
    """Read "same days last month" and "same weekday last week"."""
    target = _target(found, today)
    line.claim(found, Owner.COMPARISON)
    named = take_main(line, reading)
    former = last(target.unit, today) if target.unit in UNITS else None
    is_unit_before = former is not None and (former.start, former.end) == (target.start, target.end)
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


def _as_many_before(line: Timeline, count: int, reading: TimeReading, today: date) -> None:
    """Read "the 30 before", which counts what the period itself is counted in."""
    _before(line, "period", 0, today, reading)
    main = reading.period or reading.former
    if main is None:
        raise DateProblemError(f"{count} of what before which period?")
    said = main.unit.split()
    length = int(said[0]) if len(said) > 1 else main.days
    if count not in {length, main.days}:
        raise DateProblemError(f"{main.label} and the {count} before it are not equally long.")


def _before(line: Timeline, said: str, count: int, today: date, reading: TimeReading) -> None:
    unit = said.rstrip("s") if said.rstrip("s") in UNITS else ""
    named = take_main(line, reading)
    main = reading.main(named.period if named else None)
    reading.period = clipped(main, today) if main else None
    if said.startswith("fortnight") and main is not None and main.days != 14:
        raise DateProblemError(f"{main.label} and the fortnight before are not equally long.")
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
