"""The journal of loads: kept beside the data itself, so that the two can't disagree."""

from __future__ import annotations

from dataclasses import dataclass

from gtm.connectors.reports import LoadReport, report_of, report_rows
from gtm.context import TenantContext
from gtm.errors import NotFoundError
from gtm.models.landing.loads import LOAD_REPORTS
from gtm.warehouse.base import Landing, Partition, Warehouse


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Some reports, the newest first, and where the next ones begin."""

    reports: tuple[LoadReport, ...]
    next_cursor: str | None


class LoadJournal:
    """Writes and reads the reports of a tenant's loads."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    @staticmethod
    def entry(report: LoadReport) -> Landing:
        """Return what to load together with the rows a report tells of."""
        return Landing(LOAD_REPORTS, [Partition(report.load_id, report_rows(report))])

    async def write(self, tenant: TenantContext, report: LoadReport) -> LoadReport:
        """Keep a report in place of its earlier state, and return it."""
        await self._warehouse.load_together(tenant, [self.entry(report)])
        return report

    async def reports(self, tenant: TenantContext) -> list[LoadReport]:
        """Return every report, the newest first."""
        names = LOAD_REPORTS.schema.names
        rows = (await self._warehouse.landed(tenant, LOAD_REPORTS, names)).to_pylist()
        found = [report_of(row) for row in rows]
        return sorted(found, key=lambda report: (report.started_at, report.load_id), reverse=True)

    async def page(self, tenant: TenantContext, *, limit: int, after: str | None) -> ReportPage:
        """Return the newest reports, or those after one. Raises NotFoundError if that is gone."""
        reports = await self.reports(tenant)
        start = 0
        if after is not None:
            ids = [report.load_id for report in reports]
            if after not in ids:
                raise NotFoundError(f"There is no load {after!r}.", hint="Start without a cursor.")
            start = ids.index(after) + 1
        found = tuple(reports[start : start + limit])
        has_more = len(reports) > start + limit
        return ReportPage(found, found[-1].load_id if has_more else None)

    async def unfinished(self, tenant: TenantContext) -> list[LoadReport]:
        """Return the reports of loads that did not come to an end, the oldest first."""
        names = ["load_id", "state"]
        states = (await self._warehouse.landed(tenant, LOAD_REPORTS, names)).to_pylist()
        open_ids = {row["load_id"] for row in states if row["state"] in {"landing", "landed"}}
        if not open_ids:
            return []
        reports = await self.reports(tenant)
        return [report for report in reversed(reports) if report.load_id in open_ids]
