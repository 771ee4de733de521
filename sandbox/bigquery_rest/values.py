"""Types and values between the engine and BigQuery's REST form."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from gtm.warehouse.duckdb_types import bigquery_type, child_types
from sandbox.bigquery_rest.errors import invalid, invalid_query

Json = dict[str, Any]

_LEGACY = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}
_ARROW = {
    "STRING": pa.string(),
    "BYTES": pa.binary(),
    "INTEGER": pa.int64(),
    "FLOAT": pa.float64(),
    "NUMERIC": pa.decimal128(38, 9),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
    "DATETIME": pa.timestamp("us"),
    "TIME": pa.time64("us"),
}
_STANDARD = _LEGACY | {"STRUCT": "RECORD"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def field_of(name: str, engine_type: DuckDBPyType, mode: str = "NULLABLE") -> Json:
    """Return a field of a REST schema for an engine type."""
    if engine_type.id in {"list", "array"}:
        return field_of(name, child_types(engine_type)["element"], "REPEATED")
    if engine_type.id == "struct":
        inner = [field_of(part, of) for part, of in child_types(engine_type).items()]
        return {"name": name, "type": "RECORD", "mode": mode, "fields": inner}
    kind = bigquery_type(engine_type)
    return {"name": name, "type": _LEGACY.get(kind, kind), "mode": mode}


def arrow_schema(fields: Sequence[Mapping[str, Any]]) -> pa.Schema:
    """Return the Arrow schema of a REST schema. Refuses unknown types."""
    return pa.schema([(field["name"], _arrow_type(field)) for field in fields])


def rest_row(row: Sequence[object], fields: Sequence[Json], *, is_int64_time: bool) -> Json:
    """Return a row as the API writes it."""
    cells = [
        {"v": _cell(value, field, is_int64_time=is_int64_time)}
        for value, field in zip(row, fields, strict=True)
    ]
    return {"f": cells}


def literal_of(parameter: Mapping[str, Any]) -> exp.Expr:
    """Return a query parameter as the literal that it stands for."""
    kind, value = parameter.get("parameterType", {}), parameter.get("parameterValue", {})
    if kind.get("type") == "ARRAY":
        element = kind.get("arrayType", {})
        items = value.get("arrayValues", [])
        return exp.array(
            *(literal_of({"parameterType": element, "parameterValue": item}) for item in items)
        )
    text = value.get("value")
    if text is None:
        return exp.null()
    if kind.get("type") == "STRING":
        return exp.Literal.string(str(text))
    try:
        return exp.cast(exp.Literal.string(str(text)), exp.DataType.build(kind["type"], "bigquery"))
    except (KeyError, ValueError) as error:
        raise invalid_query("A query parameter has an unknown type.") from error


def _arrow_type(field: Mapping[str, Any]) -> pa.DataType:
    kind = str(field.get("type", "")).upper()
    kind = _STANDARD.get(kind, kind)
    if kind == "RECORD":
        inner = arrow_schema(field.get("fields", []))
        of: pa.DataType = pa.struct(list(inner))
    elif kind in _ARROW:
        of = _ARROW[kind]
    else:
        raise invalid(f"Invalid field type {kind}")
    return pa.list_(of) if field.get("mode") == "REPEATED" else of


def _cell(value: object, field: Json, *, is_int64_time: bool) -> object:
    if value is None:
        return [] if field["mode"] == "REPEATED" else None
    if field["mode"] == "REPEATED" and isinstance(value, list):
        one = {**field, "mode": "NULLABLE"}
        return [{"v": _cell(item, one, is_int64_time=is_int64_time)} for item in value]
    if field["type"] == "RECORD" and isinstance(value, dict):
        return rest_row(list(value.values()), field["fields"], is_int64_time=is_int64_time)
    return _text(value, field["type"], is_int64_time=is_int64_time)


def _text(value: object, kind: str, *, is_int64_time: bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if kind == "TIMESTAMP" and isinstance(value, datetime):
        micros = (value - _EPOCH) // timedelta(microseconds=1)
        return str(micros) if is_int64_time else repr(micros / 1_000_000)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _float(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
