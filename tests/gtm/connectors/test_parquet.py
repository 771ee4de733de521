"""How many rows wait for the rest of their day while a Parquet file is read once."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gtm.connectors.parquet import most_waiting


@pytest.mark.parametrize(
    ("groups", "waiting"),
    [
        (["aa", "bb", "cc"], 0),
        (["cc", "bb", "aa"], 0),
        (["ab", "bc", "cd"], 2),
        (["cd", "bc", "ab"], 2),
        (["ab", "ab", "ab"], 4),
        (["aa", "bb", "aa"], 2),
        (["ac", "bb", "dd"], 2),
        (["aabb"], 0),
    ],
)
def test_rows_wait_while_a_later_group_may_share_their_day(
    tmp_path: Path, groups: list[str], waiting: int
) -> None:
    path = tmp_path / "days.parquet"
    with pq.ParquetWriter(path, pa.schema([("day", pa.string())])) as writer:
        for days in groups:
            writer.write_table(pa.table({"day": list(days)}))
    assert most_waiting(path, "day") == waiting


def test_without_statistics_all_rows_may_wait(tmp_path: Path) -> None:
    path = tmp_path / "days.parquet"
    pq.write_table(pa.table({"day": ["a", "b"]}), path, write_statistics=False)
    assert most_waiting(path, "day") == 2
