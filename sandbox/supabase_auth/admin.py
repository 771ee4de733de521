"""What only the service key may do: people as an administrator sees them, invitations, links."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sandbox.supabase_auth import errors, records
from sandbox.supabase_auth.accounts import Accounts, confirmed
from sandbox.supabase_auth.links import Landing, Link
from sandbox.supabase_auth.policy import check_email
from sandbox.supabase_auth.records import Account

_MAX_PER_PAGE: Final = 1000
_BAN_PART: Final = re.compile(r"(\d{1,9})(h|m|s)")
_BAN_UNITS: Final = {"h": "hours", "m": "minutes", "s": "seconds"}
_LONGEST_BAN: Final = timedelta(days=365 * 100)
# The wire's names of the two halves of an address change.
_EMAIL_CHANGES: Final = frozenset({"email_change_current", "email_change_new"})


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What an administrator wants a person to be; None leaves it."""

    email: str | None = None
    password: str | None = None
    email_confirm: bool | None = None
    user_metadata: Mapping[str, Any] | None = None
    app_metadata: Mapping[str, Any] | None = None
    ban_duration: str | None = None


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """A link an administrator wants made instead of mailed."""

    kind: str
    email: str
    landing: Landing
    password: str | None = None
    new_email: str | None = None
    metadata: Mapping[str, Any] | None = None


class Administration:
    """The administrator's routes. Blocking: async callers use a thread."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._database = accounts.database

    def people(self, *, page: int, per_page: int) -> tuple[list[Account], int]:
        """Return one page of people, newest first, and how many there are in all."""
        per_page = min(per_page, _MAX_PER_PAGE)
        with self._database.transaction() as cursor:
            return records.page(cursor, limit=per_page, offset=(page - 1) * per_page)

    def person(self, user_id: str) -> Account:
        """Return one person. Raises AuthRefusal."""
        with self._database.transaction() as cursor:
            return _existing(cursor, user_id)

    def create(self, change: PersonChange) -> Account:
        """Create a person. Raises AuthRefusal when the address is taken."""
        if not change.email:
            raise errors.validation_failed("Cannot create a user without either an email or phone")
        email, password_hash = check_email(change.email), self._new_hash(change.password)
        with self._database.transaction() as cursor:
            _refuse_taken(cursor, email)
            account = records.new_account(email, self._database.stamp())
            change = replace(change, email=None)
            return records.save(cursor, self._changed(account, change, password_hash))

    def update(self, user_id: str, change: PersonChange) -> Account:
        """Change a person; a new password ends all their sessions."""
        password_hash = self._new_hash(change.password)
        with self._database.transaction() as cursor:
            account = _existing(cursor, user_id)
            if change.email and check_email(change.email) != account.email:
                _refuse_taken(cursor, check_email(change.email))
                self._accounts.links.withdraw(cursor, user_id)
            if password_hash is not None:
                self._accounts.sessions.end(cursor, account)
            return records.save(cursor, self._changed(account, change, password_hash))

    def delete(self, user_id: str) -> None:
        """Delete a person with everything that is theirs."""
        with self._database.transaction() as cursor:
            _existing(cursor, user_id)
            records.delete(cursor, user_id)

    def invite(self, email: str, *, metadata: Mapping[str, Any], landing: Landing) -> Account:
        """Mail an invitation; someone who has not accepted the last one gets another."""
        with self._database.transaction() as cursor:
            account = self._invited(cursor, check_email(email), metadata)
            self._accounts.links.mail(cursor, account, "invite", landing, to=account.email)
            return account

    def generate_link(self, order: LinkOrder) -> tuple[Account, Link, str]:
        """Make a link without mailing it; also return which kind it turned out to be."""
        email = check_email(order.email)
        password_hash = self._new_hash(order.password)
        with self._database.transaction() as cursor:
            known = records.find_by_email(cursor, email)
            if order.kind == "signup" and known is None and password_hash is None:
                raise errors.validation_failed("Signup requires a valid password")
            kind = "signup" if order.kind == "magiclink" and known is None else order.kind
            account = self._holder(cursor, replace(order, kind=kind, email=email), password_hash)
            to = (account.email_change or "") if kind == "email_change_new" else account.email
            mailed = "email_change" if kind in _EMAIL_CHANGES else kind
            link = self._accounts.links.issue(cursor, account, mailed, order.landing, email=to)
            return account, link, kind

    def _holder(
        self, cursor: sqlite3.Cursor, order: LinkOrder, password_hash: str | None
    ) -> Account:
        """Return whom an ordered link is for, created if its kind may do that."""
        if order.kind == "invite":
            return self._invited(cursor, order.email, order.metadata or {})
        known, now = records.find_by_email(cursor, order.email), self._database.stamp()
        if order.kind == "signup":
            if known is not None and known.is_confirmed:
                raise errors.email_exists()
            account = known or records.new_account(order.email, now)
            account = replace(account, password_hash=password_hash or account.password_hash)
            metadata = records.merged(account.user_metadata, order.metadata or {})
            return records.save(cursor, replace(account, user_metadata=metadata))
        if order.kind not in {"magiclink", "recovery", *_EMAIL_CHANGES}:
            raise errors.validation_failed(
                f"Invalid email action link type requested: {order.kind}"
            )
        if known is None:
            raise errors.AuthRefusal(404, "user_not_found", "User with this email not found")
        return self._ordered_change(cursor, known, order)

    def _ordered_change(
        self, cursor: sqlite3.Cursor, account: Account, order: LinkOrder
    ) -> Account:
        if order.kind not in _EMAIL_CHANGES:
            return account
        email = check_email(order.new_email or "")
        _refuse_taken(cursor, email)
        if email != account.email_change:
            links = self._accounts.links
            links.withdraw(cursor, account.id, kind="email_change")
            # Both halves wait from the start, so that following one alone changes nothing.
            for to in (account.email, email):
                links.issue(cursor, account, "email_change", order.landing, email=to)
        return records.save(cursor, replace(account, email_change=email))

    def _invited(self, cursor: sqlite3.Cursor, email: str, metadata: Mapping[str, Any]) -> Account:
        account, now = records.find_by_email(cursor, email), self._database.stamp()
        if account is not None and account.is_confirmed:
            raise errors.email_exists()
        account = account or replace(
            records.new_account(email, now), user_metadata=records.merged({}, metadata)
        )
        return records.save(cursor, replace(account, invited_at=now, confirmation_sent_at=now))

    def _new_hash(self, password: str | None) -> str | None:
        if not password:
            return None
        self._accounts.policy.check_password(password)
        return self._accounts.passwords.hash(password)

    def _changed(
        self, account: Account, change: PersonChange, password_hash: str | None
    ) -> Account:
        now = self._database.stamp()
        email = check_email(change.email) if change.email else account.email
        if email != account.email:
            account = replace(account, email=email, email_change=None)
            known = {"sub": account.id, "email": email}
            account = records.with_identity(account, "email", account.id, known, now)
        user = records.merged(account.user_metadata, change.user_metadata or {})
        app = records.merged(account.app_metadata, change.app_metadata or {})
        account = replace(
            account,
            user_metadata=user,
            app_metadata=app,
            password_hash=password_hash or account.password_hash,
            banned_until=self._banned_until(account, change.ban_duration),
            updated_at=now,
        )
        return confirmed(account, now) if change.email_confirm else account

    def _banned_until(self, account: Account, duration: str | None) -> str | None:
        if not duration:
            return account.banned_until
        if duration == "none":
            return None
        parts = _BAN_PART.findall(duration)
        if "".join(number + unit for number, unit in parts) != duration:
            raise errors.validation_failed(f"invalid format for ban duration: {duration!r}")
        length = sum(
            (timedelta(**{_BAN_UNITS[unit]: int(number)}) for number, unit in parts), timedelta()
        )
        return (self._database.now() + min(length, _LONGEST_BAN)).isoformat()


def _existing(cursor: sqlite3.Cursor, user_id: str) -> Account:
    account = records.find(cursor, user_id)
    if account is None:
        raise errors.user_not_found()
    return account


def _refuse_taken(cursor: sqlite3.Cursor, email: str) -> None:
    if records.find_by_email(cursor, email) is not None:
        raise errors.email_exists()
