"""The drawn files as DuckDB views, for counts that owe nothing to the models."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa

from gtm.models.landing.ga4 import EVENTS
from gtm.models.landing.gsc import EXPORT_LOG, SITE_IMPRESSIONS, URL_IMPRESSIONS
from gtm.models.landing.hubspot import HUBSPOT_TABLES
from gtm.warehouse.base import LandingTable

_VIEWS = Path(__file__).parents[2] / "fixtures" / "demo" / "raw.sql"
_FILES: dict[str, tuple[str, LandingTable]] = {
    "daily": ("ga4_events", EVENTS),
    "older": ("ga4_events_older", EVENTS),
    "early": ("events_2*", EVENTS),
    "intraday": ("events_intraday_*", EVENTS),
    "fresh": ("events_fresh_*", EVENTS),
    "site_first": ("searchdata_site_impression", SITE_IMPRESSIONS),
    "site_revised": ("searchdata_site_impression_revised", SITE_IMPRESSIONS),
    "url_first": ("searchdata_url_impression", URL_IMPRESSIONS),
    "url_revised": ("searchdata_url_impression_revised", URL_IMPRESSIONS),
    "ExportLog": ("ExportLog", EXPORT_LOG),
    **{table.name: (table.name, table) for table in HUBSPOT_TABLES},
}


def raw_files(folder: Path) -> duckdb.DuckDBPyConnection:
    """Open a folder of drawn files; what was not drawn is an empty view."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, (pattern, table) in _FILES.items():
        paths = sorted(str(path) for path in folder.glob(f"{pattern}.parquet"))
        if paths:
            connection.read_parquet(paths).create_view(name)
        else:
            connection.register(name, pa.Table.from_pylist([], schema=table.schema))
    connection.execute(_VIEWS.read_text(encoding="utf-8"))
    return connection
