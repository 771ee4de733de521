"""Noting what could not be answered, and which of its words nobody knows."""

from __future__ import annotations

import logging
from uuid import UUID

from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.language.analyst import MakeAnalyst
from gtm.language.outcome import Clarify
from gtm.memory.naming import FindValues
from gtm.memory.phrases import Phrase, PhrasePlace, PhraseStore, Unanswered

logger = logging.getLogger(__name__)

# As many as are looked up at once.


class UnansweredPhrases:
    """Keeps phrases for the admins of a workspace to look at, without who said them."""

    def __init__(
        self, store: PhraseStore, analyst: MakeAnalyst, *, find_values: FindValues, clock: Clock
    ) -> None:
        self._store = store
        self._analyst = analyst
        self._find_values = find_values
        self._clock = clock

    async def note(self, tenant: TenantContext, question: str, *, outcome: Unanswered) -> None:
        """Note a question that ended without an answer: refused, or for words nobody knows.

        A failure is logged: nobody's answer waits for it.
        """
        try:
            words = await self._unknown(tenant, question)
            if words or outcome == "refuse":
                await self._store.note(tenant, question, words, outcome=outcome)
        except GtmError:
            logger.warning("phrase_not_noted", extra={"tenant_id": tenant.tenant_id})

    async def page(
        self, tenant: TenantContext, *, limit: int, after: PhrasePlace | None = None
    ) -> tuple[Phrase, ...]:
        """Return the phrases, those asked last first."""
        return await self._store.page(tenant, limit=limit, after=after)

    async def remove(self, tenant: TenantContext, phrase_id: UUID) -> None:
        """Remove a phrase. Raises NotFoundError."""
        await self._store.remove(tenant, phrase_id)

    async def is_kept(self, tenant: TenantContext) -> bool:
        """Return whether the workspace keeps what was not answered."""
        return await self._store.is_kept(tenant)

    async def set_kept(self, tenant: TenantContext, *, is_kept: bool) -> None:
        """Say so; turned off, what was kept goes."""
        await self._store.set_kept(tenant, is_kept=is_kept)

    async def forget_old(self) -> None:
        """Delete what nobody has asked for a long time, in every workspace."""
        await self._store.forget_old()

    async def _unknown(self, tenant: TenantContext, question: str) -> tuple[str, ...]:
        """Return the words that the rules know neither as words nor as names in the data."""
        today = self._clock.today()
        outcome = self._analyst().understand(question, today=today)
        if not isinstance(outcome, Clarify) or not outcome.unknown:
            return ()
        values = await self._find_values(tenant, outcome.terms, caller=tenant.door)
        outcome = self._analyst().understand(question, today=today, values=tuple(values))
        return outcome.strange if isinstance(outcome, Clarify) else ()
