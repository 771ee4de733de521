"""Accounts of the stand-in: signing up, signing in, changing what is one's own."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from gtm.clock import Clock
from sandbox.supabase_auth import errors, records
from sandbox.supabase_auth.codes import AuthCodes
from sandbox.supabase_auth.database import Database
from sandbox.supabase_auth.links import Landing, Links
from sandbox.supabase_auth.outbox import Outbox
from sandbox.supabase_auth.passwords import Passwords
from sandbox.supabase_auth.policy import Policy, check_email
from sandbox.supabase_auth.records import Account
from sandbox.supabase_auth.sessions import Grant, Sessions

_DEFAULT_ISSUER: Final = "http://127.0.0.1:8000/auth/v1"


@dataclass(frozen=True, slots=True)
class OwnChange:
    """What a person wants changed about themselves; None leaves it."""

    password: str | None = None
    email: str | None = None
    metadata: Mapping[str, Any] | None = None


class Accounts:
    """All accounts of one data directory. Blocking: async callers use a thread."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        policy: Policy | None = None,
        issuer: str = _DEFAULT_ISSUER,
    ) -> None:
        self.policy = policy or Policy()
        self.database = Database(path, clock)
        self.passwords = Passwords()
        self.outbox = Outbox(self.database)
        self.links = Links(self.database, self.outbox, self.policy, issuer)
        self.sessions = Sessions(self.database, self.policy)
        self.codes = AuthCodes(self.database, self.sessions, self.policy)

    def ensure_user(
        self, email: str, password: str, *, name: str, app_metadata: Mapping[str, Any]
    ) -> str:
        """Create the user, or set their password, name and metadata; return their id."""
        password_hash = self.passwords.hash(password)
        now = self.database.stamp()
        with self.database.transaction() as cursor:
            account = records.find_by_email(cursor, email) or records.new_account(email, now)
            account = replace(
                account,
                password_hash=password_hash,
                app_metadata=app_metadata,
                user_metadata={"name": name},
                email_confirmed_at=account.email_confirmed_at or now,
                updated_at=now,
            )
            return records.save(cursor, records.with_providers(account)).id

    def sign_up(
        self, email: str, password: str, *, metadata: Mapping[str, Any], landing: Landing
    ) -> Grant | Account:
        """Register someone: a session, or with confirmations a mail and who would be confirmed."""
        email = check_email(email)
        self.policy.check_password(password)
        # Hashed for taken addresses as well, so that timing does not tell them apart.
        password_hash = self.passwords.hash(password)
        now = self.database.stamp()
        with self.database.transaction() as cursor:
            known = records.find_by_email(cursor, email)
            if known is not None and not self.policy.confirm_emails:
                raise errors.user_already_exists()
            account = known or replace(
                records.new_account(email, now),
                password_hash=password_hash,
                user_metadata=records.merged({}, metadata),
            )
            if not self.policy.confirm_emails:
                return self.sessions.open(cursor, confirmed(account, now), "password")
            self.links.take_turn(cursor, email, "signup")
            if not account.is_confirmed:
                account = self.mail_confirmation(cursor, account, landing)
            # Who has been here before is not shown, not even that they wait to be confirmed.
            return account if known is None else _obfuscated(email, metadata, now)

    def mail_confirmation(
        self, cursor: sqlite3.Cursor, account: Account, landing: Landing
    ) -> Account:
        """Mail someone a link that confirms their address; what they are stays as it is."""
        now = self.database.stamp()
        account = records.save(cursor, replace(account, confirmation_sent_at=now))
        self.links.mail(cursor, account, "signup", landing, to=account.email)
        return account

    def sign_in(self, email: str, password: str) -> Grant:
        """Open a session. Raises AuthRefusal, the same one for an unknown address."""
        with self.database.transaction() as cursor:
            account = records.find_by_email(cursor, email)
        # Hashing is slow on purpose; it happens outside the lock.
        is_right = self.passwords.is_right(account.password_hash if account else None, password)
        if account is None or not is_right:
            raise errors.invalid_credentials()
        with self.database.transaction() as cursor:
            current = records.find(cursor, account.id)
            if current is None or current.password_hash != account.password_hash:
                raise errors.invalid_credentials()
            if current.is_banned(self.database.stamp()):
                raise errors.user_banned(400)
            if not current.is_confirmed:
                raise errors.email_not_confirmed()
            return self.sessions.open(cursor, current, "password")

    def change(self, session_id: str, change: OwnChange, landing: Landing) -> Account:
        """Change one's own account. A new password ends the other sessions; a new address waits
        until both mailboxes have agreed."""
        account = self.account_of_session(session_id)
        password_hash = self._new_hash(account, change.password)
        email = check_email(change.email) if change.email else None
        now = self.database.stamp()
        with self.database.transaction() as cursor:
            account = self.sessions.holder(cursor, session_id)
            if change.metadata is not None:
                metadata = records.merged(account.user_metadata, change.metadata)
                account = replace(account, user_metadata=metadata)
            if password_hash is not None:
                account = replace(account, password_hash=password_hash)
                self.sessions.end(cursor, account, scope="others", session_id=session_id)
            account = records.save(cursor, replace(account, updated_at=now))
            if email is not None and email != account.email:
                account = self.begin_email_change(cursor, account, email, landing)
            return account

    def begin_email_change(
        self, cursor: sqlite3.Cursor, account: Account, email: str, landing: Landing
    ) -> Account:
        """Mail the old and the new address a link each; both have to be followed."""
        if records.find_by_email(cursor, email) is not None:
            raise errors.email_exists()
        self.links.take_turn(cursor, account.email, "email_change")
        self.links.withdraw(cursor, account.id, kind="email_change")
        now = self.database.stamp()
        account = records.save(
            cursor, replace(account, email_change=email, email_change_sent_at=now)
        )
        for to in (account.email, email):
            self.links.mail(cursor, account, "email_change", landing, to=to)
        return account

    def refresh(self, refresh_token: str) -> Grant:
        """Trade a refresh token for the next one; a replayed one ends its session."""
        return self.sessions.refresh(refresh_token)

    def account_of_session(self, session_id: str) -> Account:
        """Return whose session it is. Raises AuthRefusal when it has ended."""
        return self.sessions.account_of_session(session_id)

    def sign_out(self, session_id: str, *, scope: str) -> None:
        """End this session, all others of its user, or all of them."""
        self.sessions.sign_out(session_id, scope=scope)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def _new_hash(self, account: Account, password: str | None) -> str | None:
        if password is None:
            return None
        self.policy.check_password(password)
        if self.passwords.is_right(account.password_hash, password):
            raise errors.same_password()
        return self.passwords.hash(password)


def confirmed(account: Account, now: str) -> Account:
    """Return the account with its address known to be theirs."""
    account = replace(account, email_confirmed_at=account.email_confirmed_at or now)
    known = {"sub": account.id, "email": account.email, "email_verified": True}
    if any(one.provider == "email" for one in account.identities):
        return records.with_identity(account, "email", account.id, known, now)
    return account


def _obfuscated(email: str, metadata: Mapping[str, Any], now: str) -> Account:
    """Return someone who does not exist, as the answer about someone who does."""
    return Account(
        id=str(uuid4()),
        email=email,
        created_at=now,
        updated_at=now,
        app_metadata={"provider": "email", "providers": ["email"]},
        user_metadata=records.merged({}, metadata),
        confirmation_sent_at=now,
    )
