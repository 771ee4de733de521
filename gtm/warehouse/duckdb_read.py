"""Reading from a tenant's file: one query, its caps, and the switch that stops it."""

from __future__ import annotations

import threading
import time

import duckdb
import pyarrow as pa

from gtm.errors import QueryFailedError
from gtm.warehouse.base import Column, QueryEstimate, QueryLimits, QueryResult, Row
from gtm.warehouse.caps import refuse_over_budget, refuse_over_rows, refuse_over_size
from gtm.warehouse.duckdb_cost import CostBook
from gtm.warehouse.duckdb_errors import query_error
from gtm.warehouse.duckdb_file import CATALOG, TenantFile
from gtm.warehouse.duckdb_types import bigquery_type, cells

_BATCH_ROWS = 10_000
_VIEW_COLUMNS = """
    SELECT c.table_name, c.column_name, c.data_type
    FROM duckdb_columns() AS c
    JOIN duckdb_views() AS v
      ON v.database_oid = c.database_oid AND v.view_oid = c.table_oid
    WHERE c.database_name = ? AND c.schema_name = ?
    ORDER BY c.table_name, c.column_index
"""


class QueryStoppedError(Exception):
    """The query was stopped from outside; never leaves the warehouse."""


class Switch:
    """Stops a query from another thread, whichever statement it has reached."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self.is_off = False

    def watch(self, cursor: duckdb.DuckDBPyConnection | None) -> None:
        """Name the cursor that runs now; None when it is about to be closed."""
        with self._lock:
            self._cursor = cursor
            if cursor is not None and self.is_off:
                raise QueryStoppedError

    def turn_off(self) -> None:
        """Interrupt the query. May be repeated: an engine between two statements misses one."""
        with self._lock:
            self.is_off = True
            if self._cursor is not None:
                self._cursor.interrupt()


def run(
    file: TenantFile, sql: str, *, limits: QueryLimits, costs: CostBook, switch: Switch
) -> QueryResult:
    """Run a translated query to its end. Blocks; raises the query errors or QueryStoppedError."""
    started = time.perf_counter()
    with file.reader() as cursor:
        switch.watch(cursor)
        try:
            cost = costs.estimate(cursor, sql)
            refuse_over_budget(cost.bytes_processed, limits, is_estimated=True)
            columns, rows, size = _fetch(cursor, sql, limits)
        except duckdb.InterruptException as error:
            raise QueryStoppedError from error
        except duckdb.Error as error:
            raise query_error(error) from error
        except OSError as error:
            if switch.is_off:
                raise QueryStoppedError from error
            raise query_error(_engine_error(error)) from error
        finally:
            switch.watch(None)
    duration_ms = (time.perf_counter() - started) * 1000
    return QueryResult(
        columns=columns,
        rows=tuple(rows),
        bytes_processed=cost.bytes_processed,
        is_bytes_estimated=True,
        duration_ms=duration_ms,
        size_bytes=size,
    )


def _engine_error(error: OSError) -> duckdb.Error:
    """Return what the engine said of a later batch, which comes through Arrow as an OSError."""
    text = str(error)
    is_memory = text.startswith("Out of Memory")
    return duckdb.OutOfMemoryException(text) if is_memory else duckdb.Error(text)


def estimate(file: TenantFile, sql: str, *, costs: CostBook) -> QueryEstimate:
    """Return what a translated query would read. Blocks; raises the query errors."""
    with file.reader() as cursor:
        try:
            return costs.estimate(cursor, sql)
        except duckdb.Error as error:
            raise query_error(error) from error


def view_columns(file: TenantFile, *, dataset: str) -> dict[str, tuple[Column, ...]]:
    """Return the columns of every view in a schema. Blocks."""
    with file.reader() as cursor:
        columns: dict[str, tuple[Column, ...]] = {}
        for view, name, data_type in cursor.execute(_VIEW_COLUMNS, [CATALOG, dataset]).fetchall():
            of = bigquery_type(cursor.dtype(data_type))
            columns[view] = (*columns.get(view, ()), Column(name, of))
        return columns


def _fetch(
    cursor: duckdb.DuckDBPyConnection, sql: str, limits: QueryLimits
) -> tuple[tuple[Column, ...], list[Row], int]:
    relation = cursor.sql(sql)
    types = relation.types
    columns = tuple(
        Column(name, bigquery_type(of)) for name, of in zip(relation.columns, types, strict=True)
    )
    rows: list[Row] = []
    size = 0
    for batch in relation.to_arrow_reader(_BATCH_ROWS):
        size += batch.nbytes
        refuse_over_rows(len(rows) + batch.num_rows, limits)
        refuse_over_size(size, limits)
        try:
            values = [cells(c, of) for c, of in zip(batch.columns, types, strict=True)]
        except pa.ArrowInvalid as error:
            raise QueryFailedError(
                "The query failed: an integer went beyond 64 bits.",
                hint="Cast the column to FLOAT64 before summing it.",
            ) from error
        rows.extend(zip(*values, strict=True))
    return columns, rows, size
