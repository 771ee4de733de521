"""Turns of phrase that stand for a number: "how engaged are", "who bounces most"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gtm.language.scan import Token
from gtm.language.tokens import QUOTED
from gtm.language.wordings import Wordings

_LISTS = Wordings.read("sayings")
_SAYINGS = tuple(
    (compiled, tuple(read_as.split()))
    for read_as in _LISTS.patterns
    for compiled in _LISTS.compiled(read_as)
)


def as_named(tokens: Sequence[Token]) -> list[Token]:
    """Return the words of a question with every turn of phrase said as the number it stands for."""
    found = list(tokens)
    for compiled, words in _SAYINGS:
        if (hit := compiled.search(_text(found))) is not None:
            found = _replaced(found, hit, words)
    return found


def _text(tokens: Sequence[Token]) -> str:
    """Return the words in one line; no pattern reaches over a sentence, a comma or a quote."""
    return "".join(piece for piece, _ in _pieces(tokens))


def _pieces(tokens: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """Yield what stands in the line, and whether it is a word of the question."""
    for index, token in enumerate(tokens):
        yield (QUOTED * len(token.text) if token.is_quoted else token.text), True
        if index + 1 < len(tokens):
            is_end = tokens[index + 1].sentence != token.sentence
            yield ("\n" if is_end else " , " if token.is_before_comma else " "), False


def _replaced(tokens: list[Token], hit: re.Match[str], words: Sequence[str]) -> list[Token]:
    start, end = _within(tokens, hit.start(), hit.end())
    kept: list[Token] = []
    if hit.groupdict().get("kept"):
        first, last = _within(tokens, hit.start("kept"), hit.end("kept"))
        kept = tokens[first:last]
    *before, ending = words
    run = tokens[start:end]
    said = [replace(run[0], text=word, is_before_comma=False) for word in before]
    said.append(replace(run[0], text=ending, is_before_comma=False))
    made = [*said, *kept]
    made[-1] = replace(made[-1], end=run[-1].end, is_before_comma=run[-1].is_before_comma)
    return [*tokens[:start], *made, *tokens[end:]]


def _within(tokens: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Return the tokens that lie within a stretch of the line, the end excluded."""
    offset, inside, index = 0, [], 0
    for piece, is_word in _pieces(tokens):
        if is_word and first <= offset and offset + len(piece) <= last:
            inside.append(index)
        index += is_word
        offset += len(piece)
    return inside[0], inside[-1] + 1
