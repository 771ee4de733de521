"""The whole application with its own agents, over a little data in two workspaces."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import build_services
from gtm.tenants.base import Workspace
from tests.support.exports import write_events
from tests.support.people import PASSWORD, PEOPLE, add_people
from tests.support.serving import StillClock, alive, client_of, settings_at, token_of
from tests.support.state import OwnedUrls, urls_for

ANA, BEN, GUS = PEOPLE
# A campaign that is in the data of one workspace alone.
CAMPAIGNS = {ANA: "zephyr", GUS: "quokka"}


@dataclass
class Talk:
    """The application, and clients of its people."""

    app: Starlette
    clock: StillClock
    urls: OwnedUrls
    tokens: dict[str, str]

    def client(self, email: str) -> httpx.AsyncClient:
        return client_of(self.app, self.tokens[email])

    async def ask(
        self, email: str, question: str, conversation: str | None = None
    ) -> dict[str, Any]:
        """Return the answer to a question."""
        body = {"question": question, "conversation_id": conversation}
        async with self.client(email) as client:
            return done(await client.post("/v1/analytics/query", json=body))


def done(reply: httpx.Response, status: int = 200) -> dict[str, Any]:
    """Return a reply's body, which must have come with a status."""
    assert reply.status_code == status, reply.text
    body: dict[str, Any] = reply.json()
    return body


def place_of(answer: dict[str, Any]) -> dict[str, str]:
    """Return what names an answer."""
    return {name: answer[name] for name in ("conversation_id", "turn_id")}


@asynccontextmanager
async def open_talk(directory: Path) -> AsyncIterator[Talk]:
    """Yield the application while it lives."""
    settings, clock = settings_at(directory), StillClock()
    ids = await add_people(settings, clock)
    services = build_services(settings, clock=clock)
    for email, campaign in CAMPAIGNS.items():
        slug, role = PEOPLE[email]
        path = write_events(directory / f"{campaign}.ndjson", campaign=campaign, sessions=3)
        await services.loader.load(Workspace.named(slug, "").context(ids[email], role), path)
    await services.close()
    app = create_app(settings, clock=clock)
    async with alive(app):
        async with client_of(app) as client:
            tokens = {email: await token_of(client, email, PASSWORD) for email in PEOPLE}
        yield Talk(app, clock, urls_for(directory), tokens)
