"""What an export file can be: its landing table, the columns that give it away, its day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gtm.errors import LoadRejectedError
from gtm.models.model import Source as ModelSource
from gtm.warehouse.base import LandingTable


class Source(StrEnum):
    """Where an export comes from."""

    GA4 = "ga4"
    GSC = "gsc"
    HUBSPOT = "hubspot"

    @property
    def of_views(self) -> ModelSource:
        """The source as views and reports name it."""
        return ModelSource[self.name]


@dataclass(frozen=True, slots=True)
class Export:
    """One table a source exports; `required` columns hold a value in every row.

    `fit` returns the landing table for a file with certain fields (dotted, in lower case), where
    there are more than the models read. `is_day_of_file` is for tables whose rows have other dates
    than the day of the table they are in, which is then told by the file's name.
    """

    source: Source
    landing: LandingTable
    title: str
    date_column: str
    required: tuple[str, ...]
    marks: tuple[str, ...] = ()
    fit: Callable[[frozenset[str]], LandingTable] | None = None
    is_day_of_file: bool = False

    def fitted(self, fields: frozenset[str]) -> LandingTable:
        """Return the landing table for a file with these fields."""
        return self.landing if self.fit is None else self.fit(fields)

    def missing(self, columns: Iterable[str]) -> list[str]:
        """Return the columns a file must have and lacks."""
        present = {column.lower() for column in columns}
        return [name for name in (*self.required, *self.marks) if name.lower() not in present]

    def missing_share(self, columns: Iterable[str]) -> float:
        """Return which part of the columns a file must have it lacks."""
        return len(self.missing(columns)) / len((*self.required, *self.marks))


@dataclass(frozen=True, slots=True)
class ShardName:
    """What a file's name says about a day-sharded table: its kind, and one day or none."""

    prefix: str
    day: str | None


_SHARD_NAME = re.compile(
    r"(?:events_(?P<kind>intraday_|fresh_)?|pseudonymous_users_|users_)(?P<day>\d{8})?(?!\d)"
)


def shard_name(file_name: str) -> ShardName:
    """Read `events_20260101`, `events_intraday_20260101` or `users_…` off a file's name."""
    match = _SHARD_NAME.match(file_name)
    if match is None:
        return ShardName("", None)
    return ShardName(match["kind"] or "", match["day"])


def detect(
    exports: Sequence[Export], columns: Sequence[str], *, source: Source | None, file: str
) -> Export:
    """Return the export whose columns a file has; raises LoadRejectedError when none fits."""
    candidates = [export for export in exports if source in {None, export.source}]
    if not candidates:
        raise LoadRejectedError(
            f"{file} holds no records of HubSpot. It has: {', '.join(columns[:8])}.",
            hint="Use records of its API (.json, .ndjson), a CSV export with internal property "
            "names, or Fivetran's tables as CSV.",
        )
    for export in candidates:
        if not export.missing(columns):
            return export
    nearest = min(candidates, key=lambda export: export.missing_share(columns))
    missing = ", ".join(nearest.missing(columns))
    shown = ", ".join(columns[:8]) or "none"
    raise LoadRejectedError(
        f"{file} is not {nearest.title}: it lacks the columns {missing}. It has: {shown}.",
        hint="Export the table as Google writes it, with its original column names.",
        nearest=nearest.missing(columns),
    )
