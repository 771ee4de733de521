"""Verified answers in PostgreSQL: each statement runs as the member who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gtm.context import TenantContext, UserId
from gtm.errors import NotPermittedError
from gtm.memory.equality import key_of
from gtm.memory.places import Place, place_values
from gtm.memory.verified import (
    AlreadyVerifiedError,
    NewVerified,
    TooManyVerifiedError,
    VerifiedAnswer,
    VerifiedChange,
    no_such_answer,
)
from gtm.semantics.query import MetricQuery
from gtm.store.database import Connection, Database

_COLUMNS: Final[LiteralString] = """
select answers.id, question, query, sql, asked_on, note, verified_by::text,
  coalesce(profiles.name, profiles.email) as by_name, answers.created_at, answers.updated_at
from app.verified_answers as answers
left join app.profiles on profiles.user_id = answers.verified_by
where tenant_id = %(tenant)s
"""
_ANSWER: Final[LiteralString] = _COLUMNS + " and answers.id = %(id)s"
_PAGE: Final[LiteralString] = (
    _COLUMNS
    + """
  and (%(after_at)s::timestamptz is null
    or (answers.created_at, answers.id) < (%(after_at)s, %(after_id)s))
order by answers.created_at desc, answers.id desc limit %(limit)s
"""
)
_QUESTIONS: Final[LiteralString] = """
select id, question from app.verified_answers where tenant_id = %(tenant)s
"""
# The same as the trigger's that counts them: of two equal questions at once one finds the other.
_WAIT: Final[LiteralString] = """
select pg_advisory_xact_lock(hashtextextended('verified_answers of ' || %(tenant)s, 0))
"""
_ADD: Final[LiteralString] = """
insert into app.verified_answers (tenant_id, question, query, sql, note, asked_on)
values (%(tenant)s, %(question)s, %(query)s, %(sql)s, %(note)s, %(asked_on)s)
returning id
"""
_CHANGE: Final[LiteralString] = """
update app.verified_answers set
  question = coalesce(%(question)s, question),
  query = coalesce(%(query)s, query),
  note = case when %(takes_note_off)s then null else coalesce(%(note)s, note) end,
  verified_by = %(user)s,
  updated_at = now()
where id = %(id)s and tenant_id = %(tenant)s
"""
_REMOVE: Final[LiteralString] = """
delete from app.verified_answers where id = %(id)s and tenant_id = %(tenant)s
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    question: str
    query: dict[str, Any] | None
    sql: str | None
    asked_on: date
    note: str | None
    verified_by: str
    by_name: str | None
    created_at: datetime
    updated_at: datetime

    def answer(self) -> VerifiedAnswer:
        return VerifiedAnswer(
            id=self.id,
            question=self.question,
            query_json=self.query,
            sql=self.sql,
            asked_on=self.asked_on,
            note=self.note,
            by=UserId(self.verified_by),
            by_name=self.by_name,
            created_at=self.created_at.astimezone(UTC),
            updated_at=self.updated_at.astimezone(UTC),
        )


class PostgresVerifiedAnswers:
    """The policies decide who reads and changes; equal questions are told apart here."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def questions(self, tenant: TenantContext) -> Sequence[tuple[UUID, str]]:
        """Return all questions with their ids."""
        async with self._database.as_user(tenant.user_id) as connection:
            return await _questions(connection, tenant)

    async def answer(self, tenant: TenantContext, answer_id: UUID) -> VerifiedAnswer:
        """Return one. Raises NotFoundError."""
        async with self._database.as_user(tenant.user_id) as connection:
            return await _answer(connection, tenant, answer_id)

    async def page(
        self, tenant: TenantContext, *, limit: int, after: Place | None = None
    ) -> tuple[VerifiedAnswer, ...]:
        """Return them, the latest first."""
        values = {"tenant": tenant.tenant_id, "limit": limit, **place_values(after)}
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_PAGE, values)
            return tuple([row.answer() async for row in rows])

    async def add(self, tenant: TenantContext, new: NewVerified) -> VerifiedAnswer:
        """Keep one. Raises AlreadyVerifiedError and TooManyVerifiedError."""
        values: Mapping[str, object] = {
            "tenant": tenant.tenant_id,
            "question": new.question,
            "query": _json(new.asked.query),
            "sql": new.asked.sql,
            "note": new.note,
            "asked_on": new.asked_on,
        }
        with _limits():
            async with self._database.as_user(tenant.user_id) as connection:
                await _check_new(connection, tenant, new.question)
                [(made,)] = await (await connection.execute(_ADD, values)).fetchall()
                return await _answer(connection, tenant, made)

    async def change(
        self, tenant: TenantContext, answer_id: UUID, change: VerifiedChange
    ) -> VerifiedAnswer:
        """Change one; its admin stands for it now. Raises NotFoundError, AlreadyVerifiedError."""
        values: Mapping[str, object] = {
            "id": answer_id,
            "tenant": tenant.tenant_id,
            "question": change.question,
            "query": _json(change.query),
            "note": change.note,
            "takes_note_off": change.takes_note_off,
            "user": tenant.user_id,
        }
        with _limits():
            async with self._database.as_user(tenant.user_id) as connection:
                if change.question is not None:
                    await _check_new(connection, tenant, change.question, but=answer_id)
                if (await connection.execute(_CHANGE, values)).rowcount == 0:
                    raise no_such_answer()
                return await _answer(connection, tenant, answer_id)

    async def remove(self, tenant: TenantContext, answer_id: UUID) -> None:
        """Remove one. Raises NotFoundError."""
        values = {"id": answer_id, "tenant": tenant.tenant_id}
        async with self._database.as_user(tenant.user_id) as connection:
            if (await connection.execute(_REMOVE, values)).rowcount == 0:
                raise no_such_answer()


async def _questions(connection: Connection, tenant: TenantContext) -> Sequence[tuple[UUID, str]]:
    rows = await connection.execute(_QUESTIONS, {"tenant": tenant.tenant_id})
    return [(row[0], row[1]) async for row in rows]


async def _answer(connection: Connection, tenant: TenantContext, answer_id: UUID) -> VerifiedAnswer:
    values = {"tenant": tenant.tenant_id, "id": answer_id}
    cursor = connection.cursor(row_factory=class_row(_Row))
    row = await (await cursor.execute(_ANSWER, values)).fetchone()
    if row is None:
        raise no_such_answer()
    return row.answer()


async def _check_new(
    connection: Connection, tenant: TenantContext, question: str, *, but: UUID | None = None
) -> None:
    await connection.execute(_WAIT, {"tenant": tenant.tenant_id})
    key = key_of(question)
    for known_id, known in await _questions(connection, tenant):
        if known_id != but and key_of(known) == key:
            raise _already(known)


def _already(question: str | None = None) -> AlreadyVerifiedError:
    named = f": {question!r}" if question else ""
    return AlreadyVerifiedError(
        f"An equal question has a verified answer{named}.", hint="Change or remove that one first."
    )


def _json(query: MetricQuery | None) -> Jsonb | None:
    return None if query is None else Jsonb(query.model_dump(mode="json", exclude_defaults=True))


@contextmanager
def _limits() -> Iterator[None]:
    """Say in our words why the database keeps no answer."""
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        raise _already() from error
    except psycopg.errors.CheckViolation as error:
        if error.diag.constraint_name != "verified_answers_of_a_workspace":
            raise
        raise TooManyVerifiedError(
            "The workspace has as many verified answers as it may.", hint="Remove one first."
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        # Their role has changed since the request came in.
        raise NotPermittedError("Only an owner or admin of the workspace may do this.") from error
