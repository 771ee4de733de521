"""Synonyms: a workspace's own words for a metric, a dimension, or a value of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from gtm.context import TenantContext, UserId
from gtm.errors import ConflictError, InvalidInputError, NotFoundError
from gtm.language.outcome import WordMatch
from gtm.memory.places import Place

SynonymKind = Literal["metric", "dimension", "value"]


class TermTakenError(InvalidInputError):
    """A word can't be given a meaning, having one already."""

    code = "term_taken"


class UnknownValueError(InvalidInputError):
    """A dimension has no such value in the workspace's data."""

    code = "unknown_value"


class SynonymExistsError(ConflictError):
    """The workspace gave the word a meaning before."""

    code = "synonym_exists"


class TooManySynonymsError(ConflictError):
    """The workspace has as many words of its own as it may."""

    code = "too_many_synonyms"


@dataclass(frozen=True, slots=True)
class NewSynonym:
    """A word to be given a meaning; `phrase` is it as a question is read."""

    term: str
    phrase: str
    kind: SynonymKind
    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Synonym:
    """A word of the workspace's own."""

    id: UUID
    term: str
    kind: SynonymKind
    name: str
    value: str | None
    by: UserId
    created_at: datetime


class SynonymStore(Protocol):
    """Words of workspaces' own: read by members, changed by admins."""

    async def find(self, tenant: TenantContext, terms: Sequence[str]) -> tuple[WordMatch, ...]:
        """Return those that terms may be, or be a part of."""
        ...

    async def page(
        self, tenant: TenantContext, *, limit: int, after: Place | None = None
    ) -> tuple[Synonym, ...]:
        """Return them, the latest first."""
        ...

    async def add(self, tenant: TenantContext, new: NewSynonym) -> Synonym:
        """Keep one. Raises SynonymExistsError and TooManySynonymsError."""
        ...

    async def remove(self, tenant: TenantContext, synonym_id: UUID) -> None:
        """Remove one. Raises NotFoundError."""
        ...


def no_such_synonym() -> NotFoundError:
    """Return what is said of an id that is no word of the workspace."""
    return NotFoundError("There is no such synonym.", hint="It may have been removed.")
