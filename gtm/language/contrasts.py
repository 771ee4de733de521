"""Numbers that are named only to say which is not meant: "ga4 revenue, not the deals"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gtm.language.lexicon import AmbiguousWord, FunnelWord, MetricWord
from gtm.language.mention import Mention
from gtm.language.tokens import Owner, Tape, pattern
from gtm.language.wordings import Wordings

_WORDS = Wordings.read("contrasts").words
_OPENERS = (("not",), ("rather", "than"), ("as", "opposed", "to"), ("and", "not"), ("but", "not"))
_AMOUNTS = {
    "deals_won": "won_amount",
    "deals_lost": "lost_amount",
    "deals_created": "pipeline_created",
    "open_deals": "open_pipeline",
}
# Of people and deals in a funnel, "leads not customers" may be a condition.
_FUNNEL = frozenset(
    {"leads", "mqls", "sqls", "opportunities", "customers", "contacts", "new_contacts", "deals_won"}
    | {"deals_lost", "deals_created", "open_deals", "stale_deals", "companies", "new_companies"}
)


def contrasted(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Leave out a number that is named as the one not meant, where another one is named."""
    kept = mentions
    for at in range(len(tape)):
        end = _declined(tape, at, kept)
        if end is None:
            continue
        tape.release(at, end)
        tape.claim(at, end, Owner.LIGHT)
        declined = {token.text for token in tape.tokens[at:end]}
        kept = [item for item in kept if not at <= item.start < end]
        kept = [_as_meant(item, declined) for item in kept]
    return kept


def _as_meant(mention: Mention, declined: set[str]) -> Mention:
    """Turn deals that are counted into their amount where the count is not meant, or back."""
    turned: dict[str, str] = {}
    if declined & _WORDS["counts"]:
        turned = _AMOUNTS
    elif declined & _WORDS["monies"]:
        turned = {amount: count for count, amount in _AMOUNTS.items()}
    concepts = tuple(
        MetricWord(turned[item.name])
        if isinstance(item, MetricWord) and item.name in turned
        else item
        for item in mention.concepts
    )
    return replace(mention, concepts=concepts)


_SHARE = pattern(
    r"(?:and |but )?not (?:the |in |as |as a |as the |in a )?"
    r"(?:percentages?|percents?|shares?|ratios?)"
    r"(?= (?:last|this|in|for|by|per|from|since|over|during|please|pls|on)(?!\S)|$|\n| \x00)"
)


def claim_declined_shares(tape: Tape) -> None:
    """Claim "not the percentage" before a share is read of it."""
    tape.take_all(_SHARE, Owner.LIGHT)


def _declined(tape: Tape, at: int, mentions: Sequence[Mention]) -> int | None:
    """Return the end of "not the deals" at a word, or None where it is no such contrast."""
    size = next((len(o) for o in _OPENERS if _texts(tape, at, at + len(o)) == o), 0)
    if not size or any(tape.tokens[index].is_quoted for index in range(at, at + size)):
        return None
    start = at + size
    while start < len(tape) and tape.tokens[start].text in _WORDS["small"]:
        start += 1
    end = _end_of_number(tape, start, mentions)
    if end is None or not _is_end(tape, end):
        return None
    inside = [item for item in mentions if at <= item.start < end]
    outside = [item for item in mentions if item not in inside and _is_number(item)]
    declined, meant = _names(inside), _names(outside)
    is_same = bool(declined & meant) or (declined <= _FUNNEL and meant <= _FUNNEL)
    rest = {token.text for token in (*tape.tokens[:at], *tape.tokens[end:])}
    is_money = bool(rest & _WORDS["monies"])
    is_told = (bool(outside) or is_money) and not (inside and is_same and declined)
    # "How much did we lose, the count not the dollars": the amount is read of the first words.
    said = {token.text for token in tape.tokens[start:end]}
    is_told &= not (said & _WORDS["monies"] and "much" in rest)
    return end if is_told else None


def _end_of_number(tape: Tape, start: int, mentions: Sequence[Mention]) -> int | None:
    """Return the end of "the number of deals" or "users"."""
    end = start
    if end < len(tape) and tape.tokens[end].text in _WORDS["measures"]:
        end += 1
        if _texts(tape, end, end + 1) == ("of",):
            end += 1 + (_texts(tape, end + 1, end + 2) in {("the",), ("our",)})
    named = next((item for item in mentions if item.start <= start < item.end), None)
    named = next((item for item in mentions if item.start == end), None) or named
    if named is not None and _is_number(named) and named.start >= start:
        return max(named.end, end)
    return end if end == start + 1 else None


def _is_end(tape: Tape, end: int) -> bool:
    """Return whether a clause ends, or what follows is another part of the question."""
    is_parted = end >= len(tape) or tape.is_parted(end - 1)
    return is_parted or tape.tokens[end].text in _WORDS["after"]


def _is_number(mention: Mention) -> bool:
    return any(mention.of(kind) for kind in (MetricWord, AmbiguousWord, FunnelWord))


def _names(mentions: Sequence[Mention]) -> set[str]:
    return {word.name for item in mentions for word in item.of(MetricWord)}


def _texts(tape: Tape, start: int, end: int) -> tuple[str, ...]:
    return tuple(token.text for token in tape.tokens[start:end])
