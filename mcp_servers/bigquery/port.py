"""What the tools need from the analytics service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.context import TenantContext
from gtm.language.outcome import ValueMatch
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import SourceFreshness, StoredResult


class ColumnDoc(Protocol):
    """A documented column."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def type(self) -> str:
        """BigQuery's name of its type."""
        ...

    @property
    def description(self) -> str:
        """What it holds."""
        ...


class DocumentedView(Protocol):
    """A documented view."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def description(self) -> str:
        """What it shows."""
        ...

    @property
    def grain(self) -> str:
        """What one row is."""
        ...

    @property
    def source(self) -> str:
        """Where its rows come from."""
        ...

    @property
    def time_column(self) -> str | None:
        """The column that dates a row."""
        ...

    @property
    def columns(self) -> Sequence[ColumnDoc]:
        """Its columns."""
        ...


class MetricDoc(Protocol):
    """A metric that can be asked for."""

    @property
    def name(self) -> str:
        """Its name in a query."""
        ...

    @property
    def label(self) -> str:
        """Its name for people."""
        ...

    @property
    def definition(self) -> str:
        """What it counts."""
        ...

    @property
    def format(self) -> str:
        """How its values read."""
        ...

    @property
    def dimensions(self) -> Sequence[str]:
        """What it can be split by."""
        ...


class Analytics(Protocol):
    """The one road to a workspace's data."""

    async def query_metrics(
        self, tenant: TenantContext, query: MetricQuery, *, caller: str
    ) -> StoredResult:
        """Answer a governed query."""
        ...

    async def run_sql(self, tenant: TenantContext, sql: str, *, caller: str) -> StoredResult:
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
        self, tenant: TenantContext, terms: Sequence[str]
    ) -> tuple[ValueMatch, ...]:
        """Look names up in the data."""
        ...

    async def freshness(self, tenant: TenantContext) -> tuple[SourceFreshness, ...]:
        """Say how far the data reaches."""
        ...

    def list_views(self) -> Sequence[DocumentedView]:
        """Return the views."""
        ...

    def describe_view(self, name: str) -> DocumentedView:
        """Return one view."""
        ...

    def list_metrics(self, search: str | None) -> Sequence[MetricDoc]:
        """Return the metrics that match."""
        ...
