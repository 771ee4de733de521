"""A stretch of words and what it may stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from gtm.language.lexicon import Concept

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
