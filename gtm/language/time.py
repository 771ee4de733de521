"""The time stage: which period, compared with which, in which grain."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from gtm.language.dates import (
    ATOM,
    MONTH,
    NUMBER,
    DateProblemError,
    Period,
    clipped,
    read_period,
    relative,
)
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.semantics.query import Comparison, ComparisonKind, Grain, RelativeRange, TimeRange


@dataclass(slots=True)
class TimeReading:
    """What a question says about time. `problem` says why it can't be used, with ways out."""

    period: Period | None = None
    comparison: Comparison | None = None
    grain: Grain | None = None
    notes: list[str] = field(default_factory=list)
    problem: DateProblemError | None = None

    @property
    def says_something(self) -> bool:
        """Return whether any of it was in the question."""
        return bool(self.period or self.comparison or self.grain or self.problem)


_UNIT = r"(?:days?|weeks?|months?|quarters?|years?)"
_OUT_OF_REACH: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (pattern(source), message)
    for source, message in (
        (
            r"(?:on |over |during )?(?:business|working) days?|(?:bank |public )?holidays?",
            "I don't know which days are working days.",
        ),
        (
            r"(?:fiscal|financial) (?:year|quarter|month|week)s?|fiscal|fy\d*",
            "I know calendar periods only, not fiscal ones.",
        ),
        (
            rf"(?:(?:last|past) )?(?:{NUMBER} )?hours?(?: of (?:the )?day)?|hourly|minutes?"
            r"|by the hour|mornings?|evenings?|nights?|afternoons?|noon|midnight|time of day|real time",
            "The smallest step I have is a day, so there is nothing by the hour.",
        ),
        (
            rf"(?:next|upcoming|coming|following) (?:{NUMBER} )?{_UNIT}|tomorrow|in the future",
            "I only know what has happened; I don't look ahead.",
        ),
        (
            r"(?:first|second|third|fourth|1st|2nd|3rd|4th|last) (?:week|day|half|weekend) of"
            r"(?! (?:19|20)\d\d)"
            rf"(?: (?:the )?(?:{MONTH}|month|quarter|year))?|week \d+|week of",
            "I can't place that part of a period; give me its dates.",
        ),
        (
            rf"(?:last|past|previous|recent) (?:few|couple(?: of)?|several|some) {_UNIT}",
            "How long exactly?",
        ),
        (
            r"(?:of )?all time|since (?:the )?(?:beginning|start|launch|inception)(?: of time)?",
            "Which period? I need a start.",
        ),
        (
            r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}",
            "I can't tell day and month apart in that date; write it as 2026-11-05.",
        ),
        (
            rf"(?:(?<!day )before|until|till|prior to|up to) (?:the )?{ATOM}",
            "From when on? I need a start as well as an end.",
        ),
    )
)
_WAYS = ("last 7 days", "last month", "last 30 days")

_MAY_VERB = pattern(r"may(?= (?:i|we|you|it|be|have|not|also|they)(?!\S))")
_GRAIN_WORDS = {
    "daily": Grain.DAY,
    "weekly": Grain.WEEK,
    "monthly": Grain.MONTH,
    "quarterly": Grain.QUARTER,
    "yearly": Grain.YEAR,
    "annually": Grain.YEAR,
    "annual": Grain.YEAR,
    "date": Grain.DAY,
}
_GRAIN = pattern(
    r"(?P<adverb>daily|weekly|monthly|quarterly|yearly|annually|annual)"
    r"|(?P<unit>day|week|month|quarter|year) by (?P=unit)"
    r"|(?:for )?(?:by|per|each|every)(?: calendar)? (?P<split>day|week|month|quarter|year|date)"
    r"|(?:on |in |during )?(?:which|what) (?P<which>day|week|month|quarter|year)s?"
    r"|(?P<with>day|week|month|quarter|year)s (?=with(?!\S))"
)
_OVER = pattern(
    r"(?P<unit>year|quarter|month|week|day) (?:over|on) (?P=unit)|(?P<short>yoy|qoq|mom|wow|dod)"
)
_SHORT = {"y": "year", "q": "quarter", "m": "month", "w": "week", "d": "day"}

_VERSUS = r"(?:vs|versus|against|than|relative to|compared? (?:to|with|against))"
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
_COMPARES = re.compile(r"(?<!\S)(?:compar\w+|vs|versus|difference)(?!\S)")

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
    rf"(?:since|starting|beginning)(?: from| in| on)?(?: the start of)? (?P<a>{ATOM})"
    rf"|from (?P<b>{ATOM}) (?:on|onwards?)"
)
_AFTER = pattern(rf"after (?P<a>{ATOM})")
_SINGLE = pattern(rf"{_LEAD}(?P<a>{ATOM})")
_LATELY = pattern(r"recently|lately|(?:in )?(?:these|recent) days|nowadays")
_YEAR_SAID = re.compile(r"\d{4}")
_NAMES_MONTH = re.compile(rf"\b(?:{MONTH})\b")


def read_time(tape: Tape, today: date) -> TimeReading:
    """Claim every word about time and return what they say."""
    reading = TimeReading()
    tape.take_all(_MAY_VERB, Owner.LIGHT)
    try:
        _read_grain(tape, reading)
        _refuse_shapes(tape)
        if not _read_pair(tape, today, reading):
            target = _read_comparison(tape, today, reading)
            reading.period = reading.period or _read_main(tape, today)
            if target is not None:
                _settle(reading, target, today)
        if second := tape.find(_SINGLE):
            extra = tape.text(second.start, second.end)
            message = f"Two periods at once: which one, or compare them? I also read {extra!r}."
            raise DateProblemError(message, *_WAYS)
    except DateProblemError as problem:
        reading.problem = problem
    return reading


def _refuse_shapes(tape: Tape) -> None:
    for compiled, message in _OUT_OF_REACH:
        if hit := tape.take(compiled, Owner.TIME):
            said = tape.text(hit.start, hit.end)
            raise DateProblemError(f"I can't use {said!r}. {message}", *_WAYS)


def _read_grain(tape: Tape, reading: TimeReading) -> None:
    for hit in tape.take_all(_GRAIN, Owner.GRAIN):
        word = next(iter(hit.groups.values()))
        grain = _GRAIN_WORDS.get(word) or Grain(word)
        if reading.grain not in {None, grain}:
            raise DateProblemError(
                f"By {reading.grain} or by {grain}? I can show one of them.", *_WAYS
            )
        reading.grain = grain


def _read_pair(tape: Tape, today: date, reading: TimeReading) -> bool:
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
        raise DateProblemError("Both periods are the same; what should I compare with?", *_WAYS)
    span = TimeRange(start=other.start, end=other.end, label=other.label)
    return Comparison(kind=ComparisonKind.CUSTOM, range=span)


def _read_comparison(tape: Tape, today: date, reading: TimeReading) -> Period | None:
    """Read what to compare with; a named period is returned to be settled with the main one."""
    if hit := tape.take(_OVER, Owner.COMPARISON):
        _read_over(hit, today, reading)
        return None
    if tape.take(_AGAINST_YEAR, Owner.COMPARISON):
        reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
        return None
    hit = tape.take(_AGAINST_BEFORE, Owner.COMPARISON) or tape.take(
        _BEFORE_ALONE, Owner.COMPARISON
    )
    if hit is not None:
        return _read_before(hit, tape, today, reading)
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
    main = _read_main(tape, today)
    reading.period = main
    count = hit.groups.get("count")
    if unit == "year" and not count and (main is None or main.unit != "year"):
        reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_YEAR)
        return
    wanted = "" if unit == "period" else f"{count} {unit}" if count else unit
    if main is None and wanted and not count:
        reading.period = relative(RelativeRange(f"this_{unit}"), today, unit)
    elif wanted and main is not None and not _is_as_long(main, wanted):
        message = f"{main.label} and the previous {wanted} are not equally long."
        raise DateProblemError(message, f"{main.label} vs previous period")
    reading.comparison = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)


def _is_as_long(main: Period, wanted: str) -> bool:
    days = (main.end - main.start).days + 1
    return main.unit == wanted or wanted in {f"{days} day", "week" if days == 7 else ""}


def _settle(reading: TimeReading, target: Period, today: date) -> None:
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


def _read_main(tape: Tape, today: date) -> Period | None:
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
    if hit := tape.take(_SINGLE, Owner.TIME):
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
        raise DateProblemError("That range ends before it starts.", *_WAYS)
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
