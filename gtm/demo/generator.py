"""Draws a workspace's exports from a seed: GA4, Search Console and HubSpot, as they write them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from gtm.demo.anomalies import Anomaly, default_anomalies
from gtm.demo.choices import DAYS, Choices, constants, tables
from gtm.demo.crm_tables import crm_choices, crm_tables
from gtm.demo.event_files import EventFile, event_files
from gtm.demo.workspaces import DemoWorkspace
from gtm.demo.writing import write
from gtm.errors import InvalidInputError
from gtm.models.landing.gsc import EXPORT_LOG, SITE_IMPRESSIONS, URL_IMPRESSIONS
from gtm.models.landing.hubspot import HUBSPOT_TABLES, MERGES
from gtm.warehouse.base import LandingTable

# Bounds memory: a chunk of days is drawn, dressed and written before the next.
_EVENTS_PER_CHUNK = 150_000
_ROWS_PER_BATCH = 100_000
_SEARCH_TABLES = {
    "site_impression": SITE_IMPRESSIONS,
    "url_impression": URL_IMPRESSIONS,
    "export_log": EXPORT_LOG,
}
# Merges are told by the survivors, as the API does.
_CRM_TABLES = tuple(table for table in HUBSPOT_TABLES if table is not MERGES)
_VISITS = ("calendar", "visits", "bots")
_CRM = ("arrivals", "people", "ledger", "new_business", "walk", "expansion", "walk", "engagements")


def generate(
    workspace: DemoWorkspace,
    *,
    until: date,
    events: int,
    seed: int,
    directory: Path,
    anomalies: Collection[Anomaly] | None = None,
) -> list[Path]:
    """Write 180 days up to `until` with about so many events; return the files in loading order.

    The same arguments give the same bytes. `anomalies` None stands for those every export has.
    """
    if events < 1000:
        raise InvalidInputError(
            f"{events} events are too few for {DAYS} days.", hint="Ask for 1000 or more."
        )
    chosen = default_anomalies() if anomalies is None else frozenset(anomalies)
    choices = Choices(workspace, until, events, seed, chosen)
    directory.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": 2}) as connection:
        _define(connection, choices)
        for stage in _VISITS:
            connection.execute(_sql(stage))
        # Two threads would give rows in the order in which they finish; the second one writes.
        connection.execute("SET threads = 1")
        exported = event_files(choices)
        drawn = [_write_events(connection, directory, choices, file) for file in exported]
        connection.execute("SET threads = 2")
        connection.execute(_sql("search"))
        for name, table in _SEARCH_TABLES.items():
            drawn += _write_search(connection, directory, choices, name, table)
        for stage in _CRM:
            connection.execute(_sql(f"crm/{stage}"))
        for table in _CRM_TABLES:
            rows = connection.sql(_sql(f"crm/{table.name}"))
            drawn.append(_write(rows, directory / f"{table.name}.parquet", table.schema))
    return drawn


def _sql(name: str) -> str:
    return (files("gtm.demo") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def _define(connection: duckdb.DuckDBPyConnection, choices: Choices) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    # It takes a server that was started as a program's text for somebody at a terminal.
    connection.execute("SET enable_progress_bar = false")
    for name in ("randomness", "crm/macros"):
        connection.execute(_sql(name))
    chosen = {**constants(choices), "crm": crm_choices(choices.workspace)}
    connection.register("choices", pa.Table.from_pylist([chosen]))
    connection.execute(_sql("choices"))
    lists = {**tables(choices), **crm_tables(choices.workspace, choices)}
    for name, rows in lists.items():
        connection.register(name, pa.Table.from_pylist(rows))


def _write_search(
    connection: duckdb.DuckDBPyConnection,
    directory: Path,
    choices: Choices,
    name: str,
    table: LandingTable,
) -> Iterator[Path]:
    rows = connection.sql(_sql(name))
    if Anomaly.SEARCH_REVISIONS not in choices.anomalies or table is EXPORT_LOG:
        yield _write(rows, directory / f"{table.name}.parquet", table.schema)
        return
    # The first export of the day missed a third of its rows.
    first = rows.filter(
        "data_date <> getvariable('revised_date') OR hash(query, country, device) % 3 > 0"
    )
    yield _write(first, directory / f"{table.name}.parquet", table.schema)
    revised = rows.filter("data_date = getvariable('revised_date')")
    yield _write(revised, directory / f"{table.name}_revised.parquet", table.schema)


def _write(rows: duckdb.DuckDBPyRelation, path: Path, schema: pa.Schema) -> Path:
    return write(path, schema, rows.to_arrow_reader(_ROWS_PER_BATCH))


def _write_events(
    connection: duckdb.DuckDBPyConnection, directory: Path, choices: Choices, file: EventFile
) -> Path:
    batches = _event_batches(connection, choices, file)
    return write(directory / f"{file.name}.parquet", file.schema, batches)


def _event_batches(
    connection: duckdb.DuckDBPyConnection, choices: Choices, file: EventFile
) -> Iterator[pa.RecordBatch]:
    hits, dressed = _sql("hits"), _sql("events")
    days_per_chunk = max(1, DAYS * _EVENTS_PER_CHUNK // choices.events)
    for first in range(file.first, file.until, days_per_chunk):
        connection.execute("SET VARIABLE chunk_from = ?", [first])
        connection.execute("SET VARIABLE chunk_to = ?", [min(first + days_per_chunk, file.until)])
        connection.execute(hits)
        rows = connection.sql(dressed)
        if file.percent < 100:
            connection.execute("SET VARIABLE percent = ?", [file.percent])
            rows = rows.filter("event_bundle_sequence_id % 100 < getvariable('percent')")
        for batch in rows.to_arrow_reader(50_000):
            yield batch.drop_columns([name for name in file.empty if name in batch.schema.names])
