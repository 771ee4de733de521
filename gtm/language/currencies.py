"""Deals by the currency they are in: "euro deals", "won in euros, and how many in pounds"."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.language.lexicon import AmbiguousWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.language.wordings import Wordings

_WORDS = Wordings.read("whose").words
_AMOUNTS = frozenset({"won_amount", "lost_amount", "open_pipeline", "pipeline_created"})
_COUNTED = frozenset({"deals_created", "deals_won", "deals_lost", "open_deals", "stale_deals"})
_CURRENCIES = {"eur": "EUR", "pou": "GBP", "ste": "GBP", "qui": "GBP", "us ": "USD", "aus": "AUD"}
_MONEY = (
    r"(?P<money>euros?|pounds?(?: sterling)?|sterling|quid|us dollars?|aus(?:tralian|sie) dollars?)"
)
_PRICED = (
    r"(?:priced|denominated|closed|signed|won|lost|quoted|valued|held|kept|that are|which are"
    r"|invoiced|billed|agreed|contracted|written)"
)
_IN_MONEY = (
    pattern(rf"(?:{_PRICED} )*(?:in|with) {_MONEY}(?: (?:currency|as currency))?"),
    pattern(rf"{_MONEY}(?: ?-? ?(?:denominated|priced|based))?(?= \x00)"),
)
# Beside one currency the next is said in short: "in euros or pounds", "and how many in pounds".
_NEXT = pattern(rf"(?:in )?{_MONEY}(?: (?:ones|deals))?")
_JOINTS = frozenset({"and", "or", "vs", "against", "plus", "many", "much", "than", "with", "to"})


def with_currencies(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "deals in euros" and "euro deals" as those of a currency, not as their amount."""
    deals = [item for item in mentions if _is_of_deals(item) or _names([item]) & _COUNTED]
    hits = [hit for hit in map(tape.find, _IN_MONEY) if hit and _is_beside(hit, deals)]
    if not hits:
        return mentions
    # "The value of deals in euros" may be that of all deals, told in euros.
    is_unit = tape.tokens[hits[0].start].text == "in" and not _next(tape, hits[0].end)
    if is_unit and _asks_for_amount(tape, mentions):
        return mentions
    found = [_claimed(tape, hits[0])]
    while (after := _next(tape, found[-1].end)) is not None:
        found.append(_claimed(tape, after))
    return sorted([*mentions, *found], key=lambda item: item.start)


def _names(mentions: Sequence[Mention]) -> set[str]:
    return {word.name for item in mentions for word in item.of(MetricWord)}


def _is_of_deals(mention: Mention) -> bool:
    return any("deals_won" in word.options for word in mention.of(AmbiguousWord))


def _is_beside(hit: Hit, deals: Sequence[Mention]) -> bool:
    return any(hit.start == item.end or hit.end == item.start for item in deals)


def _claimed(tape: Tape, hit: Hit) -> Mention:
    tape.claim(hit.start, hit.end, Owner.VALUE)
    value = ValueWord("currency", (_CURRENCIES[hit.groups["money"][:3]],))
    return Mention(hit.start, hit.end, (value,))


def _next(tape: Tape, index: int) -> Hit | None:
    """Return where the next currency is joined to the one before."""
    hit = tape.find(_NEXT, index)
    if hit is None:
        return None
    is_joined = tape.tokens[hit.start - 1].text in _JOINTS or tape.is_parted(hit.start - 1)
    return hit if is_joined else None


def _asks_for_amount(tape: Tape, mentions: Sequence[Mention]) -> bool:
    words = {token.text for token in tape.tokens if not token.is_aside}
    return not (words.isdisjoint(_WORDS["amounts"]) or _names(mentions) & _AMOUNTS)
