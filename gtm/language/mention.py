"""A stretch of words and what it may stand for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from gtm.language.lexicon import Concept, MetricWord

_C = TypeVar("_C")


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of words and what it may stand for."""

    start: int
    end: int
    concepts: tuple[Concept, ...]

    def of(self, kind: type[_C]) -> tuple[_C, ...]:
        """Return the readings of one kind."""
        return tuple([concept for concept in self.concepts if isinstance(concept, kind)])


def as_strong(mention: Mention) -> Mention:
    """Return a number as one that is asked for beside others, however weakly it is named."""
    if not mention.of(MetricWord):
        return mention
    concepts = tuple(
        replace(word, is_weak=False) if isinstance(word, MetricWord) else word
        for word in mention.concepts
    )
    return replace(mention, concepts=concepts)
