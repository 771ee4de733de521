"""Files of GA4 and Search Console: whole days, which replace the days that were there."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import duckdb

from gtm.connectors.ahead import ahead
from gtm.connectors.checked import Checked
from gtm.connectors.exports import Export
from gtm.connectors.formats import Format
from gtm.connectors.reading import Day, ExportFile
from gtm.models.builder import Change, DateSpan
from gtm.warehouse.base import Landing, Partition

_PARTS_AHEAD = 8


def check_days(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    scratch: Path,
    *,
    kind: Format,
    export: Export,
    columns: Sequence[str],
) -> Checked:
    """Read and check a file. Blocks; raises LoadRejectedError naming what is wrong with it."""
    file = ExportFile(connection, path, kind=kind, export=export, columns=columns)
    days = file.prepare(scratch)

    @contextmanager
    def landings() -> Iterator[Sequence[Landing]]:
        with closing(_partitions(file, days)) as partitions:
            yield [Landing(file.export.landing, partitions)]

    first, last = date.fromisoformat(days[0].key), date.fromisoformat(days[-1].key)
    return Checked(
        table=file.export.landing.name,
        changed=Change(file.export.source.of_views, DateSpan(first, last)),
        rows_in=sum(day.rows for day in days),
        parts={file.shard.prefix + day.key: day.rows for day in days},
        first_day=first,
        last_day=last,
        rejections=(),
        warnings=_warnings(file),
        landings=landings,
    )


def _partitions(file: ExportFile, days: Sequence[Day]) -> Generator[Partition, None, None]:
    with closing(ahead(file.parts(days), size=_PARTS_AHEAD)) as parts:
        for key, rows in parts:
            yield Partition(file.shard.prefix + key, rows)


def _warnings(file: ExportFile) -> tuple[str, ...]:
    unknown, absent = file.unknown_columns(), file.absent_columns()
    warnings = []
    if unknown:
        warnings.append("Not loaded, because the table has no such column: " + ", ".join(unknown))
    if absent:
        warnings.append("Not in the file, so empty: " + ", ".join(absent))
    return tuple(warnings)
