"""What a workspace has used, month by month; counted by the database with what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol, get_args

from gtm.context import TenantContext

# Questions that were answered, queries that the warehouse ran for them and for others (answers from
# the cache are none), what those read, what language models read and wrote, and how often they and
# the agents' tools were asked.
Metric = Literal[
    "questions", "queries", "bytes_processed", "model_tokens", "model_calls", "tool_calls"
]
METRICS: tuple[Metric, ...] = get_args(Metric)


@dataclass(frozen=True, slots=True)
class Use:
    """How much was used in the month that begins with a day."""

    month: date
    metric: Metric
    used: int


class UsageMeter(Protocol):
    """Reads the counters."""

    async def months(self, tenant: TenantContext, *, since: date) -> tuple[Use, ...]:
        """Return what was used in each month from the one of a day on; months with none lack."""
        ...


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def months_back(day: date, count: int) -> tuple[date, ...]:
    """Return the first days of so many months, that of the day first."""
    last = day.year * 12 + day.month - 1
    return tuple(date((last - at) // 12, (last - at) % 12 + 1, 1) for at in range(count))
