"""The stand-in's SQLite file: opening it, bringing older ones up to date, transactions."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final
from uuid import uuid4

from gtm.clock import Clock

DATABASE_FILE: Final = "supabase_auth.sqlite3"

# Files made before sign-up and mail existed lack these columns.
_ADDED_COLUMNS: Final = {
    ("users", "email_confirmed_at"): "ALTER TABLE users ADD COLUMN email_confirmed_at TEXT",
    ("users", "invited_at"): "ALTER TABLE users ADD COLUMN invited_at TEXT",
    ("users", "confirmation_sent_at"): "ALTER TABLE users ADD COLUMN confirmation_sent_at TEXT",
    ("users", "recovery_sent_at"): "ALTER TABLE users ADD COLUMN recovery_sent_at TEXT",
    ("users", "email_change"): "ALTER TABLE users ADD COLUMN email_change TEXT",
    ("users", "email_change_sent_at"): "ALTER TABLE users ADD COLUMN email_change_sent_at TEXT",
    ("users", "banned_until"): "ALTER TABLE users ADD COLUMN banned_until TEXT",
    ("sessions", "method"): "ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL"
    " DEFAULT 'password'",
}


class Database:
    """One connection, used by one thread at a time. Blocking: async callers use a thread."""

    def __init__(self, path: Path, clock: Clock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        path.chmod(0o600)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        schema = files("sandbox.supabase_auth").joinpath("schema.sql").read_text("utf-8")
        self._connection.executescript(schema)
        with self.transaction() as cursor:
            _add_columns(cursor)
            _add_identities(cursor)

    def now(self) -> datetime:
        """Return the current time."""
        return self._clock.now()

    def stamp(self) -> str:
        """Return the current time as the file keeps it."""
        return self._clock.now().isoformat()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Cursor]:
        """Run statements together, or not at all when one of them raises."""
        with self._lock:
            cursor = self._connection.cursor()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                yield cursor
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            else:
                cursor.execute("COMMIT")
            finally:
                cursor.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()


def digest(secret: str) -> str:
    """Return the form in which a token that is shown once is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _add_columns(cursor: sqlite3.Cursor) -> None:
    for (table, column), statement in _ADDED_COLUMNS.items():
        rows = cursor.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
        if column in {row["name"] for row in rows}:
            continue
        cursor.execute(statement)
        if column == "email_confirmed_at":
            # Such files hold seeded people only, who could always sign in.
            cursor.execute("UPDATE users SET email_confirmed_at = created_at")


def _add_identities(cursor: sqlite3.Cursor) -> None:
    rows = cursor.execute(
        "SELECT id, email, created_at FROM users WHERE id NOT IN (SELECT user_id FROM identities)"
    ).fetchall()
    for row in rows:
        known = {"sub": row["id"], "email": row["email"], "email_verified": True}
        cursor.execute(
            "INSERT INTO identities VALUES (?, ?, 'email', ?, ?, ?)",
            (str(uuid4()), row["id"], row["id"], json.dumps(known), row["created_at"]),
        )
