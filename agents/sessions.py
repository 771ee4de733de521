"""Where conversations are kept for the agents: ADK's own session store over a SQLite file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from google.adk.sessions import DatabaseSessionService
from sqlalchemy import event


def open_sessions(path: Path) -> DatabaseSessionService:
    """Open the store; its tables are made on first use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    service = DatabaseSessionService(f"sqlite+aiosqlite:///{path}")
    event.listen(service.db_engine.sync_engine, "connect", _prefer_speed)
    return service


def _prefer_speed(connection: Any, _record: Any) -> None:
    """Write ahead and flush at checkpoints: a power cut may lose a turn's trace, nothing else."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()
