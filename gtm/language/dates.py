"""Reads one named stretch of the calendar: a day, a month, a quarter, "last week", "3 days ago"."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from gtm.semantics.periods import resolve_range
from gtm.semantics.query import RelativeRange, TimeRange

_DAY = timedelta(days=1)
_SMALL = ("one", "two", "three", "four", "five", "six")
_TO_TWELVE = ("seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS = {
    **{word: number for number, word in enumerate((*_SMALL, *_TO_TWELVE), 1)},
    "fourteen": 14,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
}
MONTHS = {
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    "sept": 9,
}
UNITS = ("day", "week", "month", "quarter", "year")

MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
NUMBER = r"\d{1,4}|" + "|".join(NUMBERS)
_YEAR = r"(?:19|20)\d\d"
_DATE_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_UNIT = r"(?:day|week|month|quarter|year)s?"


class DateProblemError(Exception):
    """A stretch of the calendar that does not exist, lies ahead, or can't be told."""

    def __init__(self, message: str, *ways: str) -> None:
        super().__init__(message)
        self.message = message
        self.ways = ways


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days; `relative` is its name against today, where it has one."""

    start: date
    end: date
    label: str
    relative: RelativeRange | None = None
    unit: str = ""

    def as_time(self) -> RelativeRange | TimeRange:
        """Return the form a query carries."""
        return self.relative or TimeRange(start=self.start, end=self.end, label=self.label)


Groups = dict[str, str]
_Reader = Callable[[Groups, date], Period]


def month_start(day: date, shift: int = 0) -> date:
    """Return the first day of the month that lies `shift` months away."""
    months = day.year * 12 + day.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


def month_end(day: date) -> date:
    """Return the last day of a month."""
    return month_start(day, 1) - _DAY


def relative(name: RelativeRange, today: date, unit: str = "") -> Period:
    """Return a period named against today."""
    found = resolve_range(name, today)
    return Period(found.start, found.end, name.value.replace("_", " "), name, unit=unit)


def _day(year: str | None, month: int, day: str, today: date) -> date:
    number = int(re.sub(r"\D", "", day))
    try:
        if year:
            return date(int(year), month, number)
        found = date(today.year, month, number)
        return found if found <= today else date(today.year - 1, month, number)
    except ValueError:
        name = calendar.month_name[month] if 1 <= month <= 12 else f"month {month}"
        message = f"{name} {number}{f', {year}' if year else ''} is not a date."
        raise DateProblemError(message, "last month", "last 30 days") from None


def _one_day(found: date) -> Period:
    return Period(found, found, f"{found:%B} {found.day}, {found.year}", unit="day")


def _iso_day(groups: Groups, today: date) -> Period:
    year, month, *rest = groups["iso"].split("-")
    if rest:
        return _one_day(_day(year, int(month), rest[0], today))
    if not 1 <= int(month) <= 12:
        raise DateProblemError(f"{groups['iso']} is not a month.", "last month")
    return _whole_month(int(year), int(month))


def _named_day(groups: Groups, today: date) -> Period:
    return _one_day(_day(groups.get("year"), MONTHS[groups["month"]], groups["day"], today))


def _whole_month(year: int, month: int) -> Period:
    start = date(year, month, 1)
    label = f"{start:%B} {year}"
    return Period(start, month_end(start), label, unit="month")


def _month(groups: Groups, today: date) -> Period:
    month = MONTHS[groups["month"]]
    if "year" in groups:
        return _whole_month(int(groups["year"]), month)
    return _whole_month(today.year - (month > today.month), month)


def _quarter(groups: Groups, today: date) -> Period:
    month = 3 * int(groups["quarter"]) - 2
    year = int(groups.get("year") or today.year - (date(today.year, month, 1) > today))
    start = date(year, month, 1)
    label = f"Q{groups['quarter']} {year}"
    return Period(start, month_start(start, 3) - _DAY, label, unit="quarter")


def _half(groups: Groups, today: date) -> Period:
    is_first = groups["half"] in {"1", "first"}
    month = 1 if is_first else 7
    year = int(groups.get("year") or today.year - (date(today.year, month, 1) > today))
    start = date(year, month, 1)
    name = "first" if is_first else "second"
    return Period(start, month_start(start, 6) - _DAY, f"{name} half of {year}", unit="half")


def _year(groups: Groups, _today: date) -> Period:
    year = int(groups["year"])
    return Period(date(year, 1, 1), date(year, 12, 31), str(year), unit="year")


_ROLLING = {"week": 7, "month": 30, "quarter": 90, "year": 365}


def _unit(groups: Groups, today: date) -> Period:
    unit = groups["unit"].rstrip("s")
    which = groups["which"]
    if unit == "day":
        name = RelativeRange.TODAY if which in {"this", "current"} else RelativeRange.YESTERDAY
        return relative(name, today, "day")
    if which == "past":
        return _days(_ROLLING[unit], today, f"past {unit}")
    prefix = "this" if which in {"this", "current"} else "last"
    return relative(RelativeRange(f"{prefix}_{unit}"), today, unit)


_TO_DATE = {"y": "year", "q": "quarter", "m": "month", "w": "week"}


def _to_date(groups: Groups, today: date) -> Period:
    unit = groups.get("long") or _TO_DATE[groups["short"][0]]
    return relative(RelativeRange(f"this_{unit}"), today, unit)


def _count(text: str) -> int:
    return NUMBERS.get(text) or int(text)


def _days(count: int, today: date, label: str) -> Period:
    try:
        return relative(RelativeRange(f"last_{count}_days"), today, f"{count} day")
    except ValueError:
        start = today - timedelta(days=count)
        return Period(start, today - _DAY, label, unit=f"{count} day")


_MOST = {"day": 3_650, "week": 520, "month": 120, "quarter": 40, "year": 10}


def _last_n(groups: Groups, today: date) -> Period:
    count, unit = _count(groups["count"]), _TO_UNIT[groups["unit"][0]]
    if not 1 <= count <= _MOST[unit]:
        raise DateProblemError(f"{count} {unit}s is not a period I can use.", "last 30 days")
    label = f"last {count} {unit}s"
    if unit in {"day", "week"}:
        return _days(count * (7 if unit == "week" else 1), today, label)
    if count == 1:
        return relative(RelativeRange(f"last_{unit}"), today, unit)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    this = resolve_range(RelativeRange(f"this_{unit}"), today).start
    return Period(month_start(this, -count * months), this - _DAY, label, unit=f"{count} {unit}")


_TO_UNIT = {unit[0]: unit for unit in UNITS}


def _ago(groups: Groups, today: date) -> Period:
    count, unit = _count(groups["count"]), groups["unit"].rstrip("s")
    if not 1 <= count <= _MOST[unit]:
        raise DateProblemError(f"{count} {unit}s ago is not a period I can use.", "last 30 days")
    if unit == "day":
        return _one_day(today - timedelta(days=count))
    if unit == "week":
        start = today - timedelta(days=today.weekday() + 7 * count)
        end = start + timedelta(days=6)
        return Period(start, end, f"week of {start:%B} {start.day}, {start.year}", unit="week")
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = month_start(resolve_range(RelativeRange(f"this_{unit}"), today).start, -count * months)
    return Period(start, month_start(start, months) - _DAY, f"{count} {unit}s ago", unit=unit)


def _said(groups: Groups, today: date) -> Period:
    return relative(RelativeRange(groups["said"]), today, "day")


def _eve(groups: Groups, today: date) -> Period:
    return _one_day(today - 2 * _DAY)


# Each way of naming a period, the more specific first.
_ATOMS: tuple[tuple[str, _Reader], ...] = (
    (r"(?P<iso>\d{4}-\d{1,2}(?:-\d{1,2})?)", _iso_day),
    (rf"(?P<month>{MONTH}) (?:the )?(?P<day>{_DATE_DAY})(?: (?P<year>{_YEAR}))?", _named_day),
    (rf"(?P<day>{_DATE_DAY}) (?:of )?(?P<month>{MONTH})(?: (?P<year>{_YEAR}))?", _named_day),
    (rf"(?P<month>{MONTH})(?: (?:of )?(?P<year>{_YEAR}))?", _month),
    (rf"q(?P<quarter>[1-4])(?: (?:of )?(?P<year>{_YEAR}))?", _quarter),
    (rf"(?P<year>{_YEAR}) q(?P<quarter>[1-4])", _quarter),
    (rf"h(?P<half>[12])(?: (?:of )?(?P<year>{_YEAR}))?", _half),
    (rf"(?P<half>first|second) half of (?P<year>{_YEAR})", _half),
    (rf"(?P<year>{_YEAR})", _year),
    (r"(?P<said>today|yesterday)", _said),
    (r"(?:the )?day before yesterday", _eve),
    (rf"(?P<count>{NUMBER}) (?P<unit>{_UNIT}) ago", _ago),
    (
        rf"(?:the )?(?:last|past|previous|prior|trailing|rolling|recent) (?P<count>{NUMBER})"
        rf" (?:full |complete |calendar )?(?P<unit>{_UNIT})",
        _last_n,
    ),
    (
        r"(?:(?:the )?(?:last|past|previous|trailing|rolling) )?(?P<count>\d{1,3})(?P<unit>d|w)",
        _last_n,
    ),
    (
        r"(?:the )?(?P<which>this|current|last|previous|prior|past)"
        r" (?P<unit>week|month|quarter|year|day)(?: so far| to date)?",
        _unit,
    ),
    (r"(?P<long>year|quarter|month|week) to date|(?P<short>ytd|qtd|mtd|wtd)", _to_date),
    (
        r"since (?:the )?(?:start|beginning) of (?:the|this) (?P<long>year|quarter|month|week)",
        _to_date,
    ),
    (
        # "30 days" alone means the last 30, but "within 3 days" and the like do not.
        r"(?<!within )(?<!every )(?<!than )(?<!least )(?<!after )(?<!next )"
        rf"(?P<count>{NUMBER}) (?P<unit>days|weeks|months|quarters|years)",
        _last_n,
    ),
)
_READERS = tuple((re.compile(source), reader) for source, reader in _ATOMS)
# The same without names, to be used inside longer patterns.
ATOM = "(?:" + "|".join(re.sub(r"\?P<\w+>", "?:", source) for source, _ in _ATOMS) + ")"


def read_period(text: str, today: date) -> Period:
    """Read a text that matches ATOM. Raises DateProblemError for dates that do not exist."""
    for compiled, reader in _READERS:
        if match := compiled.fullmatch(text):
            groups = {name: value for name, value in match.groupdict().items() if value}
            return reader(groups, today)
    raise DateProblemError(f"{text!r} is not a period I know.", "last month", "last 30 days")


def clipped(period: Period, today: date) -> Period:
    """Return a period cut off at today. Raises DateProblemError when it all lies ahead."""
    if period.start > today:
        ways = ("last 30 days", "this month")
        raise DateProblemError(f"{period.label} lies ahead: there is no data for it yet.", *ways)
    if period.end <= today:
        return period
    label = f"{period.label} so far"
    return Period(period.start, today, label, period.relative, unit=period.unit)
