"""Words whose meaning hangs on the rest of the question: "won", "amount", "in HubSpot", "who"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from gtm.language.lexicon import AmbiguousWord, Concept, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.scan import Token
from gtm.language.tokens import Owner, Tape

# Words for numbers that stand beside one for an amount: "count + dollars" asks for both.
_COUNTS = frozenset({"count", "counts", "number", "many"})
# Where a number comes from may be no more than where it is known from: "clicks from Google".
_ORIGINS = frozenset({"source", "source_detail", "medium", "channel", "original_source"})
_ARTICLES = frozenset({"a", "an", "the", "to", "into", "as", "our", "real"})
# "Deals won and what they were worth", "and their total amount".
_BEFORE_AMOUNT = frozenset(
    {"the", "their", "its", "by", "total", "what", "they", "those", "these", "it", "were", "are"}
    | {"was", "is", "how", "much"}
)
_ENGAGEMENT = "engagement_type"
_PEOPLE = frozenset(
    {"folks", "people", "those", "persons", "contacts", "leads", "ones", "customers", "mqls"}
    | {
        "sqls",
        "companies",
        "firms",
        "accounts",
        "visitors",
        "users",
        "anyone",
        "somebody",
        "person",
    }
)
_BEING = (["is"], ["are"], ["was"], ["were"])
# How many words before others still go with them: "how much did Rosa and Tom win".
_SHORTLY = 6
_LEFT_OUT_BEFORE = frozenset({"except", "excluding", "besides", "without", "minus", "ignoring"})
_LEFT_OUT_AFTER = frozenset({"aside", "excluded", "excepted", "out"})
_FILE = Path(__file__).parent / "lists" / "context.yml"


class _Rule(BaseModel):
    """What some words say, by the metrics that are named elsewhere in the question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...]
    adds_nothing_to: frozenset[str] = frozenset()
    turns: dict[str, str] = {}
    joins: dict[str, str] = {}
    early: bool = False
    is_amount: bool = False
    metric: str | None = None
    dimension: str | None = None
    dimension_of: frozenset[str] = frozenset()
    beside: frozenset[str] = frozenset()
    # Right before one of these metrics the words belong to it, whatever else is named.
    ahead_of: frozenset[str] = frozenset()
    # Only where these words stand shortly before.
    behind: str | None = None
    # Only where one of these words stands right behind.
    before: frozenset[str] = frozenset()
    # Only where a value or a split of one of these is named.
    about: frozenset[str] = frozenset()


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sets: dict[str, tuple[str, ...]]
    rules: tuple[_Rule, ...]


def _load() -> tuple[_Rule, ...]:
    """Read the rules; a set's name among metrics stands for all of them."""
    read = _Rules.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))

    def spread(names: Iterable[str]) -> frozenset[str]:
        return frozenset(metric for name in names for metric in read.sets.get(name, (name,)))

    return tuple(
        rule.model_copy(
            update={
                "adds_nothing_to": spread(rule.adds_nothing_to),
                "dimension_of": spread(rule.dimension_of),
                "ahead_of": spread(rule.ahead_of),
            }
        )
        for rule in read.rules
    )


RULES = _load()
_BY_PHRASE: dict[tuple[str, ...], list[_Rule]] = {}
for _rule in RULES:
    for _words in _rule.words:
        _BY_PHRASE.setdefault(tuple(_words.split()), []).append(_rule)
_LONGEST = max(map(len, _BY_PHRASE))
_STARTS = frozenset(phrase[0] for phrase in _BY_PHRASE)
WORDS = frozenset(word for phrase in _BY_PHRASE for word in phrase)


def settle(tape: Tape, mentions: Sequence[Mention], *, is_early: bool = False) -> list[Mention]:
    """Read the free words that the metrics named give a meaning, or that add nothing to them.

    Words that were taken for something vague so far may be read anew.
    """
    found, before = list(mentions), None
    while found != before:
        before = found
        found = _settled(tape, found, is_early=is_early)
    return sorted(found, key=lambda mention: mention.start)


def _settled(tape: Tape, found: list[Mention], *, is_early: bool) -> list[Mention]:
    words = tuple([token.text for token in tape.tokens])
    starts = [index for index, word in enumerate(words) if word in _STARTS]
    for size in range(min(_LONGEST, len(tape)), 0, -1) if starts else ():
        for start in starts:
            span = (start, start + size)
            # A stretch that is cut off at the end is read with a smaller size.
            rules = _BY_PHRASE.get(words[start : start + size]) if span[1] <= len(tape) else None
            if not rules or not _is_readable(tape, span, found):
                continue
            for rule in rules:
                is_due = rule.early or not is_early
                read = _read(tape, span, rule, _without(found, span)) if is_due else None
                if read is not None:
                    found = read
                    break
    return found


def _without(mentions: Sequence[Mention], span: tuple[int, int]) -> list[Mention]:
    return [item for item in mentions if item.end <= span[0] or item.start >= span[1]]


def _is_vague(mention: Mention) -> bool:
    return all(
        isinstance(word, AmbiguousWord)
        or (isinstance(word, MetricWord) and word.is_weak)
        or (isinstance(word, ValueWord) and word.dimension in _ORIGINS)
        for word in mention.concepts
    )


def _is_readable(tape: Tape, span: tuple[int, int], mentions: Sequence[Mention]) -> bool:
    """Return whether words are free, or taken for something vague that lies within them."""
    start, end = span
    vague = {
        index
        for item in mentions
        if start <= item.start and item.end <= end and _is_vague(item)
        for index in range(item.start, item.end)
    }
    return all(
        (index in vague or tape.owner(index) is None) and not tape.tokens[index].is_quoted
        for index in range(start, end)
    )


def _read(
    tape: Tape, span: tuple[int, int], rule: _Rule, mentions: list[Mention]
) -> list[Mention] | None:
    """Return the mentions with a rule applied to words, or None where it does not fit."""
    start, end = span
    if not _is_in_place(tape, span, rule, mentions):
        return None
    has_owner = any(word.name == "owner" for m in mentions for word in m.of(DimensionWord))
    is_who = tape.tokens[start].text == "who"
    if is_who and not has_owner and (_asks_for_names(tape, end) or _is_said_of(tape, start)):
        return None
    if rule.ahead_of and _stands_ahead(tape, end, rule, mentions):
        _set_aside(tape, span)
        return mentions
    names = _names(mentions)
    if rule.turns.keys() & names:
        return _with_turned(tape, span, rule, mentions)
    is_named = any(mention.of(MetricWord) for mention in mentions)
    if rule.metric in rule.adds_nothing_to and not is_named:
        # What was done says what is counted: "how many calls did each rep log".
        tape.claim_rest(start, end, Owner.TERM)
        return [*mentions, Mention(start, end, (MetricWord(rule.metric or ""),))]
    if names and names <= rule.adds_nothing_to and not _splits(tape, rule, names, mentions):
        _set_aside(tape, span)
        return mentions
    concept = _named(tape, rule, names, mentions)
    if concept is None:
        return None
    tape.claim_rest(start, end, Owner.TERM)
    return [*mentions, Mention(start, end, (concept,))]


def _with_turned(
    tape: Tape, span: tuple[int, int], rule: _Rule, mentions: list[Mention]
) -> list[Mention]:
    """Make another number of one that is named, or ask for the other one beside it."""
    names = _names(mentions)
    told = {name: rule.turns[name] for name in sorted(rule.turns.keys() & names)}
    joined = [MetricWord(other) for other in told.values() if other not in names]
    if len(names) > 1 and joined and not rule.is_amount and _is_item(tape, span):
        tape.claim_rest(*span, Owner.TERM)
        return [*mentions, Mention(*span, (joined[0],))]
    _set_aside(tape, span)
    if not joined:
        # "Deals won and won amount, highest amount first" names both of them already.
        return mentions
    if rule.is_amount and _is_beside_count(tape, span):
        return [*mentions, Mention(*span, (MetricWord(next(iter(told.values()))),))]
    return [_turned(mention, rule) for mention in mentions]


def _is_item(tape: Tape, span: tuple[int, int]) -> bool:
    """Return whether words are an item of a list: "open deals, open pipeline, weighted, stale"."""
    start, end = span
    is_joined = end < len(tape) and tape.tokens[end].text in {"and", "plus", "+"}
    return start > 0 and tape.is_parted(start - 1) and (is_joined or tape.is_parted(end - 1))


def _stands_ahead(tape: Tape, end: int, rule: _Rule, mentions: list[Mention]) -> bool:
    """Return whether a number stands right behind: "how many turned MQL", "became an MQL"."""
    while end < len(tape) and tape.tokens[end].text in _ARTICLES:
        end += 1
    found = next((item for item in mentions if item.start == end), None)
    return found is not None and any(w.name in rule.ahead_of for w in found.of(MetricWord))


def _names_split(mentions: Iterable[Mention], names: frozenset[str]) -> bool:
    said = {word.name for item in mentions for word in item.of(DimensionWord)}
    said |= {word.dimension for item in mentions for word in item.of(ValueWord)}
    return bool(said & names)


def _is_in_place(
    tape: Tape, span: tuple[int, int], rule: _Rule, mentions: Sequence[Mention]
) -> bool:
    """Return whether the words that a rule asks for stand where it asks for them."""
    start, end = span
    if rule.beside and not any(token.text in rule.beside for token in _said(tape)):
        return False
    if rule.about and not _names_split(mentions, rule.about):
        return False
    if rule.before and tape.text(end, end + 1) not in rule.before:
        return False
    return not rule.behind or rule.behind in tape.text(max(0, start - _SHORTLY), start)


def _set_aside(tape: Tape, span: tuple[int, int]) -> None:
    """Account for words that were free or taken for something vague as adding nothing."""
    tape.release(*span)
    tape.claim(*span, Owner.LIGHT)


def _is_beside_count(tape: Tape, span: tuple[int, int]) -> bool:
    """Tell "open deals and their amount" from "the amount of open deals"."""
    before = span[0] - 1
    while before >= 0 and tape.tokens[before].text in _BEFORE_AMOUNT:
        before -= 1
    is_joined = before >= 0 and tape.tokens[before].text in {"and", "+", "plus"}
    own = tape.tokens[span[0] : span[1]]
    return is_joined or any(token.text in _COUNTS for token in _said(tape) if token not in own)


def _is_said_of(tape: Tape, index: int) -> bool:
    """Tell "the folks who turned MQL" from "who turned the most MQLs"."""
    is_beside = index > 0 and not tape.is_parted(index - 1)
    return is_beside and tape.tokens[index - 1].text in _PEOPLE


def _asks_for_names(tape: Tape, index: int) -> bool:
    """Tell "who are our best customers" from "who is carrying the most deals"."""
    after = [token.text for token in tape.tokens[index : index + 2]]
    return after[:1] in _BEING and not (len(after) > 1 and after[1].endswith("ing"))


def _names(mentions: Iterable[Mention]) -> set[str]:
    """Return the metrics named; weak words for them count where no other names one."""
    words = [word for mention in mentions for word in mention.of(MetricWord)]
    strong = {word.name for word in words if not word.is_weak}
    if not words and any(
        all(word.dimension == _ENGAGEMENT for word in mention.of(ValueWord))
        for mention in mentions
        if mention.of(ValueWord)
    ):
        return {"engagements"}
    return strong or {word.name for word in words}


def _turned(mention: Mention, rule: _Rule) -> Mention:
    concepts = tuple(
        replace(word, name=rule.turns.get(word.name, word.name))
        if isinstance(word, MetricWord)
        else word
        for word in mention.concepts
    )
    return replace(mention, concepts=concepts)


def _named(tape: Tape, rule: _Rule, names: set[str], mentions: list[Mention]) -> Concept | None:
    joined = [rule.joins[name] for name in sorted(names & rule.joins.keys())]
    if joined:
        return MetricWord(joined[0])
    if rule.metric is not None and not names:
        return MetricWord(rule.metric)
    if rule.dimension is not None and _splits(tape, rule, names, mentions):
        return DimensionWord(rule.dimension)
    return None


def _splits(tape: Tape, rule: _Rule, names: set[str], mentions: list[Mention]) -> bool:
    """Return whether words ask for a split that nothing else in the question names."""
    if rule.dimension is None or not names or not names <= rule.dimension_of:
        return False
    left_out = {word for item in mentions if _is_left_out(tape, item) for word in item.concepts}
    return not any(
        rule.dimension in {getattr(word, "name", ""), getattr(word, "dimension", "")}
        for mention in mentions
        for word in mention.concepts
        if word not in left_out
    )


def _is_left_out(tape: Tape, mention: Mention) -> bool:
    """Whether a name is said to be left out: "who has the most, Peter aside"."""
    if not mention.of(ValueWord):
        return False
    before = tape.text(max(0, mention.start - 1), mention.start)
    after = tape.text(mention.end, mention.end + 1)
    return before in _LEFT_OUT_BEFORE or after in _LEFT_OUT_AFTER


def _said(tape: Tape) -> Iterable[Token]:
    return (token for token in tape.tokens if not token.is_aside)
