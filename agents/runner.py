"""The turn runner: one question in, AG-UI events out, the reply last."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    RunErrorEvent,
    RunFinishedEvent,
    RunStartedEvent,
)
from google.adk.agents._streaming_mode import StreamingMode
from google.adk.agents.run_config import RunConfig
from google.adk.errors._stale_session_error import StaleSessionError
from google.adk.events import Event
from google.adk.runners import Runner
from google.adk.sessions import (
    BaseSessionService,
    DatabaseSessionService,
    InMemorySessionService,
)
from google.adk.sessions.base_session_service import GetSessionConfig
from google.genai import types
from sqlalchemy.exc import SQLAlchemyError

from agents.llm import close_model, is_rule_based, warm_model
from agents.local_analyst import LocalAnalyst
from agents.orchestrator.agent import build_orchestrator
from agents.parts import AgentParts, build_app, turn_limits
from agents.reply import ModelInfo, TurnOutcome, TurnReply
from agents.toolset import Identity, McpConnection, run_metadata
from agents.turn_events import Translator
from agents.turn_record import TurnRecord, start_record
from agents.turn_usage import usage_of
from agents.verified import FindVerified, cited, search_verified
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import GtmError, ModelUnavailableError, TurnInProgressError
from gtm.settings import Settings
from gtm.store.database import DatabaseUnavailableError

logger = logging.getLogger(__name__)

# Takes the tokens that the models read and wrote for the reply, too.
OnReply = Callable[[TenantContext, TurnReply, int], Awaitable[None]]

_QUEUE_SIZE: Final = 256
# Enough for the follow-ups of a long conversation; older events are not read from the store.
_HISTORY_EVENTS: Final = 80
_CLOSE_SECONDS: Final = 5.0


class TurnTimeoutError(GtmError):
    """A turn took longer than it may."""

    code, status_code, can_retry = "turn_timeout", 504, True


@dataclass(slots=True, eq=False)
class _Turn:
    """One question under way, and the way its events leave."""

    tenant: TenantContext
    question: str
    conversation_id: str
    turn_id: str
    queue: asyncio.Queue[BaseEvent | None]
    abort: asyncio.Event
    is_left: bool = False
    is_late: bool = False
    begun: float = field(default_factory=time.monotonic)

    @property
    def key(self) -> tuple[str, str]:
        """What only one turn at a time may hold."""
        return self.tenant.tenant_id, self.conversation_id

    async def emit(self, event: BaseEvent | None) -> None:
        """Hand an event on; a slow reader slows the turn down, a gone one does not."""
        if not self.is_left:
            await self.queue.put(event)

    def leave(self) -> None:
        """Stop for a reader that has gone: the model and the query end with it."""
        self.is_left = True
        self.abort.set()
        while not self.queue.empty():
            self.queue.get_nowait()

    def run_late(self) -> None:
        """Stop because time is up."""
        self.is_late = True
        self.abort.set()


class TurnRunner:
    """Runs turns of many conversations at once, one at a time in each."""

    def __init__(
        self,
        settings: Settings,
        *,
        connection: McpConnection,
        sessions: BaseSessionService,
        clock: Clock,
        on_reply: OnReply | None = None,
        find_verified: FindVerified | None = None,
    ) -> None:
        self.model = ModelInfo(name=settings.google_ai_model, is_rule_based=is_rule_based(settings))
        self._settings = settings
        self._clock = clock
        self._on_reply = on_reply
        self._find_verified = find_verified
        self._parts = AgentParts.of(settings, connection, clock)
        self._app = build_app(build_orchestrator, self._parts, settings)
        self._sessions = sessions
        self._runner = self._new_runner(sessions)
        self._turns: dict[tuple[str, str], _Turn] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(
        self, tenant: TenantContext, question: str, *, conversation_id: str, turn_id: str
    ) -> AsyncGenerator[BaseEvent, None]:
        """Yield the turn's events; closing the generator stops the model and the query.

        Raises TurnInProgressError before the first event when the conversation is answering.
        """
        turn = self._begin(tenant, question, conversation_id, turn_id)
        try:
            yield RunStartedEvent(thread_id=conversation_id, run_id=turn_id)
            while (event := await turn.queue.get()) is not None:
                yield event
        finally:
            turn.leave()

    async def warm(self, tenant: TenantContext | None = None) -> None:
        """Do what the first turn would otherwise wait for."""
        await self._parts.tools.start()
        if not isinstance(self._parts.model, LocalAnalyst):
            warm_model(self._parts.model)
            return
        self._parts.model.warm()
        if tenant is not None:
            runner = self._new_runner(InMemorySessionService())
            run = self._run(runner, tenant, "warm-up", "Which sources are connected?", None)
            async with aclosing(run) as events:
                async for _ in events:
                    pass

    async def forget(self, tenant: TenantContext, conversation_id: str) -> None:
        """Delete what the agents remember of a conversation. Raises TurnInProgressError."""
        if (tenant.tenant_id, conversation_id) in self._turns:
            raise _in_progress()
        try:
            await self._sessions.delete_session(
                app_name=self._app.name,
                user_id=_session_owner(Identity.of(tenant, conversation_id)),
                session_id=conversation_id,
            )
        except (SQLAlchemyError, OSError) as error:
            raise DatabaseUnavailableError(
                "The database does not answer.", hint="Try again in a moment."
            ) from error

    async def idle(self) -> None:
        """Wait until no turn is under way, also none that its reader has left."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Stop every turn, then close the tools, the model and the session store."""
        for turn in self._turns.values():
            turn.leave()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_CLOSE_SECONDS)
            for task in late:
                task.cancel()
        await self._runner.close()
        await self._parts.tools.aclose()
        await close_model(self._parts.model)
        if isinstance(self._sessions, DatabaseSessionService):
            await self._sessions.close()

    def _new_runner(self, sessions: BaseSessionService) -> Runner:
        return Runner(app=self._app, session_service=sessions, auto_create_session=True)

    def _begin(
        self, tenant: TenantContext, question: str, conversation_id: str, turn_id: str
    ) -> _Turn:
        turn = _Turn(
            tenant, question, conversation_id, turn_id, asyncio.Queue(_QUEUE_SIZE), asyncio.Event()
        )
        if turn.key in self._turns:
            raise _in_progress()
        self._turns[turn.key] = turn
        # Not tied to the reader: when that goes, the turn still has its history to seal.
        task = asyncio.create_task(self._work(turn), name=f"turn-{turn_id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return turn

    async def _work(self, turn: _Turn) -> None:
        record = start_record(turn_limits(self._settings))
        search_verified(self._find_verified, turn.tenant, turn.question)
        translator = Translator(record, turn_id=turn.turn_id, model_name=self.model.name)
        try:
            error = await self._answer(turn, translator, record)
            for event in translator.close():
                await turn.emit(event)
            reply = self._reply(turn, translator, record, error)
            await self._keep(turn, reply, record)
            await turn.emit(_turn_event(reply))
            self._turns.pop(turn.key, None)
            await turn.emit(_last_event(turn, error))
            await turn.emit(None)
        finally:
            self._turns.pop(turn.key, None)

    async def _answer(
        self, turn: _Turn, translator: Translator, record: TurnRecord
    ) -> GtmError | None:
        """Run the agents; return what went wrong."""
        timer = asyncio.get_running_loop().call_later(
            self._settings.turn_timeout_seconds, turn.run_late
        )
        run = self._run(self._runner, turn.tenant, turn.conversation_id, turn.question, turn.abort)
        try:
            async with aclosing(run) as events:
                async for event in events:
                    for shown in translator.translate(event):
                        await turn.emit(shown)
        except Exception as error:  # noqa: BLE001 - the edge: logged in _known, shown as RUN_ERROR
            return record.failure or _known(error)
        finally:
            timer.cancel()
        if turn.is_late:
            return TurnTimeoutError(
                "The answer took too long and was stopped.", hint="Ask for a shorter period."
            )
        if not turn.is_left and not translator.insights:
            return record.failure or ModelUnavailableError(
                "The language model gave no answer.", hint="Ask again, perhaps in other words."
            )
        return record.failure

    def _run(
        self,
        runner: Runner,
        tenant: TenantContext,
        conversation_id: str,
        question: str,
        abort: asyncio.Event | None,
    ) -> AsyncGenerator[Event, None]:
        identity = Identity.of(tenant, conversation_id)
        return runner.run_async(
            user_id=_session_owner(identity),
            session_id=conversation_id,
            new_message=types.Content(role="user", parts=[types.Part(text=question)]),
            run_config=RunConfig(
                streaming_mode=StreamingMode.SSE,
                # Ours comes first: ADK's own, inside an agent, is a sentence to the model.
                max_llm_calls=self._settings.turn_max_llm_calls + 1,
                custom_metadata=run_metadata(identity),
                get_session_config=GetSessionConfig(num_recent_events=_HISTORY_EVENTS),
            ),
            abort_signal=abort,
        )

    def _reply(
        self, turn: _Turn, translator: Translator, record: TurnRecord, error: GtmError | None
    ) -> TurnReply:
        captured = record.result(translator.result_id) if translator.result_id else None
        receipt = captured.receipt if captured else None
        return TurnReply(
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
            question=turn.question,
            outcome=_outcome(turn, translator, error),
            code=error.code if error else None,
            insights=_sentence(error) if error else translator.insights,
            chart_spec=record.chart,
            data=captured.preview if captured else None,
            sql=receipt.sql if receipt else None,
            receipt=receipt.model_copy(update={"model": self.model.name}) if receipt else None,
            options=translator.options,
            model=self.model,
            verified=cited(translator.result_id),
            usage=usage_of(record, begun=turn.begun),
            created_at=self._clock.now(),
        )

    async def _keep(self, turn: _Turn, reply: TurnReply, record: TurnRecord) -> None:
        if self._on_reply is None:
            return
        try:
            await self._on_reply(turn.tenant, reply, record.model_tokens)
        except Exception:
            logger.exception("turn_not_kept", extra={"turn_id": turn.turn_id})


def _session_owner(identity: Identity) -> str:
    """Return whose session it is; with the workspace, so no id of another one can be loaded."""
    return f"{identity.tenant_id}:{identity.user_id}"


def _in_progress() -> TurnInProgressError:
    return TurnInProgressError(
        "This conversation is still answering.", hint="Wait for the answer, or stop it."
    )


def _outcome(turn: _Turn, translator: Translator, error: GtmError | None) -> TurnOutcome:
    if turn.is_left:
        return "stopped"
    return "error" if error else translator.outcome


def _turn_event(reply: TurnReply) -> BaseEvent:
    return CustomEvent(name="gtm.turn", value=reply.model_dump(mode="json", by_alias=True))


def _last_event(turn: _Turn, error: GtmError | None) -> BaseEvent:
    if error is not None:
        return RunErrorEvent(message=_sentence(error), code=error.code)
    return RunFinishedEvent(thread_id=turn.conversation_id, run_id=turn.turn_id)


def _sentence(error: GtmError) -> str:
    return f"{error.message} {error.hint}" if error.hint else error.message


def _known(error: Exception) -> GtmError:
    """Return the error to show for whatever a run can raise."""
    if isinstance(error, GtmError):
        return error
    if isinstance(error, StaleSessionError):
        return TurnInProgressError("This conversation is still answering.")
    logger.error("turn_failed", exc_info=error)
    return GtmError("The question could not be answered.", hint="Try again.")
