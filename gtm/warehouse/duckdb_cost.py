"""What a query would read: the bytes of the columns it scans, from the catalogue alone.

The rule follows BigQuery's bill: every row of a scanned table counts, filters or not, with the
width of each column read. Widths are fixed per type (below), so the figure is an estimate.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from gtm.warehouse.base import QueryEstimate

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
class _Table:
    rows: int
    widths: dict[str, int]


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
        plan = cursor.execute("EXPLAIN (FORMAT json) " + sql).fetchall()[0][1]
        tables = self._tables = self._tables or _read_tables(cursor)
        estimate = _sum_up(json.loads(plan), tables)
        estimates[sql] = estimate
        if len(estimates) > _REMEMBERED:
            estimates.popitem(last=False)
        return estimate


def _read_tables(cursor: duckdb.DuckDBPyConnection) -> dict[str, _Table]:
    tables: dict[str, _Table] = {}
    for schema, table, rows, column, data_type in cursor.execute(_SIZES).fetchall():
        entry = tables.setdefault(".".join((schema, table)), _Table(rows or 0, {}))
        entry.widths[column.lower()] = _width(data_type)
    return tables


def _sum_up(plan: list[dict[str, Any]], tables: Mapping[str, _Table]) -> QueryEstimate:
    total = 0
    names: dict[str, None] = {}
    for node in _nodes(plan):
        details = node.get("extra_info") or {}
        name = str(details.get("Table", "")).partition(".")[2]
        table = tables.get(name)
        if table is None:
            continue
        names[name] = None
        total += table.rows * _row_width(details, table)
    return QueryEstimate(total, tuple(names))


def _row_width(details: Mapping[str, Any], table: _Table) -> int:
    read = details.get("Projections") or []
    columns = [read] if isinstance(read, str) else list(read)
    # A filter the scan applies itself may name a column that it does not hand on.
    filters = str(details.get("Filters", "")).lower()
    widths = table.widths
    wanted = {column.partition(".")[0].lower() for column in columns}
    return sum(width for name, width in widths.items() if name in wanted or name in filters)


def _nodes(plan: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in plan:
        yield node
        yield from _nodes(node.get("children") or [])


def _width(data_type: str) -> int:
    if data_type.endswith("[]") or data_type.startswith(("STRUCT", "MAP")):
        return _NESTED_WIDTH
    return _WIDTHS.get(data_type, _NUMBER_WIDTH)
