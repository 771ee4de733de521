"""Synonyms in PostgreSQL: each statement runs as the member who asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from gtm.context import TenantContext, UserId
from gtm.errors import NotPermittedError
from gtm.language.lexicon import singular, to_phrase
from gtm.language.outcome import WordMatch
from gtm.memory.places import Place, place_values
from gtm.memory.synonyms import (
    NewSynonym,
    Synonym,
    SynonymExistsError,
    SynonymKind,
    TooManySynonymsError,
    no_such_synonym,
)
from gtm.store.database import Database

_COLUMNS: Final[LiteralString] = """
select id, term, kind, name, value, created_by::text, created_at
from app.synonyms where tenant_id = %(tenant)s
"""
_PAGE: Final[LiteralString] = (
    _COLUMNS
    + """
  and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
order by created_at desc, id desc limit %(limit)s
"""
)
_ADD: Final[LiteralString] = """
insert into app.synonyms (tenant_id, term, phrase, kind, name, value)
values (%(tenant)s, %(term)s, %(phrase)s, %(kind)s, %(name)s, %(value)s)
returning id, term, kind, name, value, created_by::text, created_at
"""
_REMOVE: Final[LiteralString] = """
delete from app.synonyms where id = %(id)s and tenant_id = %(tenant)s
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    term: str
    kind: SynonymKind
    name: str
    value: str | None
    created_by: str
    created_at: datetime

    def synonym(self) -> Synonym:
        return Synonym(
            id=self.id,
            term=self.term,
            kind=self.kind,
            name=self.name,
            value=self.value,
            by=UserId(self.created_by),
            created_at=self.created_at.astimezone(UTC),
        )


class PostgresSynonyms:
    """The policies let members read the words of their workspace, and admins change them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, tenant: TenantContext, terms: Sequence[str]) -> tuple[WordMatch, ...]:
        """Return those that terms may be, or be a part of."""
        if not _is_person(tenant.user_id):
            return ()
        async with self._database.as_user(tenant.user_id) as connection:
            cursor = connection.cursor(row_factory=class_row(_Row))
            # All of them, which are some hundreds at most: which one is meant, the words decide.
            rows = await cursor.execute(_COLUMNS, {"tenant": tenant.tenant_id})
            known = [row async for row in rows]
        asked = [to_phrase(term) for term in terms]
        said = {singular(word) for words in asked for word in words}
        return tuple(
            WordMatch(term=row.term, kind=row.kind, name=row.name, value=row.value)
            for row in known
            if said.intersection(map(singular, to_phrase(row.term)))
        )

    async def page(
        self, tenant: TenantContext, *, limit: int, after: Place | None = None
    ) -> tuple[Synonym, ...]:
        """Return them, the latest first."""
        values = {"tenant": tenant.tenant_id, "limit": limit, **place_values(after)}
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_PAGE, values)
            return tuple([row.synonym() async for row in rows])

    async def add(self, tenant: TenantContext, new: NewSynonym) -> Synonym:
        """Keep one. Raises SynonymExistsError and TooManySynonymsError."""
        values = {"tenant": tenant.tenant_id, **asdict(new)}
        with _limits(new.term):
            async with self._database.as_user(tenant.user_id) as connection:
                cursor = connection.cursor(row_factory=class_row(_Row))
                [row] = await (await cursor.execute(_ADD, values)).fetchall()
                return row.synonym()

    async def remove(self, tenant: TenantContext, synonym_id: UUID) -> None:
        """Remove one. Raises NotFoundError."""
        values = {"id": synonym_id, "tenant": tenant.tenant_id}
        async with self._database.as_user(tenant.user_id) as connection:
            if (await connection.execute(_REMOVE, values)).rowcount == 0:
                raise no_such_synonym()


def _is_person(user_id: UserId) -> bool:
    """Tell members from the development tools and the command line, whom no policy knows."""
    try:
        UUID(user_id)
    except ValueError:
        return False
    return True


@contextmanager
def _limits(term: str) -> Iterator[None]:
    """Say in our words why the database keeps no word."""
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        raise SynonymExistsError(
            f"{term!r} has a meaning in this workspace already.", hint="Remove that one first."
        ) from error
    except psycopg.errors.CheckViolation as error:
        if error.diag.constraint_name != "synonyms_of_a_workspace":
            raise
        raise TooManySynonymsError(
            "The workspace has as many words of its own as it may.", hint="Remove one first."
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        # Their role has changed since the request came in.
        raise NotPermittedError("Only an owner or admin of the workspace may do this.") from error
