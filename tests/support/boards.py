"""Answers to pin, and the dashboards of two workspaces over the small warehouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from agents.reply import ModelInfo, TurnReply
from gtm.analytics.service import AnalyticsService
from gtm.charts.spec import ChartDraft
from gtm.clock import Clock
from gtm.context import Role, TenantContext, UserId
from gtm.dashboards.base import Chart
from gtm.dashboards.postgres import PostgresDashboards
from gtm.dashboards.postgres_shares import PostgresShares
from gtm.dashboards.service import ChartService
from gtm.semantics.preview import ResultPreview
from gtm.semantics.query import MetricQuery, RelativeRange
from gtm.semantics.result import StoredResult
from gtm.store.base import ConversationId, TurnStore
from gtm.store.database import Database
from gtm.store.postgres import PostgresTurnStore
from gtm.tenants.base import Workspace
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.analytics import ACME, GLOBEX, Stack, make_stack, two_workspaces
from tests.support.state import OwnedUrls, new_database

_ANA, _BEN, _VIC, _GUS = (UserId(str(UUID(int=number))) for number in range(1, 5))
# Acme's owner, a member and a viewer of it, and the owner of another workspace.
ANA = replace(ACME, user_id=_ANA)
BEN = replace(ACME, user_id=_BEN, role=Role.MEMBER)
VIC = replace(ACME, user_id=_VIC, role=Role.VIEWER)
GUS = replace(GLOBEX, user_id=_GUS)
BY_CHANNEL = MetricQuery(
    metrics=("sessions",), dimensions=("channel",), time=RelativeRange.LAST_30_DAYS
)


@dataclass(frozen=True)
class Boards:
    """Dashboards and all that they stand on."""

    stack: Stack
    warehouse: DuckDBWarehouse
    database: Database
    urls: OwnedUrls
    store: PostgresDashboards
    turns: PostgresTurnStore
    charts: ChartService
    shares: PostgresShares

    async def ask(
        self,
        tenant: TenantContext = ANA,
        query: MetricQuery | StoredResult | str = BY_CHANNEL,
        *,
        draft: ChartDraft | None = None,
    ) -> tuple[ConversationId, str]:
        """Answer a query in a new conversation; return where its turn is."""
        return await answer(
            self.stack.service, self.turns, self.stack.clock, tenant, query, draft=draft
        )

    async def pinned(
        self, tenant: TenantContext = ANA, query: MetricQuery | StoredResult | str = BY_CHANNEL
    ) -> Chart:
        """Pin the answer to a query on the workspace's first dashboard."""
        return await self.charts.pin(tenant, *await self.ask(tenant, query))


@asynccontextmanager
async def open_boards() -> AsyncIterator[Boards]:
    """Yield dashboards over a warehouse in memory and a database of their own."""
    urls = new_database()
    database = Database(urls)
    directory = PostgresWorkspaceDirectory(database)
    for tenant in (ANA, BEN, VIC, GUS):
        slug = str(tenant.tenant_id)
        await directory.add(Workspace.named(slug, slug.title()))
        await directory.set_member(tenant.tenant_id, tenant.user_id, tenant.role)
    async with two_workspaces() as warehouse:
        stack = make_stack(warehouse)
        store = PostgresDashboards(database, stack.clock)
        turns = PostgresTurnStore(database, stack.clock)
        charts = ChartService(store, turns, stack.service, stack.clock)
        shares = PostgresShares(database, stack.clock)
        yield Boards(stack, warehouse, database, urls, store, turns, charts, shares)
    await database.close()


async def answer(
    analytics: AnalyticsService,
    turns: TurnStore,
    clock: Clock,
    tenant: TenantContext,
    query: MetricQuery | StoredResult | str = BY_CHANNEL,
    *,
    draft: ChartDraft | None = None,
) -> tuple[ConversationId, str]:
    """Answer a query with a chart as a turn does, in a new conversation; return where it is."""
    if isinstance(query, StoredResult):
        stored = query
    elif isinstance(query, str):
        stored = await analytics.run_sql(tenant, query, caller="web")
    else:
        stored = await analytics.query_metrics(tenant, query, caller="web")
    spec = await analytics.build_chart(tenant, stored.result_id, draft)
    conversation = await turns.start(tenant, "a question")
    reply = TurnReply(
        conversation_id=conversation.id,
        turn_id=f"turn_{uuid4().hex}",
        question="Sessions by channel?",
        outcome="answer",
        insights="An answer.",
        chart_spec=spec,
        data=ResultPreview.of(stored),
        sql=stored.receipt.sql,
        receipt=stored.receipt.model_copy(update={"model": "scripted"}),
        model=ModelInfo(name="scripted", is_rule_based=True),
        created_at=clock.now(),
    )
    value = reply.model_dump(mode="json", by_alias=True)
    await turns.add_turn(tenant, conversation.id, turn_id=reply.turn_id, reply=value)
    return conversation.id, reply.turn_id
