"""What a query would read: the bytes of the columns it scans, from the catalogue alone.

The rule follows BigQuery's bill: every row of a scanned table counts with the width of each column
read, except the days that a test on a date column leaves out, as partitions would. Widths are fixed
per type (below), so the figure is an estimate.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import duckdb
from sqlglot import exp

from gtm.warehouse.base import QueryEstimate
from gtm.warehouse.duckdb_file import CATALOG
from gtm.warehouse.duckdb_plan import Days, Plan, Scan, read_plan

_WIDTHS = {"BOOLEAN": 1, "VARCHAR": 24}
_NUMBER_WIDTH = 8
_NESTED_WIDTH = 200
_REMEMBERED = 512

_SIZES = """
    SELECT t.schema_name, t.table_name, t.estimated_size, c.column_name, c.data_type
    FROM duckdb_tables() AS t
    JOIN duckdb_columns() AS c USING (database_name, schema_name, table_name)
    WHERE t.database_name = 'warehouse'
"""


@dataclass(frozen=True, slots=True)
class _Histogram:
    """How many rows each day of a column has: days in order, and rows up to each of them."""

    days: tuple[int, ...]
    rows_until: tuple[int, ...]

    def rows(self, span: Days) -> int:
        """Return how many rows lie within a span of days."""
        low, high = bisect_left(self.days, span.first), bisect_right(self.days, span.last)
        return max(self.rows_until[high] - self.rows_until[low], 0)


@dataclass(frozen=True, slots=True)
class _Table:
    schema: str
    name: str
    rows: int
    widths: dict[str, int] = field(default_factory=dict)
    date_columns: set[str] = field(default_factory=set)
    histograms: dict[str, _Histogram] = field(default_factory=dict)


class CostBook:
    """Estimates of one tenant's queries, remembered until its data changes."""

    def __init__(self) -> None:
        self._tables: dict[str, _Table] | None = None
        self._estimates: OrderedDict[str, QueryEstimate] = OrderedDict()

    def forget(self) -> None:
        """Drop what is known, because the data changed."""
        self._tables = None
        self._estimates = OrderedDict()

    def estimate(self, cursor: duckdb.DuckDBPyConnection, sql: str) -> QueryEstimate:
        """Return what a translated query reads; raises duckdb.Error when it would not run."""
        estimates = self._estimates
        known = estimates.get(sql)
        if known is not None:
            return known
        plan = read_plan(cursor.execute("EXPLAIN (FORMAT json) " + sql).fetchall()[0][1])
        tables = self._tables = self._tables or _read_tables(cursor)
        estimate = _sum_up(plan, tables, cursor)
        estimates[sql] = estimate
        if len(estimates) > _REMEMBERED:
            estimates.popitem(last=False)
        return estimate


def _read_tables(cursor: duckdb.DuckDBPyConnection) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    for schema, name, rows, column, data_type in cursor.execute(_SIZES).fetchall():
        table = tables.setdefault(".".join((schema, name)), _Table(schema, name, rows or 0))
        table.widths[column.lower()] = _width(data_type)
        if data_type == "DATE":
            table.date_columns.add(column.lower())
    return tables


def _sum_up(
    plan: Plan, tables: Mapping[str, _Table], cursor: duckdb.DuckDBPyConnection
) -> QueryEstimate:
    total = 0
    names: dict[str, None] = {}
    for scan in plan.scans:
        table = tables.get(scan.table)
        if table is not None:
            names[scan.table] = None
            total += _rows_read(scan, table, cursor) * _row_width(scan, table)
    return QueryEstimate(total, tuple(names), plan.rows)


def _rows_read(scan: Scan, table: _Table, cursor: duckdb.DuckDBPyConnection) -> int:
    spans = [span for span in scan.days if span.column in table.date_columns]
    return min(
        (_histogram(table, span.column, cursor).rows(span) for span in spans), default=table.rows
    )


def _histogram(table: _Table, column: str, cursor: duckdb.DuckDBPyConnection) -> _Histogram:
    known = table.histograms.get(column)
    if known is None:
        day = exp.column(column, quoted=True)
        counted = (
            exp.select(day, exp.Count(this=exp.Star()))
            .from_(exp.table_(table.name, db=table.schema, catalog=CATALOG, quoted=True))
            .where(exp.Not(this=exp.Is(this=day.copy(), expression=exp.null())))
            .group_by(exp.Literal.number(1))
            .order_by(exp.Literal.number(1))
        )
        found = cursor.execute(counted.sql("duckdb")).fetchall()
        known = table.histograms[column] = _Histogram(
            days=tuple(day.toordinal() for day, _ in found),
            rows_until=tuple(accumulate((rows for _, rows in found), initial=0)),
        )
    return known


def _row_width(scan: Scan, table: _Table) -> int:
    # A filter the scan applies itself may name a column that it does not hand on.
    return sum(
        width for name, width in table.widths.items() if name in scan.columns or name in scan.tests
    )


def _width(data_type: str) -> int:
    if data_type.endswith("[]") or data_type.startswith(("STRUCT", "MAP")):
        return _NESTED_WIDTH
    return _WIDTHS.get(data_type, _NUMBER_WIDTH)
