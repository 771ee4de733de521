"""Periods: from a named range to dates, and from a period to the one it is compared with."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from gtm.errors import InvalidQueryError
from gtm.semantics.query import ComparisonKind, Grain, RelativeRange, TimeRange

DEFAULT_RANGE = RelativeRange.LAST_30_DAYS
MONTHS_IN = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}

_UNITS = {grain.value: grain for grain in Grain}
# The label marks a period that is still running: it is compared with as many days of the last one.
_SO_FAR = " so far"


def resolve_range(time: TimeRange | RelativeRange | None, today: date) -> TimeRange:
    """Return the dates that are meant; nothing means the last 30 full days, marked as assumed."""
    if isinstance(time, TimeRange):
        return time if time.label else time.model_copy(update={"label": _dates_label(time)})
    if time is None:
        return resolve_range(DEFAULT_RANGE, today).model_copy(update={"is_assumed": True})
    label = time.value.replace("_", " ")
    if time is RelativeRange.TODAY:
        return TimeRange(start=today, end=today, label=label)
    if time is RelativeRange.YESTERDAY:
        yesterday = today - timedelta(days=1)
        return TimeRange(start=yesterday, end=yesterday, label=label)
    which, _, rest = time.value.partition("_")
    if rest in _UNITS:
        return _calendar_range(which, _UNITS[rest], today)
    days = int(rest.removesuffix("_days"))
    return TimeRange(start=today - timedelta(days=days), end=today - timedelta(days=1), label=label)


def _calendar_range(which: str, unit: Grain, today: date) -> TimeRange:
    start = bucket_start(today, unit)
    if which == "this":
        return TimeRange(start=start, end=today, label=f"this {unit.value}{_SO_FAR}")
    before = shift(start, unit, -1)
    return TimeRange(start=before, end=start - timedelta(days=1), label=f"last {unit.value}")


def comparison_range(time: TimeRange, kind: ComparisonKind) -> TimeRange:
    """Return the period a period is compared with.

    Whole months are compared with as many whole months, a running week, month, quarter or year with
    the same days of the one before, any other period with as many days just before it.
    """
    if kind is ComparisonKind.PREVIOUS_YEAR:
        return _a_year_earlier(time)
    if kind is ComparisonKind.CUSTOM:
        raise InvalidQueryError(
            "A custom comparison needs its own dates.", hint="Give compare.range."
        )
    unit = _running_unit(time)
    if unit is not None:
        start = shift(time.start, unit, -1)
        # A shorter month has no 31st: never reach into the period itself.
        end = min(start + (time.end - time.start), time.start - timedelta(days=1))
        return TimeRange(start=start, end=end, label=f"the same days of last {unit.value}")
    if is_whole_months(time):
        months = (time.end.year - time.start.year) * 12 + time.end.month - time.start.month + 1
        start = shift(time.start, Grain.MONTH, -months)
    else:
        start = time.start - timedelta(days=time.days)
    return TimeRange(start=start, end=time.start - timedelta(days=1), label="the period before")


def _a_year_earlier(time: TimeRange) -> TimeRange:
    end = shift(time.end, Grain.YEAR, -1)
    if is_whole_months(time):
        end = _month_end(end)
    start = shift(time.start, Grain.YEAR, -1)
    return TimeRange(start=start, end=end, label="the same period a year earlier")


def _running_unit(time: TimeRange) -> Grain | None:
    words = time.label.casefold()
    if not words.startswith("this ") or not words.endswith(_SO_FAR):
        return None
    unit = _UNITS.get(words.removeprefix("this ").removesuffix(_SO_FAR))
    return unit if unit is not None and bucket_start(time.start, unit) == time.start else None


def is_whole_months(time: TimeRange) -> bool:
    """Say whether a period starts on a first and ends on a last day of a month."""
    return time.start.day == 1 and time.end == _month_end(time.end)


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def bucket_start(day: date, grain: Grain) -> date:
    """Return the first day of the week, month, … a day falls in; weeks start on Monday."""
    if grain is Grain.DAY:
        return day
    if grain is Grain.WEEK:
        return day - timedelta(days=day.weekday())
    if grain is Grain.MONTH:
        return day.replace(day=1)
    if grain is Grain.QUARTER:
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1)


def shift(day: date, grain: Grain, count: int) -> date:
    """Move a date by whole units; a day the target month lacks becomes its last one."""
    if grain not in MONTHS_IN:
        return day + timedelta(days=count * (7 if grain is Grain.WEEK else 1))
    months = day.year * 12 + day.month - 1 + count * MONTHS_IN[grain]
    year, month = divmod(months, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def bucket_count(time: TimeRange, grain: Grain) -> int:
    """Return how many points a series over the period has."""
    first, last = bucket_start(time.start, grain), bucket_start(time.end, grain)
    if grain in MONTHS_IN:
        months = (last.year - first.year) * 12 + last.month - first.month
        return months // MONTHS_IN[grain] + 1
    return (last - first).days // (7 if grain is Grain.WEEK else 1) + 1


def default_grain(time: TimeRange) -> Grain:
    """Return the grain that shows a trend over a period in a readable number of points."""
    for grain, days in ((Grain.DAY, 62), (Grain.WEEK, 200), (Grain.MONTH, 1100)):
        if time.days <= days:
            return grain
    return Grain.QUARTER


def _dates_label(time: TimeRange) -> str:
    if time.start == time.end:
        return time.start.isoformat()
    return f"{time.start.isoformat()} to {time.end.isoformat()}"
