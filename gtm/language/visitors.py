"""New and returning visitors: counted themselves, or the kind that another number is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.readings import COUNTED, OF_WHAT, word_before
from gtm.language.tokens import Tape

_KINDS = {"returning_users": "Returning", "new_users": "New"}
_PEOPLE = frozenset({"visitor", "visitors", "user", "users", "customer", "customers", "audience"})
_THEIRS = frozenset({"their", "its", "his", "they", "them", "it"})
_JOINTS = (["and"], ["vs"], ["or"], ["versus"], ["and", "the"], ["vs", "the"])


def of_visitors(tape: Tape, mention: Mention, mentions: list[Mention]) -> Mention:
    """Read "revenue from returning users" as revenue of those, not as two numbers."""
    names = [word.name for word in mention.of(MetricWord)]
    kind = _KINDS.get(names[0]) if names else None
    others = {word.name for m in mentions if m is not mention for word in m.of(MetricWord)}
    if kind is None or not others or "retention_rate" in others:
        return mention
    if others <= {"active_users", "total_users", *_KINDS} and not _is_adjective(
        tape, mention, mentions
    ):
        return mention
    if _is_described(tape, mention, mentions):
        both = [item for item in mentions if any(w.name in _KINDS for w in item.of(MetricWord))]
        # Both kinds together are all visits, told apart.
        told = ValueWord("visitor_type", (kind,))
        concept = told if len(both) < 2 else DimensionWord("visitor_type")
        return replace(mention, concepts=(concept,))
    if _is_limit(tape, mention, mentions):
        return replace(mention, concepts=(ValueWord("visitor_type", (kind,)),))
    return mention


def _is_limit(tape: Tape, mention: Mention, mentions: Sequence[Mention]) -> bool:
    if word_before(tape, mention) in OF_WHAT | {"only", "just", "with"}:
        return True
    after = tape.tokens[mention.end].text if mention.end < len(tape) else ""
    is_counted = COUNTED.search(tape.text(max(0, mention.start - 4), mention.start))
    # "Returning users, only Germany" limits by the country.
    is_next = any(item.start == mention.end + 1 and item.of(ValueWord) for item in mentions)
    is_its_own = not (tape.is_parted(mention.end - 1) or is_counted or is_next)
    return after == "only" and is_its_own


def _is_described(tape: Tape, mention: Mention, mentions: Sequence[Mention]) -> bool:
    """Return whether visitors only describe a number: "new user and returning user sessions"."""
    if _is_adjective(tape, mention, mentions):
        return not COUNTED.search(tape.text(max(0, mention.start - 4), mention.start))
    after = next((item for item in mentions if item.start > mention.start), None)
    if after is None or not any(word.name in _KINDS for word in after.of(MetricWord)):
        return False
    is_joined = tape.text(mention.end, after.start).split() in _JOINTS
    return is_joined and _is_adjective(tape, after, mentions)


def _is_adjective(tape: Tape, mention: Mention, mentions: Sequence[Mention]) -> bool:
    if tape.is_parted(mention.end - 1):
        return False
    return any(item.start == mention.end and item.of(MetricWord) for item in mentions)


def is_topic(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether people are only spoken of: "mobile visitors, what is their bounce rate"."""
    if tape.text(mention.start, mention.end) not in _PEOPLE or not mention.of(MetricWord):
        return False
    before = [item for item in mentions if item.end == mention.start]
    kinds = [word for item in before for word in (*item.of(ValueWord), *item.of(DimensionWord))]
    if not kinds and not (mention.start < 2 and tape.is_parted(mention.end - 1)):
        return False
    if kinds and _is_adjective(tape, mention, mentions):
        return True
    later = next((i for i in mentions if i.start > mention.start and i.of(MetricWord)), None)
    between = tape.text(mention.end, later.end).split() if later else []
    return bool(_THEIRS & set(between)) and "and" not in between
