"""The question inside a message: greetings, courtesies and small talk around it ask for nothing.

A sentence is set aside only in a letter, that is a text with a salutation or a close around a
request; one that limits the question ("only Germany, please") is never set aside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from gtm.language.lexicon import Filler, Vocabulary
from gtm.language.scan import Token
from gtm.language.words import FRAMING, LIGHT, STRUCTURE

_LONGEST_SALUTATION = 9
_LONGEST_CLOSE = 9
_LONGEST_FRAGMENT = 5
_FEWEST_SENTENCES = 3

_STRUCTURE = frozenset(STRUCTURE)
_LEADS, _ENDS = FRAMING.leads, FRAMING.ends

Sentence = tuple[int, int]


def frame(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[list[Token], list[str]]:
    """Return the tokens with what asks for nothing marked as asides, and a note of it."""
    sentences = _sentences(tokens)
    asides = _salutation(tokens, sentences)
    close = _close(tokens, sentences)
    is_letter = (bool(asides) or bool(close)) and len(sentences) >= _FEWEST_SENTENCES
    if is_letter:
        asides |= close
        asides |= _small_talk(tokens, sentences, asides, vocabulary)
    if not asides or len(asides) == len(tokens):
        return list(tokens), []
    framed = [
        replace(token, is_aside=True) if index in asides else token
        for index, token in enumerate(tokens)
    ]
    kept = " ".join(token.text for token in framed if not token.is_aside)
    return framed, [
        f"Of the message, this was read as the question: “{kept}”."
    ] if is_letter else []


def _sentences(tokens: Sequence[Token]) -> list[Sentence]:
    found: list[Sentence] = []
    start = 0
    for _, group in groupby(tokens, key=lambda token: token.sentence):
        size = len(list(group))
        found.append((start, start + size))
        start += size
    return found


def _words(tokens: Sequence[Token], sentence: Sentence) -> list[str]:
    return [token.text for token in tokens[sentence[0] : sentence[1]]]


def _salutation(tokens: Sequence[Token], sentences: Sequence[Sentence]) -> set[int]:
    """Return the words by which somebody is addressed at the start of a message."""
    if not sentences or not tokens:
        return set()
    words = [token.text for token in tokens[:_LONGEST_SALUTATION]]
    size = next((len(lead) for lead in _LEADS if words[: len(lead)] == list(lead)), 0)
    if not size:
        return set()
    end = size
    limit = min(sentences[0][1], _LONGEST_SALUTATION)
    if words[0] in FRAMING.formal:
        end = _up_to_comma(tokens, size, limit)
    while end < limit and words[end] in FRAMING.addressees:
        end += 1
    return set(range(end))


def _up_to_comma(tokens: Sequence[Token], start: int, limit: int) -> int:
    """Return where the address ends: at the first mark of punctuation behind a word."""
    for index in range(start, limit):
        if tokens[index].is_before_comma:
            return index + 1
    is_line = limit < _LONGEST_SALUTATION
    return limit if is_line else start


def _close(tokens: Sequence[Token], sentences: Sequence[Sentence]) -> set[int]:
    """Return the words of the close and the name under it."""
    for number in range(1, len(sentences)):
        start, end = sentences[number]
        words = _words(tokens, (start, end))
        leads = any(words[: len(lead)] == list(lead) for lead in _ENDS)
        rest = len(tokens) - start
        if leads and rest <= _LONGEST_CLOSE and not any(token.is_asked for token in tokens[start:]):
            return set(range(start, len(tokens)))
    return set()


def _small_talk(
    tokens: Sequence[Token],
    sentences: Sequence[Sentence],
    asides: set[int],
    vocabulary: Vocabulary,
) -> set[int]:
    """Return the sentences that neither ask nor limit; none where nothing asks."""
    spoken = [(max(start, _first_free(start, end, asides)), end) for start, end in sentences]
    spoken = [sentence for sentence in spoken if sentence[0] < sentence[1]]
    asking = [item for item in spoken if _asks(tokens, item, vocabulary)]
    if not asking:
        return set()
    kept = [item for item in spoken if item in asking or _limits(tokens, item, vocabulary)]
    return {
        index for start, end in spoken if (start, end) not in kept for index in range(start, end)
    }


def _first_free(start: int, end: int, asides: set[int]) -> int:
    return next((index for index in range(start, end) if index not in asides), end)


def _asks(tokens: Sequence[Token], sentence: Sentence, vocabulary: Vocabulary) -> bool:
    """Return whether a sentence asks for something that could be a number."""
    words = _words(tokens, sentence)
    is_wish = any(" ".join(words[:size]) in FRAMING.wishes for size in (3, 4))
    is_request = tokens[sentence[0]].is_asked or words[0] in FRAMING.requests or is_wish
    is_social = _is_social(words, 8 if is_wish else 2)
    return is_request and not is_social and _is_about_data(words, vocabulary)


def _is_social(words: Sequence[str], size: int) -> bool:
    return any(word in FRAMING.social for word in words[:size])


def _limits(tokens: Sequence[Token], sentence: Sentence, vocabulary: Vocabulary) -> bool:
    """Return whether a sentence that asks nothing itself says something of what is asked."""
    words = _words(tokens, sentence)
    if _is_social(words, 3):
        return False
    starts = {" ".join(words[:size]) for size in (1, 2, 3)}
    if starts & FRAMING.limits:
        return True
    is_statement = bool(set(words) & FRAMING.subjects)
    is_short = len(words) <= _LONGEST_FRAGMENT and _is_about_data(words, vocabulary)
    return not is_statement and (is_short or bool(starts & FRAMING.loose_limits))


def _is_about_data(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Return whether any word or phrase of the catalogue, of time or a number is in a sentence."""
    if any(word in _STRUCTURE or word.isdecimal() for word in words):
        return True
    for size in range(1, 4):
        for start in range(len(words) - size + 1):
            meanings = vocabulary.lookup(words[start : start + size])
            is_light = size == 1 and words[start] in LIGHT
            if meanings and not is_light and not any(isinstance(m, Filler) for m in meanings):
                return True
    return False
