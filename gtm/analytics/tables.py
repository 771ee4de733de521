"""From what an engine returned to a result table: JSON values, and columns with a meaning."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from gtm.errors import QueryFailedError
from gtm.insights.narrative import without_idle_caps
from gtm.semantics.catalog import Metric
from gtm.semantics.compiler import CompiledQuery
from gtm.semantics.result import ColumnRole, Format, ResultColumn, ResultTable, Value
from gtm.warehouse.base import Cell, Column, QueryResult

GROUP_COUNT = "group_count"
_TIMES = {"DATE", "DATETIME", "TIMESTAMP"}
_WHOLE = {"INT64", "INTEGER", "BIGINT"}
_FRACTIONS = {"FLOAT64", "FLOAT", "NUMERIC", "BIGNUMERIC", "DECIMAL"}
_TEXTS = {"STRING", "BOOL", "BOOLEAN", "TIME"}


def value_of(cell: Cell) -> Value:
    """Return a cell as JSON can carry it: ISO dates, plain numbers, nested values as text."""
    if cell is None or isinstance(cell, (str, bool, int)):
        return cell
    if isinstance(cell, (float, Decimal)):
        number = float(cell)
        return number if math.isfinite(number) else None
    if isinstance(cell, (date, datetime)):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.hex()
    return json.dumps(cell, ensure_ascii=False, default=str)


def governed_table(
    compiled: CompiledQuery, answer: QueryResult, totals: QueryResult | None
) -> ResultTable:
    """Return the table of a compiled query, its columns in the compiler's order."""
    places = {column.name: at for at, column in enumerate(answer.columns)}
    missing = [column.name for column in compiled.columns if column.name not in places]
    if missing:
        raise QueryFailedError(f"The answer lacks the columns {', '.join(missing)}.")
    order = [places[column.name] for column in compiled.columns]
    whole = _only_row(totals)
    group_count = whole.pop(GROUP_COUNT, None)
    table = ResultTable(
        columns=compiled.columns,
        rows=tuple(tuple(value_of(row[at]) for at in order) for row in answer.rows),
        totals=whole,
        group_count=None if group_count is None else int(group_count),
        resolved=compiled.resolved,
    )
    assumed = without_idle_caps(compiled.resolved.assumptions, table)
    if assumed == compiled.resolved.assumptions:
        return table
    resolved = compiled.resolved.model_copy(update={"assumptions": assumed})
    return table.model_copy(update={"resolved": resolved})


def with_notes(table: ResultTable, notes: tuple[str, ...]) -> ResultTable:
    """Return a governed table that also says this of how it was read."""
    if not notes or table.resolved is None:
        return table
    said = (*table.resolved.assumptions, *notes)
    resolved = table.resolved.model_copy(update={"assumptions": said})
    return table.model_copy(update={"resolved": resolved})


def free_table(answer: QueryResult, metrics: Mapping[str, Metric]) -> ResultTable:
    """Return the table of free SQL; what a column is for is guessed from its type and name.

    Nothing in it counts as additive: nobody but the author of the SQL knows what it holds.
    """
    rows = tuple(tuple(value_of(cell) for cell in row) for row in answer.rows)
    names = _unique_names(answer.columns)
    columns: list[ResultColumn] = []
    for at, (column, name) in enumerate(zip(answer.columns, names, strict=True)):
        values = [row[at] for row in rows]
        has_period = any(known.role is ColumnRole.PERIOD for known in columns)
        columns.append(_guess(column, name, values, metrics, has_period=has_period))
    return ResultTable(columns=tuple(columns), rows=rows, group_count=len(rows))


def _guess(
    column: Column,
    name: str,
    values: Sequence[Value],
    metrics: Mapping[str, Metric],
    *,
    has_period: bool,
) -> ResultColumn:
    kind = column.type.upper().split("<")[0].split("(")[0]
    label = name.replace("_", " ").strip().capitalize() or "Value"
    if kind in _TIMES:
        role = ColumnRole.DIMENSION if has_period else ColumnRole.PERIOD
        return ResultColumn(name=name, label=label, role=role, format=Format.DATE)
    if kind in _WHOLE | _FRACTIONS:
        plain = Format.INTEGER if kind in _WHOLE else Format.DECIMAL
        known = metrics.get(name)
        return ResultColumn(
            name=name,
            label=known.label if known else label,
            role=ColumnRole.METRIC,
            format=_format(known, values, plain),
            is_lower_better=known.is_lower_better if known else False,
        )
    role = ColumnRole.DIMENSION if kind in _TEXTS else ColumnRole.OTHER
    return ResultColumn(name=name, label=label, role=role, format=Format.TEXT)


def _format(known: Metric | None, values: Sequence[Value], plain: Format) -> Format:
    """Return the catalogue's format for a metric's own name, if the numbers allow it."""
    if known is None:
        return plain
    numbers = [abs(value) for value in values if isinstance(value, (int, float))]
    if known.format is Format.PERCENT and any(number > 1 for number in numbers):
        return plain
    if known.format is Format.INTEGER and plain is Format.DECIMAL:
        return plain
    return known.format


def _unique_names(columns: Sequence[Column]) -> list[str]:
    names: list[str] = []
    for at, column in enumerate(columns, start=1):
        name = column.name or f"column_{at}"
        names.append(f"{name}_{at}" if name in names else name)
    return names


def _only_row(totals: QueryResult | None) -> dict[str, float | None]:
    if totals is None or not totals.rows:
        return {}
    values = [value_of(cell) for cell in totals.rows[0]]
    return {
        column.name: value if isinstance(value, (int, float)) else None
        for column, value in zip(totals.columns, values, strict=True)
    }
