"""Words that hang on others: on the question before, or on the word they stand beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gtm.language.context import settle
from gtm.language.lexicon import (
    AmbiguousWord,
    Concept,
    DimensionWord,
    MetricWord,
    ValueWord,
)
from gtm.language.marks import Marks
from gtm.language.mention import Mention
from gtm.language.tokens import Owner, Tape, pattern
from gtm.language.words import LIGHT
from gtm.semantics.query import MetricQuery

_PEOPLE = frozenset({"users", "visitors", "people", "visits", "sessions", "traffic"})
_FOR = frozenset({"for", "from", "of", "by", "with", "separated", "among", "only", "just"})
# What "won" and the like alone make of a former number of deals.
_COUNTS = {
    "won": "deals_won",
    "lost": "deals_lost",
    "created": "deals_created",
    "open": "open_deals",
}
_AMOUNTS = {
    "won": "won_amount",
    "lost": "lost_amount",
    "created": "pipeline_created",
    "open": "open_pipeline",
}
_REASONS = (
    (pattern(r"los(?:t|e|es|ing|s|ses)|closed lost"), "lost_reason"),
    (pattern(r"missed|missing|opportunit(?:y|ies)|low ctr|low_ctr|striking"), "opportunity_reason"),
)
_LOST = frozenset(
    {"lost", "lose", "loses", "losing", "loosing", "losses", "loss", "missed", "missing"}
)
_REASON = pattern(r"(?:(?:for |by |the |which |what )*)reasons?(?: why)?")
_BECAUSE = pattern(
    r"because(?: of| they| we| it| the| a)*|(?:put |all )?down to|due to|on account of|owing to"
    r"|thanks to|as a result of|blamed on|attributed to"
)
_COST_US = pattern(r"(?:has |have |had |did |does )?cost(?:s|ing)? us")
_STEPS = pattern(r"funnels?|purchases?|checkout|carts?|steps?|buy|buying")
_DROP_OFF = pattern(
    r"(?:drop(?:s|ped|ping)?|fall(?:s|ing)?) ?(?:out|off|away)s?|dropouts?|dropoffs?"
)
_ANEW = frozenset({"i mean", "i meant", "no wait", "no sorry", "or rather", "no i mean"})
_BESIDE_STATES = frozenset(
    {"and", "also", "what", "about", "how", "ones", "instead", "too", "or", "vs"}
)
_LIMITED = frozenset(
    {Owner.TIME, Owner.THRESHOLD, Owner.GRAIN, Owner.CHART, Owner.RANKING, Owner.COMPARISON}
)
_PASSABLE = frozenset({Owner.LIGHT, Owner.LINK})
# "Only channels with over 20 leads" limits by the number of leads.
_PASSABLE_AFTER = _PASSABLE | {Owner.TERM}


def claim_reasons(tape: Tape) -> list[Mention]:
    """Read "by reason" and "because of" where the data holds the reasons themselves."""
    found: list[Mention] = []
    for told_by, dimension in _REASONS:
        if tape.find(told_by) is None:
            continue
        hits = tape.take_all(_REASON, Owner.TERM)
        found += [Mention(hit.start, hit.end, (DimensionWord(dimension),)) for hit in hits]
    if _LOST & {token.text for token in tape.tokens if not token.is_aside}:
        tape.take_all(_BECAUSE, Owner.LINK)
        # What a lost deal costs us is its amount, and nothing that was paid for advertising.
        tape.take_all(_COST_US, Owner.LIGHT)
    if tape.find(_STEPS) is not None:
        tape.take_all(_DROP_OFF, Owner.LIGHT)
    return found


def corrected(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Leave out what is corrected at once: "by owner, I mean by stage"."""
    span = _correction(tape)
    if span is None:
        return mentions
    tape.claim_rest(*span, Owner.LIGHT)
    after = min((m for m in mentions if m.start >= span[1]), key=lambda m: m.start, default=None)
    if after is None:
        return mentions
    former = [m for m in mentions if m.end <= span[0] and _is_alike(m, after)]
    before = max(former, key=lambda m: m.end, default=None)
    return [mention for mention in mentions if mention is not before]


def _is_alike(before: Mention, after: Mention) -> bool:
    """Return whether two mentions may be of one kind, so that one corrects the other."""
    numbers = (MetricWord, AmbiguousWord)
    is_counted = any(word.dimension == "event_name" for word in before.of(ValueWord))
    is_counted |= any(before.of(kind) for kind in numbers)
    if is_counted and any(after.of(kind) for kind in numbers):
        return True
    return any(before.of(kind) and after.of(kind) for kind in (DimensionWord, ValueWord))


def _correction(tape: Tape) -> tuple[int, int] | None:
    """Return where somebody starts anew, whoever has claimed the words."""
    for size in (2, 3):
        for start in range(1, len(tape) - size):
            is_quoted = any(token.is_quoted for token in tape.tokens[start : start + size])
            if tape.text(start, start + size) in _ANEW and not is_quoted:
                return start, start + size
    return None


def hanging(tape: Tape, mentions: Sequence[Mention], previous: MetricQuery | None) -> list[Mention]:
    """Return the mentions as the question before settles them."""
    if previous is None:
        return list(mentions)
    found = [_of_former(tape, mention, mentions, previous) for mention in mentions]
    kept = [mention for mention in found if mention is not None]
    return _settled(tape, kept, previous)


def _of_former(
    tape: Tape, mention: Mention, mentions: Sequence[Mention], previous: MetricQuery
) -> Mention | None:
    """Drop the number that a word names only to say whose: "the Expansion pipeline"."""
    before = next((item for item in mentions if item.end == mention.start), None)
    is_told = before is not None and bool(before.of(ValueWord) or before.of(DimensionWord))
    if before is None or not is_told or not previous.metrics:
        return mention
    own = {word.dimension for word in before.of(ValueWord)}
    split = [word for word in mention.of(DimensionWord) if word.name in own]
    if split and mention.of(MetricWord):
        return replace(mention, concepts=tuple[Concept, ...](split))
    first = next((index for index in range(before.start - 1, -1, -1)), None)
    is_whose = first is not None and tape.tokens[first].text in _FOR
    is_people = tape.text(mention.start, mention.end) in _PEOPLE
    return None if is_people and is_whose else mention


def claim_states(tape: Tape, previous: MetricQuery | None) -> list[Mention]:
    """Read "and lost?" behind a number of deals: what else became of them."""
    if previous is None or not previous.metrics:
        return []
    name = previous.metrics[0]
    turned = _COUNTS if name in _COUNTS.values() else _AMOUNTS if name in _AMOUNTS.values() else {}
    said = [index for index in tape.free() if tape.tokens[index].text in turned]
    rest = [index for index in tape.free() if index not in said]
    is_alone = all(tape.tokens[index].text in LIGHT | _BESIDE_STATES for index in rest)
    if not said or not is_alone or any(tape.tokens[index].is_quoted for index in said):
        return []
    found = []
    for index in said:
        tape.claim(index, index + 1, Owner.TERM)
        found.append(Mention(index, index + 1, (MetricWord(turned[tape.tokens[index].text]),)))
    return found


def _settled(tape: Tape, mentions: list[Mention], previous: MetricQuery) -> list[Mention]:
    """Read the words that the numbers of the former question give a meaning."""
    if any(mention.of(MetricWord) for mention in mentions):
        return sorted(mentions, key=lambda mention: mention.start)
    former = [Mention(-1, -1, (MetricWord(name),)) for name in previous.metrics]
    found = settle(tape, [*former, *mentions])
    names = {word.name for mention in found for word in mention.of(MetricWord)}
    # "Weighted" turns the open pipeline into another number.
    turned = [MetricWord(name) for name in sorted(names - set(previous.metrics))]
    last = len(tape) - 1
    told = [Mention(last, last + 1, (word,)) for word in turned]
    return [*(mention for mention in found if mention.start >= 0), *told]


def settle_onlies(tape: Tape, marks: Marks) -> Marks:
    """Leave out those "only" that limit a period, a number or a rank, which are read as such."""
    kept = tuple(span for span in marks.onlies if not _limits_form(tape, span))
    return replace(marks, onlies=kept)


def _limits_form(tape: Tape, span: tuple[int, int]) -> bool:
    start, end = span
    while end < len(tape) and _is_passable(tape, end, _PASSABLE_AFTER):
        end += 1
    while start > 0 and _is_passable(tape, start - 1, _PASSABLE):
        start -= 1
    after = tape.owner(end) if end < len(tape) else None
    before = tape.owner(start - 1) if start > 0 else None
    if end == len(tape) and before is Owner.TERM:
        # "Reps with 5+ wins only": what is counted stands behind the limit.
        before = tape.owner(start - 2) if start > 1 else None
        before = before if before is Owner.THRESHOLD else None
    return after in _LIMITED or (before in _LIMITED and end == len(tape))


def _is_passable(tape: Tape, index: int, owners: frozenset[Owner]) -> bool:
    owner = tape.owner(index)
    return owner in owners or (owner is None and tape.tokens[index].text in LIGHT)
