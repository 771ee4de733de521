"""What the tools need from the analytics service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gtm.analytics.listing import MetricEntry, ViewDoc
from gtm.audit.base import Door
from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.context import TenantContext
from gtm.language.outcome import Match
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import Claim, SourceFreshness, StoredResult


class Analytics(Protocol):
    """The one road to a workspace's data."""

    async def query_metrics(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        """Answer a governed query."""
        ...

    async def explain_change(
        self, tenant: TenantContext, query: MetricQuery, *, claim: Claim | None, caller: Door
    ) -> StoredResult:
        """Say where a change came from."""
        ...

    async def forecast_metric(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        """Say what comes next, and how sure that is."""
        ...

    async def find_anomalies(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        """Find the days that stand out."""
        ...

    async def run_sql(self, tenant: TenantContext, sql: str, *, caller: Door) -> StoredResult:
        """Run free SQL over the views."""
        ...

    async def get_result(self, tenant: TenantContext, result_id: str) -> StoredResult:
        """Return a kept result."""
        ...

    async def build_chart(
        self, tenant: TenantContext, result_id: str, draft: ChartDraft | None
    ) -> ChartSpec:
        """Draw a kept result."""
        ...

    async def find_values(
        self, tenant: TenantContext, terms: Sequence[str], *, caller: Door
    ) -> tuple[Match, ...]:
        """Look names up in the data."""
        ...

    async def freshness(
        self, tenant: TenantContext, *, caller: Door
    ) -> tuple[SourceFreshness, ...]:
        """Say how far the data reaches."""
        ...

    def list_views(self) -> Sequence[ViewDoc]:
        """Return the views."""
        ...

    def describe_view(self, name: str) -> ViewDoc:
        """Return one view."""
        ...

    def list_metrics(self, search: str | None) -> Sequence[MetricEntry]:
        """Return the metrics that match."""
        ...
