"""The report of a load: what came in, what did not and why, and how far it got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import pyarrow as pa

from gtm.models.landing.loads import LOAD_REPORTS
from gtm.models.model import Source


class LoadState(StrEnum):
    """How far a load got."""

    LANDING = "landing"  # begun; its rows may be in or not
    LANDED = "landed"  # its rows are in, the views do not show them yet
    BUILT = "built"  # the views show it
    REJECTED = "rejected"  # the file was refused; nothing changed
    FAILED = "failed"  # it broke off; nothing changed

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to the load."""
        return self in {LoadState.BUILT, LoadState.REJECTED, LoadState.FAILED}


@dataclass(frozen=True, slots=True)
class Rejection:
    """What was not loaded, and why; `rows` None stands for the whole file."""

    reason: str
    field: str | None = None
    line: int | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Outlier:
    """A day with far more or fewer rows than the same weekday of the weeks before."""

    date: date
    rows: int
    typical_rows: int


@dataclass(frozen=True, slots=True)
class LoadReport:
    """One load. `parts` are rows by day table, ISO day or landing table, whatever the file fills.

    `source` and `table` are None when a refused file was not recognised.
    """

    load_id: str
    file_name: str
    user_id: str
    state: LoadState
    started_at: datetime
    source: Source | None = None
    table: str | None = None
    finished_at: datetime | None = None
    rows_in: int = 0
    rows_loaded: int = 0
    rows_rejected: int = 0
    parts: Mapping[str, int] = field(default_factory=dict)
    first_day: date | None = None
    last_day: date | None = None
    missing_days: tuple[date, ...] = ()
    outliers: tuple[Outlier, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    warnings: tuple[str, ...] = ()


def report_rows(report: LoadReport) -> pa.Table:
    """Return a report as a row of its landing table."""
    row = asdict(report)
    row["table_name"] = row.pop("table")
    row["parts"] = [{"name": name, "rows": rows} for name, rows in report.parts.items()]
    return pa.Table.from_pylist([row], schema=LOAD_REPORTS.schema)


def report_of(row: Mapping[str, Any]) -> LoadReport:
    """Read a report off a row of its landing table."""
    source = row["source"]
    return LoadReport(
        load_id=row["load_id"],
        file_name=row["file_name"],
        user_id=row["user_id"],
        state=LoadState(row["state"]),
        started_at=row["started_at"],
        source=Source(source) if source else None,
        table=row["table_name"],
        finished_at=row["finished_at"],
        rows_in=row["rows_in"] or 0,
        rows_loaded=row["rows_loaded"] or 0,
        rows_rejected=row["rows_rejected"] or 0,
        parts={part["name"]: part["rows"] for part in row["parts"] or ()},
        first_day=row["first_day"],
        last_day=row["last_day"],
        missing_days=tuple(row["missing_days"] or ()),
        outliers=tuple(Outlier(**outlier) for outlier in row["outliers"] or ()),
        rejections=tuple(Rejection(**rejection) for rejection in row["rejections"] or ()),
        warnings=tuple(row["warnings"] or ()),
    )
