"""How a Parquet file is ordered, told from its footer alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq


@dataclass(frozen=True, slots=True)
class _Group:
    first: str
    last: str
    rows: int

    def meets(self, other: _Group) -> bool:
        """Whether both may hold rows of one day."""
        return self.first <= other.last and other.first <= self.last


def most_waiting(path: Path, date_column: str) -> int:
    """Return how far a file is from the order of its days: 0 when each comes in one go.

    It is the most rows that a reader of whole days would hold back while it reads the file once.
    """
    with pq.ParquetFile(path) as file:
        groups = [
            _group(file.metadata.row_group(n), date_column) for n in range(file.num_row_groups)
        ]
        total: int = file.metadata.num_rows
    known = [group for group in groups if group is not None]
    if len(known) < len(groups):
        return total
    # A group's rows may wait until the last group has been read that can share a day with it.
    release = [max(n for n, other in enumerate(known) if group.meets(other)) for group in known]
    return max((_waiting(known, release, read) for read in range(1, len(known) + 1)), default=0)


def _waiting(groups: Sequence[_Group], release: Sequence[int], read: int) -> int:
    """Return the rows that may wait when so many groups have been read."""
    return sum(
        group.rows for group, last in zip(groups[:read], release, strict=False) if last >= read
    )


def _group(group: pq.RowGroupMetaData, date_column: str) -> _Group | None:
    for number in range(group.num_columns):
        column = group.column(number)
        if column.path_in_schema == date_column:
            found = column.statistics
            if found is None or not found.has_min_max:
                return None
            return _Group(str(found.min), str(found.max), group.num_rows)
    return None
