"""BigQuery's schemas and values in the port's words, and landing schemas in BigQuery's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal

import pyarrow as pa
from google.cloud.bigquery import SchemaField

from gtm.warehouse.base import Cell, Column

_NAMES = {
    "INTEGER": "INT64",
    "FLOAT": "FLOAT64",
    "BOOLEAN": "BOOL",
    "RECORD": "STRUCT",
    "DECIMAL": "NUMERIC",
    "BIGDECIMAL": "BIGNUMERIC",
}
# BigQuery's own sizes of values, by which it counts bytes.
_NUMBER_BYTES = 8
_DECIMAL_BYTES = 16
_TEXT_BYTES = 2


def columns_of(schema: Iterable[SchemaField]) -> tuple[Column, ...]:
    """Return a schema's columns with BigQuery's standard type names."""
    return tuple(Column(field.name, type_name(field)) for field in schema)


def type_name(field: SchemaField) -> str:
    """Return a field's type as SQL writes it, nested ones included."""
    name = _NAMES.get(field.field_type, field.field_type)
    if name == "STRUCT":
        inner = ", ".join(f"{part.name} {type_name(part)}" for part in field.fields)
        name = f"STRUCT<{inner}>"
    return f"ARRAY<{name}>" if field.mode == "REPEATED" else name


def cell(value: object, field: SchemaField) -> Cell:
    """Return a value of the SDK as a plain cell; times, intervals and JSON become text."""
    if isinstance(value, list) and field.mode == "REPEATED":
        one = SchemaField(field.name, field.field_type, fields=field.fields)
        return [cell(inner, one) for inner in value]
    if field.field_type == "JSON":
        return None if value is None else json.dumps(value, separators=(",", ":"))
    if isinstance(value, dict):
        return {part.name: cell(value.get(part.name), part) for part in field.fields}
    if value is None or isinstance(value, str | int | float | date | datetime | Decimal | bytes):
        return value
    if isinstance(value, time):
        return value.isoformat()
    return str(value)


def size_of(value: Cell | object) -> int:
    """Return the bytes a value has by BigQuery's count."""
    if value is None:
        return 0
    if isinstance(value, dict):
        return sum(size_of(inner) for inner in value.values())
    if isinstance(value, list):
        return sum(size_of(inner) for inner in value)
    if isinstance(value, str):
        return _TEXT_BYTES + len(value.encode())
    if isinstance(value, bytes):
        return _TEXT_BYTES + len(value)
    if isinstance(value, bool):
        return 1
    return _DECIMAL_BYTES if isinstance(value, Decimal) else _NUMBER_BYTES


def landing_schema(schema: pa.Schema) -> list[SchemaField]:
    """Return BigQuery's schema of a landing table."""
    return [_field(field) for field in schema]


def merged(stored: Sequence[SchemaField], wanted: Sequence[SchemaField]) -> list[SchemaField]:
    """Return the stored fields, and after them what they lack, nested fields included."""
    by_name = {field.name.lower(): field for field in wanted}
    kept = [_with_fields(field, by_name.pop(field.name.lower(), field)) for field in stored]
    return [*kept, *by_name.values()]


def _with_fields(stored: SchemaField, wanted: SchemaField) -> SchemaField:
    if not stored.fields:
        return stored
    fields = merged(stored.fields, wanted.fields)
    return SchemaField(stored.name, stored.field_type, stored.mode, fields=fields)


def _field(field: pa.Field) -> SchemaField:
    kind, mode = field.type, "NULLABLE"
    if pa.types.is_list(kind):
        kind, mode = kind.value_type, "REPEATED"
    if pa.types.is_struct(kind):
        fields = [_field(kind.field(index)) for index in range(kind.num_fields)]
        return SchemaField(field.name, "RECORD", mode, fields=fields)
    return SchemaField(field.name, _scalar(kind), mode)


def _scalar(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP" if kind.tz else "DATETIME"
    for is_kind, name in _ARROW_KINDS:
        if is_kind(kind):
            return name
    raise TypeError(f"a landing table can't hold {kind}")


_ARROW_KINDS = (
    (pa.types.is_string, "STRING"),
    (pa.types.is_large_string, "STRING"),
    (pa.types.is_integer, "INTEGER"),
    (pa.types.is_floating, "FLOAT"),
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_decimal, "NUMERIC"),
    (pa.types.is_binary, "BYTES"),
    (pa.types.is_time, "TIME"),
)
