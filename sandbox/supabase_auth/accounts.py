"""Accounts of the stand-in: users, their sessions and refresh tokens, in one SQLite file."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from gtm.clock import Clock
from sandbox.supabase_auth import errors

DATABASE_FILE = "supabase_auth.sqlite3"
# Supabase forgives a client that sends the same refresh token twice in quick succession.
REUSE_INTERVAL = timedelta(seconds=10)

_SIGN_OUT = {
    "local": "DELETE FROM sessions WHERE user_id = :user AND id = :session",
    "others": "DELETE FROM sessions WHERE user_id = :user AND id <> :session",
    "global": "DELETE FROM sessions WHERE user_id = :user",
}

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class Account:
    """One user as the wire shows them."""

    id: str
    email: str
    app_metadata: Mapping[str, Any]
    user_metadata: Mapping[str, Any]
    created_at: str
    updated_at: str
    last_sign_in_at: str | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in or refresh leads to; the refresh token is shown once and kept as a digest."""

    account: Account
    session_id: str
    refresh_token: str


class Accounts:
    """All accounts of one data directory. Blocking: async callers use a thread."""

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
        # Verified when the address is unknown, so that timing does not tell which ones exist.
        self._decoy_hash = _HASHER.hash(secrets.token_urlsafe())

    def ensure_user(
        self, email: str, password: str, *, name: str, app_metadata: Mapping[str, Any]
    ) -> str:
        """Create the user, or set their password, name and metadata; return their id."""
        now = self._clock.now().isoformat()
        app = {"provider": "email", "providers": ["email"], **app_metadata}
        values = (_HASHER.hash(password), json.dumps(app), json.dumps({"name": name}), now)
        with self._transaction() as cursor:
            row = cursor.execute("SELECT id FROM users WHERE email = ?", (email,)).fetchone()
            if row is not None:
                cursor.execute(
                    "UPDATE users SET password_hash = ?, app_metadata = ?, user_metadata = ?,"
                    " updated_at = ? WHERE id = ?",
                    (*values, row["id"]),
                )
                return str(row["id"])
            user_id = str(uuid4())
            cursor.execute(
                "INSERT INTO users (password_hash, app_metadata, user_metadata, updated_at,"
                " created_at, id, email) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*values, now, user_id, email.strip().lower()),
            )
            return user_id

    def sign_in(self, email: str, password: str) -> Grant:
        """Open a session. Raises AuthRefusal, the same one for an unknown address."""
        with self._transaction() as cursor:
            row = cursor.execute("SELECT * FROM users WHERE email = ?", (email.strip(),)).fetchone()
        # Hashing is slow on purpose; it happens outside the lock.
        is_right = _verify(row["password_hash"] if row else self._decoy_hash, password)
        if row is None or not is_right:
            raise errors.invalid_credentials()
        now = self._clock.now().isoformat()
        session_id = str(uuid4())
        with self._transaction() as cursor:
            cursor.execute("UPDATE users SET last_sign_in_at = ? WHERE id = ?", (now, row["id"]))
            cursor.execute("INSERT INTO sessions VALUES (?, ?, ?)", (session_id, row["id"], now))
            token = self._issue_refresh_token(cursor, session_id)
            return Grant(_read_account(cursor, row["id"]), session_id, token)

    def refresh(self, refresh_token: str) -> Grant:
        """Trade a refresh token for the next one; a replayed one ends its session."""
        with self._transaction() as cursor:
            row = cursor.execute(
                "SELECT t.digest, t.used_at, s.id AS session_id, s.user_id FROM refresh_tokens t"
                " JOIN sessions s ON s.id = t.session_id WHERE t.digest = ?",
                (_digest(refresh_token),),
            ).fetchone()
            if row is None:
                raise errors.refresh_token_not_found()
            is_replay = row["used_at"] is not None and self._is_past_reuse(row["used_at"])
            if is_replay:
                cursor.execute("DELETE FROM sessions WHERE id = ?", (row["session_id"],))
            else:
                cursor.execute(
                    "UPDATE refresh_tokens SET used_at = coalesce(used_at, ?) WHERE digest = ?",
                    (self._clock.now().isoformat(), row["digest"]),
                )
                token = self._issue_refresh_token(cursor, row["session_id"])
                return Grant(_read_account(cursor, row["user_id"]), row["session_id"], token)
        # Raised after the commit: the session stays ended although the request fails.
        raise errors.refresh_token_already_used()

    def account_of_session(self, session_id: str) -> Account:
        """Return whose session it is. Raises AuthRefusal when it has ended."""
        with self._transaction() as cursor:
            row = cursor.execute(
                "SELECT user_id FROM sessions WHERE id = ?", (session_id,)
            ).fetchone()
            if row is None:
                raise errors.AuthRefusal(
                    403, "session_not_found", "Session from session_id claim in JWT does not exist"
                )
            return _read_account(cursor, row["user_id"])

    def sign_out(self, session_id: str, *, scope: str) -> None:
        """End this session, all others of its user, or all of them."""
        account = self.account_of_session(session_id)
        if scope not in _SIGN_OUT:
            raise errors.validation_failed(f"Unsupported logout scope {scope!r}")
        with self._transaction() as cursor:
            cursor.execute(_SIGN_OUT[scope], {"session": session_id, "user": account.id})

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _issue_refresh_token(self, cursor: sqlite3.Cursor, session_id: str) -> str:
        token = secrets.token_urlsafe(24)
        cursor.execute(
            "INSERT INTO refresh_tokens VALUES (?, ?, ?, NULL)",
            (_digest(token), session_id, self._clock.now().isoformat()),
        )
        return token

    def _is_past_reuse(self, used_at: str) -> bool:
        return self._clock.now() - datetime.fromisoformat(used_at) > REUSE_INTERVAL

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Cursor]:
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


def _read_account(cursor: sqlite3.Cursor, user_id: str) -> Account:
    row = cursor.execute("SELECT * FROM users WHERE id = ?", (user_id,)).fetchone()
    return Account(
        id=row["id"],
        email=row["email"],
        app_metadata=json.loads(row["app_metadata"]),
        user_metadata=json.loads(row["user_metadata"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        last_sign_in_at=row["last_sign_in_at"],
    )


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
