"""A kept result as a file: CSV that a spreadsheet may open, Parquet with real types."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from gtm.semantics.result import Format, ResultColumn, ResultTable, StoredResult, Value

_ROWS_A_CHUNK = 1_000
_ROWS_A_GROUP = 10_000
# A spreadsheet takes a text that begins with one of these for a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBERS = {Format.DECIMAL, Format.PERCENT, Format.USD, Format.SECONDS}
_DATE_LENGTH = len("2026-01-01")
_MAX_NAME = 80


def csv_chunks(table: ResultTable) -> Iterator[bytes]:
    """Yield a table as CSV (RFC 4180, UTF-8): plain numbers, ISO dates, empty cells for nothing."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow([_harmless(column.name) for column in table.columns])
    for start in range(0, len(table.rows), _ROWS_A_CHUNK):
        writer.writerows(
            [_csv_cell(cell) for cell in row] for row in table.rows[start : start + _ROWS_A_CHUNK]
        )
        yield sink.getvalue().encode()
        sink.seek(0)
        sink.truncate()
    yield sink.getvalue().encode()


def parquet_chunks(stored: StoredResult) -> Iterator[bytes]:
    """Yield a result as a Parquet file; its SQL and the columns' labels are in the metadata."""
    table, sink = stored.table, _Chunks()
    types = [_type(column, at, table) for at, column in enumerate(table.columns)]
    schema = pa.schema(
        [
            pa.field(column.name, of, metadata={"label": column.label})
            for column, of in zip(table.columns, types, strict=True)
        ],
        metadata={"title": stored.title, "sql": stored.receipt.sql},
    )
    with pq.ParquetWriter(sink, schema, compression="zstd") as writer:
        for start in range(0, max(len(table.rows), 1), _ROWS_A_GROUP):
            rows = table.rows[start : start + _ROWS_A_GROUP]
            arrays = [_array(rows, at, of) for at, of in enumerate(types)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            yield sink.taken()
    yield sink.taken()


def file_name(stored: StoredResult, extension: str) -> str:
    """Return a name that says what is in the file, in letters every system takes."""
    return named(stored.title, extension)


def named(title: str, extension: str) -> str:
    """Return the name of a file that holds what has a title."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:_MAX_NAME].rstrip("-")
    return f"{words or 'result'}.{extension}"


class _Chunks(io.RawIOBase):
    """A sink that hands on what was written since it was last asked."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        chunk = memoryview(data)  # type: ignore[arg-type]  # whatever buffer Arrow hands over
        self._written += chunk
        return chunk.nbytes

    def taken(self) -> bytes:
        """Return and forget what was written."""
        chunk, self._written = bytes(self._written), bytearray()
        return chunk


def _csv_cell(cell: Value) -> Value:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return _harmless(cell) if isinstance(cell, str) else cell


def _harmless(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _type(column: ResultColumn, at: int, table: ResultTable) -> pa.DataType:
    """Return a column's type: what its format promises, if its values keep it."""
    values = [row[at] for row in table.rows if row[at] is not None]
    if column.format is Format.DATE:
        return _time_type(values)
    if column.format is Format.INTEGER and all(type(value) is int for value in values):
        return pa.int64()
    is_number = column.format in _NUMBERS or column.format is Format.INTEGER
    if is_number and all(type(value) in {int, float} for value in values):
        return pa.float64()
    if values and all(type(value) is bool for value in values):
        return pa.bool_()
    return pa.string()


def _time_type(values: Sequence[Value]) -> pa.DataType:
    if all(isinstance(value, str) and len(value) == _DATE_LENGTH for value in values):
        return pa.date32()
    try:
        times = [datetime.fromisoformat(str(value)) for value in values]
    except ValueError:
        return pa.string()
    has_zone = all(time.tzinfo is not None for time in times)
    return pa.timestamp("us", tz="UTC") if has_zone else pa.timestamp("us")


def _array(rows: Sequence[tuple[Value, ...]], at: int, of: pa.DataType) -> pa.Array:
    cells: list[object] = [row[at] for row in rows]
    if pa.types.is_date(of):
        cells = [None if cell is None else date.fromisoformat(str(cell)) for cell in cells]
    elif pa.types.is_timestamp(of):
        cells = [None if cell is None else datetime.fromisoformat(str(cell)) for cell in cells]
    elif pa.types.is_string(of):
        cells = [cell if cell is None or isinstance(cell, str) else str(cell) for cell in cells]
    return pa.array(cells, type=of)
