"""Stretches of the calendar: what a period is, and how days, months and quarters are counted."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gtm.semantics.periods import resolve_range
from gtm.semantics.query import Grain, RelativeRange, TimeRange

DAY = timedelta(days=1)
_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TEENS = ("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen")
_LAST_TEENS = ("eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
NUMBERS = {
    **{word: number for number, word in enumerate((*_SMALL, *_TEENS, *_LAST_TEENS), 1)},
    **{word: number * 10 for number, word in enumerate(_TENS, 2)},
    "dozen": 12,
}
MONTHS = {
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    "sept": 9,
}
WEEKDAYS = {
    **{name.lower(): number for number, name in enumerate(calendar.day_name)},
    **{f"{name.lower()}s": number for number, name in enumerate(calendar.day_name)},
    **{name.lower(): number for number, name in enumerate(calendar.day_abbr)},
    "tues": 1,
    "thur": 3,
    "thurs": 3,
}
UNITS = ("day", "week", "month", "quarter", "year")
MONTHS_OF = {"month": 1, "quarter": 3, "half": 6, "year": 12}

MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
NUMBER = r"(?:\d{1,4}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
WAYS = ("last 7 days", "last month", "last 30 days")


class DateProblemError(Exception):
    """A stretch of the calendar that does not exist, lies ahead, or can't be told."""

    def __init__(self, message: str, *ways: str) -> None:
        super().__init__(message)
        self.message = message
        self.ways = ways or WAYS


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days; `relative` is its name against today, where it has one."""

    start: date
    end: date
    label: str
    relative: RelativeRange | None = None
    unit: str = ""

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days + 1

    def as_time(self) -> RelativeRange | TimeRange:
        """Return the form a query carries."""
        return self.relative or TimeRange(start=self.start, end=self.end, label=self.label)


def number_of(text: str) -> int:
    """Return the number a word or digits stand for."""
    return NUMBERS.get(text) or int(text)


def month_start(day: date, shift: int = 0) -> date:
    """Return the first day of the month that lies `shift` months away."""
    months = day.year * 12 + day.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


def month_end(day: date) -> date:
    """Return the last day of a month."""
    return month_start(day, 1) - DAY


def week_start(day: date) -> date:
    """Return the Monday of a week."""
    return day - timedelta(days=day.weekday())


def unit_start(day: date, unit: str) -> date:
    """Return the first day of the week, month, quarter or year a day falls in."""
    if unit == "week":
        return week_start(day)
    length = MONTHS_OF.get(unit, 1)
    return day if unit == "day" else date(day.year, (day.month - 1) // length * length + 1, 1)


def unit_shift(start: date, unit: str, count: int) -> date:
    """Move the first day of a unit by whole units."""
    if unit in {"day", "week"}:
        return start + timedelta(days=count * (7 if unit == "week" else 1))
    return month_start(start, count * MONTHS_OF[unit])


def whole(start: date, unit: str, label: str) -> Period:
    """Return the whole unit that begins on a day."""
    return Period(start, unit_shift(start, unit, 1) - DAY, label, unit=unit)


def one_day(found: date) -> Period:
    """Return a single day."""
    return Period(found, found, say_day(found), unit="day")


def say_day(day: date) -> str:
    """Word a day so that it is read as the same one again."""
    return f"{day:%B} {day.day}, {day.year}"


def say_days(start: date, end: date) -> str:
    """Word a stretch of days so that it is read as the same one again."""
    return say_day(start) if start == end else f"{say_day(start)} to {say_day(end)}"


def relative(name: RelativeRange, today: date, unit: str = "") -> Period:
    """Return a period named against today."""
    found = resolve_range(name, today)
    return Period(found.start, found.end, name.value.replace("_", " "), name, unit=unit)


def last_days(count: int, today: date, label: str) -> Period:
    """Return as many full days up to yesterday."""
    unit = f"{count} day"
    try:
        return relative(RelativeRange(f"last_{count}_days"), today, unit)
    except ValueError:
        return Period(today - timedelta(days=count), today - DAY, label, unit=unit)


def clipped(period: Period, today: date) -> Period:
    """Return a period cut off at today. Raises DateProblemError when it all lies ahead."""
    if period.start > today:
        raise DateProblemError(f"{period.label} lies ahead: there is no data for it yet.")
    if period.end <= today:
        return period
    return replace(period, end=today, label=f"{period.label} so far")


def is_unit(period: Period, unit: str, count: int = 1) -> bool:
    """Return whether a period is as long as so many whole units."""
    if unit in {"day", "week"}:
        return period.days == count * (7 if unit == "week" else 1)
    is_running = count == 1 and period.unit == unit and period.start == unit_start(period.end, unit)
    return is_running or (
        period.start == unit_start(period.start, "month")
        and period.end == month_start(period.start, count * MONTHS_OF[unit]) - DAY
    )


def shorter_grain(period: Period, grain: Grain) -> bool:
    """Return whether a period holds two or more steps of a grain."""
    return period.start < unit_start(period.end, grain.value)
