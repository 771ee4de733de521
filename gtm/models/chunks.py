"""Cuts the days of a build so that each statement handles a bounded number of landed rows.

Putting sessions and pages together holds them all in memory: the engine must not need more of it
the longer a workspace has been collecting.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gtm.context import TenantContext
from gtm.models.landing.loads import LOAD_REPORTS
from gtm.models.model import Source
from gtm.warehouse.base import Warehouse

# About 350 MB of the engine's memory.
CHUNK_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Days of data, both ends included."""

    start: date
    end: date


async def landed_day_rows(warehouse: Warehouse, tenant: TenantContext) -> Mapping[date, int]:
    """Return how many GA4 rows each day has, as the reports of loads tell it."""
    reports = await warehouse.landed(tenant, LOAD_REPORTS, ["source", "parts"])
    parts = [
        (str(part["name"]), int(part["rows"] or 0))
        for report in reports.to_pylist()
        if report["source"] == Source.GA4
        for part in report["parts"] or ()
    ]
    return _by_day(parts)


def cut(span: DateSpan, day_rows: Mapping[date, int], *, max_rows: int) -> Sequence[DateSpan]:
    """Cut a span where the rows of its days would pass a limit; a day stays whole.

    Days without known rows are in some part too: the parts cover the span.
    """
    starts, rows = [span.start], 0
    for day in sorted(day for day in day_rows if span.start <= day <= span.end):
        if rows and rows + day_rows[day] > max_rows:
            starts.append(day)
            rows = 0
        rows += day_rows[day]
    ends = [start - timedelta(days=1) for start in starts[1:]]
    return [DateSpan(*ends_of) for ends_of in zip(starts, [*ends, span.end], strict=True)]


def _by_day(parts: Iterable[tuple[str, int]]) -> Mapping[date, int]:
    """Add up the tables of a day; what was loaded again counts once, with its most rows."""
    by_table: dict[str, int] = {}
    for name, rows in parts:
        by_table[name] = max(rows, by_table.get(name, 0))
    by_day: dict[date, int] = {}
    for name, rows in by_table.items():
        digits = name[-8:]
        if digits.isdigit():
            day = datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
            by_day[day] = by_day.get(day, 0) + rows
    return by_day
