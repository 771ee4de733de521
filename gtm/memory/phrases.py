"""Unanswered phrases: what was asked in a workspace and could not be answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol
from uuid import UUID

from gtm.context import TenantContext
from gtm.errors import NotFoundError

Unanswered = Literal["clarify", "refuse"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """What was asked and not answered; `words` are those that stand for nothing yet."""

    id: UUID
    phrase: str
    words: tuple[str, ...]
    outcome: Unanswered
    times: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class PhrasePlace:
    """A place in the list of phrases: that of the last one seen."""

    last_day: date
    id: UUID


class PhraseStore(Protocol):
    """What workspaces could not be answered; noted for members, read by admins."""

    async def note(
        self, tenant: TenantContext, question: str, words: Sequence[str], *, outcome: Unanswered
    ) -> None:
        """Note a question, where the workspace keeps that; nothing says who asked it."""
        ...

    async def page(
        self, tenant: TenantContext, *, limit: int, after: PhrasePlace | None = None
    ) -> tuple[Phrase, ...]:
        """Return the phrases, those asked last first."""
        ...

    async def remove(self, tenant: TenantContext, phrase_id: UUID) -> None:
        """Remove one. Raises NotFoundError."""
        ...

    async def is_kept(self, tenant: TenantContext) -> bool:
        """Return whether the workspace keeps what was not answered."""
        ...

    async def set_kept(self, tenant: TenantContext, *, is_kept: bool) -> None:
        """Say so; turned off, what was kept goes."""
        ...

    async def forget_old(self) -> None:
        """Delete what nobody has asked for ninety days, in every workspace."""
        ...


def no_such_phrase() -> NotFoundError:
    """Return what is said of an id that is no phrase of the workspace."""
    return NotFoundError("There is no such phrase.", hint="It may have been removed.")
