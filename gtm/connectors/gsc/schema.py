"""The three tables of the Search Console bulk export."""

from __future__ import annotations

from gtm.connectors.exports import Export, Source
from gtm.models.landing.gsc import EXPORT_LOG, SITE_IMPRESSIONS, URL_IMPRESSIONS

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
    ),
    Export(
        source=Source.GSC,
        landing=EXPORT_LOG,
        title="a Search Console export log",
        date_column="data_date",
        required=("data_date", "agenda", "namespace", "epoch_version"),
    ),
)
