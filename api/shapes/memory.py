"""What verified answers, feedback, synonyms and unanswered phrases take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, Field, StrictBool, model_validator

from api.shapes.base import Question, RequestBody, Term, ValueName
from api.shapes.charts import Id
from gtm.memory.feedback import Feedback
from gtm.memory.phrases import Phrase, Unanswered
from gtm.memory.synonyms import Synonym, SynonymKind
from gtm.memory.verifying import Listed


class VerifyRequest(RequestBody):
    """Which of one's own answers to stand for: the server takes it from the conversation."""

    conversation_id: Id
    turn_id: Id
    question: Question | None = Field(
        None,
        description="Another wording, which has to name the same period; null means as it was "
        "asked. A question that follows on another needs one.",
    )
    note: Question | None = Field(None, description="For whoever gets the answer.")


class VerifiedChangeRequest(RequestBody):
    """What is to become of a verified answer; what is left out stays as it is."""

    question: Question | None = None
    note: Question | None = Field(None, description="Null takes the note away.")


class VerifiedReply(BaseModel):
    """A verified answer: a question and what is run for one of the same words."""

    id: str
    question: str
    query: dict[str, Any] | None = Field(description="A MetricQuery; null for free SQL.")
    sql: str | None = Field(description="Null for a query.")
    note: str | None
    by: str | None = Field(description="Who stands for it; null when they have left.")
    by_id: str
    is_valid: bool = Field(description="False when it is passed over, being out of date.")
    problem: str | None = Field(description="Why it is passed over.")
    created_at: datetime
    updated_at: datetime = Field(description="Since when it stands as it is.")

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """Return a verified answer as members see it."""
        answer = listed.answer
        return cls(
            id=str(answer.id),
            question=answer.question,
            query=None if answer.query_json is None else dict(answer.query_json),
            sql=answer.sql,
            note=answer.note,
            by=answer.by_name,
            by_id=answer.by,
            is_valid=listed.problem is None,
            problem=listed.problem,
            created_at=answer.created_at,
            updated_at=answer.updated_at,
        )


class VerifiedPage(BaseModel):
    """Verified answers, the latest first."""

    items: list[VerifiedReply]
    next_cursor: str | None = None


class FeedbackRequest(RequestBody):
    """What one thinks of an answer."""

    is_helpful: StrictBool = Field(description="Thumbs up, or down.")
    reason: Question | None = Field(None, description="Why; null means none is given.")


class FeedbackReply(BaseModel):
    """An opinion with what it is about; the rest of the conversation stays private."""

    id: str
    conversation_id: str
    turn_id: str
    is_helpful: bool
    reason: str | None
    question: str | None
    outcome: str | None = Field(description="How the turn ended: answer, clarify, refuse, …")
    query: dict[str, Any] | None = Field(description="What was run; null for free SQL or nothing.")
    sql: str | None = Field(description="Null unless it was free SQL.")
    model: str | None = Field(description="Which model answered.")
    by: str | None = Field(description="Who gave it; null when they have left.")
    by_id: str
    is_yours: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, feedback: Feedback, *, reader: str) -> Self:
        """Return an opinion as a member sees it."""
        return cls(
            id=str(feedback.id),
            conversation_id=feedback.conversation_id,
            turn_id=feedback.turn_id,
            is_helpful=feedback.verdict.is_helpful,
            reason=feedback.verdict.reason,
            question=feedback.question,
            outcome=feedback.outcome,
            query=None if feedback.query_json is None else dict(feedback.query_json),
            sql=feedback.sql,
            model=feedback.model,
            by=feedback.by_name,
            by_id=feedback.by,
            is_yours=feedback.by == reader,
            created_at=feedback.created_at,
            updated_at=feedback.updated_at,
        )


class FeedbackPage(BaseModel):
    """Opinions, the latest first."""

    items: list[FeedbackReply]
    next_cursor: str | None = None


class SynonymRequest(RequestBody):
    """A word of the workspace's own, and what it stands for."""

    term: Term = Field(description="A word or phrase that means nothing yet.")
    kind: SynonymKind
    name: Term = Field(description="Of the metric or dimension, as /v1/analytics/schema has it.")
    value: ValueName | None = Field(
        None, description="Of the dimension, for the kind `value` and no other."
    )

    @model_validator(mode="after")
    def _has_a_value_where_one_is_meant(self) -> Self:
        if (self.kind == "value") != (self.value is not None):
            raise ValueError("a value goes with the kind `value`, and with no other")
        return self


class SynonymReply(BaseModel):
    """A word of the workspace's own."""

    id: str
    term: str
    kind: SynonymKind
    name: str
    value: str | None
    is_valid: bool = Field(description="False when the catalogue no longer has what it stands for.")
    by_id: str
    created_at: datetime

    @classmethod
    def of(cls, synonym: Synonym, *, is_valid: bool) -> Self:
        """Return a word as members see it."""
        return cls(
            id=str(synonym.id),
            term=synonym.term,
            kind=synonym.kind,
            name=synonym.name,
            value=synonym.value,
            is_valid=is_valid,
            by_id=synonym.by,
            created_at=synonym.created_at,
        )


class SynonymPage(BaseModel):
    """Words of the workspace's own, the latest first."""

    items: list[SynonymReply]
    next_cursor: str | None = None


class UnansweredReply(BaseModel):
    """Something that was asked and not answered; nothing says who asked it."""

    id: str
    phrase: str
    words: list[str] = Field(description="Those that stand for nothing yet; a synonym answers one.")
    outcome: Unanswered
    times: int
    first_day: date
    last_day: date

    @classmethod
    def of(cls, phrase: Phrase) -> Self:
        """Return a phrase as admins see it."""
        return cls(
            id=str(phrase.id),
            phrase=phrase.phrase,
            words=list(phrase.words),
            outcome=phrase.outcome,
            times=phrase.times,
            first_day=phrase.first_day,
            last_day=phrase.last_day,
        )


class UnansweredPage(BaseModel):
    """What was not answered, asked last first."""

    items: list[UnansweredReply]
    is_kept: bool = Field(description="Whether the workspace keeps what is not answered.")
    next_cursor: str | None = None


class UnansweredSetting(RequestBody):
    """Whether a workspace keeps what is not answered."""

    is_kept: StrictBool = Field(description="Turned off, what was kept is deleted.")
