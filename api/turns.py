"""One turn over HTTP: holds its conversation, passes its events on, and lets go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import anyio
from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    RunErrorEvent,
    RunFinishedEvent,
    RunStartedEvent,
)

from api.shapes.analytics import QueryRequest
from api.state import ApiState
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.store.base import TURN_LEASE, Conversation, ConversationId

logger = logging.getLogger(__name__)

_MAX_TITLE: Final = 80
_KEEP_SECONDS: Final = TURN_LEASE.total_seconds() / 3
# Letting go must not be cut short by the client that left, nor hold up anything for long.
_RELEASE_SECONDS: Final = 5


@dataclass(slots=True)
class OpenTurn:
    """A question on its way to an answer; it holds its conversation until its events end."""

    state: ApiState
    tenant: TenantContext
    question: str
    conversation: Conversation
    turn_id: str
    reply: dict[str, Any] | None = None
    error: RunErrorEvent | None = None

    async def events(self) -> AsyncGenerator[BaseEvent, None]:
        """Run the turn; closing the generator stops the model and the query."""
        keeper = asyncio.create_task(self._keep(), name=f"keep-{self.turn_id}")
        try:
            async with aclosing(self._guarded()) as events:
                async for event in events:
                    if isinstance(event, RunErrorEvent):
                        self.error = event
                    elif isinstance(event, CustomEvent) and event.name == "gtm.turn":
                        self.reply = event.value
                    if isinstance(event, RunErrorEvent | RunFinishedEvent):
                        # Whoever reads this may ask the next question at once.
                        await self._release()
                    yield event
        finally:
            keeper.cancel()
            await self._release()

    async def _keep(self) -> None:
        """Put off the end of the hold, for as long as the turn takes."""
        while True:
            await anyio.sleep(_KEEP_SECONDS)
            try:
                await self.state.services.turns.keep_turn(
                    self.tenant, self.conversation.id, self.turn_id
                )
            except GtmError:
                logger.warning("turn_not_kept_held", extra={"turn_id": self.turn_id})

    async def _release(self) -> None:
        await _let_go(self.state, self.tenant, self.conversation.id, self.turn_id)

    async def _guarded(self) -> AsyncGenerator[BaseEvent, None]:
        """Turn an exception of the runner into the event that ends a run."""
        run = self.state.turns.run(
            self.tenant, self.question, conversation_id=self.conversation.id, turn_id=self.turn_id
        )
        has_begun = False
        try:
            async with aclosing(run) as events:
                async for event in events:
                    has_begun = True
                    yield event
            return
        except GtmError as error:
            failure = _error_event(error)
        except Exception:
            logger.exception("turn_failed", extra={"turn_id": self.turn_id})
            failure = _error_event(GtmError("The question could not be answered."))
        if not has_begun:
            yield RunStartedEvent(thread_id=self.conversation.id, run_id=self.turn_id)
        yield failure


async def open_turn(state: ApiState, tenant: TenantContext, body: QueryRequest) -> OpenTurn:
    """Check what can be refused before an answer begins. Raises NotFoundError, ConflictError."""
    turn_id = f"turn_{uuid4().hex}"
    known = body.conversation_id
    conversation = await state.services.turns.begin_turn(
        tenant,
        turn_id,
        conversation_id=ConversationId(known) if known else None,
        title=body.question.splitlines()[0][:_MAX_TITLE],
    )
    return OpenTurn(state, tenant, body.question, conversation, turn_id)


@asynccontextmanager
async def held(
    state: ApiState, tenant: TenantContext, conversation_id: ConversationId
) -> AsyncIterator[None]:
    """Keep a conversation free of turns meanwhile. Raises NotFoundError, TurnInProgressError."""
    holder = f"hold_{uuid4().hex}"
    await state.services.turns.begin_turn(tenant, holder, conversation_id=conversation_id, title="")
    try:
        yield
    finally:
        await _let_go(state, tenant, conversation_id, holder)


async def _let_go(
    state: ApiState, tenant: TenantContext, conversation_id: ConversationId, turn_id: str
) -> None:
    """End a turn's hold; where that fails it ends by itself."""
    with anyio.move_on_after(_RELEASE_SECONDS, shield=True):
        try:
            await state.services.turns.end_turn(tenant, conversation_id, turn_id)
        except GtmError:
            logger.warning("turn_not_released", extra={"turn_id": turn_id})


def _error_event(error: GtmError) -> RunErrorEvent:
    text = error.message if error.hint is None else f"{error.message} {error.hint}"
    return RunErrorEvent(message=text, code=error.code)
