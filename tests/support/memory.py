"""Workspaces with a memory, over the small warehouse and a database of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from agents.reply import ModelInfo, TurnReply
from gtm.analytics.service import AnalyticsService
from gtm.context import TenantContext
from gtm.memory.postgres_synonyms import PostgresSynonyms
from gtm.memory.service import Memory
from gtm.semantics.catalog import load_catalog
from gtm.semantics.preview import ResultPreview
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import StoredResult
from gtm.sql.guard import Guard
from gtm.store.base import ConversationId
from tests.support.analytics import PROJECT, make_stack
from tests.support.boards import ANA, Boards, open_boards

HELD = ("channel", "source", "medium", "campaign", "device_category", "country")
CHANNELS = "Sessions by channel last 30 days"


@dataclass(frozen=True)
class Mind:
    """A memory and all that it stands on."""

    boards: Boards
    memory: Memory
    analytics: AnalyticsService

    async def ask(
        self,
        question: str,
        query: MetricQuery | str | None,
        *,
        tenant: TenantContext = ANA,
        conversation: ConversationId | None = None,
        outcome: str = "answer",
    ) -> tuple[ConversationId, str]:
        """Keep a turn as it is answered by a query or SQL; return where it is."""
        stored: StoredResult | None = None
        if isinstance(query, str):
            stored = await self.analytics.run_sql(tenant, query, caller="web")
        elif query is not None:
            stored = await self.analytics.query_metrics(tenant, query, caller="web")
        turns = self.boards.turns
        where = conversation or (await turns.start(tenant, question)).id
        reply = TurnReply.model_validate(
            {
                "conversation_id": where,
                "turn_id": f"turn_{uuid4().hex}",
                "question": question,
                "outcome": outcome,
                "data": None if stored is None else ResultPreview.of(stored),
                "receipt": None if stored is None else stored.receipt,
                "model": ModelInfo(name="scripted", is_rule_based=False),
                "created_at": self.now,
            }
        )
        await turns.add_turn(
            tenant, where, turn_id=reply.turn_id, reply=reply.model_dump(mode="json", by_alias=True)
        )
        return where, reply.turn_id

    @property
    def now(self) -> datetime:
        """The time of its clock."""
        return self.boards.stack.clock.now()

    def move(self, *, days: int) -> None:
        """Let days pass."""
        self.boards.stack.clock.move(days * 86_400)


@asynccontextmanager
async def open_mind() -> AsyncIterator[Mind]:
    """Yield a memory of two workspaces."""
    async with open_boards() as boards:
        catalog, clock = load_catalog(), boards.stack.clock
        # The small warehouse holds these alone.
        held = {name: catalog.dimensions[name] for name in HELD}
        stack = make_stack(
            boards.warehouse,
            words=PostgresSynonyms(boards.database),
            clock=clock,
            catalog=catalog.model_copy(update={"dimensions": held}),
        )
        memory = Memory.over(
            boards.database,
            turns=boards.turns,
            catalog=catalog,
            guard=Guard(PROJECT, frozenset(catalog.views)),
            find_values=stack.service.find_values,
            clock=clock,
        )
        yield Mind(boards, memory, stack.service)
