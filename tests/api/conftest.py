"""The application with two workspaces and a runner that answers from a script."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx
import pytest
from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    RunFinishedEvent,
    RunStartedEvent,
    TextMessageContentEvent,
    TextMessageEndEvent,
    TextMessageStartEvent,
)
from starlette.applications import Starlette

from agents.reply import ModelInfo, TurnReply
from app import create_app
from gtm.bootstrap import Services
from gtm.context import TenantContext
from gtm.settings import Settings
from gtm.store.base import ConversationId
from tests.support.people import PASSWORD, add_people
from tests.support.serving import NOW, StillClock, alive, client_of, settings_at, token_of


@dataclass
class ScriptedTurns:
    """Answers at once, unless told to wait or to fail."""

    services: Services
    failure: Exception | None = None
    waits: bool = False
    asked: list[tuple[TenantContext, str]] = field(default_factory=list)
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

    async def close(self) -> None:
        """There is nothing to close."""


@dataclass
class Stage:
    """The application with what a test wants to reach inside it."""

    app: Starlette
    turns: ScriptedTurns
    clock: StillClock
    settings: Settings

    async def signed_in(self, email: str = "ana@acme.test") -> httpx.AsyncClient:
        async with client_of(self.app) as client:
            return client_of(self.app, await token_of(client, email, PASSWORD))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_at(tmp_path)


@pytest.fixture
async def stage(settings: Settings) -> AsyncIterator[Stage]:
    clock = StillClock()
    await add_people(settings, clock)
    made: list[ScriptedTurns] = []

    def make_turns(services: Services) -> ScriptedTurns:
        made.append(ScriptedTurns(services))
        return made[-1]

    app = create_app(settings, clock=clock, make_turns=make_turns)
    async with alive(app):
        yield Stage(app, made[0], clock, settings)


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Ana, owner of Acme."""
    async with await stage.signed_in() as client:
        yield client


@pytest.fixture
async def stranger(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody."""
    async with client_of(stage.app) as client:
        yield client
