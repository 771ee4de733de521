"""Sessions and their refresh tokens: opening, rotating with reuse detection, ending."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal
from uuid import uuid4

from sandbox.supabase_auth import errors, records
from sandbox.supabase_auth.database import Database, digest
from sandbox.supabase_auth.policy import Policy
from sandbox.supabase_auth.records import Account

Method = Literal["password", "otp", "oauth"]

_SIGN_OUT: Final = {
    "local": "DELETE FROM sessions WHERE user_id = :user AND id = :session",
    "others": "DELETE FROM sessions WHERE user_id = :user AND id <> :session",
    "global": "DELETE FROM sessions WHERE user_id = :user",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a sign-in or refresh leads to; the refresh token is shown once and kept as a digest."""

    account: Account
    session_id: str
    refresh_token: str
    method: str = "password"


class Sessions:
    """All sessions. Blocking: async callers use a thread."""

    def __init__(self, database: Database, policy: Policy) -> None:
        self._database = database
        self._policy = policy

    def open(self, cursor: sqlite3.Cursor, account: Account, method: str) -> Grant:
        """Open a session for someone who proved who they are. Raises AuthRefusal when banned."""
        now = self._database.stamp()
        if account.is_banned(now):
            raise errors.user_banned()
        session_id = str(uuid4())
        account = records.save(cursor, replace(account, last_sign_in_at=now))
        cursor.execute(
            "INSERT INTO sessions (id, user_id, created_at, method) VALUES (?, ?, ?, ?)",
            (session_id, account.id, now, method),
        )
        return Grant(account, session_id, self._issue_refresh_token(cursor, session_id), method)

    def refresh(self, refresh_token: str) -> Grant:
        """Trade a refresh token for the next one; a replayed one ends its session."""
        with self._database.transaction() as cursor:
            row = cursor.execute(
                "SELECT t.digest, t.used_at, s.id AS session_id, s.user_id, s.method"
                " FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id"
                " WHERE t.digest = ?",
                (digest(refresh_token),),
            ).fetchone()
            if row is None:
                raise errors.refresh_token_not_found()
            if row["used_at"] is None or not self._is_past_reuse(row["used_at"]):
                return self._rotate(cursor, row)
            cursor.execute("DELETE FROM sessions WHERE id = ?", (row["session_id"],))
        # Raised after the commit: the session stays ended although the request fails.
        raise errors.refresh_token_already_used()

    def account_of_session(self, session_id: str) -> Account:
        """Return whose session it is. Raises AuthRefusal when it has ended."""
        with self._database.transaction() as cursor:
            return self.holder(cursor, session_id)

    def holder(self, cursor: sqlite3.Cursor, session_id: str) -> Account:
        """Return whose session it is. Raises AuthRefusal when it has ended."""
        row = cursor.execute("SELECT user_id FROM sessions WHERE id = ?", (session_id,)).fetchone()
        account = records.find(cursor, row["user_id"]) if row else None
        if account is None:
            raise errors.session_not_found()
        if account.is_banned(self._database.stamp()):
            raise errors.user_banned()
        return account

    def sign_out(self, session_id: str, *, scope: str) -> None:
        """End this session, all others of its user, or all of them."""
        if scope not in _SIGN_OUT:
            raise errors.validation_failed(f"Unsupported logout scope {scope!r}")
        with self._database.transaction() as cursor:
            account = self.holder(cursor, session_id)
            self.end(cursor, account, scope=scope, session_id=session_id)

    def end(
        self,
        cursor: sqlite3.Cursor,
        account: Account,
        *,
        scope: str = "global",
        session_id: str | None = None,
    ) -> None:
        """End sessions of a person."""
        cursor.execute(_SIGN_OUT[scope], {"session": session_id, "user": account.id})

    def _rotate(self, cursor: sqlite3.Cursor, row: sqlite3.Row) -> Grant:
        account = self.holder(cursor, row["session_id"])
        cursor.execute(
            "UPDATE refresh_tokens SET used_at = coalesce(used_at, ?) WHERE digest = ?",
            (self._database.stamp(), row["digest"]),
        )
        token = self._issue_refresh_token(cursor, row["session_id"])
        return Grant(account, row["session_id"], token, row["method"])

    def _issue_refresh_token(self, cursor: sqlite3.Cursor, session_id: str) -> str:
        token = secrets.token_urlsafe(24)
        cursor.execute(
            "INSERT INTO refresh_tokens VALUES (?, ?, ?, NULL)",
            (digest(token), session_id, self._database.stamp()),
        )
        return token

    def _is_past_reuse(self, used_at: str) -> bool:
        age = self._database.now() - datetime.fromisoformat(used_at)
        return age > self._policy.refresh_reuse
