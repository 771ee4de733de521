"""Numbers that the catalogue defines as one number divided by another."""

from __future__ import annotations

import re

from gtm.language.lexicon import Vocabulary, singular, to_phrase

_DIVIDED = re.compile(r"^(?P<over>.+?),? divided by (?P<under>[^.(;]+)", re.IGNORECASE)
_LONGEST = 4


def ratio_of(vocabulary: Vocabulary, over: str, under: str) -> str | None:
    """Return the number that is the one divided by the other: revenue per session, if any."""
    labels = {name: _words(entry.label) for name, entry in vocabulary.metrics.items()}
    for name, entry in vocabulary.metrics.items():
        parts = None if entry.is_countable else _DIVIDED.match(entry.definition)
        if parts is None:
            continue
        found = (_named(parts["over"], labels), _named(parts["under"], labels))
        if found == (over, under) and over != under:
            return name
    return None


def _named(text: str, labels: dict[str, frozenset[str]]) -> str | None:
    """Return the metric whose label a part of a definition begins with."""
    words = [singular(word) for word in to_phrase(text)]
    for size in range(min(len(words), _LONGEST), 0, -1):
        said = frozenset(words[:size])
        found = next((name for name, label in labels.items() if label == said), None)
        if found is not None:
            return found
    return None


def _words(label: str) -> frozenset[str]:
    return frozenset(map(singular, to_phrase(label)))
