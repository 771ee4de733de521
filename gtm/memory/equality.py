"""Whether two questions are the same: in every word that means something, in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict

from gtm.language.tokens import tokenise

Key = tuple[str, ...]

_KEPT_KEYS: Final = 8_192
# A question the rules can't read says too little by itself when it is shorter.
_FEWEST_WORDS: Final = 3


class _Lists(BaseModel):
    """The content of lists/equality.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    anywhere: frozenset[str]
    openings: tuple[str, ...]
    closings: tuple[str, ...]
    leaning: tuple[str, ...]


def _phrases(texts: Sequence[str]) -> tuple[Key, ...]:
    return tuple(sorted((tuple(text.split()) for text in texts), key=len, reverse=True))


_LISTS: Final = _Lists.model_validate(
    yaml.safe_load((Path(__file__).parent / "lists" / "equality.yml").read_text(encoding="utf-8"))
)
_OPENINGS: Final = _phrases(_LISTS.openings)
_CLOSINGS: Final = _phrases(_LISTS.closings)
_LEANING: Final = _phrases(_LISTS.leaning)


@lru_cache(_KEPT_KEYS)
def key_of(question: str) -> Key:
    """Return what equal questions share; empty when a question says nothing."""
    words = [f'"{token.text}"' if token.is_quoted else token.text for token in tokenise(question)]
    words = [word for word in words if word not in _LISTS.anywhere]
    while opening := next((item for item in _OPENINGS if _starts(words, item)), None):
        words = words[len(opening) :]
    while closing := next((item for item in _CLOSINGS if _starts(words[::-1], item[::-1])), None):
        words = words[: -len(closing)]
    return tuple(words)


def hash_of(question: str) -> str:
    """Return a fixed length's worth of a question's key, as SHA-256 in hex."""
    return sha256("\n".join(key_of(question)).encode()).hexdigest()


def may_lean(question: str) -> bool:
    """Return whether a question nobody could read may be about the one before it."""
    key = key_of(question)
    if len(key) < _FEWEST_WORDS:
        return True
    return any(
        key[at : at + len(phrase)] == phrase for phrase in _LEANING for at in range(len(key))
    )


def _starts(words: Sequence[str], phrase: Key) -> bool:
    return tuple(words[: len(phrase)]) == phrase
