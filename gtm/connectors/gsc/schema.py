"""The three tables of the Search Console bulk export."""

from __future__ import annotations

import re
from dataclasses import replace

import pyarrow as pa

from gtm.connectors.exports import Export, Source
from gtm.models.landing.gsc import EXPORT_LOG, SITE_IMPRESSIONS, URL_IMPRESSIONS
from gtm.warehouse.base import LandingTable

_FLAG = re.compile(r"is_[a-z0-9_]+")


def urls_with(fields: frozenset[str]) -> LandingTable:
    """Return the landing table by URL with the appearances that Google has added since."""
    known = set(URL_IMPRESSIONS.schema.names)
    new = sorted(name for name in fields - known if _FLAG.fullmatch(name))
    schema = pa.schema([*URL_IMPRESSIONS.schema, *(pa.field(name, pa.bool_()) for name in new)])
    return replace(URL_IMPRESSIONS, schema=schema)


EXPORTS = (
    Export(
        source=Source.GSC,
        landing=SITE_IMPRESSIONS,
        title="a Search Console export by site",
        date_column="data_date",
        required=("data_date", "site_url", "impressions", "clicks", "sum_top_position"),
    ),
    Export(
        source=Source.GSC,
        landing=URL_IMPRESSIONS,
        title="a Search Console export by URL",
        date_column="data_date",
        # Discover and News rows have no position, so the value may be missing but not the column.
        required=("data_date", "site_url", "url", "impressions", "clicks"),
        marks=("sum_position",),
        fit=urls_with,
    ),
    Export(
        source=Source.GSC,
        landing=EXPORT_LOG,
        title="a Search Console export log",
        date_column="data_date",
        required=("data_date", "agenda", "namespace", "epoch_version"),
    ),
)
