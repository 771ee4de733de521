"""Periods that may be compared: both whole days that are over and in, and as many of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gtm.charts.titles import day_text, join_words
from gtm.errors import InvalidQueryError
from gtm.semantics.query import TimeRange
from gtm.semantics.result import ResolvedQuery, SourceFreshness

_DAY = timedelta(days=1)
# A month is compared with a month though it has a day more; a year with a month is meant as it is.
_ALIKE = 1.5


@dataclass(frozen=True, slots=True)
class Periods:
    """A period as far as its days are in, the one it is compared with, and what was cut."""

    time: TimeRange
    comparison: TimeRange | None
    notes: tuple[str, ...] = ()


def like_with_like(
    time: TimeRange,
    comparison: TimeRange | None,
    sources: Sequence[SourceFreshness],
    today: date,
) -> Periods:
    """Cut a period at the last day that is in, and the other to as many days.

    Raises InvalidQueryError when no day of the period is in.
    """
    reach = reach_of(sources, today)
    if time.end <= reach:
        return Periods(time, comparison)
    if time.start > reach:
        raise _nothing_yet(time, sources, today)
    cut = time.model_copy(update={"end": reach, "label": _label(time)})
    if comparison is not None and cut.days < comparison.days <= _ALIKE * time.days:
        end = comparison.start + (cut.end - cut.start)
        comparison = comparison.model_copy(update={"end": end})
    both = "" if comparison is None else ", and the earlier one after as many days"
    behind = [
        f"{source.source} data reaches {day_text(through)}"
        for source, through in _behind(sources, min(time.end, today - _DAY))
    ]
    why = join_words(behind) or "Today is not over"
    ends = "there" if len(behind) == 1 else f"on {day_text(reach)}"
    return Periods(cut, comparison, (f"{why}, so the period ends {ends}{both}.",))


def lag_notes(
    resolved: ResolvedQuery, sources: Sequence[SourceFreshness], today: date
) -> tuple[str, ...]:
    """Say how many days of a compared period are not in yet; that today is not over is said."""
    last = min(resolved.time.end, today - _DAY)
    behind = _behind(sources, last)
    if resolved.comparison is None or not behind:
        return ()
    source, through = min(behind, key=lambda entry: entry[1])
    missing = (last - max(through, resolved.time.start - _DAY)).days
    return (
        f"{source.source} data reaches {day_text(through)}: the last "
        f"{'day' if missing == 1 else f'{missing} days'} of the period are missing from the "
        "comparison.",
    )


def reach_of(sources: Sequence[SourceFreshness], today: date) -> date:
    """Return the last day that is over and that every source has."""
    return min([today - _DAY, *(source.through for source in sources if source.through)])


def _behind(sources: Sequence[SourceFreshness], last: date) -> list[tuple[SourceFreshness, date]]:
    return [(s, s.through) for s in sources if s.through is not None and s.through < last]


def _nothing_yet(
    time: TimeRange, sources: Sequence[SourceFreshness], today: date
) -> InvalidQueryError:
    behind = _behind(sources, today - _DAY)
    if behind:
        source, through = min(behind, key=lambda entry: entry[1])
        return InvalidQueryError(
            f"{source.source} data reaches {day_text(through)}: no day of the period is in yet.",
            hint=f"Ask for a period up to {through.isoformat()}.",
        )
    return InvalidQueryError(
        "Today is not over, so nothing can be said of how it differs yet.",
        hint="Ask for yesterday, or for a period that has begun earlier.",
    )


def _label(time: TimeRange) -> str:
    """Keep the name of a period that is still running; another one is no longer what it says."""
    return time.label if time.is_assumed or time.label.startswith("this ") else ""
