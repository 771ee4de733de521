"""Spelling: a word nobody knows is read as the one it is nearest to, and that is said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from rapidfuzz.distance import OSA

from gtm.language.context import WORDS
from gtm.language.lexicon import (
    DimensionWord,
    FunnelWord,
    MetricWord,
    ValueWord,
    Vocabulary,
    singular,
    to_phrase,
)
from gtm.language.tokens import Token
from gtm.language.words import (
    ENGLISH,
    FORBIDDEN,
    FOREIGN,
    GIVEN_NAMES,
    GRAMMAR,
    GREETINGS,
    LIGHT,
    NEGATIONS,
    STRUCTURE,
)

_PLAIN = re.compile(r"[^\W\d_]+")
_SHORTEST = 4
_LONG = 7
# A light word is read out of one with two letters turned, or out of a long one with a slip.
_SHORTEST_TURNED = 5
_LONG_LIGHT = 8
# "Lastmonth", "howmany".
_PAIRS = (
    *(
        (which, unit)
        for which in ("last", "this", "past", "previous")
        for unit in ("week", "month", "quarter", "year")
    ),
    ("how", "many"),
    ("how", "much"),
)


class Speller:
    """Knows the words of one vocabulary. Values are never repaired, only offered."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        listed = {word for text in (*FORBIDDEN, *GREETINGS) for word in to_phrase(text)}
        known = {*vocabulary.words(), *LIGHT, *STRUCTURE, *WORDS, *ENGLISH, *FOREIGN, *listed}
        known |= GIVEN_NAMES | NEGATIONS
        # The singular of a known word is no misspelling of it.
        self._known = known | {singular(word) for word in known}
        self._targets = _by_letter({*_words_for_names(vocabulary), *STRUCTURE, *WORDS} - LIGHT)
        self._values = _by_letter(set(_words_for_values(vocabulary)) - LIGHT)
        self._grammar = _by_letter(GRAMMAR)
        self._light = _by_letter(LIGHT)
        joined = {"".join(words): words for words in (*_phrases_for_names(vocabulary), *_PAIRS)}
        self._joined = {text: words for text, words in joined.items() if text not in self._known}

    def repair(
        self, tokens: Sequence[Token], *, names: Collection[str] = ()
    ) -> tuple[list[Token], list[str]]:
        """Return the tokens with misspelt words replaced, and a note for each; names stay."""
        repaired, notes = [], []
        for token in tokens:
            is_left = token.is_aside or token.text in names
            if not is_left and not token.is_quoted and token.text in self._joined:
                words = self._joined[token.text]
                *before, last = (replace(token, text=word) for word in words)
                repaired += [*(replace(item, is_before_comma=False) for item in before), last]
                notes.append(f"Read {token.text!r} as {' '.join(words)!r}.")
                continue
            near = [] if is_left else self._nearest(token, self._targets)
            if not near and not is_left:
                near = self._grammar_word(token) or self._light_word(token)
            # A tie, or a value just as near, is put to the person instead.
            if len(near) == 1 and self._values_near(token) <= {singular(near[0])}:
                repaired.append(replace(token, text=near[0]))
                notes.append(f"Read {token.text!r} as {near[0]!r}.")
            else:
                repaired.append(token)
        return repaired, notes

    def _values_near(self, token: Token) -> set[str]:
        return {singular(word) for word in self._nearest(token, self._values)}

    def _grammar_word(self, token: Token) -> list[str]:
        """Return the word of grammar a word is; a short one only with its own letters: "waht"."""
        near = self._nearest(token, self._grammar, most=1)
        is_short = len(token.text) <= _SHORTEST
        return [word for word in near if not is_short or sorted(word) == sorted(token.text)]

    def _light_word(self, token: Token) -> list[str]:
        """Return the light word a word is: with two letters turned, or a long one: "recieve"."""
        text = token.text
        if len(text) < _SHORTEST_TURNED:
            return []
        near = self._nearest(token, self._light, most=1)
        is_long = len(text) >= _LONG_LIGHT
        return [word for word in near if is_long or sorted(word) == sorted(text)]

    def suggestions(self, word: str) -> list[str]:
        """Return the known words a word may be a misspelling of."""
        token = Token(word, 0, len(word))
        return [*self._nearest(token, self._values), *self._nearest(token, self._targets)]

    def _nearest(
        self, token: Token, words: Mapping[str, Sequence[str]], *, most: int = 2
    ) -> list[str]:
        text = token.text
        is_candidate = len(text) >= _SHORTEST and _PLAIN.fullmatch(text) and not token.is_quoted
        if not is_candidate or text in self._known or singular(text) in self._known:
            return []
        allowed = 1 if len(text) < _LONG else most
        found: dict[str, int] = {}
        for word in words.get(text[0], ()):
            distance = OSA.distance(text, word, score_cutoff=allowed)
            if distance <= allowed:
                found[word] = distance
        best = [word for word, distance in found.items() if distance == min(found.values())]
        # A word and its own plural are the same guess.
        return list({singular(word): word for word in sorted(best, reverse=True)}.values())


def _phrases_for_names(vocabulary: Vocabulary) -> Iterable[tuple[str, ...]]:
    kinds = (MetricWord, DimensionWord, FunnelWord)
    for phrase, concepts in vocabulary.phrases.items():
        if any(isinstance(concept, kinds) for concept in concepts):
            yield phrase


def _words_for_names(vocabulary: Vocabulary) -> Iterable[str]:
    for phrase in _phrases_for_names(vocabulary):
        yield from phrase


def _words_for_values(vocabulary: Vocabulary) -> Iterable[str]:
    for phrase, concepts in vocabulary.phrases.items():
        if len(phrase) == 1 and any(isinstance(concept, ValueWord) for concept in concepts):
            yield from phrase


def _by_letter(words: Iterable[str]) -> dict[str, list[str]]:
    index: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(set(words)):
        if len(word) >= _SHORTEST:
            index[word[0]].append(word)
    return index
