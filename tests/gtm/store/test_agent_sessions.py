"""What the agents remember of one workspace is forgotten, and of no other."""

from collections.abc import AsyncIterator

import psycopg
import pytest
from google.adk.events import Event
from google.genai import types

from agents.sessions import ConversationSessions, open_sessions
from gtm.context import TenantId
from gtm.store.agent_sessions import forget_sessions
from gtm.store.database import Database
from tests.support.state import OwnedUrls

APP = "gtm"
# One whose name begins as another's does must not go with it.
OWNERS = ("acme:ana", "acme:ben", "acme-2:ana", "globex:acme", "acm:e")


@pytest.fixture
async def sessions(urls: OwnedUrls) -> AsyncIterator[ConversationSessions]:
    sessions = open_sessions(urls.worker)
    yield sessions
    await sessions.close()


async def remember(sessions: ConversationSessions, owner: str) -> None:
    state = {"user:colour": "blue", "step": 1}
    session = await sessions.create_session(
        app_name=APP, user_id=owner, session_id=f"of-{owner}", state=state
    )
    content = types.Content(role="user", parts=[types.Part(text=f"secret of {owner}")])
    await sessions.append_event(session, Event(author="user", content=content))


def remembered(urls: OwnedUrls) -> str:
    found = []
    with psycopg.connect(urls.owner) as connection:
        for table in ("sessions", "events", "user_states"):
            rows = connection.execute(f"select row_to_json(t)::text from agents.{table} as t")
            found += [row[0] for row in rows.fetchall()]
    return " ".join(found)


async def test_sessions_events_and_states_of_one_workspace_go(
    urls: OwnedUrls, database: Database, sessions: ConversationSessions
) -> None:
    for owner in OWNERS:
        await remember(sessions, owner)
    for _ in range(2):
        await forget_sessions(database, TenantId("acme"))
        left = remembered(urls)
        assert "acme:ana" not in left
        assert "acme:ben" not in left
    for owner in OWNERS[2:]:
        assert f"secret of {owner}" in left
        found = await sessions.get_session(app_name=APP, user_id=owner, session_id=f"of-{owner}")
        assert found is not None
        assert len(found.events) == 1
        assert found.state["user:colour"] == "blue"


async def test_before_the_agents_have_remembered_anything_there_is_nothing_to_forget(
    database: Database,
) -> None:
    await forget_sessions(database, TenantId("acme"))
