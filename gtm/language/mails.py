"""Mails that people of the house write: "how many emails did Dana send" is no channel."""

from __future__ import annotations

from dataclasses import replace

from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.tokens import Tape

_MAILS = frozenset({"emails", "mails"})


def with_mails(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read mails as what was logged of a person's work, where no other number is named."""
    if any(item.of(MetricWord) for item in mentions) or not any(map(_is_person, mentions)):
        return mentions
    return [_as_logged(tape, item) for item in mentions]


def _is_person(mention: Mention) -> bool:
    names = {word.name for word in mention.of(DimensionWord)}
    return "owner" in names or any(word.dimension == "owner" for word in mention.of(ValueWord))


def _as_logged(tape: Tape, mention: Mention) -> Mention:
    logged = tuple(word for word in mention.of(ValueWord) if word.dimension == "engagement_type")
    is_mail = tape.text(mention.start, mention.end) in _MAILS
    return replace(mention, concepts=logged) if is_mail and logged else mention
