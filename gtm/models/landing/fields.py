"""Fields of landing schemas, in few words."""

from __future__ import annotations

import pyarrow as pa

STRING, INTEGER, FLOAT, BOOLEAN = pa.string(), pa.int64(), pa.float64(), pa.bool_()
DATE, TIMESTAMP = pa.date32(), pa.timestamp("us", tz="UTC")


def fields(kind: pa.DataType, names: str) -> list[pa.Field]:
    """Return a field of one type for each name."""
    return [pa.field(name, kind) for name in names.split()]


def strings(names: str) -> pa.StructType:
    """Return a record of texts."""
    return pa.struct(fields(STRING, names))
