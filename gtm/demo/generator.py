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
from gtm.demo.workspaces import DemoWorkspace
from gtm.demo.writing import write
from gtm.errors import InvalidInputError
from gtm.models.landing.ga4 import EVENTS
from gtm.models.landing.gsc import EXPORT_LOG, SITE_IMPRESSIONS, URL_IMPRESSIONS
from gtm.models.landing.hubspot import HUBSPOT_TABLES, MERGES

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
_VISITS = ("calendar", "visits")
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
        paths = [_write_events(connection, directory, events=events)]
        connection.execute(_sql("search"))
        for name, table in _SEARCH_TABLES.items():
            batches = connection.sql(_sql(name)).to_arrow_reader(_ROWS_PER_BATCH)
            paths.append(write(directory / f"{table.name}.parquet", table.schema, batches))
        for stage in _CRM:
            connection.execute(_sql(f"crm/{stage}"))
        for table in _CRM_TABLES:
            batches = connection.sql(_sql(f"crm/{table.name}")).to_arrow_reader(_ROWS_PER_BATCH)
            paths.append(write(directory / f"{table.name}.parquet", table.schema, batches))
    return paths


def _sql(name: str) -> str:
    return (files("gtm.demo") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def _define(connection: duckdb.DuckDBPyConnection, choices: Choices) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    for name in ("randomness", "crm/macros"):
        connection.execute(_sql(name))
    chosen = {**constants(choices), "crm": crm_choices(choices.workspace)}
    connection.register("choices", pa.Table.from_pylist([chosen]))
    connection.execute(_sql("choices"))
    lists = {**tables(choices.workspace), **crm_tables(choices.workspace, choices)}
    for name, rows in lists.items():
        connection.register(name, pa.Table.from_pylist(rows))


def _write_events(connection: duckdb.DuckDBPyConnection, directory: Path, *, events: int) -> Path:
    days_per_chunk = max(1, DAYS * _EVENTS_PER_CHUNK // events)
    batches = _event_batches(connection, days_per_chunk)
    return write(directory / "ga4_events.parquet", EVENTS.schema, batches)


def _event_batches(
    connection: duckdb.DuckDBPyConnection, days_per_chunk: int
) -> Iterator[pa.RecordBatch]:
    hits, dressed = _sql("hits"), _sql("events")
    for first in range(0, DAYS, days_per_chunk):
        connection.execute("SET VARIABLE chunk_from = ?", [first])
        connection.execute("SET VARIABLE chunk_to = ?", [min(first + days_per_chunk, DAYS)])
        connection.execute(hits)
        yield from connection.sql(dressed).to_arrow_reader(50_000)
