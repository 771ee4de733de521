"""Writes drawn rows as Parquet files in the native schemas."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> Path:
    """Write batches in order; one is being written while the next is drawn."""
    # The days of each row group in the footer let a reader stream a file in day order.
    dates = [name for name in ("event_date", "data_date") if name in schema.names]
    with (
        pq.ParquetWriter(path, schema, compression="snappy", write_statistics=dates) as writer,
        ThreadPoolExecutor(max_workers=1) as pen,
    ):
        writing: Future[None] | None = None
        for batch in batches:
            fitted = _fitted(batch, schema)
            if writing is not None:
                writing.result()
            writing = pen.submit(writer.write_table, fitted)
        if writing is not None:
            writing.result()
    return path


def _fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    """Bring the drawn columns into the whole native schema; what was not drawn is null."""
    drawn = pa.Table.from_batches([batch])
    columns = [
        drawn[field.name].cast(field.type)
        if field.name in drawn.column_names
        else pa.nulls(drawn.num_rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)
