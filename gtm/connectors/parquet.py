"""How a Parquet file is ordered, told from its footer alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class _Group:
    first: str
    last: str
    rows: int


def most_waiting(path: Path, date_column: str) -> int:
    """Return how many rows may wait for the rest of their day while the file is read once."""
    with pq.ParquetFile(path) as file:
        groups = [
            _group(file.metadata.row_group(n), date_column) for n in range(file.num_row_groups)
        ]
        total: int = file.metadata.num_rows
    known = [group for group in groups if group is not None]
    if len(known) < len(groups):
        return total
    waiting = 0
    for number in range(1, len(known) + 1):
        read, unread = known[:number], known[number:]
        next_day = min((group.first for group in unread), default="~")
        waiting = max(waiting, sum(group.rows for group in read if group.last >= next_day))
    return waiting


def _group(group: pq.RowGroupMetaData, date_column: str) -> _Group | None:
    for number in range(group.num_columns):
        column = group.column(number)
        if column.path_in_schema == date_column:
            found = column.statistics
            if found is None or not found.has_min_max:
                return None
            return _Group(str(found.min), str(found.max), group.num_rows)
    return None
