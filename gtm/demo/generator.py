"""Draws a workspace's GA4 and Search Console exports from a seed, in their native schemas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from gtm.demo.workspaces import DemoWorkspace
from gtm.errors import InvalidInputError
from gtm.models.landing.ga4 import EVENTS
from gtm.models.landing.gsc import EXPORT_LOG, SITE_IMPRESSIONS, URL_IMPRESSIONS

DAYS = 180
# Bulk export publishes a day two to three days later.
SEARCH_LAG_DAYS = 2
# Bounds memory: a chunk of days is drawn, dressed and written before the next.
_EVENTS_PER_CHUNK = 150_000
# A sample drawn small gets fewer impressions too.
_EVENTS_OF_WHOLE_SEARCH = 100_000
_SEARCH_TABLES = {
    "site_impression": SITE_IMPRESSIONS,
    "url_impression": URL_IMPRESSIONS,
    "export_log": EXPORT_LOG,
}
_STAGES = ("calendar", "visits")


def generate(
    workspace: DemoWorkspace, *, until: date, events: int, seed: int, directory: Path
) -> list[Path]:
    """Write 180 days up to `until` with about so many events; return the files.

    The same arguments give the same bytes.
    """
    if events < 1000:
        raise InvalidInputError(
            f"{events} events are too few for {DAYS} days.", hint="Ask for 1000 or more."
        )
    directory.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"threads": 2}) as connection:
        _define(connection, workspace, until=until, events=events, seed=seed)
        for stage in _STAGES:
            connection.execute(_sql(stage))
        paths = [_write_events(connection, directory, events=events)]
        connection.execute(_sql("search"))
        for name, table in _SEARCH_TABLES.items():
            path = directory / f"{table.name}.parquet"
            batches = connection.sql(_sql(name)).to_arrow_reader(100_000)
            _write(path, table.schema, batches)
            paths.append(path)
    return paths


def _sql(name: str) -> str:
    return (files("gtm.demo") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def _define(
    connection: duckdb.DuckDBPyConnection,
    workspace: DemoWorkspace,
    *,
    until: date,
    events: int,
    seed: int,
) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(_sql("randomness"))
    chosen = _choices(workspace, until=until, events=events, seed=seed)
    connection.register("choices", pa.Table.from_pylist([chosen]))
    connection.execute(_sql("choices"))
    for name, rows in _lists(workspace).items():
        connection.register(name, pa.Table.from_pylist(rows))


def _choices(workspace: DemoWorkspace, *, until: date, events: int, seed: int) -> dict[str, object]:
    keys = [channel.key for channel in workspace.channels]
    rates = workspace.rates
    return {
        "seed": seed,
        "days": DAYS,
        "first_date": until - timedelta(days=DAYS - 1),
        "search_until": until - timedelta(days=SEARCH_LAG_DAYS),
        "outage_date": until - timedelta(days=workspace.outage_before_end),
        "visitors": max(50, round(events / workspace.events_per_visitor)),
        "trend": workspace.trend,
        "weekly": list(workspace.weekly),
        "mobile_share": workspace.mobile_share,
        "mean_returns": workspace.mean_returns,
        "spike_day": DAYS - workspace.spike.starts_before_end,
        "spike_channel": keys.index(workspace.spike.channel),
        "direct_channel": keys.index("direct"),
        "email_channel": keys.index("email"),
        "pages": len(workspace.pages),
        "products": len(workspace.products),
        "view_rate": rates.view,
        "cart_rate": rates.cart,
        "checkout_rate": rates.checkout,
        "purchase_rate": rates.purchase,
        "lead_rate": rates.lead,
        "sign_up_rate": rates.sign_up,
        "hostname": workspace.hostname,
        "stream_id": workspace.stream_id,
        "currency": workspace.currency,
        "usd_rate": workspace.usd_rate,
        "utc_offset_hours": workspace.utc_offset_hours,
        "site_url": workspace.search.site_url,
        "impressions_per_day": workspace.search.impressions_per_day
        * min(1, events / _EVENTS_OF_WHOLE_SEARCH),
    }


def _lists(workspace: DemoWorkspace) -> Mapping[str, list[dict[str, object]]]:
    channel_shares = _shares([channel.weight for channel in workspace.channels])
    country_shares = _shares([country.weight for country in workspace.countries])
    entries: dict[str, list[int]] = {}
    for page_id, page in enumerate(workspace.pages, start=1):
        if page.entry is not None:
            entries.setdefault(page.entry, []).append(page_id)
    return {
        "channels": [
            {
                "channel_id": index,
                "share_from": start,
                **channel.model_dump(exclude={"key", "weight", "gclid"}),
                "gclid": f"Cj0KCQ-{channel.key}" if channel.gclid else None,
            }
            for index, (channel, (start, _)) in enumerate(
                zip(workspace.channels, channel_shares, strict=True)
            )
        ],
        "countries": [
            {
                "country_id": index,
                "share_from": start,
                "share": share,
                **country.model_dump(exclude={"weight"}),
            }
            for index, (country, (start, share)) in enumerate(
                zip(workspace.countries, country_shares, strict=True)
            )
        ],
        "pages": [
            {"page_id": index, "path": page.path, "title": page.title}
            for index, page in enumerate(workspace.pages, start=1)
        ],
        "entries": [{"entry": entry, "page_ids": pages} for entry, pages in entries.items()],
        "products": [
            {"product_id": index, **product.model_dump()}
            for index, product in enumerate(workspace.products, start=1)
        ],
        "queries": list(_queries(workspace)),
    }


def _shares(weights: Sequence[float]) -> list[tuple[float, float]]:
    total = sum(weights)
    shares, start = [], 0.0
    for weight in weights:
        shares.append((start, weight / total))
        start += weight / total
    return shares


def _queries(workspace: DemoWorkspace) -> Iterator[dict[str, object]]:
    search = workspace.search
    landing = [index for index, page in enumerate(workspace.pages, start=1) if page.entry]
    for rank, query in enumerate(search.brand):
        yield {
            "query_id": rank,
            "query": query,
            "is_brand": True,
            "weight": 9.0 / (rank + 1),
            "position": 1.1 + 0.2 * rank,
            "page_id": landing[rank % 3],
        }
    pairs = [(topic, modifier) for modifier in search.modifiers for topic in search.topics]
    for rank, (topic, modifier) in enumerate(pairs):
        yield {
            "query_id": 1000 + rank,
            "query": f"{topic} {modifier}".strip(),
            "is_brand": False,
            "weight": 14.0 / (rank + 4),
            # Spread unevenly over four result pages, so that there is something to improve.
            "position": 2.2 + (rank * 7) % 34 + 0.1 * (rank % 9),
            "page_id": landing[rank % len(landing)],
        }


def _write_events(connection: duckdb.DuckDBPyConnection, directory: Path, *, events: int) -> Path:
    path = directory / "ga4_events.parquet"
    days_per_chunk = max(1, DAYS * _EVENTS_PER_CHUNK // events)
    _write(path, EVENTS.schema, _event_batches(connection, days_per_chunk))
    return path


def _event_batches(
    connection: duckdb.DuckDBPyConnection, days_per_chunk: int
) -> Iterator[pa.RecordBatch]:
    hits, dressed = _sql("hits"), _sql("events")
    for first in range(0, DAYS, days_per_chunk):
        connection.execute("SET VARIABLE chunk_from = ?", [first])
        connection.execute("SET VARIABLE chunk_to = ?", [min(first + days_per_chunk, DAYS)])
        connection.execute(hits)
        yield from connection.sql(dressed).to_arrow_reader(50_000)


def _write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
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
