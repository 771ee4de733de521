"""A result as a file holds what the result holds: exact numbers, real dates, and no formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gtm.analytics.exports import csv_chunks, file_name, parquet_chunks
from gtm.semantics.result import (
    ColumnRole,
    Format,
    Receipt,
    ResultColumn,
    ResultTable,
    StoredResult,
    Value,
)

F = Format


def _stored(
    columns: Sequence[tuple[str, Format]],
    rows: Sequence[tuple[Value, ...]],
    title: str = "Sessions by source, last 30 days",
) -> StoredResult:
    table = ResultTable(
        columns=tuple(
            ResultColumn(name=name, label=name.title(), role=ColumnRole.OTHER, format=of)
            for name, of in columns
        ),
        rows=tuple(rows),
    )
    receipt = Receipt(
        is_governed=True,
        sql="SELECT 1",
        row_count=len(rows),
        bytes_processed=0,
        is_bytes_estimated=True,
        duration_ms=1,
    )
    return StoredResult(result_id="res_1", title=title, table=table, receipt=receipt)


def _csv(stored: StoredResult) -> str:
    return b"".join(csv_chunks(stored.table)).decode("utf-8")


def _parquet(stored: StoredResult) -> pa.Table:
    return pq.read_table(pa.BufferReader(b"".join(parquet_chunks(stored))))


def test_csv_is_plain_exact_and_quoted_where_needed() -> None:
    stored = _stored(
        [("period", F.DATE), ("source", F.TEXT), ("sessions", F.INTEGER), ("rate", F.PERCENT)],
        [
            ("2026-11-01", 'a "quoted", one', 12345, 0.1 + 0.2),
            ("2026-11-02", "Zürich\nnew line", -5, None),
            ("2026-11-03", "", 0, 1e-9),
        ],
    )
    assert _csv(stored) == (
        "period,source,sessions,rate\r\n"
        '2026-11-01,"a ""quoted"", one",12345,0.30000000000000004\r\n'
        '2026-11-02,"Zürich\nnew line",-5,\r\n'
        "2026-11-03,,0,1e-09\r\n"
    )


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "=cmd|'/c calc'!A0", "\uff1d1"]
)
def test_no_cell_or_heading_of_a_csv_runs_as_a_formula(text: str) -> None:
    stored = _stored([(text, F.TEXT), ("n", F.INTEGER)], [(text, -1)])
    heading, row = csv.reader(io.StringIO(_csv(stored), newline=""))
    assert heading == [f"'{text}", "n"]
    assert row == [f"'{text}", "-1"]


def test_a_long_csv_comes_in_pieces_that_make_the_whole() -> None:
    stored = _stored([("n", F.INTEGER)], [(at,) for at in range(2_500)])
    chunks = list(csv_chunks(stored.table))
    assert len(chunks) > 2
    assert b"".join(chunks).decode().split() == ["n", *map(str, range(2_500))]


def test_an_empty_result_is_a_file_with_its_headings() -> None:
    stored = _stored([("day", F.DATE), ("n", F.INTEGER), ("text", F.TEXT)], [])
    assert _csv(stored) == "day,n,text\r\n"
    assert _parquet(stored).schema.types == [pa.date32(), pa.int64(), pa.string()]


def test_parquet_keeps_types_and_values() -> None:
    stored = _stored(
        [
            ("day", F.DATE),
            ("at", F.DATE),
            ("local", F.DATE),
            ("source", F.TEXT),
            ("sessions", F.INTEGER),
            ("rate", F.PERCENT),
            ("revenue", F.USD),
            ("is_brand", F.TEXT),
        ],
        [
            (
                "2026-11-01",
                "2026-11-01T05:00:00+00:00",
                "2026-11-01T05:00:00",
                "=1",
                7,
                0.1,
                3,
                True,
            ),
            (None, None, None, None, None, None, None, None),
        ],
    )
    table = _parquet(stored)
    assert dict(zip(table.column_names, table.schema.types, strict=True)) == {
        "day": pa.date32(),
        "at": pa.timestamp("us", tz="UTC"),
        "local": pa.timestamp("us"),
        "source": pa.string(),
        "sessions": pa.int64(),
        "rate": pa.float64(),
        "revenue": pa.float64(),
        "is_brand": pa.bool_(),
    }
    first, nothing = table.to_pylist()
    assert first == {
        "day": date(2026, 11, 1),
        "at": datetime(2026, 11, 1, 5, tzinfo=UTC),
        "local": datetime(2026, 11, 1, 5),  # noqa: DTZ001 - a DATETIME has no zone
        "source": "=1",
        "sessions": 7,
        "rate": 0.1,
        "revenue": 3.0,
        "is_brand": True,
    }
    assert set(nothing.values()) == {None}
    assert table.schema.metadata[b"sql"] == b"SELECT 1"
    assert table.schema.field("rate").metadata[b"label"] == b"Rate"


@pytest.mark.parametrize(
    ("of", "values", "type_"),
    [
        (F.INTEGER, [1, 2.5], pa.float64()),
        (F.DATE, ["2026-11-01", "soon"], pa.string()),
        (F.DATE, ["2026-11-01", "2026-11-01T01:00:00"], pa.timestamp("us")),
        (F.TEXT, [True, "x"], pa.string()),
        (F.DECIMAL, ["n/a", 1.5], pa.string()),
    ],
)
def test_a_column_whose_values_break_the_promise_of_its_format_is_kept_whole(
    of: Format, values: list[Value], type_: pa.DataType
) -> None:
    table = _parquet(_stored([("value", of)], [(value,) for value in values]))
    assert table.schema.types == [type_]
    assert table.num_rows == len(values)


def test_a_long_parquet_file_has_row_groups() -> None:
    stored = _stored([("n", F.INTEGER)], [(at,) for at in range(25_000)])
    data = b"".join(parquet_chunks(stored))
    assert pq.ParquetFile(pa.BufferReader(data)).num_row_groups == 3
    assert pq.read_table(pa.BufferReader(data))["n"].to_pylist() == list(range(25_000))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Sessions by source, last 30 days", "sessions-by-source-last-30-days.csv"),
        ("Größe: café", "groe-cafe.csv"),
        ('x"; filename="evil.exe', "x-filename-evil-exe.csv"),
        ("セッション", "result.csv"),
        ("a" * 200, "a" * 80 + ".csv"),
    ],
)
def test_the_file_is_named_after_its_title(title: str, name: str) -> None:
    assert file_name(_stored([], [], title), "csv") == name
