"""Feedback: what people think of the answers they got."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from gtm.context import TenantContext, TenantId, UserId
from gtm.errors import NotFoundError
from gtm.memory.places import Place


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody thinks of an answer they got."""

    is_helpful: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """An opinion with what it is about, as it was asked and answered."""

    id: UUID
    conversation_id: str
    turn_id: str
    by: UserId
    by_name: str | None
    verdict: Verdict
    question: str | None
    outcome: str | None
    query_json: Mapping[str, Any] | None
    sql: str | None
    model: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class FeedbackFilter:
    """Which opinions are wanted; None means all."""

    is_helpful: bool | None = None
    since: date | None = None
    conversation_id: str | None = None


class FeedbackStore(Protocol):
    """Opinions: given by whoever asked, read by them and by admins."""

    async def give(self, tenant: TenantContext, turn_id: str, verdict: Verdict) -> Feedback:
        """Keep an opinion of one of the caller's own turns; a second one replaces the first.

        Raises NotFoundError.
        """
        ...

    async def take_back(self, tenant: TenantContext, turn_id: str) -> None:
        """Remove one's own opinion. Raises NotFoundError."""
        ...

    async def page(
        self,
        tenant: TenantContext,
        *,
        limit: int,
        after: Place | None = None,
        wanted: FeedbackFilter | None = None,
    ) -> tuple[Feedback, ...]:
        """Return opinions, the latest first: one's own, and as an admin all."""
        ...

    async def review(
        self, tenant_id: TenantId, *, limit: int, since: date | None = None
    ) -> tuple[Feedback, ...]:
        """Return a workspace's opinions for its operator, the latest first."""
        ...


def no_such_turn() -> NotFoundError:
    """Return what is said of a turn that is not one of the caller's."""
    return NotFoundError("There is no such answer.", hint="It may have been removed.")


def no_such_feedback() -> NotFoundError:
    """Return what is said where the caller has given no opinion."""
    return NotFoundError("You have not rated this answer.")
