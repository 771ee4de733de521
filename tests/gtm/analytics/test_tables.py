"""Cells of any engine become JSON values."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from gtm.analytics.tables import free_table, value_of
from gtm.semantics.result import ColumnRole, Value
from gtm.warehouse.base import Cell, Column, QueryResult


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (0.5, 0.5),
        (math.nan, None),
        (math.inf, None),
        (Decimal("1.25"), 1.25),
        (date(2026, 11, 21), "2026-11-21"),
        (datetime(2026, 11, 21, 8, tzinfo=UTC), "2026-11-21T08:00:00+00:00"),
        (b"\x00\xff", "00ff"),
        ([1, "a"], '[1, "a"]'),
        ({"at": date(2026, 11, 21)}, '{"at": "2026-11-21"}'),
    ],
)
def test_a_cell_becomes_a_json_value(cell: Cell, value: Value) -> None:
    assert value_of(cell) == value


def test_columns_of_one_name_are_told_apart() -> None:
    columns = (Column("a", "INT64"), Column("a", "STRING"), Column("", "DATE"))
    answer = QueryResult(columns, ((1, "x", date(2026, 1, 1)),), 0, True, 1.0)
    table = free_table(answer, {})
    assert [column.name for column in table.columns] == ["a", "a_2", "column_3"]
    assert [column.role for column in table.columns] == [
        ColumnRole.METRIC,
        ColumnRole.DIMENSION,
        ColumnRole.PERIOD,
    ]


def test_a_list_has_no_role_in_a_chart() -> None:
    answer = QueryResult((Column("tags", "ARRAY<STRING>"),), ((["a"],),), 0, True, 1.0)
    assert free_table(answer, {}).columns[0].role is ColumnRole.OTHER
