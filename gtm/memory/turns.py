"""What of a stored turn is remembered: what was asked, and what answered it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from gtm.memory.verified import Asked, NotVerifiableError
from gtm.semantics.query import MetricQuery
from gtm.store.base import ReplyJson

# As much as the tool that runs it takes.
_MAX_SQL: Final = 20_000
_PLAIN: Final = "Ask one question that is answered with a table or a chart, and verify that."


class _Part(BaseModel):
    """A reply of another release may hold more, or less."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Resolved(_Part):
    query: dict[str, Any]
    analysis: dict[str, Any] | None = None


class _Data(_Part):
    resolved: _Resolved | None = None


class _Receipt(_Part):
    sql: str


class _Model(_Part):
    name: str


class KeptTurn(_Part):
    """The parts of a turn's reply that memory is made of."""

    question: str
    outcome: str
    data: _Data | None = None
    receipt: _Receipt | None = None
    model: _Model | None = None
    created_at: datetime

    @property
    def asked_on(self) -> date:
        """The day it was asked, in UTC."""
        return self.created_at.astimezone(UTC).date()

    @property
    def resolved(self) -> _Resolved | None:
        """The query that was answered; None for free SQL and where nothing was."""
        return None if self.data is None else self.data.resolved

    @property
    def sql(self) -> str | None:
        """The SQL that was written freely; that of a query follows from the query."""
        return self.receipt.sql if self.receipt is not None and self.resolved is None else None


def read_turn(reply: ReplyJson) -> KeptTurn:
    """Return the parts of a stored reply."""
    return KeptTurn.model_validate(reply)


def asked_in(turn: KeptTurn) -> Asked:
    """Return what answered a turn's question. Raises NotVerifiableError."""
    if turn.outcome != "answer" or turn.receipt is None:
        raise NotVerifiableError("This turn holds no answer that could be verified.", hint=_PLAIN)
    resolved = turn.resolved
    if resolved is None:
        return _asked_freely(turn.receipt.sql)
    if resolved.analysis is not None:
        raise NotVerifiableError(
            "Explanations, forecasts and searches for outliers can't be verified.", hint=_PLAIN
        )
    try:
        return Asked(MetricQuery.model_validate(resolved.query), None)
    except ValidationError as error:
        raise NotVerifiableError(
            "This answer is from an earlier release, and its query is not known any more.",
            hint="Ask the question again and verify the new answer.",
        ) from error


def _asked_freely(sql: str) -> Asked:
    if len(sql) > _MAX_SQL:
        raise NotVerifiableError("The SQL of this answer is too long to be kept.", hint=_PLAIN)
    return Asked(None, sql)
