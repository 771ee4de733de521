"""The clock: the only source of the current time, passed to whoever needs it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; tests pass one that stands still."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        ...

    def today(self) -> date:
        """Return the current date in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the current date in UTC."""
        return self.now().date()
