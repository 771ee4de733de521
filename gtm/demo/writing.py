"""Writes drawn rows as Parquet files in the native schemas."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gtm.warehouse.rows import fitted


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
            rows = fitted(pa.Table.from_batches([batch]), schema)
            if writing is not None:
                writing.result()
            writing = pen.submit(writer.write_table, rows)
        if writing is not None:
            writing.result()
    return path
