"""The word lists that are data: light words, words of structure, requests to refuse."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

_FOLDER = Path(__file__).parent / "lists"


class WordLists(BaseModel):
    """The content of lists/words.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    short_values: frozenset[str]
    metrics: dict[str, tuple[str, ...]]
    dimensions: dict[str, tuple[str, ...]]
    stage_rates: dict[str, tuple[str, ...]]
    typed_on_site: tuple[str, ...]
    typed_verbs: tuple[str, ...]
    typed_into: tuple[str, ...]
    forbidden: tuple[str, ...]
    structure: tuple[str, ...]
    negations: frozenset[str]
    as_they_are: frozenset[str]
    grammar: frozenset[str]
    foreign: frozenset[str]
    greetings: frozenset[str]
    redraw: frozenset[str]
    shortened: dict[str, str]
    spoken: dict[str, str]


class Framing(BaseModel):
    """The content of lists/framing.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    salutations: tuple[str, ...]
    formal: frozenset[str]
    addressees: frozenset[str]
    closes: tuple[str, ...]
    requests: frozenset[str]
    wishes: frozenset[str]
    social: frozenset[str]
    limits: frozenset[str]
    loose_limits: frozenset[str]
    subjects: frozenset[str]

    @property
    def leads(self) -> tuple[tuple[str, ...], ...]:
        """The salutations as words, the longest first."""
        return _as_words(self.salutations)

    @property
    def ends(self) -> tuple[tuple[str, ...], ...]:
        """The closes as words, the longest first."""
        return _as_words(self.closes)


def _as_words(texts: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(sorted((tuple(text.split()) for text in texts), key=len, reverse=True))


def _read_lines(name: str) -> tuple[str, ...]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


_LISTS = WordLists.model_validate(
    yaml.safe_load((_FOLDER / "words.yml").read_text(encoding="utf-8"))
)
FRAMING = Framing.model_validate(
    yaml.safe_load((_FOLDER / "framing.yml").read_text(encoding="utf-8"))
)
LIGHT = frozenset(word for line in _read_lines("light.txt") for word in line.split())
GIVEN_NAMES = frozenset(word for line in _read_lines("given_names.txt") for word in line.split())
ENGLISH = frozenset(word for line in _read_lines("english.txt") for word in line.split())
EVERYDAY = frozenset(word for line in _read_lines("everyday.txt") for word in line.split())
FILLERS = _read_lines("phrases.txt")
SHORT_VALUES = _LISTS.short_values
METRIC_WORDS = _LISTS.metrics
DIMENSION_WORDS = _LISTS.dimensions
STAGE_RATES = _LISTS.stage_rates
TYPED_ON_SITE = (
    *_LISTS.typed_on_site,
    *(
        f"{verb} {whose} {place}"
        for verb in _LISTS.typed_verbs
        for whose in ("our", "the")
        for place in _LISTS.typed_into
    ),
)
FORBIDDEN = _LISTS.forbidden
STRUCTURE = _LISTS.structure
NEGATIONS = _LISTS.negations | _LISTS.as_they_are
GRAMMAR = _LISTS.grammar
FOREIGN = _LISTS.foreign
GREETINGS = _LISTS.greetings
REDRAW = _LISTS.redraw
SHORTENED = {word: tuple(text.split()) for word, text in _LISTS.shortened.items()}
SPOKEN = {tuple(text.split()): word for text, word in _LISTS.spoken.items()}
