"""The outbox: mails the real service would send; here they are kept, and nothing is ever sent."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from sandbox.supabase_auth.database import Database

_KEPT: Final = 500

_SUBJECTS: Final = {
    "signup": "Confirm your sign-up",
    "invite": "You have been invited",
    "magiclink": "Your sign-in link",
    "recovery": "Reset your password",
    "email_change": "Confirm your new e-mail address",
}
_TEXTS: Final = {
    "signup": "Follow this link to confirm your address and finish signing up.",
    "invite": "You have been invited. Follow this link to accept and sign in.",
    "magiclink": "Follow this link to sign in.",
    "recovery": "Follow this link to choose a new password.",
    "email_change": "Follow this link to confirm the change of your e-mail address.",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that was not sent."""

    id: int
    kind: str
    recipient: str
    subject: str
    text: str
    link: str
    created_at: str


class Outbox:
    """The mails, newest first. Blocking: async callers use a thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(
        self, cursor: sqlite3.Cursor, kind: str, *, recipient: str, link: str, code: str
    ) -> None:
        """Keep a mail of a kind; old ones make room."""
        text = f"{_TEXTS[kind]}\n\n{link}\n\nOr enter the code: {code}"
        cursor.execute(
            "INSERT INTO outbox (kind, recipient, subject, body, link, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (kind, recipient, _SUBJECTS[kind], text, link, self._database.stamp()),
        )
        cursor.execute("DELETE FROM outbox WHERE id <= (SELECT max(id) FROM outbox) - ?", (_KEPT,))

    def mails(self, *, limit: int = 100) -> list[Mail]:
        """Return the newest mails."""
        with self._database.transaction() as cursor:
            rows = cursor.execute(
                "SELECT * FROM outbox ORDER BY id DESC LIMIT ?", (limit,)
            ).fetchall()
        return [
            Mail(
                id=row["id"],
                kind=row["kind"],
                recipient=row["recipient"],
                subject=row["subject"],
                text=row["body"],
                link=row["link"],
                created_at=row["created_at"],
            )
            for row in rows
        ]
