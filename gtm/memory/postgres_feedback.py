"""Feedback in PostgreSQL: given and read as the member who asks, reviewed as the service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gtm.context import TenantContext, TenantId, UserId
from gtm.memory.feedback import (
    Feedback,
    FeedbackFilter,
    Verdict,
    no_such_feedback,
    no_such_turn,
)
from gtm.memory.places import Place, place_values
from gtm.memory.turns import read_turn
from gtm.store.base import ReplyJson
from gtm.store.database import Database

_MAX_QUESTION: Final = 2_000
_MAX_SQL: Final = 50_000
_MAX_MODEL: Final = 200

_TURN: Final[LiteralString] = """
select turns.conversation_id, turns.reply from app.turns
inner join app.conversations on conversations.id = turns.conversation_id
where turns.id = %(turn)s and conversations.tenant_id = %(tenant)s
  and conversations.user_id = %(user)s
"""
# What it is about is the same however often somebody changes their mind.
_GIVE: Final[LiteralString] = """
insert into app.feedback as known (tenant_id, conversation_id, turn_id, is_helpful, comment,
  question, outcome, query, sql, model)
values (%(tenant)s, %(conversation)s, %(turn)s, %(is_helpful)s, %(reason)s,
  %(question)s, %(outcome)s, %(query)s, %(sql)s, %(model)s)
on conflict (conversation_id, turn_id, user_id) do update
  set is_helpful = excluded.is_helpful, comment = excluded.comment, updated_at = now()
  where (known.is_helpful, known.comment) is distinct from (excluded.is_helpful, excluded.comment)
"""
_TAKE_BACK: Final[LiteralString] = """
delete from app.feedback
where turn_id = %(turn)s and tenant_id = %(tenant)s and user_id = %(user)s
"""
_COLUMNS: Final[LiteralString] = """
select feedback.id, conversation_id, turn_id, feedback.user_id::text,
  coalesce(profiles.name, profiles.email) as by_name, is_helpful, comment, question, outcome,
  query, sql, model, feedback.created_at, feedback.updated_at
from app.feedback
left join app.profiles on profiles.user_id = feedback.user_id
where tenant_id = %(tenant)s
"""
_MINE: Final[LiteralString] = _COLUMNS + " and turn_id = %(turn)s and feedback.user_id = %(user)s"
_PAGE: Final[LiteralString] = (
    _COLUMNS
    + """
  and (%(is_helpful)s::boolean is null or is_helpful = %(is_helpful)s)
  and (%(since)s::date is null or feedback.created_at >= %(since)s::date at time zone 'utc')
  and (%(conversation)s::text is null or conversation_id = %(conversation)s)
  and (%(after_at)s::timestamptz is null
    or (feedback.created_at, feedback.id) < (%(after_at)s, %(after_id)s))
order by feedback.created_at desc, feedback.id desc limit %(limit)s
"""
)


@dataclass(frozen=True, slots=True)
class _Row:
    id: UUID
    conversation_id: str
    turn_id: str
    user_id: str
    by_name: str | None
    is_helpful: bool
    comment: str | None
    question: str | None
    outcome: str | None
    query: dict[str, Any] | None
    sql: str | None
    model: str | None
    created_at: datetime
    updated_at: datetime

    def feedback(self) -> Feedback:
        return Feedback(
            id=self.id,
            conversation_id=self.conversation_id,
            turn_id=self.turn_id,
            by=UserId(self.user_id),
            by_name=self.by_name,
            verdict=Verdict(self.is_helpful, self.comment),
            question=self.question,
            outcome=self.outcome,
            query_json=self.query,
            sql=self.sql,
            model=self.model,
            created_at=self.created_at.astimezone(UTC),
            updated_at=self.updated_at.astimezone(UTC),
        )


class PostgresFeedback:
    """The policies let people rate what they asked, and admins read all of the workspace."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def give(self, tenant: TenantContext, turn_id: str, verdict: Verdict) -> Feedback:
        """Keep an opinion of one of the caller's own turns; a second one replaces the first.

        Raises NotFoundError.
        """
        values: dict[str, object] = {
            "tenant": tenant.tenant_id,
            "user": tenant.user_id,
            "turn": turn_id,
            "is_helpful": verdict.is_helpful,
            "reason": verdict.reason,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            found = await (await connection.execute(_TURN, values)).fetchone()
            if found is None:
                raise no_such_turn()
            conversation_id, reply = found
            values |= {"conversation": conversation_id, **_about(reply)}
            await connection.execute(_GIVE, values)
            cursor = connection.cursor(row_factory=class_row(_Row))
            [row] = await (await cursor.execute(_MINE, values)).fetchall()
            return row.feedback()

    async def take_back(self, tenant: TenantContext, turn_id: str) -> None:
        """Remove one's own opinion. Raises NotFoundError."""
        values = {"tenant": tenant.tenant_id, "user": tenant.user_id, "turn": turn_id}
        async with self._database.as_user(tenant.user_id) as connection:
            if (await connection.execute(_TAKE_BACK, values)).rowcount == 0:
                raise no_such_feedback()

    async def page(
        self,
        tenant: TenantContext,
        *,
        limit: int,
        after: Place | None = None,
        wanted: FeedbackFilter | None = None,
    ) -> tuple[Feedback, ...]:
        """Return opinions, the latest first: one's own, and as an admin all."""
        values = _page_values(tenant.tenant_id, wanted or FeedbackFilter(), limit, after)
        async with self._database.as_user(tenant.user_id) as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_PAGE, values)
            return tuple([row.feedback() async for row in rows])

    async def review(
        self, tenant_id: TenantId, *, limit: int, since: date | None = None
    ) -> tuple[Feedback, ...]:
        """Return a workspace's opinions for its operator, the latest first."""
        values = _page_values(tenant_id, FeedbackFilter(since=since), limit, None)
        async with self._database.as_service() as connection:
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_PAGE, values)
            return tuple([row.feedback() async for row in rows])


def _about(reply: ReplyJson) -> Mapping[str, object]:
    """Return what is kept of a turn beside an opinion of it."""
    turn = read_turn(reply)
    sql = turn.sql
    return {
        # What a question may hold, a text of the database may not.
        "question": turn.question.replace("\0", "")[:_MAX_QUESTION],
        "outcome": turn.outcome,
        "query": None if turn.resolved is None else Jsonb(turn.resolved.query),
        "sql": None if sql is None else sql[:_MAX_SQL],
        "model": None if turn.model is None else turn.model.name[:_MAX_MODEL],
    }


def _page_values(
    tenant_id: TenantId, wanted: FeedbackFilter, limit: int, after: Place | None
) -> Mapping[str, object]:
    return {
        "tenant": tenant_id,
        "is_helpful": wanted.is_helpful,
        "since": wanted.since,
        "conversation": wanted.conversation_id,
        "limit": limit,
        **place_values(after),
    }
