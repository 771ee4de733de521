"""One turn over HTTP: opens it and passes its events on."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    RunErrorEvent,
    RunStartedEvent,
)

from api.shapes.analytics import QueryRequest
from api.state import ApiState
from gtm.context import TenantContext
from gtm.errors import GtmError, TurnInProgressError
from gtm.store.base import Conversation, ConversationId

logger = logging.getLogger(__name__)

_MAX_TITLE = 80


@dataclass(slots=True)
class OpenTurn:
    """A question on its way to an answer."""

    state: ApiState
    tenant: TenantContext
    question: str
    conversation: Conversation
    turn_id: str = field(default_factory=lambda: f"turn_{uuid4().hex}")
    reply: dict[str, Any] | None = None
    error: RunErrorEvent | None = None

    async def events(self) -> AsyncGenerator[BaseEvent, None]:
        """Run the turn; closing the generator stops the model and the query."""
        if self.conversation.id in self.state.busy:
            yield _error_event(_in_progress())
            return
        self.state.busy.add(self.conversation.id)
        try:
            async with aclosing(self._guarded()) as events:
                async for event in events:
                    if isinstance(event, RunErrorEvent):
                        self.error = event
                    elif isinstance(event, CustomEvent) and event.name == "gtm.turn":
                        self.reply = event.value
                    yield event
        finally:
            self.state.busy.discard(self.conversation.id)

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
    store = state.services.turns
    if body.conversation_id is None:
        title = body.question.splitlines()[0][:_MAX_TITLE]
        conversation = await store.start(tenant, title)
    else:
        conversation = await store.conversation(tenant, ConversationId(body.conversation_id))
    if conversation.id in state.busy:
        raise _in_progress()
    return OpenTurn(state, tenant, body.question, conversation)


def _in_progress() -> GtmError:
    return TurnInProgressError(
        "This conversation is still answering a question.",
        hint="Wait for it or stop it, then ask again.",
    )


def _error_event(error: GtmError) -> RunErrorEvent:
    text = error.message if error.hint is None else f"{error.message} {error.hint}"
    return RunErrorEvent(message=text, code=error.code)
