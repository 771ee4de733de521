"""The stand-in for Google: a consent that is asked for, given on a page, and picked up once."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sandbox.supabase_auth import errors, records
from sandbox.supabase_auth.accounts import Accounts, confirmed
from sandbox.supabase_auth.database import digest
from sandbox.supabase_auth.links import Challenge, Landing
from sandbox.supabase_auth.policy import check_email
from sandbox.supabase_auth.records import Account
from sandbox.supabase_auth.sessions import Grant

PROVIDER = "google"
_MAX_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where someone goes after consenting: with a session, or with a code for their client."""

    redirect_to: str
    grant: Grant | None = None
    code: str | None = None


class GoogleStandIn:
    """Consents at the provider. Blocking: async callers use a thread."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._database = accounts.database

    def begin(self, landing: Landing) -> str:
        """Return the state that a sign-in carries through the consent page."""
        state, now = secrets.token_urlsafe(24), self._database.now()
        oldest = (now - self._accounts.policy.flow_lifetime).isoformat()
        challenge = landing.challenge
        with self._database.transaction() as cursor:
            cursor.execute("DELETE FROM oauth_states WHERE created_at < ?", (oldest,))
            cursor.execute(
                "INSERT INTO oauth_states VALUES (?, ?, ?, ?, ?, NULL, NULL, NULL)",
                (
                    digest(state),
                    landing.redirect_to,
                    challenge.value if challenge else None,
                    challenge.method if challenge else None,
                    now.isoformat(),
                ),
            )
        return state

    def landing(self, state: str) -> Landing:
        """Return where a sign-in under way will end. Raises AuthRefusal when there is none."""
        with self._database.transaction() as cursor:
            return _landing(self._pending(cursor, state))

    def known_emails(self) -> list[str]:
        """Return the addresses that came this way before, for the page to offer."""
        with self._database.transaction() as cursor:
            rows = cursor.execute(
                "SELECT u.email FROM users u JOIN identities i ON i.user_id = u.id"
                " WHERE i.provider = ? ORDER BY u.last_sign_in_at DESC LIMIT 5",
                (PROVIDER,),
            ).fetchall()
        return [row["email"] for row in rows]

    def consent(self, state: str, *, email: str, name: str) -> str:
        """Return the provider's code for someone who agreed. Raises AuthRefusal."""
        email, code = check_email(email), secrets.token_urlsafe(24)
        name = " ".join(name.split())[:_MAX_NAME_LENGTH] or email.partition("@")[0]
        with self._database.transaction() as cursor:
            self._pending(cursor, state)
            cursor.execute(
                "UPDATE oauth_states SET consent_digest = ?, email = ?, name = ? WHERE digest = ?",
                (digest(code), email, name, digest(state)),
            )
        return code

    def deny(self, state: str) -> Landing:
        """End a sign-in that was not agreed to, and return where it came from."""
        with self._database.transaction() as cursor:
            landing = _landing(self._pending(cursor, state))
            cursor.execute("DELETE FROM oauth_states WHERE digest = ?", (digest(state),))
            return landing

    def finish(self, state: str, code: str) -> Arrival:
        """Pick a consent up: the person is found, linked or created. Raises AuthRefusal."""
        with self._database.transaction() as cursor:
            row = self._pending(cursor, state)
            consent = row["consent_digest"] or ""
            if not secrets.compare_digest(consent, digest(code)):
                raise errors.bad_oauth_state()
            cursor.execute("DELETE FROM oauth_states WHERE digest = ?", (row["digest"],))
            account, landing = self._arrive(cursor, row["email"], row["name"]), _landing(row)
            if account.is_banned(self._database.stamp()):
                raise errors.user_banned()
            if landing.challenge is None:
                grant = self._accounts.sessions.open(cursor, account, "oauth")
                return Arrival(landing.redirect_to, grant=grant)
            issue = self._accounts.codes.issue
            auth_code = issue(cursor, account.id, landing.challenge, method="oauth")
            return Arrival(landing.redirect_to, code=auth_code)

    def _pending(self, cursor: sqlite3.Cursor, state: str) -> sqlite3.Row:
        row = cursor.execute(
            "SELECT * FROM oauth_states WHERE digest = ?", (digest(state),)
        ).fetchone()
        if row is None:
            raise errors.bad_oauth_state()
        age = self._database.now() - datetime.fromisoformat(row["created_at"])
        if age > self._accounts.policy.flow_lifetime:
            raise errors.bad_oauth_state()
        found: sqlite3.Row = row
        return found

    def _arrive(self, cursor: sqlite3.Cursor, email: str, name: str) -> Account:
        now, known = self._database.stamp(), _profile(email, name)
        account = records.find_by_identity(cursor, PROVIDER, known["sub"])
        if account is None:
            account = records.find_by_email(cursor, email) or _newcomer(email, now)
            if not account.is_confirmed:
                # Whoever signed up with this address before never showed that it is theirs.
                account = replace(account, password_hash=records.NO_PASSWORD)
                self._accounts.links.withdraw(cursor, account.id)
                self._accounts.sessions.end(cursor, account)
        account = records.with_identity(account, PROVIDER, known["sub"], known, now)
        metadata = {**known, **account.user_metadata}
        account = replace(account, user_metadata=metadata, updated_at=now)
        return records.save(cursor, confirmed(account, now))


def _newcomer(email: str, now: str) -> Account:
    """Return someone new who has no mailbox identity, as they came through the provider."""
    account = records.new_account(email, now)
    return replace(account, identities=(), app_metadata={})


def _landing(row: sqlite3.Row) -> Landing:
    has_challenge = row["challenge"] is not None
    challenge = Challenge(row["challenge"], row["challenge_method"]) if has_challenge else None
    return Landing(row["redirect_to"], challenge)


def _profile(email: str, name: str) -> dict[str, Any]:
    """Return what Google would tell about the account; the number is made from the address."""
    number = str(int(hashlib.sha256(email.encode()).hexdigest(), 16))[:20]
    profile: Mapping[str, Any] = {
        "iss": "https://accounts.google.com",
        "sub": f"1{number}",
        "provider_id": f"1{number}",
        "email": email,
        "email_verified": True,
        "phone_verified": False,
        "name": name,
        "full_name": name,
    }
    return dict(profile)
