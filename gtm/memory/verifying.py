"""Verifying answers, and finding the verified answer of a question."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from uuid import UUID

from pydantic import ValidationError

from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.language.outcome import About, Clarify
from gtm.memory.equality import key_of
from gtm.memory.listening import Listener
from gtm.memory.places import Place
from gtm.memory.turns import KeptTurn, asked_in, read_turn
from gtm.memory.verified import (
    Asked,
    NewVerified,
    NotVerifiableError,
    VerifiedAnswer,
    VerifiedChange,
    VerifiedStore,
)
from gtm.semantics.compiler import Compiler
from gtm.semantics.query import MetricQuery
from gtm.sql.guard import Guard
from gtm.store.base import ConversationId, TurnStore

logger = logging.getLogger(__name__)

_WHOLE = "Give a `question` that can be understood by itself."


@dataclass(frozen=True, slots=True)
class Listed:
    """A verified answer, and why it is passed over when its question comes; None if it is not."""

    answer: VerifiedAnswer
    problem: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """The verified answer of a question, and what is to be run for it today."""

    answer: VerifiedAnswer
    asked: Asked


class VerifiedAnswers:
    """Keeps what admins stand for; what a turn was answered with comes from the store alone."""

    def __init__(
        self,
        store: VerifiedStore,
        turns: TurnStore,
        listener: Listener,
        *,
        compiler: Compiler,
        guard: Guard,
        clock: Clock,
    ) -> None:
        self._store = store
        self._turns = turns
        self._listener = listener
        self._compiler = compiler
        self._guard = guard
        self._clock = clock

    async def verify(
        self,
        tenant: TenantContext,
        conversation_id: ConversationId,
        turn_id: str,
        *,
        question: str | None = None,
        note: str | None = None,
    ) -> Listed:
        """Keep one of the caller's own turns as the answer to its question, or to another wording.

        Raises NotFoundError, NotVerifiableError, AlreadyVerifiedError, TooManyVerifiedError.
        """
        turn = read_turn(await self._turns.turn(tenant, conversation_id, turn_id))
        wording = turn.question if question is None else question
        if question is None:
            await self._check_alone(tenant, conversation_id, turn_id, turn)
        asked = self._settled(asked_in(turn), wording, turn)
        new = NewVerified(wording.replace("\0", ""), asked, turn.asked_on, note)
        return self._listed(tenant, await self._store.add(tenant, new))

    async def change(
        self,
        tenant: TenantContext,
        answer_id: UUID,
        *,
        question: str | None,
        note: str | None,
        takes_note_off: bool,
    ) -> Listed:
        """Change the wording or the note of a verified answer; what answers it stays.

        Raises NotFoundError, NotVerifiableError, AlreadyVerifiedError.
        """
        query = None
        if question is not None:
            answer = await self._store.answer(tenant, answer_id)
            query = self._reworded(answer, question)
        change = VerifiedChange(question, query, note, takes_note_off)
        return self._listed(tenant, await self._store.change(tenant, answer_id, change))

    async def remove(self, tenant: TenantContext, answer_id: UUID) -> None:
        """Remove a verified answer. Raises NotFoundError."""
        await self._store.remove(tenant, answer_id)

    async def page(
        self, tenant: TenantContext, *, limit: int, after: Place | None = None
    ) -> tuple[Listed, ...]:
        """Return the workspace's verified answers, the latest first."""
        found = await self._store.page(tenant, limit=limit, after=after)
        return tuple(self._listed(tenant, answer) for answer in found)

    async def find(
        self,
        tenant: TenantContext,
        question: str,
        *,
        previous: MetricQuery | None = None,
        asked_back: Clarify | About | None = None,
    ) -> Found | None:
        """Return the verified answer of an equal question, where it stands by itself.

        It does not where it goes on from the query before it, or settles what was asked back.
        """
        key = key_of(question)
        known = await self._store.questions(tenant) if key else ()
        for answer_id, kept in known:
            if key_of(kept) == key:
                if not self._is_meant(kept, question, previous, asked_back):
                    return None
                answer = await self._store.answer(tenant, answer_id)
                asked = self._ready(tenant, answer, question)
                return None if asked is None else Found(answer, asked)
        return None

    async def _check_alone(
        self, tenant: TenantContext, conversation_id: ConversationId, turn_id: str, turn: KeptTurn
    ) -> None:
        """Refuse a question that leans on the one before it in its conversation."""
        previous: MetricQuery | None = None
        for reply in await self._turns.turns(tenant, conversation_id):
            if reply.get("turn_id") == turn_id:
                break
            previous = _query_of(read_turn(reply)) or previous
        if not self._listener.stands_alone(turn.question, previous, today=turn.asked_on):
            raise NotVerifiableError(
                "The question follows on the one before it, and says too little by itself.",
                hint=_WHOLE,
            )

    def _settled(self, asked: Asked, wording: str, turn: KeptTurn) -> Asked:
        _check_wording(wording)
        if asked.query is None:
            self._listener.check_dates(asked.sql or "", wording, on=turn.asked_on)
            return asked
        return replace(asked, query=self._listener.settle(asked.query, wording, on=turn.asked_on))

    def _reworded(self, answer: VerifiedAnswer, wording: str) -> MetricQuery | None:
        """Return the query of an answer under another wording. Raises NotVerifiableError."""
        _check_wording(wording)
        if answer.query_json is None:
            self._listener.check_dates(answer.sql or "", wording, on=answer.asked_on)
            return None
        try:
            query = MetricQuery.model_validate(answer.query_json)
        except ValidationError as error:
            raise NotVerifiableError(
                "The query of this answer is not known any more.",
                hint="Remove it, ask again and verify the new answer.",
            ) from error
        return self._listener.settle(query, wording, on=answer.asked_on)

    def _is_meant(
        self,
        kept: str,
        question: str,
        previous: MetricQuery | None,
        asked_back: Clarify | About | None,
    ) -> bool:
        today, hear = self._clock.today(), self._listener
        return hear.are_alike(kept, question, today=today) and hear.stands_alone(
            question, previous, today=today, asked_back=asked_back
        )

    def _ready(self, tenant: TenantContext, answer: VerifiedAnswer, question: str) -> Asked | None:
        """Return what is to be run today; None where the catalogue has gone on without it."""
        try:
            if answer.query_json is None:
                self._guard.check(tenant, answer.sql or "")
                return Asked(None, answer.sql)
            query = self._listener.renew(
                MetricQuery.model_validate(answer.query_json), question, today=self._clock.today()
            )
            if query is None:
                return None
            self._compiler.compile(query, self._clock.today())
        except (GtmError, ValidationError):
            logger.info("verified_answer_outdated", extra={"tenant_id": tenant.tenant_id})
            return None
        return Asked(query, None)

    def _listed(self, tenant: TenantContext, answer: VerifiedAnswer) -> Listed:
        problem: str | None = None
        try:
            if answer.query_json is None:
                self._guard.check(tenant, answer.sql or "")
            else:
                query = MetricQuery.model_validate(answer.query_json)
                self._compiler.compile(query, self._clock.today())
        except GtmError as error:
            problem = error.message
        except ValidationError:
            problem = "Its query is from an earlier release and is not known any more."
        return Listed(answer, problem)


def _query_of(turn: KeptTurn) -> MetricQuery | None:
    try:
        return None if turn.resolved is None else MetricQuery.model_validate(turn.resolved.query)
    except ValidationError:
        return None


def _check_wording(wording: str) -> None:
    if not key_of(wording):
        raise NotVerifiableError("The question says nothing that could come again.", hint=_WHOLE)
