"""What a compared query measured, as the parts of a change."""

from __future__ import annotations

from datetime import date

from gtm.analytics.tables import value_of
from gtm.insights.explain.decompose import Part
from gtm.insights.reading import as_number
from gtm.insights.series import day_of
from gtm.semantics.columns import PERIOD, PREVIOUS
from gtm.semantics.result import Value
from gtm.warehouse.base import QueryResult

_NOT_SET = "(not set)"

Row = dict[str, Value]


def rows_of(result: QueryResult) -> list[Row]:
    """Return the rows by the names of their columns."""
    names = [column.name for column in result.columns]
    return [dict(zip(names, map(value_of, row), strict=True)) for row in result.rows]


def whole_of(result: QueryResult, metric: str) -> tuple[float | None, float | None]:
    """Return a metric over everything, before and after."""
    row = next(iter(rows_of(result)), {})
    return as_number(row.get(metric + PREVIOUS)), as_number(row.get(metric))


def parts_of(result: QueryResult, dimension: str, metric: str, base: str) -> list[Part]:
    """Return one part a group; the base stays zero where none was measured."""
    return [
        Part(
            name=_name(row[dimension]),
            before=as_number(row[metric + PREVIOUS]),
            after=as_number(row[metric]),
            base_before=as_number(row.get(base + PREVIOUS)) or 0.0,
            base_after=as_number(row.get(base)) or 0.0,
        )
        for row in rows_of(result)
    ]


def first_day_of(result: QueryResult) -> date | None:
    """Return the day of the first row of a series."""
    row = next(iter(rows_of(result)), {})
    return day_of(row.get(PERIOD))


def _name(value: Value) -> str:
    return _NOT_SET if value is None or value == "" else str(value)
