"""The match stage: which words name a metric, a dimension, a value or a funnel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gtm.language.lexicon import (
    Concept,
    DimensionWord,
    MetricWord,
    ValueWord,
    Vocabulary,
    to_phrase,
)
from gtm.language.tokens import Owner, Tape, Token, pattern
from gtm.language.words import LIGHT

_C = TypeVar("_C")

_NEGATION = pattern(
    r"(?:but )?(?:excluding|exclud(?:e|es|ed)|except(?: for)?|without|other than|apart from"
    r"|besides|ignoring|ignore|omit(?:ting)?|remov(?:e|ing)|leav(?:e|ing) out|rather than|minus"
    r"|not|no|non|nor|neither|never|none|cannot"
    r"|(?:do|does|did|is|are|was|were|has|have|had|would|should|could|ca|wo)nt)"
)
_EVERYTHING = pattern(r"all|every|everything|any|anything")
_ALL_BUT = pattern(
    r"but(?! (?:not|only|just|by|for|with|as|per|without|excluding|also|show)(?!\S))"
)
_ONLY = pattern(r"only|solely|exclusively|just|limited to|nothing but|restricted to")
_EVERY = pattern(r"all(?: (?:of )?(?:the|our|my))?|any|every|each")
_SPLITS = pattern(r"by|per|broken down by|split by|grouped by|as a function of")
_VERSUS = pattern(r"vs|against")
_CUES = pattern(
    r"and|or|also|too|as well|in addition|plus|add(?:ing)?|include|including|instead|again|same"
    r"|both|but(?= (?:not|only|just|by|for|with|in|as|per|from|on|without|excluding|this|last|also"
    r"|show)(?!\S))|what about|how about|what if|rather"
)
_PRONOUN_BEFORE = frozenset(
    [
        "show",
        "tell",
        "give",
        "help",
        "let",
        "find",
        "bring",
        "send",
        "get",
        "to",
        "about",
        "visit",
        "visits",
        "with",
    ]
)
_PEOPLE = frozenset({"users", "visitors", "people"})
_OF_WHOM = frozenset({"of", "from", "by", "for", "do", "did", "our"})
_COUNTRY_BEFORE = frozenset(
    [
        "the",
        "in",
        "from",
        "of",
        "vs",
        "and",
        "or",
        "excluding",
        "except",
        "without",
        "not",
        "only",
        "within",
        "compare",
        "across",
        "than",
    ]
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of words and what it may stand for."""

    start: int
    end: int
    concepts: tuple[Concept, ...]

    def of(self, kind: type[_C]) -> tuple[_C, ...]:
        """Return the readings of one kind."""
        return tuple(concept for concept in self.concepts if isinstance(concept, kind))


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the small words stand that give the others their role."""

    negations: tuple[tuple[int, int], ...]
    onlies: tuple[tuple[int, int], ...]
    everies: tuple[tuple[int, int], ...]
    splits: tuple[int, ...]
    versus: tuple[int, ...]


def claim_terms(tape: Tape, vocabulary: Vocabulary, *, fewest_words: int = 1) -> list[Mention]:
    """Claim catalogue phrases, the longest first."""
    mentions = []
    for length in range(min(vocabulary.longest, len(tape)), fewest_words - 1, -1):
        for start in range(len(tape) - length + 1):
            end = start + length
            if not tape.is_free(start, end):
                continue
            concepts = vocabulary.lookup(_words(tape.tokens[start:end]))
            concepts = _readable(tape, start, end, concepts)
            if concepts:
                is_value = all(isinstance(concept, ValueWord) for concept in concepts)
                tape.claim(start, end, Owner.VALUE if is_value else Owner.TERM)
                mentions.append(Mention(start, end, concepts))
    return sorted(mentions, key=lambda mention: mention.start)


def without_nouns(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Drop words that only say what something is counted of.

    In "sessions of new visitors" the visitors are not counted, and in "brand vs non-brand queries"
    the queries are not a split of their own.
    """
    return [
        mention
        for mention in mentions
        if not (_is_whose(tape, mention, mentions) or _is_split_noun(tape, mention, mentions))
    ]


def _is_whose(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    others = [item for item in mentions if item is not mention and item.of(MetricWord)]
    if tape.text(mention.start, mention.end) not in _PEOPLE or not others:
        return False
    before = mention.start - 1
    while adjective := next((item for item in mentions if item.end == before + 1), None):
        before = adjective.start - 1
    return before >= 0 and tape.tokens[before].text in _OF_WHOM


def _is_split_noun(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    before = next((item for item in mentions if item.end == mention.start), None)
    if before is None or "vs" not in tape.text(before.start, before.end).split():
        return False
    metrics = [item for item in mentions if item.of(MetricWord)]
    return bool(mention.of(DimensionWord)) or (bool(mention.of(MetricWord)) and len(metrics) > 1)


def _words(tokens: Sequence[Token]) -> Sequence[str]:
    if len(tokens) == 1 and tokens[0].is_quoted:
        return to_phrase(tokens[0].text)
    return [token.text for token in tokens]


def _readable(
    tape: Tape, start: int, end: int, concepts: tuple[Concept, ...]
) -> tuple[Concept, ...]:
    """Drop readings that the place of a word rules out."""
    if any(token.is_quoted for token in tape.tokens[start:end]):
        return tuple(concept for concept in concepts if isinstance(concept, ValueWord))
    if end - start > 1:
        return concepts
    word = tape.tokens[start].text
    is_verb = word in {"display", "discover"} and start == 0 and len(tape) > 1
    if is_verb or (word == "us" and not _is_country(tape, start)):
        return ()
    return concepts


def _is_country(tape: Tape, index: int) -> bool:
    """Tell the country from the pronoun: "US" or "in the us", but not "show us"."""
    before = tape.tokens[index - 1].text if index else ""
    is_shouted = tape.question.isupper()
    if before in _PRONOUN_BEFORE:
        return False
    if tape.raw(index, index + 1) == "US" and not is_shouted:
        return True
    return index == 0 or before in _COUNTRY_BEFORE or tape.owner(index - 1) is Owner.VALUE


def claim_marks(tape: Tape) -> Marks:
    """Claim negations, limits and joints between words."""
    all_but = _spans(tape, _ALL_BUT, Owner.NEGATION) if tape.find(_EVERYTHING) else ()
    return Marks(
        negations=(*all_but, *_spans(tape, _NEGATION, Owner.NEGATION)),
        onlies=_spans(tape, _ONLY, Owner.ONLY),
        everies=_spans(tape, _EVERY, Owner.LINK),
        splits=tuple(end - 1 for _, end in _spans(tape, _SPLITS, Owner.LINK)),
        versus=tuple(start for start, _ in _spans(tape, _VERSUS, Owner.COMPARISON)),
    )


def _spans(tape: Tape, compiled: re.Pattern[str], owner: Owner) -> tuple[tuple[int, int], ...]:
    return tuple((hit.start, hit.end) for hit in tape.take_all(compiled, owner))


def claim_cues(tape: Tape) -> frozenset[str]:
    """Claim the words that tie a question to the one before, and return them."""
    return frozenset(tape.text(hit.start, hit.end) for hit in tape.take_all(_CUES, Owner.LINK))


def claim_light(tape: Tape) -> None:
    """Claim the words that carry no meaning of their own."""
    for index in tape.free():
        token = tape.tokens[index]
        if token.text in LIGHT and not token.is_quoted:
            tape.claim(index, index + 1, Owner.LIGHT)


def unknown_runs(tape: Tape) -> Iterator[tuple[int, int]]:
    """Yield the stretches nobody has accounted for."""
    start = None
    for index in range(len(tape) + 1):
        is_open = index < len(tape) and tape.owner(index) is None
        if is_open and start is None:
            start = index
        elif not is_open and start is not None:
            yield start, index
            start = None
