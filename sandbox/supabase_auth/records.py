"""Rows of people: reading and writing an account and the identities it signs in with."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import uuid4

NO_PASSWORD = ""

_SELECT = "SELECT * FROM users "
_METADATA = ("app_metadata", "user_metadata")
_SAVE = """
INSERT INTO users (
    id, email, password_hash, app_metadata, user_metadata, created_at, updated_at,
    last_sign_in_at, email_confirmed_at, invited_at, confirmation_sent_at, recovery_sent_at,
    email_change, email_change_sent_at, banned_until
) VALUES (
    :id, :email, :password_hash, :app_metadata, :user_metadata, :created_at, :updated_at,
    :last_sign_in_at, :email_confirmed_at, :invited_at, :confirmation_sent_at, :recovery_sent_at,
    :email_change, :email_change_sent_at, :banned_until
) ON CONFLICT (id) DO UPDATE SET
    email = excluded.email, password_hash = excluded.password_hash,
    app_metadata = excluded.app_metadata, user_metadata = excluded.user_metadata,
    updated_at = excluded.updated_at, last_sign_in_at = excluded.last_sign_in_at,
    email_confirmed_at = excluded.email_confirmed_at, invited_at = excluded.invited_at,
    confirmation_sent_at = excluded.confirmation_sent_at,
    recovery_sent_at = excluded.recovery_sent_at, email_change = excluded.email_change,
    email_change_sent_at = excluded.email_change_sent_at, banned_until = excluded.banned_until
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """One way in which a person proves who they are: a mailbox, or an account at a provider."""

    identity_id: str
    provider: str
    provider_id: str
    identity_data: Mapping[str, Any]
    created_at: str


@dataclass(frozen=True, slots=True)
class Account:
    """One person; times are ISO 8601 texts."""

    id: str
    email: str
    created_at: str
    updated_at: str
    password_hash: str = field(default=NO_PASSWORD, repr=False)
    app_metadata: Mapping[str, Any] = field(default_factory=dict)
    user_metadata: Mapping[str, Any] = field(default_factory=dict)
    last_sign_in_at: str | None = None
    email_confirmed_at: str | None = None
    invited_at: str | None = None
    confirmation_sent_at: str | None = None
    recovery_sent_at: str | None = None
    email_change: str | None = None
    email_change_sent_at: str | None = None
    banned_until: str | None = None
    identities: tuple[Identity, ...] = ()

    @property
    def is_confirmed(self) -> bool:
        """Whether the address is known to be theirs."""
        return self.email_confirmed_at is not None

    def is_banned(self, now: str) -> bool:
        """Whether an administrator keeps them out at that time."""
        return self.banned_until is not None and self.banned_until > now


def normal_email(email: str) -> str:
    """Return the address as it is kept and compared."""
    return email.strip().lower()


def new_account(email: str, now: str) -> Account:
    """Return a person nobody has seen yet, with their mailbox as identity."""
    user_id = str(uuid4())
    account = Account(id=user_id, email=normal_email(email), created_at=now, updated_at=now)
    return with_identity(account, "email", user_id, {"sub": user_id, "email": account.email}, now)


def with_identity(
    account: Account, provider: str, provider_id: str, known: Mapping[str, Any], now: str
) -> Account:
    """Return the account with this identity, which replaces an older one of the same provider."""
    old = next((one for one in account.identities if one.provider == provider), None)
    identity = Identity(
        identity_id=old.identity_id if old else str(uuid4()),
        provider=provider,
        provider_id=provider_id,
        identity_data=known,
        created_at=old.created_at if old else now,
    )
    kept = {one.provider: one for one in account.identities} | {provider: identity}
    return with_providers(replace(account, identities=tuple(kept.values())))


def with_providers(account: Account) -> Account:
    """Return the account with its providers named in its metadata, as the clients read them."""
    names = [one.provider for one in account.identities]
    app = {**account.app_metadata, "provider": names[0], "providers": names}
    return replace(account, app_metadata=app)


def merged(old: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata after a change; null removes a name."""
    together = {**old, **change}
    return {name: value for name, value in together.items() if value is not None}


def find(cursor: sqlite3.Cursor, user_id: str) -> Account | None:
    """Return the person of an id."""
    row = cursor.execute(_SELECT + "WHERE id = ?", (user_id,)).fetchone()
    return _account(cursor, row) if row else None


def find_by_email(cursor: sqlite3.Cursor, email: str) -> Account | None:
    """Return the person of an address."""
    row = cursor.execute(_SELECT + "WHERE email = ?", (normal_email(email),)).fetchone()
    return _account(cursor, row) if row else None


def find_by_identity(cursor: sqlite3.Cursor, provider: str, provider_id: str) -> Account | None:
    """Return the person of an account at a provider."""
    row = cursor.execute(
        "SELECT user_id FROM identities WHERE provider = ? AND provider_id = ?",
        (provider, provider_id),
    ).fetchone()
    return find(cursor, row["user_id"]) if row else None


def page(cursor: sqlite3.Cursor, *, limit: int, offset: int) -> tuple[list[Account], int]:
    """Return some people, newest first, and how many there are in all."""
    total = cursor.execute("SELECT count(*) AS n FROM users").fetchone()["n"]
    sql = _SELECT + "ORDER BY created_at DESC, id LIMIT ? OFFSET ?"
    rows = cursor.execute(sql, (limit, offset)).fetchall()
    return [_account(cursor, row) for row in rows], int(total)


def save(cursor: sqlite3.Cursor, account: Account) -> Account:
    """Write the person and their identities, and return them."""
    values = {one.name: getattr(account, one.name) for one in fields(Account)}
    del values["identities"]
    cursor.execute(_SAVE, values | {name: json.dumps(values[name]) for name in _METADATA})
    cursor.execute("DELETE FROM identities WHERE user_id = ?", (account.id,))
    for one in account.identities:
        known = json.dumps(one.identity_data)
        row = (one.identity_id, account.id, one.provider, one.provider_id, known, one.created_at)
        cursor.execute("INSERT INTO identities VALUES (?, ?, ?, ?, ?, ?)", row)
    return account


def delete(cursor: sqlite3.Cursor, user_id: str) -> None:
    """Delete the person with everything that is theirs."""
    cursor.execute("DELETE FROM users WHERE id = ?", (user_id,))


def _account(cursor: sqlite3.Cursor, row: sqlite3.Row) -> Account:
    rows = cursor.execute(
        "SELECT * FROM identities WHERE user_id = ? ORDER BY created_at, rowid", (row["id"],)
    ).fetchall()
    identities = tuple(
        Identity(
            identity_id=one["identity_id"],
            provider=one["provider"],
            provider_id=one["provider_id"],
            identity_data=json.loads(one["identity_data"]),
            created_at=one["created_at"],
        )
        for one in rows
    )
    values = dict(zip(row.keys(), row, strict=True))
    metadata = {name: json.loads(values[name]) for name in _METADATA}
    return Account(**{**values, **metadata}, identities=identities)
