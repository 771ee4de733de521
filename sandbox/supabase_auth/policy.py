"""What the stand-in demands and how long it waits; the defaults are those of Supabase Auth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sandbox.supabase_auth import errors

MAX_PASSWORD_LENGTH: Final = 72
_MAX_EMAIL_LENGTH: Final = 254
# One @, a dotted or local domain, nothing that could end a header or a line.
_EMAIL: Final = re.compile(r"[^\s@<>\"',;:\\()\[\]\x00-\x20\x7f]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings a Supabase project has in its dashboard."""

    confirm_emails: bool = False
    password_min_length: int = 6
    between_mails: timedelta = timedelta(seconds=60)
    mail_lifetime: timedelta = timedelta(hours=1)
    flow_lifetime: timedelta = timedelta(minutes=5)
    # Supabase forgives a client that sends the same refresh token twice in quick succession.
    refresh_reuse: timedelta = timedelta(seconds=10)

    def check_password(self, password: str) -> None:
        """Raise AuthRefusal for a password that is too short or too long."""
        if len(password) > MAX_PASSWORD_LENGTH:
            raise errors.validation_failed(
                f"Password cannot be longer than {MAX_PASSWORD_LENGTH} characters"
            )
        if len(password) < self.password_min_length:
            raise errors.weak_password(
                f"Password should be at least {self.password_min_length} characters.", ["length"]
            )


def check_email(email: str) -> str:
    """Return the address in its normal form. Raises AuthRefusal when it is none."""
    address = email.strip().lower()
    if len(address) > _MAX_EMAIL_LENGTH or not _EMAIL.fullmatch(address):
        raise errors.validation_failed("Unable to validate email address: invalid format")
    return address
