"""Turns of phrase about deals: "nobody touched in a month", "from created to won", "how old"."""

from __future__ import annotations

from gtm.language.lexicon import Concept, DimensionWord, MetricWord
from gtm.language.mention import Mention
from gtm.language.tokens import Hit, Owner, Tape
from gtm.language.wordings import Wordings

_WORDINGS = Wordings.read("selling")
_PATTERNS = tuple(
    (name, compiled) for name in _WORDINGS.patterns for compiled in _WORDINGS.compiled(name)
)
_SPLIT = "by_"
_NOTHING = "nothing"
# Only where deals are spoken of are such words looked for.
_SPOKEN = frozenset({"deal", "deals", "opportunity", "opportunities", "contract", "contracts"})
_ALONE = frozenset(
    {"avg_sales_cycle", "avg_days_in_stage", "stage_conversion_rate", "pages_per_session"}
)
_ASKING = frozenset({"which", "what", "list"})
_LASTING = frozenset({"days", "day", "long", "time"})
_REASONS = frozenset({"reason", "reasons"})
_NAMED_WITH_DAYS = frozenset({"avg_days_in_stage", "by_deal_stage"})


def claim_selling(tape: Tape) -> list[Mention]:
    """Claim what is said of deals in many words, as the number or the split that it stands for."""
    words = {token.text for token in tape.tokens if not token.is_aside}
    has_deals = not words.isdisjoint(_SPOKEN)
    found: list[Mention] = []
    for name, compiled in _PATTERNS:
        if not has_deals and name not in _ALONE:
            continue
        if name == _NOTHING and words.isdisjoint(_REASONS):
            continue
        if name in _NAMED_WITH_DAYS and words.isdisjoint(_LASTING):
            continue
        hit = tape.find(compiled)
        if hit is None or any(_stands_for(item, name) for item in found):
            continue
        tape.claim(hit.start, hit.end, Owner.LIGHT if name == _NOTHING else Owner.TERM)
        if name == _NOTHING:
            continue
        found.append(Mention(hit.start, hit.end, (_concept(name),)))
        if name == "stage_conversion_rate":
            found = [*found[:-1], *_between_stages(hit)]
        found += _listed(tape, name, hit)
    return found


def _concept(name: str) -> Concept:
    is_split = name.startswith(_SPLIT)
    return DimensionWord(name.removeprefix(_SPLIT)) if is_split else MetricWord(name)


def _stands_for(mention: Mention, name: str) -> bool:
    return _concept(name) in mention.concepts


def _between_stages(hit: Hit) -> list[Mention]:
    """Read "conversion between lifecycle stages" as the rate of each stage."""
    rate = Mention(hit.start, hit.end - 1, (_concept("stage_conversion_rate"),))
    return [rate, Mention(hit.end - 1, hit.end, (DimensionWord("lifecycle_stage"),))]


def _listed(tape: Tape, name: str, hit: Hit) -> list[Mention]:
    """Read "which deals have gone quiet" as a list of them."""
    before = hit.start - 1
    is_asked = before >= 0 and tape.tokens[before].text in _ASKING
    if name != "stale_deals" or not is_asked or not tape.is_free(before, hit.start):
        return []
    tape.claim(before, hit.start, Owner.TERM)
    return [Mention(before, hit.start, (DimensionWord("deal_name"),))]
