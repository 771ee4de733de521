"""The time stage: which period, compared with which, in which grain."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from gtm.language.against import (
    read_compared_pair,
    read_comparison,
    read_pair,
    read_same,
    set_against,
    settle,
)
from gtm.language.backward import VERSUS
from gtm.language.dates import (
    DAY,
    MONTHS_OF,
    WAYS,
    DateProblemError,
    Period,
    clipped,
    relative,
    unit_shift,
)
from gtm.language.ellipsis import fill
from gtm.language.folds import FOLDS
from gtm.language.grains import UNIT, read_grain
from gtm.language.named import Named
from gtm.language.ranges import RANGES, between
from gtm.language.relative import last, this
from gtm.language.spans import TimeReading, take_main
from gtm.language.timeline import P, Timeline
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.language.vague import stop_at_places, stop_at_words
from gtm.semantics.query import Comparison, ComparisonKind, Grain, RelativeRange

_MAY_VERB = pattern(r"may(?= (?:i|we|you|it|be|have|not|also|they)(?!\S))")
_NOW = pattern(
    r"as (?:of|on|at) (?:right )?(?:now|today|date|this (?:date|moment|point)|the moment)"
    r"|(?:right )?(?:at|in|for) (?:this|the)(?: very| present| current)? (?:moment|point in time)"
    r"|at present|as it stands|as things stand"
)
_RIGHT_NOW = pattern(r"(?:(?:right|just|as of) )?now")
_OVER = pattern(
    rf"(?:(?P<unit>{UNIT}) (?:over|on) (?P=unit)|(?P<short>yoy|qoq|mom|wow|dod|y y|q q|m m|w w))"
    r"(?: (?:%|percent|basis|comparison|view|terms))?"
)
_SHORT = {"y": "year", "q": "quarter", "m": "month", "w": "week", "d": "day"}
_CHANGES = re.compile(
    r"(?<!\S)(?!(?:drop\w*|f[ae]ll\w*) ?(?:out|off|away))"
    r"(?:chang\w*|gr[eo]w\w*|increas\w*|decreas\w*|drop\w*|f[ae]ll\w*|r[io]se\w*|rising"
    r"|declin\w*|improv\w*|differ\w*|went|go|going|gone|mov(?:e|ed)|jump\w*|dip\w*|evol\w*|delta|shr[aiu]nk\w*"
    r"|slip\w*|tank\w*|plung\w*|plummet\w*|crash\w*|slump\w*|surg\w*|spik\w*|soar\w*|worsen\w*"
    r"|up|down)(?!\S)"
)
_FROM_TO = pattern(rf"(?:from|between) (?P<a>{P}) (?:to|until|till|and) (?:the )?(?P<b>{P})")
_SO_FAR = pattern(r"so far|(?:until|till|up to|up until) (?:now|date|@\d+:day:today:\S*)|to date")
# "Set October beside September": the verb says no more than "beside".
_SETTING = pattern(
    r"(?:set|setting|hold|holding|weigh|weighing|pit|pitting|placed?|placing|lined?|lining)"
    r"(?= (?:\S+ ){0,14}?(?:(?:up )?against|beside|next to|alongside|side by side)(?!\S))"
)
_BEFORE_ONE = frozenset({"than", "in", "of", "to", "with", "against", "vs", "versus", "on"})
_LATELY = pattern(r"recently|lately|(?:in )?(?:these|recent) days|nowadays|as of late|of late")
_SEVERAL = pattern(rf"(?P<a>{P})(?:(?: and| plus| or)? {P})+")
# Three and more that are listed or set against each other are steps of one series.
_LISTED = pattern(rf"{P}(?:(?:(?: and| plus| &)?(?: in| for| of)?| {VERSUS}) {P}){{2,}}")
_TOGETHER = frozenset({"together", "combined", "altogether", "taken", "put", "added", "jointly"})
_APART = frozenset({"separately", "each", "individually", "apart", "respectively", "separate"})
_GROWTH_OVER = pattern(
    r"(?:growth|grow|grew|increase|decrease|change|improvement|gain|decline|drop) (?:of \S+ )?"
    r"over (?:the )?(?P<a>@\d+:\w+:last_(?:week|month|quarter|year)\S*)"
)


def read_time(tape: Tape, today: date, *, former: Period | None = None) -> TimeReading:
    """Claim every word about time and return what they say."""
    reading = TimeReading(former=former)
    tape.take_all(_MAY_VERB, Owner.LIGHT)
    tape.take(_SETTING, Owner.COMPARISON)
    _free_the_last_one(tape)
    over = _take_over(tape)
    try:
        stop_at_words(tape)
        reading.grain = read_grain(tape)
        if tape.take_all(_NOW, Owner.TIME):
            reading.is_now = True
        line = Timeline(tape, today)
        _read_line(line, today, reading)
        _settle_over(over, today, reading)
        _settle_now(today, reading)
        _check_rest(line, today, reading)
    except DateProblemError as problem:
        reading.problem = problem
    return reading


def _free_the_last_one(tape: Tape) -> None:
    """Tell "more than in the last one" from "last one: how many …", which only opens a question."""
    for start in range(2, len(tape) - 1):
        is_said = tape.text(start - 1, start + 2) == "the last one"
        if is_said and tape.tokens[start - 2].text in _BEFORE_ONE:
            tape.release(start - 1, start + 2)


def _take_over(tape: Tape) -> str | None:
    """Claim "week over week" and return its unit."""
    hits: list[Hit] = tape.take_all(_OVER, Owner.COMPARISON)
    units = [hit.groups.get("unit") or _SHORT[hit.groups["short"][0]] for hit in hits]
    return units[0] if units else None


def _read_line(line: Timeline, today: date, reading: TimeReading) -> None:
    line.reduce(FOLDS, today)
    fill(line, today)
    if read_compared_pair(line, today, reading) or _from_to(line, today, reading):
        return
    line.reduce(RANGES, today)
    line.reduce(FOLDS, today)
    _stop_at_growth(line)
    _list_steps(line, today, reading)
    is_same = read_same(line, today, reading)
    if not is_same and read_pair(line, today, reading):
        return
    if reading.grain is not None:
        _join_several(line, today, reading)
    target = None if is_same else read_comparison(line, today, reading)
    if reading.period is None:
        _join_several(line, today, reading)
        stop_at_places(line)
        named = take_main(line, reading)
        if named is not None:
            reading.period = clipped(named.period, today)
    _read_so_far(line, today, reading)
    if line.take(_LATELY, Owner.TIME) and reading.period is None:
        reading.period = relative(RelativeRange.LAST_30_DAYS, today, "30 day")
    if reading.period is not None and reading.period.end >= today - DAY:
        # "Right now, say the last 7 days": the period says what is meant.
        line.take(_RIGHT_NOW, Owner.TIME)
    if target is not None:
        reading.period = reading.main(reading.period)
        settle(reading, target.period, today)


def _read_so_far(line: Timeline, today: date, reading: TimeReading) -> None:
    """Read "so far" apart from its period, which runs up to today; alone it says too little."""
    if line.take(_SO_FAR, Owner.TIME) and (reading.period is None or reading.period.end < today):
        raise DateProblemError("So far since when? I need a start.")


def _from_to(line: Timeline, today: date, reading: TimeReading) -> bool:
    """Read "how did it change from September to October" as October against September."""
    found = line.find(_FROM_TO)
    if found is None or reading.grain is not None or not _CHANGES.search(line.whole):
        return False
    first, second = found.named["a"], found.named["b"]
    if first.in_year is None and first.period.start > second.period.start:
        first, second = second, first
    unit = first.period.unit
    if unit != second.period.unit or unit not in {"week", *MONTHS_OF}:
        return False
    span = between(first, second, today)
    if unit_shift(unit_shift(span.start, unit, 1), unit, 1) <= second.period.start:
        later, earlier = second.period.label, first.period.label
        message = f"{later} against {earlier}, or the whole time between them?"
        raise DateProblemError(message, f"{later} vs {earlier}", f"{earlier} to {later}")
    line.claim(found, Owner.COMPARISON)
    start = Period(span.start, unit_shift(span.start, unit, 1), "", unit=unit)
    earlier_named = first
    if first.in_year is not None:
        earlier_named = Named(first.in_year(start.start.year), first.kind)
    set_against(second, earlier_named, today, reading)
    return True


def _stop_at_growth(line: Timeline) -> None:
    """Ask at "growth over last year": the growth within it, or against it?"""
    found = line.find(_GROWTH_OVER)
    if found is not None and len(line.cells()) == 1:
        label = found.named["a"].period.label
        line.claim(found, Owner.TIME)
        message = f"The growth within {label}, or against it?"
        this_one = label.replace("last", "this")
        raise DateProblemError(message, f"{label} vs previous period", f"{this_one} vs {label}")


def _join_several(line: Timeline, today: date, reading: TimeReading) -> None:
    """Read "in Q2 and Q3, by month" as one range; without steps it may mean each on its own."""
    found = line.find(_SEVERAL)
    if found is None:
        return
    cells = line.cells()
    parts = sorted((clipped(cell.named.period, today) for cell in cells if cell.named), key=_start)
    is_joined = all((later.start - one.end).days == 1 for one, later in pairwise(parts))
    if not is_joined:
        return
    label = f"{parts[0].label} to {parts[-1].label}".removesuffix(" so far")
    if reading.grain is None and line.word(found.end) not in _TOGETHER:
        pair = f"{parts[-1].label} vs {parts[0].label}"
        raise DateProblemError("Together, or one against the other?", f"from {label}", pair)
    line.fold(found, Named(Period(parts[0].start, parts[-1].end, label), "range"))


def _list_steps(line: Timeline, today: date, reading: TimeReading) -> None:
    """Read "July, August and September" as one time with its months as steps."""
    cells, several = line.cells(), line.find(_SEVERAL)
    is_apart = several is not None and line.word(several.end) in _APART
    found = several if is_apart else line.find(_LISTED)
    if found is None or reading.grain is not None or found.start != line.index_of(cells[0]):
        return
    parts = sorted((clipped(cell.named.period, today) for cell in cells if cell.named), key=_start)
    is_row = all((later.start - one.end).days == 1 for one, later in pairwise(parts))
    units = {part.unit for part in parts}
    is_whole = len(units) == 1 and units <= {"week", "month", "quarter", "year"}
    if not is_row or not is_whole:
        return
    label = f"{parts[0].label} to {parts[-1].label}".removesuffix(" so far")
    line.fold(found, Named(Period(parts[0].start, parts[-1].end, label), "range"))
    reading.grain = Grain(units.pop())
    reading.notes.append(f"Shown {reading.grain} by {reading.grain}.")


def _start(period: Period) -> date:
    return period.start


def _settle_over(unit: str | None, today: date, reading: TimeReading) -> None:
    """Read "month over month": against the one before, or step by step over a longer time."""
    if unit is None:
        return
    if unit == "year":
        reading.comparison = reading.comparison or Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
        return
    period = reading.period or reading.former
    if reading.period is None and reading.former is None:
        reading.period = last(unit, today)
        reading.notes.append(f"Compared the last full {unit} with the one before.")
    elif period is not None and _holds_several(period, unit):
        if reading.grain not in {None, Grain(unit)}:
            raise DateProblemError(f"By {reading.grain} or by {unit}? I can show one of them.")
        reading.grain = Grain(unit)
        reading.notes.append(f"Shown {unit} by {unit}.")
        return
    reading.comparison = reading.comparison or Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)


def _holds_several(period: Period, unit: str) -> bool:
    days = {"day": 1, "week": 7, "month": 31, "quarter": 92}[unit]
    return (period.end - period.start).days + 1 > days


def _settle_now(today: date, reading: TimeReading) -> None:
    if reading.is_now and reading.period is None and reading.comparison is None:
        reading.period = this("day", today)


def _check_rest(line: Timeline, today: date, reading: TimeReading) -> None:
    """Stop at a second period; the same one said twice is no second one."""
    for cell in line.cells():
        period = cell.named.period if cell.named else None
        is_again = (
            period is not None
            and reading.period is not None
            and (
                period.start == reading.period.start
                and min(period.end, today) == reading.period.end
            )
        )
        if is_again:
            take_main(line, reading)
            continue
        extra = period.label if period else cell.text
        message = f"Two periods at once: which one, or compare them? I also read {extra!r}."
        raise DateProblemError(message, *WAYS)
