"""People and firms in the CRM: what they are, what they are marked as, and whose business it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gtm.language.lexicon import AmbiguousWord, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.readings import STAGES
from gtm.language.tokens import Owner, Tape
from gtm.language.wordings import Wordings

_WORDS = Wordings.read("whose").words
_KEPT = frozenset({"contacts", "companies"})
_MARKED = frozenset(
    {
        "lead_status",
        "lifecycle_stage",
        "deal_type",
        "deal_stage",
        "original_source",
        "source_detail",
        "lost_reason",
        "industry",
        "first_conversion",
        "owner",
        "currency",
        "pipeline",
    }
)
_DEALS = frozenset(
    {
        "deals_created",
        "deals_won",
        "deals_lost",
        "win_rate",
        "won_amount",
        "lost_amount",
        "avg_deal_size",
        "avg_sales_cycle",
        "pipeline_created",
        "open_deals",
        "open_pipeline",
        "weighted_pipeline",
        "stale_deals",
        "revenue_usd",
    }
)
_AMOUNTS = frozenset({"won_amount", "lost_amount", "open_pipeline", "pipeline_created"})
_COUNTED = frozenset({"deals_created", "deals_won", "deals_lost", "open_deals", "stale_deals"})
_OUTCOMES = frozenset({"deals_won", "deals_lost", "won_amount", "lost_amount", "open_deals"})
_DEALS_MEANT = ("deals_created", "deals_won", "open_deals")
_OF_DEALS = frozenset({"lost_reason", "deal_stage", "pipeline", "deal_type", "currency"})


def with_whose(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read what is said of contacts and deals by what they are, and drop nouns that repeat it."""
    found = [_without_missing_owner(tape, item, mentions) for item in mentions]
    found = [item for item in found if item.concepts]
    found = _as_stages(tape, found)
    found = _with_customers(tape, found)
    found = _without_opportunities(tape, found)
    _claim_relatives(tape, found)
    return found


def _names(mentions: Sequence[Mention]) -> set[str]:
    return {word.name for item in mentions for word in item.of(MetricWord)}


def _dimensions(mentions: Sequence[Mention]) -> set[str]:
    names = {word.name for item in mentions for word in item.of(DimensionWord)}
    return names | {word.dimension for item in mentions for word in item.of(ValueWord)}


def _is_of_deals(mention: Mention) -> bool:
    return any("deals_won" in word.options for word in mention.of(AmbiguousWord))


def _without_missing_owner(tape: Tape, mention: Mention, mentions: Sequence[Mention]) -> Mention:
    """Stop at "unassigned contacts", which have no owner, and do not come by a channel."""
    if tape.text(mention.start, mention.end) != "unassigned" or not mention.of(ValueWord):
        return mention
    is_of_crm = bool(_names(mentions) & (_KEPT | _DEALS)) or any(map(_is_of_deals, mentions))
    if not is_of_crm or "channel" in {w.name for m in mentions for w in m.of(DimensionWord)}:
        return mention
    tape.release(mention.start, mention.end)
    return replace(mention, concepts=())


def _as_stages(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "how many of our contacts are MQLs" as contacts that are at that stage now."""
    base = next((item for item in mentions if _names([item]) & _KEPT), None)
    has_period = any(tape.owner(index) is Owner.TIME for index in range(len(tape)))
    if base is None or has_period:
        return mentions
    found = []
    for mention in mentions:
        stage = next((STAGES[name] for name in _names([mention]) if name in STAGES), None)
        between = tape.text(base.end, mention.start).split()
        is_told = bool(between) and _WORDS["being"].issuperset(between)
        if stage is None or not is_told or _WORDS["relating"].isdisjoint(between):
            found.append(mention)
            continue
        tape.claim_rest(base.end, mention.start, Owner.LIGHT)
        found.append(replace(mention, concepts=(ValueWord("lifecycle_stage", (stage,)),)))
    return found


def _with_customers(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read deals "with existing customers" and "new logo deals" as a type of deal."""
    others = [item for item in mentions if "customers" not in _names([item])]
    if not _names(others) & _DEALS and not any(map(_is_of_deals, others)):
        return mentions
    found = []
    for mention in mentions:
        said = tape.text(mention.start, mention.end).split()
        before = tape.text(max(0, mention.start - 3), mention.start).split()
        if mention in others:
            found.append(mention)
        elif (
            before[-1:]
            and before[-1] in _WORDS["existing"]
            and tape.is_free(mention.start - 1, mention.start)
        ):
            tape.claim(mention.start - 1, mention.start, Owner.VALUE)
            value = ValueWord("deal_type", ("existingbusiness",))
            found.append(Mention(mention.start - 1, mention.end, (value,)))
        elif "new" in said and _goes_with_deals(tape, mention, others, before):
            found.append(replace(mention, concepts=(ValueWord("deal_type", ("newbusiness",)),)))
        else:
            found.append(mention)
    return found


def _goes_with_deals(
    tape: Tape, mention: Mention, others: Sequence[Mention], before: Sequence[str]
) -> bool:
    is_before = any(
        item.start == mention.end and (_is_of_deals(item) or _names([item]) & _DEALS)
        for item in others
    )
    return is_before or bool(before and before[-1] in {"with", "from", "to", "for"})


def _without_opportunities(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Leave out opportunities that only say what was lost: "opportunities lost on budget"."""
    nouns = [item for item in mentions if _names([item]) == {"opportunities"}]
    others = [item for item in mentions if item not in nouns]
    if len(nouns) != 1:
        return mentions
    near = tape.text(max(0, nouns[0].start - 2), min(len(tape), nouns[0].end + 1)).split()
    is_listed = not {"and", "plus", "vs", "or", "+"}.isdisjoint(near)
    if is_listed or _names(others) - _OUTCOMES:
        return mentions
    if _names(others):
        return others
    if not _dimensions(others) & _OF_DEALS:
        return mentions
    deals = AmbiguousWord(
        "Which deals do you mean?", ("deals_created", "deals_won", "open_deals"), None
    )
    return [replace(m, concepts=(deals,)) if m is nouns[0] else m for m in mentions]


def _claim_relatives(tape: Tape, mentions: Sequence[Mention]) -> None:
    """Account for "who are", "marked as" and "whose status is" right before a name."""
    for mention in mentions:
        if not _dimensions([mention]) & _MARKED or not mention.of(ValueWord):
            continue
        start = mention.start
        while start > 0 and tape.tokens[start - 1].text in _WORDS["relative"]:
            start -= 1
        said = {tape.tokens[index].text for index in range(start, mention.start)}
        if start > 0 and said & _WORDS["opening"]:
            tape.claim_rest(start, mention.start, Owner.LIGHT)
