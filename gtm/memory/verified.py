"""Verified answers: questions with the query, or the SQL, that an admin says answers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from gtm.context import TenantContext, UserId
from gtm.errors import ConflictError, InvalidInputError, NotFoundError
from gtm.memory.places import Place
from gtm.semantics.query import MetricQuery


class NotVerifiableError(InvalidInputError):
    """A turn can't be kept as the answer to its question."""

    code = "not_verifiable"


class AlreadyVerifiedError(ConflictError):
    """An equal question has a verified answer."""

    code = "already_verified"


class TooManyVerifiedError(ConflictError):
    """The workspace has as many verified answers as it may."""

    code = "too_many_verified_answers"


@dataclass(frozen=True, slots=True)
class Asked:
    """What answers a question: a query over the catalogue, or SQL."""

    query: MetricQuery | None
    sql: str | None


@dataclass(frozen=True, slots=True)
class NewVerified:
    """An answer to be verified; `asked_on` is the day its turn was asked."""

    question: str
    asked: Asked
    asked_on: date
    note: str | None


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """A question with what answers it. `query_json` is kept as it was, also when it is outdated.

    `by_name` is None when whoever verified it has left the workspace, or has no name.
    """

    id: UUID
    question: str
    query_json: Mapping[str, Any] | None
    sql: str | None
    asked_on: date
    note: str | None
    by: UserId
    by_name: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class VerifiedChange:
    """What is to become of a verified answer; None stays, unless `takes_note_off`."""

    question: str | None = None
    query: MetricQuery | None = None
    note: str | None = None
    takes_note_off: bool = False


class VerifiedStore(Protocol):
    """Verified answers of workspaces: read by members, changed by admins."""

    async def questions(self, tenant: TenantContext) -> Sequence[tuple[UUID, str]]:
        """Return all questions with their ids; there are at most some hundreds."""
        ...

    async def answer(self, tenant: TenantContext, answer_id: UUID) -> VerifiedAnswer:
        """Return one. Raises NotFoundError."""
        ...

    async def page(
        self, tenant: TenantContext, *, limit: int, after: Place | None = None
    ) -> tuple[VerifiedAnswer, ...]:
        """Return them, the latest first."""
        ...

    async def add(self, tenant: TenantContext, new: NewVerified) -> VerifiedAnswer:
        """Keep one. Raises AlreadyVerifiedError and TooManyVerifiedError."""
        ...

    async def change(
        self, tenant: TenantContext, answer_id: UUID, change: VerifiedChange
    ) -> VerifiedAnswer:
        """Change one; its admin stands for it now. Raises NotFoundError, AlreadyVerifiedError."""
        ...

    async def remove(self, tenant: TenantContext, answer_id: UUID) -> None:
        """Remove one. Raises NotFoundError."""
        ...


def no_such_answer() -> NotFoundError:
    """Return what is said of an id that is no verified answer of the workspace."""
    return NotFoundError("There is no such verified answer.", hint="It may have been removed.")
