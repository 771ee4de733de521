"""Where conversations are kept for the agents: ADK's own session store over a SQLite file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.adk.events import Event
from google.adk.sessions import BaseSessionService, DatabaseSessionService, Session
from sqlalchemy import Connection
from sqlalchemy import event as database_event

_Key = tuple[str, str, str]
_BUSY_TIMEOUT_MS = 10_000


class ConversationSessions(DatabaseSessionService):
    """Keeps of a turn what later turns read: the orchestrator's events.

    The steps inside an agent (they have a branch of their own) no later turn can see; each one
    written would cost the turn a transaction. What they change in the state goes with the next
    event that is kept.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._carried: dict[_Key, dict[str, Any]] = {}

    async def append_event(self, session: Session, event: Event) -> Event:
        """Add an event to the running turn, and to the store unless it is an inner step."""
        key = (session.app_name, session.user_id, session.id)
        if event.branch and not event.partial:
            self._carried.setdefault(key, {}).update(event.actions.state_delta)
            return await BaseSessionService.append_event(self, session, event)
        if not event.partial and (carried := self._carried.pop(key, None)):
            event.actions.state_delta = {**carried, **event.actions.state_delta}
        return await super().append_event(session, event)


def open_sessions(path: Path) -> ConversationSessions:
    """Open the store; its tables are made on first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    service = ConversationSessions(f"sqlite+aiosqlite:///{path}")
    engine = service.db_engine.sync_engine
    database_event.listen(engine, "connect", _prefer_speed)
    database_event.listen(engine, "begin", _begin_at_once)
    return service


def _prefer_speed(connection: Any, _record: Any) -> None:
    """Write ahead and flush at checkpoints: a power cut may lose a turn's trace, nothing else."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.close()
    # The driver's own BEGIN is left out, because `_begin_at_once` says it.
    connection.isolation_level = None


def _begin_at_once(connection: Connection) -> None:
    """Take the write lock first and wait for it: a read that later writes would fail instead."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
