"""Periods that lie ahead, which only a forecast is about."""

from __future__ import annotations

import re
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
_NAMED = pattern(
    rf"{_LEAD}(?:(?:next|this coming|coming) )?(?P<month>{MONTH})(?! \d{{1,2}}(?!\d))"
    r"(?: (?P<month_year>20\d\d))?"
    rf"|{_LEAD}(?:next )?q(?P<quarter>[1-4])(?: (?P<quarter_year>20\d\d))?"
    rf"|{_LEAD}(?P<year>20\d\d)"
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
    years = [int(text) for name, text in hit.groups.items() if re.search("year", name)]
    return hit if all(year >= today.year for year in years) else None


def _named(groups: dict[str, str], today: date) -> TimeRange | None:
    """Return the next month or quarter of that name; what runs already is taken to its end."""
    if "year" in groups:
        year = int(groups["year"])
        start, end = date(year, 1, 1), date(year, 12, 31)
    else:
        is_month = "month" in groups
        month = MONTHS[groups["month"]] if is_month else 3 * int(groups["quarter"]) - 2
        length = 1 if is_month else 3
        said = groups.get("month_year") or groups.get("quarter_year")
        start = date(int(said) if said else today.year, month, 1)
        end = month_end(month_start(start, length - 1))
        if end < today and not said:
            start, end = month_start(start, 12), month_end(month_start(start, 12 + length - 1))
    return _span(max(start, today), end)
