"""What the days of a load look like beside the weeks before it, asked of the views it built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlglot import exp

from gtm.connectors.exports import shard_name
from gtm.connectors.reports import LoadReport, Outlier
from gtm.context import TenantContext
from gtm.errors import NotFoundError
from gtm.models.landing.ga4 import EVENTS
from gtm.models.landing.gsc import SITE_IMPRESSIONS, URL_IMPRESSIONS
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits, Warehouse

_VIEW = "vw_data_days"
_KINDS: Mapping[str, str] = {SITE_IMPRESSIONS.name: "site", URL_IMPRESSIONS.name: "url"}


class DataHealth:
    """Finds missing days and outliers among the days of a load."""

    def __init__(self, warehouse: Warehouse, guard: Guard, limits: QueryLimits) -> None:
        self._warehouse = warehouse
        self._guard = guard
        self._limits = limits

    async def examine(self, tenant: TenantContext, report: LoadReport) -> LoadReport:
        """Return the report with the missing days of its table and the outliers it brought."""
        table_kind = _table_kind(report)
        if report.source is None or table_kind is None:
            return report
        sql = self._guard.check(tenant, _question(report.source.value, table_kind))
        try:
            rows = (await self._warehouse.query(tenant, sql, limits=self._limits)).rows
        except NotFoundError:
            # The models are built later, as for the sample workspaces.
            return report
        missing = [day for day, _, _, is_missing, _ in rows if is_missing]
        outliers = [
            Outlier(day, int(str(count)), int(str(typical)))
            for day, count, typical, _, is_outlier in rows
            if is_outlier and isinstance(day, date) and _is_within(day, report)
        ]
        days = tuple(day for day in missing if isinstance(day, date))
        return replace(report, missing_days=days, outliers=tuple(outliers))


def _table_kind(report: LoadReport) -> str | None:
    """Return what the view calls the days of a load's table; None for a table without days."""
    if report.table == EVENTS.name:
        return shard_name(EVENTS.name + next(iter(report.parts), "")).prefix.rstrip("_") or "daily"
    return _KINDS.get(report.table or "")


def _is_within(day: date, report: LoadReport) -> bool:
    if report.first_day is None or report.last_day is None:
        return False
    return report.first_day <= day <= report.last_day


def _question(source: str, table_kind: str) -> str:
    columns = ("date", "rows", "typical_rows", "is_missing", "is_outlier")
    select = (
        exp.select(*(exp.column(name, quoted=True) for name in columns))
        .from_(exp.table_(_VIEW))
        .where(exp.column("source").eq(source), exp.column("table_kind").eq(table_kind))
        .where(exp.or_(exp.column("is_missing"), exp.column("is_outlier")))
        .order_by(exp.column("date"))
    )
    return select.sql(dialect="bigquery")
