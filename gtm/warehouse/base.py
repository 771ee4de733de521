"""The warehouse port: BigQuery SQL in, typed rows out, whatever the engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

import pyarrow as pa

from gtm.context import TenantContext

# What a cell can hold once it has left an engine. Nested values stay JSON-like.
Cell = (
    str
    | int
    | float
    | bool
    | date
    | datetime
    | Decimal
    | bytes
    | list[object]
    | dict[str, object]
    | None
)
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ScopedSql:
    """BigQuery SQL that the guard has regenerated: tables fully qualified, only the tenant's views.

    Made by `gtm.sql.guard` alone; an adapter runs nothing else for a question.
    """

    text: str
    dataset: str
    views: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A result or view column; `type` is BigQuery's name (STRING, INT64, FLOAT64, DATE, …)."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Caps of one query. Over a cap it fails with the cap's name; rows are never silently cut."""

    timeout_seconds: float
    max_rows: int
    max_result_bytes: int
    max_bytes_billed: int


@dataclass(frozen=True, slots=True)
class QueryResult:
    """All rows of a query; `bytes_processed` is exact on BigQuery, an estimate when embedded.

    `job_id` names the engine's own record of the run, where it keeps one. `size_bytes` is about
    what the rows hold, 0 where the engine does not say.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    bytes_processed: int
    is_bytes_estimated: bool
    duration_ms: float
    job_id: str | None = None
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class QueryEstimate:
    """What a query would cost, known before it runs.

    `rows` is the planner's guess of how many come back; None where the engine makes none.
    """

    bytes_processed: int
    referenced_tables: tuple[str, ...]
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class LandingTable:
    """A landing table of a source in its native schema; a partition is replaced as a whole.

    On BigQuery a day-sharded table `events_` has one physical table a partition (`events_20260101`,
    `events_intraday_20260101`); the embedded engine keeps one physical table with the suffix as a
    column. `partition_column` names the column of a table partitioned by a DATE instead. A table of
    records has a `key` and no partitions: incoming rows replace all stored rows of the same key,
    which several rows may share (the history of a record, say).
    """

    name: str
    schema: pa.Schema
    is_sharded: bool = False
    partition_column: str | None = None
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Partition:
    """New rows of one partition: a table suffix (`20260101`) or an ISO date.

    What a load brings for one key, in parts of any size, is the whole new content of the partition.
    Rows of a table with a `key` name theirs in any way.
    """

    key: str
    rows: pa.Table


@dataclass(frozen=True, slots=True)
class Landing:
    """What goes into one landing table; the parts are read once, lazily."""

    table: LandingTable
    parts: Iterable[Partition]


class Warehouse(Protocol):
    """One dataset pair a tenant: views that questions read, and the raw dataset beneath."""

    async def query(
        self, tenant: TenantContext, sql: ScopedSql, *, limits: QueryLimits
    ) -> QueryResult:
        """Run a scoped query read-only. Raises the query errors of `gtm.errors`."""
        ...

    async def estimate(self, tenant: TenantContext, sql: ScopedSql) -> QueryEstimate:
        """Check that a query would run, and say what it would read."""
        ...

    async def load(
        self, tenant: TenantContext, table: LandingTable, partitions: Iterable[Partition]
    ) -> None:
        """Replace partitions or keys of a landing table, all or none; read lazily."""
        ...

    async def load_together(self, tenant: TenantContext, landings: Sequence[Landing]) -> None:
        """Load several tables in the order given, all or none of them."""
        ...

    async def landed(
        self, tenant: TenantContext, table: LandingTable, columns: Sequence[str]
    ) -> pa.Table:
        """Return columns of every row of a landing table; no rows when it is not there.

        For loaders, which must know what has come before; no question reads a landing table.
        """
        ...

    async def transform(self, tenant: TenantContext, statements: Sequence[str]) -> None:
        """Run model statements (BigQuery SQL, tables qualified by dataset), all or none."""
        ...

    async def view_columns(self, tenant: TenantContext) -> Mapping[str, tuple[Column, ...]]:
        """Return the columns of each view in the tenant's dataset."""
        ...

    async def data_version(self, tenant: TenantContext) -> str:
        """Return a mark that changes whenever what a question could read has changed.

        Equal marks promise equal answers, also across processes and restarts; a mark may change
        although nothing else has. It changes before the load or transform returns, and never
        sooner than new data can be read. Raises NotFoundError as a query does. Costs no query.
        """
        ...

    async def drop(self, tenant: TenantContext) -> None:
        """Delete all data of a tenant for good; harmless where there is none (any more).

        What runs there is stopped or fails. Broken off half-way, it is to be called again. Raises
        WarehouseBusyError when another process holds the data.
        """
        ...

    async def close(self) -> None:
        """Release files and connections."""
        ...
