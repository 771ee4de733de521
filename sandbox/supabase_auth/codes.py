"""Authorization codes: what a client with a challenge trades for a session, once and soon."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import sqlite3
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sandbox.supabase_auth import errors, records
from sandbox.supabase_auth.database import Database, digest
from sandbox.supabase_auth.links import Challenge
from sandbox.supabase_auth.policy import Policy
from sandbox.supabase_auth.sessions import Grant, Sessions

_METHODS: Final = frozenset({"s256", "plain"})
_REMEMBERED: Final = timedelta(days=1)
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class AuthCodes:
    """All authorization codes. Blocking: async callers use a thread."""

    def __init__(self, database: Database, sessions: Sessions, policy: Policy) -> None:
        self._database = database
        self._sessions = sessions
        self._policy = policy

    def issue(
        self, cursor: sqlite3.Cursor, user_id: str, challenge: Challenge, *, method: str
    ) -> str:
        """Return a code for the person that only the challenge's maker can use."""
        code, now = str(uuid4()), self._database.now()
        # Late codes are told apart from unknown ones for a while, not for ever.
        oldest = (now - _REMEMBERED).isoformat()
        cursor.execute("DELETE FROM auth_codes WHERE created_at < ?", (oldest,))
        row = (digest(code), user_id, challenge.value, challenge.method, method, now.isoformat())
        cursor.execute("INSERT INTO auth_codes VALUES (?, ?, ?, ?, ?, ?)", row)
        return code

    def exchange(self, code: str, verifier: str) -> Grant:
        """Trade a code for a session. Raises AuthRefusal; a late code is used up as well."""
        with self._database.transaction() as cursor:
            row = cursor.execute(
                "SELECT * FROM auth_codes WHERE digest = ?", (digest(code),)
            ).fetchone()
            if row is None:
                raise errors.flow_state_not_found()
            if not _matches(Challenge(row["challenge"], row["challenge_method"]), verifier):
                raise errors.bad_code_verifier()
            cursor.execute("DELETE FROM auth_codes WHERE digest = ?", (row["digest"],))
            account = records.find(cursor, row["user_id"])
            if account is not None and not self._is_late(row["created_at"]):
                return self._sessions.open(cursor, account, row["method"])
        raise errors.flow_state_expired()

    def _is_late(self, created_at: str) -> bool:
        age = self._database.now() - datetime.fromisoformat(created_at)
        return age > self._policy.flow_lifetime


def read_challenge(value: str | None, method: str | None) -> Challenge | None:
    """Return the challenge of a request, if it has one. Raises AuthRefusal."""
    if not value and not method:
        return None
    if not value or not method:
        raise errors.validation_failed(
            "PKCE flow requires code_challenge_method and code_challenge"
        )
    if method.lower() not in _METHODS:
        raise errors.validation_failed("code challenge method must be s256 or plain")
    if not _CHALLENGE.fullmatch(value):
        raise errors.validation_failed(
            "code challenge has to be between 43 and 128 characters of A-Z a-z 0-9 . _ ~ -"
        )
    return Challenge(value, method.lower())


def _matches(challenge: Challenge, verifier: str) -> bool:
    shown = verifier.encode()
    if challenge.method == "s256":
        shown = base64.urlsafe_b64encode(hashlib.sha256(shown).digest()).rstrip(b"=")
    return secrets.compare_digest(shown, challenge.value.encode())
