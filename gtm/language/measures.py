"""Several numbers of deals at once: "won, lost, win rate", "number and value of lost deals"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gtm.language.lexicon import AmbiguousWord, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.shape import Shape
from gtm.language.tokens import Owner, Tape
from gtm.language.wordings import Wordings

_WORDS = Wordings.read("measures").words
_OUTCOMES = {
    **dict.fromkeys(_WORDS["won"], "deals_won"),
    **dict.fromkeys(_WORDS["lost"], "deals_lost"),
    **dict.fromkeys(_WORDS["created"], "deals_created"),
    **dict.fromkeys(_WORDS["open"], "open_deals"),
}
_AMOUNTS = {
    "deals_won": "won_amount",
    "deals_lost": "lost_amount",
    "deals_created": "pipeline_created",
    "open_deals": "open_pipeline",
}
_COUNTS = {amount: count for count, amount in _AMOUNTS.items()}
_OF_DEALS = frozenset(
    {*_AMOUNTS, *_COUNTS, "win_rate", "avg_deal_size", "avg_sales_cycle", "weighted_pipeline"}
    | {"stale_deals", "avg_deal_age"}
)
_TAKEN = frozenset(
    {Owner.TIME, Owner.THRESHOLD, Owner.VALUE, Owner.NEGATION, Owner.GRAIN, Owner.RANKING}
)
_OF_OPEN = frozenset({"deal_stage", "pipeline"})


@dataclass(frozen=True, slots=True)
class _Heads:
    """Words for how something is measured that stand together, such as "number and value"."""

    start: int
    end: int
    kinds: frozenset[str]


def read_measures(tape: Tape, mentions: list[Mention], shape: Shape) -> list[Mention]:
    """Return the mentions with each number of deals that a list or a measure asks for."""
    if not any(_is_of_deals(mention) for mention in mentions) and not _names_stage(mentions):
        return mentions
    found = _with_outcomes(tape, mentions, shape)
    heads = list(_heads(tape, found))
    for item in heads:
        found = _measured(tape, found, item)
    return sorted(found, key=lambda mention: mention.start)


def _is_of_deals(mention: Mention) -> bool:
    if any(word.name in _OF_DEALS for word in mention.of(MetricWord)):
        return True
    return any("deals_won" in word.options for word in mention.of(AmbiguousWord))


def _names_stage(mentions: Sequence[Mention]) -> bool:
    """Return whether a stage of deals is named and no number: "what is in Proposal"."""
    stages = (word.dimension for mention in mentions for word in mention.of(ValueWord))
    return "deal_stage" in stages and not any(mention.of(MetricWord) for mention in mentions)


def _with_outcomes(tape: Tape, mentions: list[Mention], shape: Shape) -> list[Mention]:
    """Read each outcome in a list as a number of its own: "deals won, lost and created"."""
    named = {index for item in mentions for index in range(item.start, item.end)}
    of_deals = [mention for mention in mentions if _is_of_deals(mention)]
    items = {index for item in of_deals for index in range(item.start, item.end)}
    said = {
        index
        for index, token in enumerate(tape.tokens)
        if token.text in _OUTCOMES and index not in named and _is_open(tape, index)
    }
    found = list(mentions)
    for index in sorted(said):
        text = tape.tokens[index].text
        if not (_is_counted(tape, index) or _is_listed(tape, index, items | said)):
            continue
        if tape.owner(index) is Owner.SHAPE:
            # What is lost is no loss of anything else.
            shape.has_change = False
        _take(tape, index, index + 1)
        found.append(Mention(index, index + 1, (MetricWord(_OUTCOMES[text]),)))
    return found


def _is_open(tape: Tape, index: int) -> bool:
    token = tape.tokens[index]
    return tape.owner(index) not in _TAKEN and not (token.is_aside or token.is_quoted)


def _is_counted(tape: Tape, index: int) -> bool:
    """Tell "with number of wins" from "the average size of our wins"."""
    after = tape.tokens[index + 1].text if index + 1 < len(tape) else ""
    if tape.tokens[index].text not in _WORDS["nouns"] and after not in _WORDS["deals"]:
        return False
    before = [token.text for token in tape.tokens[max(0, index - 4) : index]]
    is_of = before[-1:] == ["of"] and bool(set(before) & _WORDS["count"])
    if is_of or before[-2:] == ["how", "many"]:
        return True
    return before[-1:] == ["with"] and tape.tokens[index].text in _WORDS["nouns"]


def _is_listed(tape: Tape, index: int, items: set[int]) -> bool:
    """Return whether a joint stands between a word and another item of a list."""
    return any(_next_item(tape, index, step) in items for step in (-1, 1))


def _next_item(tape: Tape, index: int, step: int) -> int | None:
    """Return the item behind or before a joint: "and", "vs" or a comma."""
    at, has_joint = index + step, False
    has_joint |= tape.is_parted(index if step > 0 else at) if 0 <= at < len(tape) else False
    while 0 <= at < len(tape) and tape.tokens[at].text in _WORDS["joints"] | _WORDS["small"]:
        has_joint |= tape.tokens[at].text in _WORDS["joints"]
        has_joint |= step > 0 and tape.is_parted(at)
        at += step
    is_same = 0 <= at < len(tape) and tape.tokens[at].sentence == tape.tokens[index].sentence
    return at if has_joint and is_same else None


def _take(tape: Tape, start: int, end: int) -> None:
    tape.release(start, end)
    tape.claim(start, end, Owner.TERM)


def _heads(tape: Tape, mentions: Sequence[Mention]) -> Iterator[_Heads]:
    """Yield the words for how something is measured, those that are joined together."""
    # "Value of lost deals" may be a name by itself, which begins with how they are measured.
    named = {
        index
        for item in mentions
        if not all(isinstance(word, MetricWord) and word.is_weak for word in item.concepts)
        for index in range(item.start + _is_amount(item), item.end)
    }
    index = 0
    while index < len(tape):
        if index in named or not _kind(tape, index):
            index += 1
            continue
        start, end, kinds = index, index + 1, {_kind(tape, index)}
        while (after := _next_item(tape, end - 1, 1)) is not None and _kind(tape, after):
            if after in named or not _is_near(tape, end, after):
                break
            kinds.add(_kind(tape, after))
            end = after + 1
        if "weighted" in kinds and end < len(tape) and _kind(tape, end) == "amount":
            end += 1
        yield _Heads(start, end, frozenset(kinds))
        index = end


def _is_amount(mention: Mention) -> bool:
    is_long = mention.end - mention.start > 1
    return is_long and any(word.name in _COUNTS for word in mention.of(MetricWord))


def _is_near(tape: Tape, start: int, end: int) -> bool:
    return end - start <= 3


def _kind(tape: Tape, index: int) -> str:
    if not _is_open(tape, index):
        return ""
    text = tape.tokens[index].text
    return next((kind for kind in ("amount", "count", "weighted") if text in _WORDS[kind]), "")


def _measured(tape: Tape, mentions: list[Mention], heads: _Heads) -> list[Mention]:
    of_heads = [m for m in mentions if heads.start <= m.start and m.end <= heads.end]
    rest = [mention for mention in mentions if mention not in of_heads]
    begun = next((m for m in rest if m.start < heads.end and m.end > heads.end), None)
    run = list(_measured_things(tape, rest, begun.start if begun else heads.end))
    if run:
        return _of_things(tape, rest, heads, run)
    return _of_subject(tape, rest, heads) or mentions


def _measured_things(tape: Tape, mentions: Sequence[Mention], at: int) -> Iterator[Mention]:
    """Yield the numbers of deals behind "number and value of", as far as they are joined."""
    by_start = {mention.start: mention for mention in mentions}
    is_first = True
    while True:
        joined = is_first
        while at < len(tape) and at not in by_start:
            text = tape.tokens[at].text
            if text not in _WORDS["joints"] | _WORDS["small"] | {"of", "ones"}:
                return
            joined |= text in _WORDS["joints"]
            at += 1
        mention = by_start.get(at)
        names = [word.name for word in mention.of(MetricWord)] if mention else []
        if mention is None or not joined or not set(names) & {*_AMOUNTS, *_COUNTS}:
            return
        if not is_first and tape.tokens[at].sentence != tape.tokens[mention.start].sentence:
            return
        yield mention
        is_first, at = False, mention.end
        if at < len(tape) and tape.is_parted(at - 1):
            return


def _of_things(
    tape: Tape, mentions: list[Mention], heads: _Heads, run: Sequence[Mention]
) -> list[Mention]:
    """Read "number and value of won and lost deals" as two numbers of each."""
    if "weighted" in heads.kinds or heads.kinds == {"count"}:
        return mentions
    _take(tape, heads.start, heads.end)
    kept = [mention for mention in mentions if mention not in run]
    run = [replace(item, start=max(item.start, heads.end)) for item in run]
    for index in range(heads.end, run[-1].end):
        if tape.tokens[index].text in {"of", "ones"}:
            _take(tape, index, index + 1)
    added = []
    for mention in run:
        name = mention.of(MetricWord)[0].name
        count, amount = _COUNTS.get(name, name), _AMOUNTS.get(name, name)
        added.append(replace(mention, concepts=(MetricWord(amount),)))
        if "count" in heads.kinds:
            added.append(replace(mention, concepts=(MetricWord(count),)))
    return [*kept, *reversed(added)] if "count" in heads.kinds else [*kept, *added]


def _of_subject(tape: Tape, mentions: list[Mention], heads: _Heads) -> list[Mention] | None:
    """Read "pipeline by stage: count, value, weighted" as the numbers of what it is about."""
    kinds = heads.kinds | ({"weighted"} if "weighted" in tape.text(0, len(tape)).split() else set())
    if len(heads.kinds) < 2:
        return None
    numbers = [mention for mention in mentions if mention.of(MetricWord)]
    names = {word.name for mention in numbers for word in mention.of(MetricWord)}
    is_of_stages = not names and _names_stage(mentions)
    counts = {_COUNTS.get(name, name) for name in names - {"weighted_pipeline"}}
    counts = {"open_deals"} if is_of_stages or names == {"weighted_pipeline"} else counts
    if len(counts) != 1 or not counts <= _AMOUNTS.keys():
        return None
    count = counts.pop()
    if "weighted" in kinds and count != "open_deals":
        return None
    _take(tape, heads.start, heads.end)
    wanted = {"count": count, "amount": _AMOUNTS[count], "weighted": "weighted_pipeline"}
    found = [
        Mention(heads.start, heads.end, (MetricWord(wanted[kind]),))
        for kind in ("count", "amount", "weighted")
        if kind in kinds
    ]
    # "Pipeline" may also be a split of its own.
    kept = [mention for mention in mentions if mention not in numbers or mention.of(DimensionWord)]
    return [*(_unnumbered(mention) for mention in kept), *found]


def _unnumbered(mention: Mention) -> Mention:
    if not mention.of(MetricWord):
        return mention
    return replace(mention, concepts=tuple(mention.of(DimensionWord)))
