"""BigQuery's names for DuckDB's types, and engine columns as plain Python cells."""

from __future__ import annotations

import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType

from gtm.warehouse.base import Cell

_SCALARS = {
    "boolean": "BOOL",
    "tinyint": "INT64",
    "smallint": "INT64",
    "integer": "INT64",
    "bigint": "INT64",
    "hugeint": "INT64",
    "utinyint": "INT64",
    "usmallint": "INT64",
    "uinteger": "INT64",
    "ubigint": "INT64",
    "uhugeint": "INT64",
    "float": "FLOAT64",
    "double": "FLOAT64",
    "decimal": "NUMERIC",
    "date": "DATE",
    "time": "TIME",
    "timestamp with time zone": "TIMESTAMP",
    "timestamp": "DATETIME",
    "timestamp_s": "DATETIME",
    "timestamp_ms": "DATETIME",
    "timestamp_ns": "DATETIME",
    "blob": "BYTES",
    "interval": "INTERVAL",
}
# DuckDB sums and counts into 128 bits where BigQuery stays in INT64.
_WIDE_INTEGERS = frozenset({"hugeint", "uhugeint"})


def bigquery_type(engine_type: DuckDBPyType) -> str:
    """Return BigQuery's name of a DuckDB type, nested ones included."""
    if str(engine_type) == "JSON":
        return "JSON"
    if engine_type.id in {"list", "array"}:
        return "ARRAY<" + bigquery_type(child_types(engine_type)["element"]) + ">"
    if engine_type.id == "struct":
        fields = (name + " " + bigquery_type(of) for name, of in child_types(engine_type).items())
        return "STRUCT<" + ", ".join(fields) + ">"
    return _SCALARS.get(engine_type.id, "STRING")


def is_wide_integer(engine_type: DuckDBPyType) -> bool:
    """Whether DuckDB holds an integer in more than 64 bits."""
    return engine_type.id in _WIDE_INTEGERS


def cells(column: pa.Array, engine_type: DuckDBPyType) -> list[Cell]:
    """Return a column's values as Python objects; raises ArrowInvalid beyond 64 bits."""
    if is_wide_integer(engine_type):
        column = column.cast(pa.int64())
    values = column.to_pylist()
    if engine_type.id == "time":
        return [None if value is None else value.isoformat() for value in values]
    if engine_type.id == "interval":
        return [None if value is None else str(value) for value in values]
    return list(values)


def child_types(engine_type: DuckDBPyType) -> dict[str, DuckDBPyType]:
    """Return the fields of a struct, or the `element` of a list."""
    if engine_type.id == "struct":
        return {name: _only_type(of) for name, of in engine_type.children}
    return {"element": _only_type(engine_type.children[0][1])}


def _only_type(child: DuckDBPyType | int | list[str]) -> DuckDBPyType:
    # Children of lists and structs are types; an array's size and an enum's values are not.
    if not isinstance(child, DuckDBPyType):
        raise TypeError(f"{child!r} is no type")
    return child
