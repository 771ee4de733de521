"""Numbers that stand in a list of numbers: "visits, people, pages per visit" asks for all three."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from gtm.language.lexicon import AmbiguousWord, MetricWord
from gtm.language.mention import Mention
from gtm.language.tokens import Tape

_JOINTS = (["and"], ["plus"], ["+"], ["&"], ["as", "well", "as"])
_FEWEST = 3


def is_enumerated(tape: Tape, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Return whether a mention is one of three or more numbers that only commas or "and" part."""
    numbers = sorted(
        (item for item in mentions if item is mention or _is_number(item)),
        key=lambda item: item.start,
    )
    at = numbers.index(mention)
    if at == 0 and any(item.end == mention.start for item in mentions):
        # "Mobile visitors, their sessions": who is spoken of has no place in the list.
        return False
    size = first = 0
    for index, (one, other) in enumerate(pairwise(numbers)):
        if not _is_joined(tape, one, other):
            first = index + 1
        size = index + 2 - first
        if first <= at <= index + 1 and size >= _FEWEST:
            return True
    return False


def _is_number(mention: Mention) -> bool:
    return bool(mention.of(MetricWord) or mention.of(AmbiguousWord))


def _is_joined(tape: Tape, first: Mention, second: Mention) -> bool:
    """Return whether nothing but a comma or "and" stands between two numbers."""
    between = tape.text(first.end, second.start).split()
    if not between:
        return tape.is_parted(first.end - 1)
    return between in _JOINTS
