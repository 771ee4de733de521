"""What people do by mail: recovering, signing in by link, and following what was mailed."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from sandbox.supabase_auth import errors, records
from sandbox.supabase_auth.accounts import Accounts, confirmed
from sandbox.supabase_auth.links import Landing, Redeemed
from sandbox.supabase_auth.policy import check_email
from sandbox.supabase_auth.records import Account
from sandbox.supabase_auth.sessions import Grant

SINGLE_CONFIRMATION: Final = (
    "Confirmation link accepted. Please proceed to confirm link sent to the other email"
)
LINK_KINDS: Final = frozenset({"signup", "invite", "magiclink", "recovery", "email_change"})


@dataclass(frozen=True, slots=True)
class Proof:
    """What someone shows: the token of a link, or an address and the code mailed there."""

    kind: str
    token: str | None = None
    email: str | None = None
    code: str | None = None


class Confirmations:
    """Everything by mail. Blocking: async callers use a thread."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._database = accounts.database
        self._links = accounts.links

    def recover(self, email: str, landing: Landing) -> None:
        """Mail a link to choose a new password; an unknown address is treated alike."""
        email = check_email(email)
        with self._database.transaction() as cursor:
            self._links.take_turn(cursor, email, "recovery")
            account = records.find_by_email(cursor, email)
            if account is not None:
                self._mail(cursor, account, "recovery", landing)

    def magic_link(
        self,
        email: str,
        landing: Landing,
        *,
        metadata: Mapping[str, Any],
        may_create: bool,
    ) -> None:
        """Mail a link that signs in. The real service tells on unknown addresses that may not
        sign up this way; here they are treated alike."""
        email = check_email(email)
        with self._database.transaction() as cursor:
            self._links.take_turn(cursor, email, "magiclink")
            account = records.find_by_email(cursor, email)
            if account is None and may_create:
                account = records.new_account(email, self._database.stamp())
                account = replace(account, user_metadata=records.merged({}, metadata))
            if account is not None:
                self._mail(cursor, account, "magiclink", landing)

    def resend(self, email: str, kind: str, landing: Landing) -> None:
        """Mail a link once more to someone who is waited for; others are treated alike."""
        email = check_email(email)
        if kind not in {"signup", "email_change"}:
            raise errors.validation_failed(
                "Missing one of these types: signup, email_change, sms, phone_change"
            )
        with self._database.transaction() as cursor:
            account = records.find_by_email(cursor, email)
            wanted = account.email_change if account and kind == "email_change" else None
            if account and wanted and records.find_by_email(cursor, wanted) is None:
                self._accounts.begin_email_change(cursor, account, wanted, landing)
                return
            self._links.take_turn(cursor, email, kind)
            if kind == "signup" and account is not None and not account.is_confirmed:
                self._accounts.mail_confirmation(cursor, account, landing)

    def verify(self, proof: Proof) -> Grant | None:
        """Use a proof up and open a session; None while the other mailbox has to agree."""
        with self._database.transaction() as cursor:
            found = self._redeem(cursor, proof)
            if found is not None:
                account = self._confirm(cursor, found)
                if account is None:
                    return None
                return self._accounts.sessions.open(cursor, account, "otp")
        # Raised after the commit: a wrong code stays counted although the request fails.
        raise errors.otp_expired()

    def follow(self, proof: Proof) -> Grant | str | None:
        """Follow a link: a session, or a code for the client whose challenge it carries."""
        with self._database.transaction() as cursor:
            found = self._redeem(cursor, proof)
            if found is None:
                raise errors.otp_expired("Email link is invalid or has expired")
            account = self._confirm(cursor, found)
            if account is None:
                return None
            if found.challenge is None:
                return self._accounts.sessions.open(cursor, account, "otp")
            codes = self._accounts.codes
            return codes.issue(cursor, account.id, found.challenge, method="otp")

    def _mail(self, cursor: sqlite3.Cursor, account: Account, kind: str, landing: Landing) -> None:
        account = replace(account, recovery_sent_at=self._database.stamp())
        records.save(cursor, account)
        self._links.mail(cursor, account, kind, landing, to=account.email)

    def _redeem(self, cursor: sqlite3.Cursor, proof: Proof) -> Redeemed | None:
        if proof.token is not None:
            return self._links.redeem(cursor, proof.token, proof.kind)
        email, code = proof.email or "", proof.code or ""
        return self._links.redeem_code(cursor, records.normal_email(email), code, proof.kind)

    def _confirm(self, cursor: sqlite3.Cursor, found: Redeemed) -> Account | None:
        account = records.find(cursor, found.user_id)
        if account is None:
            raise errors.otp_expired()
        now = self._database.stamp()
        if account.is_banned(now):
            raise errors.user_banned()
        if found.purpose == "email_change":
            return self._change_email(cursor, account, now)
        return records.save(cursor, confirmed(account, now))

    def _change_email(self, cursor: sqlite3.Cursor, account: Account, now: str) -> Account | None:
        if self._links.others_wait(cursor, account.id, "email_change"):
            return None
        email = account.email_change
        if email is None or records.find_by_email(cursor, email) is not None:
            raise errors.email_exists()
        # What was mailed to the old address must not open the account any more.
        self._links.withdraw(cursor, account.id)
        account = replace(account, email=email, email_change=None, updated_at=now)
        return records.save(cursor, confirmed(account, now))
