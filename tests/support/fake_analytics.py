"""A clock that stands still and an analytics service in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from gtm.analytics.listing import MetricEntry
from gtm.audit.base import Door
from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.context import TenantContext
from gtm.errors import InvalidQueryError, NotFoundError
from gtm.language.outcome import Match, ValueMatch
from gtm.semantics.query import MetricQuery, TimeRange
from gtm.semantics.result import (
    Claim,
    ColumnRole,
    Format,
    Receipt,
    ResultColumn,
    ResultTable,
    SourceFreshness,
    StoredResult,
    Value,
)


class FakeClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def today(self) -> date:
        return self.time.date()


@dataclass(frozen=True)
class ColumnDoc:
    name: str
    type: str
    description: str


@dataclass(frozen=True)
class ViewDoc:
    name: str
    description: str
    grain: str
    source: str
    time_column: str | None
    columns: tuple[ColumnDoc, ...]
    sources: tuple[str, ...] = ()


@dataclass
class FakeAnalytics:
    """Answers every query with rows that name the workspace."""

    row_count: int = 2
    failure: Exception | None = None
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    results: dict[tuple[str, str], StoredResult] = field(default_factory=dict)

    async def query_metrics(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        self.calls.append(("query_metrics", tenant.tenant_id, caller))
        if self.failure:
            raise self.failure
        if unknown := [name for name in query.metrics if name != "sessions"]:
            raise InvalidQueryError(
                f"There is no metric {unknown[0]!r}.",
                hint="See list_metrics.",
                nearest=["sessions"],
            )
        return self._store(tenant)

    async def explain_change(
        self, tenant: TenantContext, query: MetricQuery, *, claim: Claim | None, caller: Door
    ) -> StoredResult:
        self.calls.append((f"explain_change {claim}", tenant.tenant_id, caller))
        return self._store(tenant)

    async def forecast_metric(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        self.calls.append(("forecast_metric", tenant.tenant_id, caller))
        return self._store(tenant)

    async def find_anomalies(
        self, tenant: TenantContext, query: MetricQuery, *, caller: Door
    ) -> StoredResult:
        self.calls.append(("find_anomalies", tenant.tenant_id, caller))
        return self._store(tenant)

    async def run_sql(self, tenant: TenantContext, sql: str, *, caller: Door) -> StoredResult:
        self.calls.append(("run_sql", tenant.tenant_id, caller))
        return self._store(tenant)

    async def get_result(self, tenant: TenantContext, result_id: str) -> StoredResult:
        try:
            return self.results[tenant.tenant_id, result_id]
        except KeyError:
            raise NotFoundError(f"There is no result {result_id!r}.", hint="Ask again.") from None

    async def build_chart(
        self, tenant: TenantContext, result_id: str, draft: ChartDraft | None
    ) -> ChartSpec:
        stored = await self.get_result(tenant, result_id)
        data: tuple[dict[str, Value], ...] = tuple(
            {"channel": row[0], "sessions": row[1]} for row in stored.table.rows
        )
        return ChartSpec.model_validate(
            {
                "type": (draft.type if draft else None) or "bar",
                "title": stored.title,
                "data": data,
                "config": {
                    "xAxis": {"dataKey": "channel"},
                    "yAxis": {"dataKey": "sessions", "type": "number"},
                    "series": [{"dataKey": "sessions", "name": "Sessions"}],
                },
            }
        )

    async def find_values(
        self, tenant: TenantContext, terms: Sequence[str], *, caller: Door
    ) -> tuple[Match, ...]:
        return tuple(
            ValueMatch(term=term, dimension="campaign", value=tenant.tenant_id, is_exact=True)
            for term in terms
        )

    async def freshness(
        self, tenant: TenantContext, *, caller: Door
    ) -> tuple[SourceFreshness, ...]:
        return (
            SourceFreshness(
                source="GA4", through=date(2026, 11, 21), final_through=date(2026, 11, 18)
            ),
            SourceFreshness(source="GSC", through=None, final_through=None),
        )

    def list_views(self) -> Sequence[ViewDoc]:
        return (self.describe_view("vw_sessions_daily"),)

    def describe_view(self, name: str) -> ViewDoc:
        if name != "vw_sessions_daily":
            raise NotFoundError(f"There is no view {name!r}.", nearest=["vw_sessions_daily"])
        column = ColumnDoc("sessions", "INT64", "Number of sessions.")
        return ViewDoc(name, "Sessions a day.", "day and channel", "GA4", "date", (column,))

    def list_metrics(self, search: str | None) -> Sequence[MetricEntry]:
        if search == "nothing":
            return ()
        return (MetricEntry("sessions", "Sessions", "Visits.", Format.INTEGER, (), ("channel",)),)

    def _store(self, tenant: TenantContext) -> StoredResult:
        columns = (
            ResultColumn(
                name="channel", label="Channel", role=ColumnRole.DIMENSION, format=Format.TEXT
            ),
            ResultColumn(
                name="sessions", label="Sessions", role=ColumnRole.METRIC, format=Format.INTEGER
            ),
        )
        rows = tuple((f"{tenant.tenant_id}-{index}", index) for index in range(self.row_count))
        stored = StoredResult(
            result_id=f"res_{tenant.tenant_id}",
            title="Sessions by channel",
            table=ResultTable(columns=columns, rows=rows, totals={"sessions": 99.0}),
            receipt=Receipt(
                is_governed=True,
                time=TimeRange(start=date(2026, 10, 23), end=date(2026, 11, 21)),
                sql="SELECT 1",
                row_count=self.row_count,
                bytes_processed=1,
                is_bytes_estimated=True,
                duration_ms=1.0,
            ),
            facts=("Sessions were 99.",),
        )
        self.results[tenant.tenant_id, stored.result_id] = stored
        return stored
