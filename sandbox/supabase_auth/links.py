"""One-time links and codes: issued into the outbox at most once a minute, redeemed once."""

from __future__ import annotations

import math
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from sandbox.supabase_auth import errors
from sandbox.supabase_auth.database import Database, digest
from sandbox.supabase_auth.outbox import Outbox
from sandbox.supabase_auth.policy import Policy
from sandbox.supabase_auth.records import Account

_PURPOSES: Final = {
    "signup": "confirmation",
    "invite": "confirmation",
    "magiclink": "recovery",
    "recovery": "recovery",
    "email_change": "email_change",
}
# A code has six digits; the link beside it can't be guessed and stays good.
_MAX_WRONG_CODES: Final = 5
_PKCE_PREFIX: Final = "pkce_"


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a client will have to show the verifier of (RFC 7636)."""

    value: str
    method: str


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a link leads, and the client that may pick up the session there."""

    redirect_to: str
    challenge: Challenge | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its secrets, shown once."""

    url: str
    token: str
    code: str


@dataclass(frozen=True, slots=True)
class Redeemed:
    """What a link or code turned out to be; it is used up."""

    user_id: str
    purpose: str
    challenge: Challenge | None


class Links:
    """All one-time links. Callers bring the transaction."""

    def __init__(self, database: Database, outbox: Outbox, policy: Policy, issuer: str) -> None:
        self._database = database
        self._outbox = outbox
        self._policy = policy
        self._issuer = issuer

    def mail(
        self, cursor: sqlite3.Cursor, account: Account, kind: str, landing: Landing, *, to: str
    ) -> None:
        """Put a mail with a link for the person into the outbox."""
        link = self.issue(cursor, account, kind, landing, email=to)
        self._outbox.keep(cursor, kind, recipient=to, link=link.url, code=link.code)

    def issue(
        self, cursor: sqlite3.Cursor, account: Account, kind: str, landing: Landing, *, email: str
    ) -> Link:
        """Make a link; an older one for the same purpose stops working."""
        purpose, challenge = _PURPOSES[kind], landing.challenge
        prefix = _PKCE_PREFIX if challenge else ""
        token, code = prefix + secrets.token_hex(28), f"{secrets.randbelow(10**6):06d}"
        cursor.execute(
            "INSERT OR REPLACE INTO one_time_tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
            (
                digest(token),
                digest(email + code),
                account.id,
                purpose,
                email,
                challenge.value if challenge else None,
                challenge.method if challenge else None,
                self._database.stamp(),
            ),
        )
        query = urlencode({"token": token, "type": kind, "redirect_to": landing.redirect_to})
        return Link(f"{self._issuer}/verify?{query}", token, code)

    def take_turn(self, cursor: sqlite3.Cursor, email: str, kind: str) -> None:
        """Raise AuthRefusal when the address had such a mail within the last minute.

        Addresses nobody has are counted too: the refusal must not tell which ones exist.
        """
        purpose, now = _PURPOSES[kind], self._database.now()
        since = (now - self._policy.between_mails).isoformat()
        cursor.execute("DELETE FROM mail_times WHERE sent_at <= ?", (since,))
        row = cursor.execute(
            "SELECT sent_at FROM mail_times WHERE email = ? AND purpose = ?", (email, purpose)
        ).fetchone()
        if row is not None:
            left = datetime.fromisoformat(row["sent_at"]) + self._policy.between_mails - now
            raise errors.over_email_send_rate_limit(math.ceil(left.total_seconds()))
        cursor.execute("INSERT INTO mail_times VALUES (?, ?, ?)", (email, purpose, now.isoformat()))

    def redeem(self, cursor: sqlite3.Cursor, token: str, kind: str) -> Redeemed | None:
        """Use a link up; None when it is not good for this."""
        row = cursor.execute(
            "SELECT * FROM one_time_tokens WHERE digest = ?", (digest(token),)
        ).fetchone()
        if row is None or not self._is_good(row, kind):
            return None
        return _use_up(cursor, row)

    def redeem_code(
        self, cursor: sqlite3.Cursor, email: str, code: str, kind: str
    ) -> Redeemed | None:
        """Use a code up; None when it is wrong, which is counted against the right one."""
        rows = cursor.execute("SELECT * FROM one_time_tokens WHERE email = ?", (email,)).fetchall()
        for row in rows:
            if not self._is_good(row, kind) or row["wrong_codes"] >= _MAX_WRONG_CODES:
                continue
            if secrets.compare_digest(row["code_digest"], digest(email + code)):
                return _use_up(cursor, row)
            cursor.execute(
                "UPDATE one_time_tokens SET wrong_codes = wrong_codes + 1 WHERE digest = ?",
                (row["digest"],),
            )
        return None

    def others_wait(self, cursor: sqlite3.Cursor, user_id: str, purpose: str) -> bool:
        """Whether the person has another link for the same purpose to follow."""
        row = cursor.execute(
            "SELECT count(*) AS n FROM one_time_tokens WHERE user_id = ? AND purpose = ?",
            (user_id, purpose),
        ).fetchone()
        return bool(row["n"])

    def withdraw(self, cursor: sqlite3.Cursor, user_id: str, *, kind: str | None = None) -> None:
        """Make every link and code of a person worthless, or those of a kind."""
        cursor.execute(
            "DELETE FROM one_time_tokens WHERE user_id = ? AND purpose = coalesce(?, purpose)",
            (user_id, _PURPOSES[kind] if kind else None),
        )

    def _is_good(self, row: sqlite3.Row, kind: str) -> bool:
        age = self._database.now() - datetime.fromisoformat(row["created_at"])
        if age > self._policy.mail_lifetime:
            return False
        # "email" is what clients say for a code, whatever mail it came in.
        wanted = {"confirmation", "recovery"} if kind == "email" else {_PURPOSES.get(kind)}
        return row["purpose"] in wanted


def _use_up(cursor: sqlite3.Cursor, row: sqlite3.Row) -> Redeemed:
    cursor.execute("DELETE FROM one_time_tokens WHERE digest = ?", (row["digest"],))
    has_challenge = row["challenge"] is not None
    challenge = Challenge(row["challenge"], row["challenge_method"]) if has_challenge else None
    return Redeemed(row["user_id"], row["purpose"], challenge)
