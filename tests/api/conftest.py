"""The application with two workspaces and a runner that answers from a script."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import Services, open_user_registry
from gtm.settings import Settings
from tests.support.people import PASSWORD, add_people
from tests.support.scripted_turns import ScriptedTurns
from tests.support.serving import StillClock, alive, client_of, settings_at, token_of


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

    def add_user(self, email: str) -> None:
        """Make somebody who can sign in and is a member of nothing."""
        users = open_user_registry(self.settings, self.clock)
        users.ensure_user(email, PASSWORD, name="", app_metadata={})
        users.close()


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
