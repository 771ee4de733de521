"""Numbers and dates as people read them, in full and as ticks of an axis."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Final

from gtm.charts.frame import as_number, day
from gtm.charts.spec import Axis
from gtm.semantics.query import Grain
from gtm.semantics.result import Format, Value

_DASH: Final = "\u2013"
_SCALES: Final = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))
# The shortest gap between two points tells how wide each of them is.
_GAPS: Final = ((360, Grain.YEAR), (85, Grain.QUARTER), (28, Grain.MONTH))


def full(value: Value, format_: Format | None) -> str:
    """Return a value in full."""
    number = as_number(value)
    if number is None:
        return _plain(value)
    if format_ is Format.PERCENT:
        places = 2 if number and abs(number) < 0.01 else 1
        return f"{number * 100:,.{places}f}%"
    if format_ is Format.USD:
        places = 0 if float(number).is_integer() else 2
        return _signed(number, f"${abs(number):,.{places}f}")
    if format_ is Format.SECONDS:
        return _seconds(number)
    return f"{number:,.0f}" if format_ is Format.INTEGER else _short(number, 2)


def tick(value: Value, format_: Format | None) -> str:
    """Return a value in as few letters as an axis has room for."""
    number = as_number(value)
    if number is None:
        return _plain(value)
    if format_ is Format.PERCENT:
        return f"{_short(number * 100, 1)}%"
    if format_ is Format.SECONDS:
        return _seconds(number)
    prefix = "$" if format_ is Format.USD else ""
    return _signed(number, f"{prefix}{_compact(abs(number))}")


def grain_of(values: Iterable[Value]) -> Grain | None:
    """Return the width of the points of a series, read off their dates."""
    days = sorted({found.toordinal() for value in values if (found := day(value))})
    gaps = [after - before for before, after in pairwise(days)]
    if not gaps:
        return None
    gap = min(gaps)
    for least, grain in _GAPS:
        if gap >= least:
            return grain
    return Grain.WEEK if gap % 7 == 0 else Grain.DAY


def category(value: Value, axis: Axis, grain: Grain | None) -> str:
    """Return the name of a point on the axis of categories."""
    found = day(value) if axis.type == "date" else None
    if found is None:
        return _plain(value) if isinstance(value, str) else tick(value, axis.format)
    return _date(found, grain)


def _date(found: date, grain: Grain | None) -> str:
    if grain is Grain.YEAR:
        return str(found.year)
    if grain is Grain.QUARTER:
        return f"Q{(found.month - 1) // 3 + 1} {found.year}"
    if grain is Grain.MONTH:
        return f"{found:%b} {found.year}"
    return f"{found:%b} {found.day}"


def _plain(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _DASH if value is None else str(value)


def _compact(number: float) -> str:
    for scale, letter in _SCALES:
        # What would be rounded up to the next scale is written in that.
        if number >= scale * 0.99995:
            return f"{_short(number / scale, 1)}{letter}"
    return _short(number, 1)


def _seconds(number: float) -> str:
    if number < 60:
        return f"{_short(round(number, 1), 2)} s"
    minutes, seconds = divmod(round(number), 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _short(number: float, places: int) -> str:
    written = f"{number:,.{places}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def _signed(number: float, written: str) -> str:
    return f"-{written}" if number < 0 else written
