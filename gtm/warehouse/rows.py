"""Rows in the shape a table declares."""

from __future__ import annotations

import pyarrow as pa


def fitted(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return rows in the whole landing schema, matched by name; what is missing is NULL."""
    columns = [
        rows[field.name].cast(field.type)
        if field.name in rows.column_names
        else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
