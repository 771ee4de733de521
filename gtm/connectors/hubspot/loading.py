"""Files of HubSpot: records, of which the newest version replaces the stored one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from gtm.connectors.checked import Checked
from gtm.connectors.diagnosis import MOST_SHOWN, Problem
from gtm.connectors.formats import Format, column_names, rejected
from gtm.connectors.hubspot.layout import BadValueError, Layout
from gtm.connectors.hubspot.rows import Numbered, records_of
from gtm.connectors.hubspot.staging import VERSION, Stage
from gtm.errors import LoadRejectedError
from gtm.models.builder import Change
from gtm.models.model import Source
from gtm.warehouse.base import Landing, LandingTable


def has_versions(table: LandingTable) -> bool:
    """Whether a stored record may be newer than one that comes in."""
    return VERSION in table.schema.names


def check_records(
    path: Path,
    connection: duckdb.DuckDBPyConnection,
    _scratch: Path,
    *,
    kind: Format,
    layout: Layout,
    stored: pa.Table | None,
) -> Checked:
    """Read and check a file. Blocks; raises LoadRejectedError naming what is wrong with it."""
    stage = Stage(connection, layout.table)
    if kind is Format.PARQUET:
        _fill_batches(stage, path, layout.table)
    else:
        try:
            problems = list(islice(_fill(stage, layout, records_of(path, kind)), MOST_SHOWN))
        except (UnicodeDecodeError, OSError) as error:
            raise LoadRejectedError(
                f"{path.name!r} can't be read: it is damaged or not what its ending says.",
                hint="Export the file again.",
            ) from error
        if problems:
            raise rejected(path, problems)
    rejections = stage.settle(stored)
    rows_in = stage.rows_in()
    if not rows_in:
        raise LoadRejectedError(f"{path.name!r} holds no records.", hint="Export it again.")
    first, last = stage.days()

    @contextmanager
    def landings() -> Iterator[Sequence[Landing]]:
        yield [Landing(table, stage.parts(table)) for table in stage.tables.values()]

    return Checked(
        table=layout.table.name,
        changed=Change(Source.HUBSPOT, None),
        rows_in=rows_in,
        parts=stage.counts(),
        first_day=first,
        last_day=last,
        rejections=rejections,
        warnings=_warnings(path, kind, layout),
        landings=landings,
    )


def _fill(stage: Stage, layout: Layout, records: Iterator[Numbered]) -> Iterator[Problem]:
    """Take in every record; yield what is wrong with those that can't be."""
    for number, (line, row) in enumerate(records):
        if isinstance(row, Problem):
            yield row
            continue
        try:
            stage.add(number, line, layout.read(row))
        except BadValueError as error:
            yield Problem(line, error.field, error.reason)


def _fill_batches(stage: Stage, path: Path, table: LandingTable) -> None:
    """Take in rows that are laid out as the landing table is."""
    number = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=table.schema.names):
            rows = pa.Table.from_batches([batch]).select(table.schema.names).cast(table.schema)
            stage.add_batch(number, rows)
            number += rows.num_rows


def _warnings(path: Path, kind: Format, layout: Layout) -> tuple[str, ...]:
    if kind is not Format.CSV:
        return ()
    ignored = sorted(name for name in column_names(path, kind) if layout.ignores(name.lower()))
    return ("Not loaded, because no view needs it: " + ", ".join(ignored),) if ignored else ()
