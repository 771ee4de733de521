"""A turn runner that answers from a script: at once, never, or with a failure."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import anyio
from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    RunFinishedEvent,
    RunStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
)

from agents.reply import ModelInfo, TurnReply
from gtm.bootstrap import Services
from gtm.context import TenantContext
from gtm.store.base import ConversationId
from tests.support.serving import NOW


@dataclass
class ScriptedTurns:
    """Answers at once, unless told to wait or to fail."""

    services: Services
    failure: Exception | None = None
    waits: bool = False
    asked: list[tuple[TenantContext, str]] = field(default_factory=list)
    forgotten: list[tuple[TenantContext, str]] = field(default_factory=list)
    begun: anyio.Event = field(default_factory=anyio.Event)
    stopped: anyio.Event = field(default_factory=anyio.Event)

    async def run(
        self, tenant: TenantContext, question: str, *, conversation_id: str, turn_id: str
    ) -> AsyncGenerator[BaseEvent, None]:
        self.asked.append((tenant, question))
        yield RunStartedEvent(thread_id=conversation_id, run_id=turn_id)
        self.begun.set()
        try:
            if self.waits:
                await anyio.sleep_forever()
        finally:
            self.stopped.set()
        if self.failure is not None:
            raise self.failure
        yield TextMessageStartEvent(message_id="m", role="assistant")
        yield TextMessageContentEvent(message_id="m", delta=f"Answer to {question}")
        yield TextMessageEndEvent(message_id="m")
        reply = TurnReply(
            conversation_id=conversation_id,
            turn_id=turn_id,
            question=question,
            outcome="answer",
            insights=f"Answer to {question}",
            model=ModelInfo(name="scripted", is_rule_based=True),
            created_at=NOW,
        )
        value = reply.model_dump(mode="json", by_alias=True)
        await self.services.turns.add_turn(
            tenant, ConversationId(conversation_id), turn_id=turn_id, reply=value
        )
        yield CustomEvent(name="gtm.turn", value=value)
        yield RunFinishedEvent(thread_id=conversation_id, run_id=turn_id)

    async def warm(self, tenant: TenantContext | None) -> None:
        """There is nothing to warm."""

    async def forget(self, tenant: TenantContext, conversation_id: str) -> None:
        self.forgotten.append((tenant, conversation_id))

    async def close(self) -> None:
        """There is nothing to close."""
