"""Reasons that the data holds itself: why deals were lost, and the words people say for them."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.language.lexicon import MetricWord, UnsupportedWord, ValueWord
from gtm.language.outcome import ValueMatch
from gtm.language.reading import Reading
from gtm.language.tokens import Token

_LOST = frozenset({"lost", "lose", "loses", "losing", "loosing", "loss", "losses"})
_OF_LOST = frozenset({"deals_lost", "lost_amount"})
_BEFORE = frozenset({"no", "not"})


def with_reasons(tokens: Sequence[Token], values: tuple[ValueMatch, ...]) -> tuple[ValueMatch, ...]:
    """Take a reason that comes near for the one meant, where deals were lost and no other does."""
    if not any(token.text in _LOST for token in tokens):
        return values
    near = [item for item in values if item.dimension == "lost_reason" and not item.is_exact]
    alone = [item for item in near if sum(other.term == item.term for other in near) == 1]
    taken = [item.model_copy(update={"is_exact": True}) for item in alone]
    return (*(item for item in values if item not in alone), *taken)


def unread_reasons(reading: Reading) -> list[str]:
    """Return words for what is not in the data that may be why deals were lost: look them up."""
    names = {word.name for item in reading.metrics() for word in item.of(MetricWord)}
    if not names & _OF_LOST:
        return []
    tape, found = reading.tape, []
    for mention in reading.mentions_of(UnsupportedWord):
        if mention.of(ValueWord):
            continue
        start = mention.start
        if start > 0 and tape.tokens[start - 1].text in _BEFORE:
            found.append(tape.raw(start - 1, mention.end))
        found.append(tape.raw(start, mention.end))
    return found
