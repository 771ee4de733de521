"""Dates in digits alone: which of their numbers is the day, and which the month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from gtm.language.dates import DateProblemError

NUMERIC = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})")
_OLDEST = 2005


def read_dates(texts: Sequence[str], *, is_range: bool) -> list[date]:
    """Return the dates of a question. Raises DateProblemError when their order can't be told.

    Where dots stand between the numbers the day comes first everywhere. Otherwise only one of the
    two orders may give dates at all, and a range that ends after it starts.
    """
    parts = [match.groups() for text in texts if (match := NUMERIC.fullmatch(text))]
    has_dots = any("." in text for text in texts)
    readings = [
        found
        for day_at, month_at in ((0, 1), (1, 0))[: 1 if has_dots else 2]
        if (found := _dates(parts, day_at, month_at)) is not None
    ]
    if is_range and len(readings) > 1:
        readings = [found for found in readings if found == sorted(found)] or readings
    if not readings:
        raise DateProblemError(f"{texts[0]} is not a date.", "last month", "last 30 days")
    if len(readings) > 1 and readings[0] != readings[1]:
        message = f"I can't tell day and month apart in {texts[0]}; which of these is it?"
        raise DateProblemError(message, *map(_say, readings))
    return readings[0]


def _dates(parts: Sequence[tuple[str, ...]], day_at: int, month_at: int) -> list[date] | None:
    try:
        found = [date(_year(part[2]), int(part[month_at]), int(part[day_at])) for part in parts]
    except ValueError:
        return None
    return found if all(day.year >= _OLDEST for day in found) else None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _say(days: Sequence[date]) -> str:
    if len(days) == 1:
        return f"on {days[0]}"
    return f"from {days[0]} to {days[-1]}"
