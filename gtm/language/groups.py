"""Values that were said together, what is named beside them, and which are left out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gtm.language.ask import clarify
from gtm.language.lexicon import DimensionWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.names import PAGES
from gtm.language.reading import Reading, StopReadingError
from gtm.language.tokens import Owner

_JOINTS = frozenset(
    [
        "and",
        "or",
        "nor",
        "vs",
        "against",
        "both",
        "the",
        "a",
        "from",
        "in",
        "on",
        "for",
        "via",
        "of",
        "to",
        "with",
        "compared",
        "between",
        "either",
        "+",
        "x",
        "next",
        "alongside",
        "beside",
        "plus",
        "as",
        "well",
        "my",
        "our",
    ]
)
_QUALIFIES = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "be",
        "being",
        "=",
        "equals",
        "named",
        "called",
        "like",
        "the",
        "of",
        "a",
        "as",
        "set",
        "to",
        "equal",
    ]
)
# "REFERRALS as original source"
_QUALIFIED = frozenset({"as", "the", "our", "is", "a"})
# What may stand between two values that a word sets against each other.
_PASSED = frozenset(
    {Owner.LIGHT, Owner.LINK, Owner.COMPARISON, Owner.TIME, Owner.TERM, Owner.VALUE}
)
_ADJECTIVES = frozenset(
    ["different", "various", "single", "individual", "the", "our", "my", "of", "these"]
)


@dataclass(slots=True)
class ValueGroup:
    """Values of one dimension that were said together."""

    mentions: list[Mention]
    alternatives: tuple[ValueWord, ...]
    is_negated: bool = False
    is_contrast: bool = False
    has_joint: bool = False


def read_groups(reading: Reading) -> list[ValueGroup]:
    """Return the values of a question as they were said together."""
    groups: list[ValueGroup] = []
    for mention in reading.mentions_of(ValueWord):
        words = mention.of(ValueWord)
        last = _last_before(reading, groups, mention)
        joined = _joined(last, words) if last else ()
        if last is None or not joined or not _are_together(reading, last.mentions[-1], mention):
            groups.append(ValueGroup([mention], words))
            continue
        between = range(last.mentions[-1].end, mention.start)
        last.is_contrast |= any(_sets_apart(reading, index) for index in between)
        last.has_joint |= any(reading.tape.tokens[i].text in _JOINTS for i in between)
        last.mentions.append(mention)
        last.alternatives = tuple(map(_narrowed, joined))
    return groups


def _last_before(reading: Reading, groups: list[ValueGroup], mention: Mention) -> ValueGroup | None:
    """Return the group a value may belong to: the last, or what it is set against over others."""
    for group in reversed(groups):
        between = range(group.mentions[-1].end, mention.start)
        if not reading.shape.against.isdisjoint(between) and _joined(group, mention.of(ValueWord)):
            return group
    return groups[-1] if groups else None


def _joined(group: ValueGroup, words: tuple[ValueWord, ...]) -> tuple[ValueWord, ...]:
    """Put values together, for each dimension that knows both."""
    return tuple(
        replace(old, values=tuple(dict.fromkeys((*old.values, *new.values))))
        for old in group.alternatives
        for new in words
        if old.dimension == new.dimension and old.is_part == new.is_part
    )


def _narrowed(word: ValueWord) -> ValueWord:
    """Leave out the section of pages that are named: "the docs, /docs/api and /docs/start"."""
    if not word.is_part:
        return word
    first, *rest = word.values
    is_section = len(rest) > 1 and all(value.startswith(f"{first}/") for value in rest)
    return replace(word, values=tuple(rest)) if is_section else word


def _are_together(reading: Reading, first: Mention, second: Mention) -> bool:
    """Return whether only joints stand between two values, or a word they both qualify."""
    tape = reading.tape
    terms = {
        index
        for item in reading.mentions
        for index in range(item.start, item.end)
        if not item.of(ValueWord) and not _is_noun_of(item, first)
    }
    nouns = {
        index
        for item in reading.mentions
        for index in range(item.start, item.end)
        if _is_noun_of(item, first)
    }
    between = range(first.end, second.start)
    joints = [index for index in between if index not in terms | nouns]
    if any(tape.owner(index) is Owner.NEGATION for index in between):
        return False
    if any(index in reading.shape.against for index in between):
        return all(tape.owner(index) in _PASSED for index in joints)
    if not all(_is_joint(reading, index) for index in joints):
        return False
    gap = tape.question[tape.tokens[first.end - 1].end : tape.tokens[second.start].start]
    if not joints and not any(sign in gap for sign in ",;/+"):
        return False
    rest = [index for index in between if index not in nouns]
    return len(joints) == len(rest) or any(index in reading.marks.versus for index in joints)


def _is_noun_of(mention: Mention, value: Mention) -> bool:
    """Whether a word right behind a value only says what it is: "the demo page and …"."""
    names = {word.name for word in mention.of(DimensionWord)}
    is_own = bool(names & {word.dimension for word in value.of(ValueWord)})
    return is_own and mention.start == value.end


def _is_joint(reading: Reading, index: int) -> bool:
    """Return whether a word only joins: "and", or "more" in "more mobile or more desktop"."""
    is_comparative = reading.shape.has_sides and reading.tape.owner(index) is Owner.COMPARISON
    return reading.tape.tokens[index].text in _JOINTS or is_comparative


def _sets_apart(reading: Reading, index: int) -> bool:
    """Return whether a word sets values against each other: "vs", "than", "or" before "more"."""
    if index in reading.marks.versus or index in reading.shape.against:
        return True
    return reading.shape.has_sides and reading.tape.tokens[index].text in {"or", "and"}


def negate(reading: Reading, groups: list[ValueGroup]) -> None:
    """Give every negation its values; one that has none stops the question."""
    for start, end in reading.marks.negations:
        target = _left_out_behind(reading, groups, end)
        if target is None:
            _stop_at_nothing(reading, start, end)
        else:
            target.is_negated = True
            _check_scope(reading, groups, target)
    for start, end in reading.marks.negations_after:
        target = next((item for item in reversed(groups) if item.mentions[-1].end <= start), None)
        if target is not None and not reaches(reading, target.mentions[-1].end, start):
            target = None
        # "Excluded: direct" is said, too.
        target = target or _left_out_behind(reading, groups, end)
        if target is None:
            _stop_at_nothing(reading, start, end)
        else:
            target.is_negated = True
    _forget_repeated(reading, groups)


def _left_out_behind(reading: Reading, groups: list[ValueGroup], end: int) -> ValueGroup | None:
    target = next((group for group in groups if group.mentions[0].start >= end), None)
    is_reached = target is not None and reaches(reading, end, target.mentions[0].start)
    return target if is_reached else None


def _stop_at_nothing(reading: Reading, start: int, end: int) -> None:
    message = f"I read {reading.tape.text(start, end)!r}, but not what should be left out."
    raise StopReadingError(clarify(message))


def _forget_repeated(reading: Reading, groups: list[ValueGroup]) -> None:
    """Leave out what is only said of something left out: "Peter aside, we know about Peter"."""
    negated = [word for group in groups if group.is_negated for word in group.alternatives]
    for group in list(groups):
        before = group.mentions[0].start - 1
        is_told = before >= 0 and reading.tape.tokens[before].text in {"about", "of", "know"}
        if is_told and not group.is_negated and set(group.alternatives) & set(negated):
            groups.remove(group)


def _check_scope(reading: Reading, groups: list[ValueGroup], target: ValueGroup) -> None:
    """Ask at "without mobile and germany": is the second value left out as well?"""
    end = target.mentions[-1].end
    after = next((group for group in groups if group.mentions[0].start >= end), None)
    if after is None:
        return
    between = reading.tape.text(end, after.mentions[0].start)
    if between in {"and", "or", "nor"}:
        first = reading.tape.raw(target.mentions[0].start, end)
        second = reading.tape.raw(after.mentions[0].start, after.mentions[-1].end)
        message = f"Should {second} be left out like {first}, or be kept?"
        raise StopReadingError(clarify(message))


def reaches(reading: Reading, start: int, end: int) -> bool:
    """Return whether a small word may act over a gap: light words and dimension names only."""
    dimension_positions = {
        index
        for mention in reading.mentions_of(DimensionWord)
        for index in range(mention.start, mention.end)
    }
    allowed = {Owner.LIGHT, Owner.LINK, Owner.NEGATION, Owner.ONLY}
    return all(
        reading.tape.owner(index) in allowed or index in dimension_positions
        for index in range(start, end)
    )


def check_together(groups: list[ValueGroup]) -> None:
    """Refuse values of one dimension that were not said together: no row has both."""
    seen: dict[str, ValueGroup] = {}
    for group in list(groups):
        if group.is_negated:
            continue
        name = group.alternatives[0].dimension
        if name in seen and _is_repeated(seen[name], group):
            groups.remove(seen[name])
            seen[name] = group
            continue
        if name in seen and (shared := _shared_words(seen[name], group)):
            # Said twice, the second time perhaps more exactly.
            seen[name].alternatives = shared
            seen[name].mentions += group.mentions
            groups.remove(group)
        elif name in seen:
            first, second = seen[name].alternatives[0].values[0], group.alternatives[0].values[0]
            message = f"Should {first} and {second} be counted together, or apart?"
            raise StopReadingError(clarify(message))
        seen.setdefault(name, group)


def _is_repeated(first: ValueGroup, second: ValueGroup) -> bool:
    """Whether values are said again at once beside others: "iphone people (iOS) vs android"."""
    words = {word.dimension: set(word.values) for word in second.alternatives}
    return any(set(w.values) < words.get(w.dimension, set()) for w in first.alternatives)


def _shared_words(first: ValueGroup, second: ValueGroup) -> tuple[ValueWord, ...]:
    return tuple(word for word in first.alternatives if word in second.alternatives)


def qualified(reading: Reading, group: ValueGroup) -> set[str]:
    """Return the dimension named right beside the values: "paid channels", "campaign Spring"."""
    names = {word.dimension for word in group.alternatives}
    found: set[str] = set()
    for mention in reading.mentions_of(DimensionWord):
        own = {word.name for word in mention.of(DimensionWord)} & names
        if own and is_beside(reading, mention, group):
            found |= own
    # A page's name says its number, or that of the sessions that began there.
    return found | (names & PAGES) if found & PAGES else found


def is_beside(reading: Reading, mention: Mention, group: ValueGroup) -> bool:
    """Return whether a dimension is named right before or behind values."""
    return any(_is_next_to(reading, mention, value) for value in group.mentions)


def _is_next_to(reading: Reading, mention: Mention, value: Mention) -> bool:
    tape = reading.tape
    after = range(value.end, mention.start)
    own = {word.name for word in mention.of(DimensionWord)}
    nouns = {
        index
        for item in reading.mentions_of(DimensionWord)
        if own & {word.name for word in item.of(DimensionWord)}
        for index in range(item.start, item.end)
    }
    if mention.start >= value.end and all(
        tape.tokens[index].text in _QUALIFIED or index in nouns for index in after
    ):
        return True
    gap = range(mention.end, value.start)
    # "With a currency other than EUR" qualifies, "channels other than Direct" lists the rest.
    is_one = not tape.tokens[mention.end - 1].text.endswith("s")
    is_before = mention.end <= value.start and all(
        tape.tokens[index].text in _QUALIFIES or (is_one and tape.owner(index) is Owner.NEGATION)
        for index in gap
    )
    is_before &= not tape.tokens[mention.end - 1].is_before_comma
    return is_before and not is_split_marked(reading, mention.start)


def is_split_marked(reading: Reading, position: int) -> bool:
    """Return whether "by", "per", "which", "top" or the like stands right before."""
    tape, index = reading.tape, position - 1
    while index >= 0 and tape.tokens[index].text in _ADJECTIVES:
        index -= 1
    if index < 0:
        return False
    is_every = any(start <= index < end for start, end in reading.marks.everies)
    is_ranking = tape.owner(index) is Owner.RANKING
    is_asking = tape.tokens[index].text in {"which", "what"}
    return index in reading.marks.splits or is_every or is_ranking or is_asking
