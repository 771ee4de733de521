"""Periods that lie ahead, which only a forecast is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gtm.language.dates import MONTH, MONTHS, NUMBERS, month_end, month_start
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.semantics.periods import resolve_range
from gtm.semantics.query import RelativeRange, TimeRange

_DAY = timedelta(days=1)
_COUNT = rf"\d{{1,3}}|{'|'.join(NUMBERS)}"
_LEAD = r"(?:(?:for|in|over|during|within|by|until|till|through|of|on|at|the|to|throughout) )*"
_UNIT = r"days?|weeks?|months?|quarters?|years?"
_NEXT = pattern(
    rf"{_LEAD}(?:next|coming|upcoming) (?:(?P<count>{_COUNT}) )?(?:full |calendar )?"
    rf"(?P<unit>{_UNIT})(?: ahead)?"
    rf"|{_LEAD}(?:next|coming|upcoming) (?P<short>\d{{1,3}}[dw])"
    rf"|{_LEAD}(?P<months>{_COUNT}) (?P<ahead>{_UNIT}) (?:ahead|out|from now|into the future)"
)
_TOMORROW = pattern(rf"{_LEAD}tomorrow")
_REST = pattern(
    rf"{_LEAD}(?:rest|remainder|remaining days|balance) of (?:the |this )?(?:current )?"
    r"(?P<rest>week|month|quarter|year)"
)
_END = pattern(
    rf"{_LEAD}(?:(?:the )?end of (?:the |this )?(?P<end>week|month|quarter|year)"
    r"|(?P<before>year|quarter|month) end|(?P<short>eoy|eoq|eom))"
)
_SHORT_ENDS = {"eoy": "year", "eoq": "quarter", "eom": "month"}
_NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_NEXT_YEAR = r"(?:next|the coming|the following|coming) year"
_OF_YEAR = rf"(?: (?:of |in )?(?:(?P<said_year>20\d\d)|(?P<next_year>{_NEXT_YEAR})))"
_QUARTER = rf"(?:q ?(?P<quarter>[1-4])|(?P<nth_quarter>{'|'.join(_NTH)}|last|final) quarter)"
_HALF = r"(?:h ?(?P<half>[12])|(?P<nth_half>first|1st|second|2nd) half)"
# A part of the year that is to come; without the year only where a forecast is asked for.
_MAY_VERB = r"(?!may (?:i|we|you|it|one|be|have|not|also|they)(?!\S))"
_PART = rf"(?:{_MAY_VERB}(?P<month>{MONTH})(?! \d{{1,2}}(?!\d))|{_QUARTER}|{_HALF})"
_OF_NEXT = pattern(rf"{_LEAD}{_PART}(?: (?:of |in )?(?P<next_year>{_NEXT_YEAR}))")
_NAMED = pattern(
    rf"{_LEAD}(?:(?:next|this coming|coming) )?{_PART}{_OF_YEAR}?|{_LEAD}(?P<year>20\d\d)"
)
_VAGUE = pattern(r"in the (?:near )?future|going forward|from now on|ahead|soon|eventually")
_MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Ahead:
    """A period ahead, by the words that name it; without a span they do not say which."""

    said: str
    span: TimeRange | None


def read_ahead(tape: Tape, today: date, *, is_asked: bool) -> Ahead | None:
    """Claim a period ahead; months and quarters only where a forecast is asked for."""
    if hit := tape.take(_OF_NEXT, Owner.TIME):
        return Ahead(_said(tape, hit), _named(hit.groups, today))
    if hit := tape.take(_NEXT, Owner.TIME):
        return Ahead(_said(tape, hit), _next(hit.groups, today))
    if hit := tape.take(_TOMORROW, Owner.TIME):
        return Ahead("tomorrow", _span(today + _DAY, today + _DAY))
    if hit := tape.take(_REST, Owner.TIME):
        return Ahead(_said(tape, hit), _span(today, _end_of(hit.groups["rest"], today)))
    if not is_asked:
        return None
    if hit := tape.take(_END, Owner.TIME):
        unit = hit.groups.get("end") or hit.groups.get("before")
        unit = unit or _SHORT_ENDS[hit.groups["short"]]
        return Ahead(_said(tape, hit), _span(today, _end_of(unit, today)))
    if hit := _find_named(tape, today):
        tape.claim(hit.start, hit.end, Owner.TIME)
        return Ahead(_said(tape, hit), _named(hit.groups, today))
    if hit := tape.take(_VAGUE, Owner.TIME):
        return Ahead(_said(tape, hit), None)
    return None


def _said(tape: Tape, hit: Hit) -> str:
    return tape.raw(hit.start, hit.end)


def _span(start: date, end: date) -> TimeRange | None:
    if end < start or (end - start).days > _MOST_DAYS:
        return None
    return TimeRange(start=start, end=end)


def _next(groups: dict[str, str], today: date) -> TimeRange | None:
    """As a period back is counted: days from today, months and quarters as whole ones."""
    if short := groups.get("short"):
        count, unit = int(short[:-1]), "day" if short.endswith("d") else "week"
    else:
        unit = (groups.get("unit") or groups["ahead"]).rstrip("s")
        said = groups.get("count") or groups.get("months")
        if said is None:
            return _whole(unit, 1, today)
        count = NUMBERS.get(said) or int(said)
    if count < 1:
        return None
    if unit in {"day", "week"}:
        return _span(today, today + (count * (7 if unit == "week" else 1) - 1) * _DAY)
    return _whole(unit, count, today)


def _whole(unit: str, count: int, today: date) -> TimeRange | None:
    if unit == "day":
        return _span(today + _DAY, today + _DAY)
    start = _end_of(unit, today) + _DAY
    if unit == "week":
        return _span(start, start + 6 * _DAY)
    months = {"month": 1, "quarter": 3, "year": 12}[unit] * count
    return _span(start, month_start(start, months) - _DAY)


def _end_of(unit: str, today: date) -> date:
    start = resolve_range(RelativeRange(f"this_{unit}"), today).start
    if unit == "week":
        return start + 6 * _DAY
    return month_start(start, {"month": 1, "quarter": 3, "year": 12}[unit]) - _DAY


def _find_named(tape: Tape, today: date) -> Hit | None:
    """Find a named month, quarter or year, unless its year says that it is over."""
    hit = tape.find(_NAMED)
    if hit is None:
        return None
    years = [int(text) for name, text in hit.groups.items() if name in {"year", "said_year"}]
    return hit if all(year >= today.year for year in years) else None


def _named(groups: dict[str, str], today: date) -> TimeRange | None:
    """Return the next part of a year of that name; what runs already is taken to its end."""
    if "year" in groups:
        year = int(groups["year"])
        return _span(max(date(year, 1, 1), today), date(year, 12, 31))
    month, length = _months_of(groups)
    said = groups.get("said_year") or ("next_year" in groups and today.year + 1)
    start = date(int(said or today.year), month, 1)
    end = month_end(month_start(start, length - 1))
    if end < today and not said:
        start, end = month_start(start, 12), month_end(month_start(start, 12 + length - 1))
    return _span(max(start, today), end)


def _months_of(groups: dict[str, str]) -> tuple[int, int]:
    """Return the first month of a month, a quarter or a half, and how many it has."""
    if "month" in groups:
        return MONTHS[groups["month"]], 1
    length = 6 if "half" in groups or "nth_half" in groups else 3
    nth = groups.get("nth_quarter") or groups.get("nth_half")
    number = _NTH.get(nth, 4) if nth else int(groups.get("quarter") or groups["half"])
    return length * (number - 1) + 1, length
