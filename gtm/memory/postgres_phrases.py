"""Unanswered phrases in PostgreSQL: noted and read as the member who asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import class_row

from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import NotPermittedError
from gtm.memory.equality import hash_of
from gtm.memory.phrases import Phrase, PhrasePlace, Unanswered, no_such_phrase
from gtm.store.database import Database

KEPT: Final = timedelta(days=90)
_MAX_PHRASE: Final = 300
_MAX_WORDS: Final = 12
_MAX_WORD: Final = 80
# Whoever could be reached by it is somebody, and nobody is to be named.
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+")
_NUMBER: Final = re.compile(r"\+?\d(?:[\s.-]?\(?\d\)?){8,}")

_NOTE: Final[LiteralString] = """
select private.note_unanswered(%(tenant)s, %(key)s, %(phrase)s, %(words)s, %(outcome)s, %(day)s)
"""
_PAGE: Final[LiteralString] = """
select id, phrase, words, outcome, times, first_day, last_day
from app.unanswered_phrases where tenant_id = %(tenant)s
  and (%(after_day)s::date is null or (last_day, id) < (%(after_day)s, %(after_id)s))
order by last_day desc, id desc limit %(limit)s
"""
_REMOVE: Final[LiteralString] = """
delete from app.unanswered_phrases where id = %(id)s and tenant_id = %(tenant)s
"""
_IS_KEPT: Final[LiteralString] = "select keeps_unanswered from app.tenants where id = %(tenant)s"
_SET_KEPT: Final[LiteralString] = "select private.keep_unanswered(%(tenant)s, %(is_kept)s)"
_FORGET: Final[LiteralString] = "delete from app.unanswered_phrases where last_day < %(before)s"


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    phrase: str
    words: list[str]
    outcome: Unanswered
    times: int
    first_day: date
    last_day: date

    def told(self) -> Phrase:
        return Phrase(
            id=self.id,
            phrase=self.phrase,
            words=tuple(self.words),
            outcome=self.outcome,
            times=self.times,
            first_day=self.first_day,
            last_day=self.last_day,
        )


class PostgresPhrases:
    """Whoever asks has it noted by a function of the database; admins alone read it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def note(
        self, tenant: TenantContext, question: str, words: Sequence[str], *, outcome: Unanswered
    ) -> None:
        """Note a question, where the workspace keeps that; nothing says who asked it."""
        values = {
            "tenant": tenant.tenant_id,
            "key": hash_of(question),
            "phrase": _nameless(question)[:_MAX_PHRASE],
            "words": [_nameless(word)[:_MAX_WORD] for word in words[:_MAX_WORDS]],
            "outcome": outcome,
            "day": self._clock.today(),
        }
        async with self._database.as_user(tenant.user_id) as connection:
            await connection.execute(_NOTE, values)

    async def page(
        self, tenant: TenantContext, *, limit: int, after: PhrasePlace | None = None
    ) -> tuple[Phrase, ...]:
        """Return the phrases, those asked last first."""
        values = {
            "tenant": tenant.tenant_id,
            "limit": limit,
            "after_day": None if after is None else after.last_day,
            "after_id": None if after is None else after.id,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_PAGE, values)
            return tuple([row.told() async for row in rows])

    async def remove(self, tenant: TenantContext, phrase_id: UUID) -> None:
        """Remove one. Raises NotFoundError."""
        values = {"id": phrase_id, "tenant": tenant.tenant_id}
        async with self._database.as_user(tenant.user_id) as connection:
            if (await connection.execute(_REMOVE, values)).rowcount == 0:
                raise no_such_phrase()

    async def is_kept(self, tenant: TenantContext) -> bool:
        """Return whether the workspace keeps what was not answered."""
        async with self._database.as_user(tenant.user_id) as connection:
            found = await connection.execute(_IS_KEPT, {"tenant": tenant.tenant_id})
            return bool(await found.fetchone() == (True,))

    async def set_kept(self, tenant: TenantContext, *, is_kept: bool) -> None:
        """Say so; turned off, what was kept goes."""
        values = {"tenant": tenant.tenant_id, "is_kept": is_kept}
        try:
            async with self._database.as_user(tenant.user_id) as connection:
                await connection.execute(_SET_KEPT, values)
        except psycopg.errors.InsufficientPrivilege as error:
            # Their role has changed since the request came in.
            raise NotPermittedError(
                "Only an owner or admin of the workspace may do this."
            ) from error

    async def forget_old(self) -> None:
        """Delete what nobody has asked for ninety days, in every workspace."""
        before = self._clock.today() - KEPT
        async with self._database.as_service() as connection:
            await connection.execute(_FORGET, {"before": before})


def _nameless(text: str) -> str:
    """Return a text on one line, without addresses and numbers that lead to a person."""
    line = " ".join(text.replace("\0", "").split())
    return _NUMBER.sub("[number]", _ADDRESS.sub("[e-mail]", line))
