"""The clock: the only source of the current time, passed to whoever needs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
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


@dataclass(frozen=True, slots=True)
class StoppedClock:
    """Noon of one day, for questions whose answers depend on when they are asked."""

    day: date

    def now(self) -> datetime:
        """Return noon of the day in UTC."""
        return datetime.combine(self.day, time(12), tzinfo=UTC)

    def today(self) -> date:
        """Return the day."""
        return self.day
