"""Where conversations are kept for the agents: ADK's own session store, in a schema of its own."""

from __future__ import annotations

from typing import Any

from google.adk.events import Event
from google.adk.sessions import BaseSessionService, DatabaseSessionService, Session
from sqlalchemy import make_url

_Key = tuple[str, str, str]
# What libpq calls sslmode is an argument of the driver, and no part of its address.
_SSL_MODE = "sslmode"
_SCHEMA = "agents"


class ConversationSessions(DatabaseSessionService):
    """Keeps of a turn what later turns read: the orchestrator's events.

    The steps inside an agent (they have a branch of their own) no later turn can see; each one
    written would cost the turn a transaction. What they change in the state goes with the next
    event that is kept.
    """

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url, **options)
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


def open_sessions(url: str) -> ConversationSessions:
    """Open the store of a PostgreSQL URL; its tables are made on first use."""
    address = make_url(url)
    options: dict[str, Any] = {"server_settings": {"search_path": _SCHEMA}}
    if (mode := address.query.get(_SSL_MODE)) is not None:
        options["ssl"] = mode
    address = address.difference_update_query([_SSL_MODE]).set(drivername="postgresql+asyncpg")
    return ConversationSessions(
        address.render_as_string(hide_password=False),
        connect_args=options,
        # The database may have been started anew since a connection was used last.
        pool_pre_ping=True,
    )
