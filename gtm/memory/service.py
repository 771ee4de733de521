"""All of a workspace's memory, put together over the state database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from gtm.clock import Clock
from gtm.language.analyst import shared_analyst
from gtm.memory.feedback import FeedbackStore
from gtm.memory.listening import Listener
from gtm.memory.naming import FindValues, Synonyms
from gtm.memory.noting import UnansweredPhrases
from gtm.memory.postgres_feedback import PostgresFeedback
from gtm.memory.postgres_phrases import PostgresPhrases
from gtm.memory.postgres_synonyms import PostgresSynonyms
from gtm.memory.postgres_verified import PostgresVerifiedAnswers
from gtm.memory.verifying import VerifiedAnswers
from gtm.semantics.catalog import Catalog
from gtm.semantics.compiler import Compiler
from gtm.sql.guard import Guard
from gtm.store.base import TurnStore
from gtm.store.database import Database


@dataclass(frozen=True, slots=True)
class Memory:
    """What a workspace remembers beside its conversations."""

    verified: VerifiedAnswers
    feedback: FeedbackStore
    synonyms: Synonyms
    unanswered: UnansweredPhrases

    @classmethod
    def over(
        cls,
        database: Database,
        *,
        turns: TurnStore,
        catalog: Catalog,
        guard: Guard,
        find_values: FindValues,
        clock: Clock,
    ) -> Self:
        """Put it together; `find_values` looks words up as a question's are."""
        return cls(
            verified=VerifiedAnswers(
                PostgresVerifiedAnswers(database),
                turns,
                Listener(shared_analyst, catalog),
                compiler=Compiler(catalog),
                guard=guard,
                clock=clock,
            ),
            feedback=PostgresFeedback(database),
            synonyms=Synonyms(
                PostgresSynonyms(database),
                shared_analyst,
                catalog,
                find_values=find_values,
                clock=clock,
            ),
            unanswered=UnansweredPhrases(
                PostgresPhrases(database, clock),
                shared_analyst,
                find_values=find_values,
                clock=clock,
            ),
        )
