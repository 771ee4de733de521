"""Named things set against each other: "Rosa or Dana, who won more", "higher on mobile than here".

What is compared is shown side by side. A word of comparison is accounted for only where both sides
of it are known: two values of one dimension, two numbers, or two periods.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from gtm.language.lexicon import AmbiguousWord, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.ranking import Ranking
from gtm.language.shape import Shape
from gtm.language.spans import TimeReading
from gtm.language.tokens import Owner, Tape
from gtm.language.wordings import Wordings
from gtm.language.words import LIGHT

_WORDS = Wordings.read("comparing").words
_JUDGING, _BEATS, _LEADS = _WORDS["judging"], _WORDS["beats"], _WORDS["leads"]
_UP, _DOWN = _WORDS["up"], _WORDS["down"]
_COMPARATIVES = _UP | _DOWN
_GAPS, _ASKING = _WORDS["gaps"], _WORDS["asking"]
_JOINTS = frozenset({"or", "vs", "against", "and"})
_LISTED_BY = frozenset({"by", "per", "each", "every"})
_SIDES = frozenset({"with", "to", "against"})
# "How many from Germany and how many from France" asks the same of the next.
_ASKED_AGAIN = frozenset({"and how many", "and how much"})
# What a word of comparison says beside what it is said of: "bigger deals", "sign faster".
_MEANT = (
    ("long", "visits", "avg_engagement_time"),
    ("big", "deals", "avg_deal_size"),
    ("big", "orders", "avg_order_value"),
    ("fast", "closing", "avg_sales_cycle"),
    ("old", "deals", "avg_deal_age"),
)
_ASKING_MOST = frozenset({"who", "which", "what", "where", "when"})
_MOST_AND_LEAST = frozenset({"more", "fewer", "less", "higher", "lower"})
_COUNTED = frozenset({"sessions", "deals_won", "transactions", "open_deals", "deals_created"})


def read_comparatives(
    tape: Tape, mentions: list[Mention], time: TimeReading, shape: Shape
) -> list[Mention]:
    """Account for words of comparison whose sides are known, and mark what stands against what."""
    _read_gap(tape, mentions, shape)
    said = [index for index in range(len(tape)) if _is_comparative(tape, index, mentions)]
    joints = list(_joints(tape, mentions))
    shape.against = frozenset(index for index, _ in joints)
    for index, words in joints:
        tape.claim_rest(index, index + words, Owner.COMPARISON)
    if not said:
        shape.is_judged |= any(tape.tokens[at].text in _BEATS | _LEADS for at, _ in joints)
        return mentions
    found = _meant(tape, mentions, said)
    is_between = bool(joints) or _are_joined(tape, found)
    if not is_between and time.comparison is None and not _are_numbers(tape, found):
        return _as_most(tape, found, said, shape) if found is mentions else mentions
    shape.has_sides |= is_between
    for index in said:
        if tape.owner(index) is None:
            tape.claim(index, index + 1, Owner.COMPARISON)
    if is_between:
        _claim_asking(tape, found)
    return _without_judging(tape, found, said)


def _is_comparative(tape: Tape, index: int, mentions: Sequence[Mention]) -> bool:
    token = tape.tokens[index]
    if token.is_aside or token.is_quoted:
        return False
    is_free = tape.owner(index) is None
    if token.text in _JUDGING:
        return is_free or any(m.start == index and m.end == index + 1 for m in mentions)
    return token.text in _COMPARATIVES and is_free


def _joints(tape: Tape, mentions: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """Yield where "than", "beats" or "compares with" stands between two values of a dimension."""
    values = [mention for mention in mentions if mention.of(ValueWord)]
    if len(values) < 2 or _is_condition(tape, mentions):
        return
    for index, token in enumerate(tape.tokens):
        width = _joint_at(tape, index)
        if not width or token.is_quoted:
            continue
        after = next((m for m in values if m.start >= index + width), None)
        if after is None or not _is_near(tape, mentions, index + width, after.start):
            continue
        names = {word.dimension for word in after.of(ValueWord)}
        before = [m for m in values if m.end <= index]
        if any(names & {word.dimension for word in item.of(ValueWord)} for item in before):
            yield index, width


def _joint_at(tape: Tape, index: int) -> int:
    """Return how many words set one thing against another here, 0 where none does."""
    text, owner = tape.tokens[index].text, tape.owner(index)
    after = tape.tokens[index + 1].text if index + 1 < len(tape) else ""
    if text.startswith("compar") and owner is Owner.COMPARISON and after in _SIDES:
        return 2
    if owner is not None:
        return 0
    if text == "than" or text in _BEATS:
        return 1
    if tape.text(index, index + 3) in _ASKED_AGAIN:
        return 3
    return 2 if text in _LEADS and after == "of" else int(text == "behind")


def _is_near(tape: Tape, mentions: Sequence[Mention], start: int, end: int) -> bool:
    """Return whether nothing but small words and names of numbers or splits stand between."""
    terms = {i for m in mentions for i in range(m.start, m.end) if not m.of(ValueWord)}
    return all(
        index in terms or (tape.owner(index) is None and tape.tokens[index].text in LIGHT)
        for index in range(start, end)
    )


def _is_condition(tape: Tape, mentions: Sequence[Mention]) -> bool:
    """Tell "countries with more mobile than desktop visits", which limits a list."""
    compared = {word.dimension for m in mentions for word in m.of(ValueWord)}
    asks_who = any(token.text == "who" and not token.is_aside for token in tape.tokens)
    if asks_who and "owner" not in compared and _names_sales(mentions):
        return True
    for mention in mentions:
        names = {word.name for word in mention.of(DimensionWord)}
        before = tape.tokens[mention.start - 1].text if mention.start else ""
        is_noun = any(m.end == mention.start and m.of(ValueWord) for m in mentions)
        is_listed = before in _LISTED_BY or is_noun or bool(mention.of(MetricWord))
        if names and not names & compared and not is_listed:
            return True
    return False


def _names_sales(mentions: Sequence[Mention]) -> bool:
    return any(
        word.dimension in {"engagement_type", "deal_stage", "deal_type", "pipeline", "lost_reason"}
        for mention in mentions
        for word in mention.of(ValueWord)
    )


def _are_joined(tape: Tape, mentions: Sequence[Mention]) -> bool:
    """Return whether two values of a dimension stand side by side: "mondays or fridays"."""
    values = [mention for mention in mentions if mention.of(ValueWord)]
    if _is_condition(tape, mentions):
        return False
    for first, second in pairwise(values):
        names = {word.dimension for word in first.of(ValueWord)}
        between = [tape.tokens[index].text for index in range(first.end, second.start)]
        is_same = bool(names & {word.dimension for word in second.of(ValueWord)})
        if is_same and _JOINTS & set(between) and _is_joined(tape, mentions, first, second):
            return True
    return False


def _is_joined(tape: Tape, mentions: Sequence[Mention], first: Mention, second: Mention) -> bool:
    terms = {i for m in mentions for i in range(m.start, m.end) if not m.of(ValueWord)}
    return all(
        index in terms
        or tape.tokens[index].text in _JOINTS | LIGHT | _COMPARATIVES
        or tape.owner(index) is Owner.COMPARISON
        for index in range(first.end, second.start)
    )


def _are_numbers(tape: Tape, mentions: Sequence[Mention]) -> bool:
    """Return whether two numbers are compared: "more new users than returning users"."""
    if any(mention.of(DimensionWord) and not mention.of(MetricWord) for mention in mentions):
        return False
    if any(token.text == "who" for token in tape.tokens):
        return False
    for index, token in enumerate(tape.tokens):
        if token.text not in {"than", "or"} or tape.owner(index) is not None:
            continue
        before = [m for m in mentions if m.end <= index and m.of(MetricWord)]
        after = next((m for m in mentions if m.start > index and m.of(MetricWord)), None)
        if before and after and _is_near(tape, mentions, index + 1, after.start):
            tape.claim(index, index + 1, Owner.LINK)
            return True
    return False


def _meant(tape: Tape, mentions: list[Mention], said: Sequence[int]) -> list[Mention]:
    """Read "bigger deals" and "sign faster" as the number they are about."""
    words = {token.text for token in tape.tokens if not token.is_aside}
    for index in said:
        for how, things, metric in _MEANT:
            if tape.tokens[index].text not in _WORDS[how] or not words & _WORDS[things]:
                continue
            others = [m for m in mentions if m.of(MetricWord)]
            if any(m.of(MetricWord)[0].name not in _COUNTED for m in others):
                return mentions
            concept = MetricWord(metric)
            counted = [m for m in mentions if m.of(MetricWord) or _is_of_deals(m)]
            kept = [m for m in mentions if m not in counted]
            if counted:
                kept.append(replace(counted[0], concepts=(concept,)))
            else:
                tape.claim(index, index + 1, Owner.TERM)
                kept.append(Mention(index, index + 1, (concept,)))
            return sorted(kept, key=lambda mention: mention.start)
    return mentions


def _is_of_deals(mention: Mention) -> bool:
    return any("deals_won" in word.options for word in mention.of(AmbiguousWord))


def _claim_asking(tape: Tape, mentions: Sequence[Mention]) -> None:
    """Pass over "who" and "which one" where the things to choose from are named themselves."""
    is_of_people = any(
        word.dimension == "owner" for mention in mentions for word in mention.of(ValueWord)
    )
    for index in tape.free():
        text = tape.tokens[index].text
        if text in _ASKING and not (is_of_people and text == "who"):
            tape.claim(index, index + 1, Owner.LIGHT)


def _without_judging(tape: Tape, mentions: list[Mention], said: Sequence[int]) -> list[Mention]:
    """Leave "better" out where a number says by what; else it is asked about."""
    judging = [m for m in mentions if m.start in said and tape.tokens[m.start].text in _JUDGING]
    others = [m for m in mentions if m not in judging]
    has_number = any(
        m.of(MetricWord) or any(word.default for word in m.of(AmbiguousWord)) for m in others
    )
    return others if has_number else mentions


def _as_most(
    tape: Tape, mentions: list[Mention], said: Sequence[int], shape: Shape
) -> list[Mention]:
    """Read "who won more deals", without anything to compare with, as "most"."""
    index = said[0]
    values = [mention for mention in mentions if mention.of(ValueWord)]
    asks = any(token.text in _ASKING_MOST for token in tape.tokens[:index])
    is_listed = _is_listed_by(tape, index, mentions)
    is_open = any(token.text in {"than", "or"} for token in tape.tokens)
    if len(said) > 1 or (values and not is_listed) or is_open or tape.owner(index) is not None:
        return mentions
    if not (asks or is_listed) or tape.tokens[index].text not in _MOST_AND_LEAST:
        return mentions
    is_highest = tape.tokens[index].text in _UP
    if shape.rankings or shape.sort_position is not None:
        # "Which month had more leads? Biggest first." is ranked already.
        is_same = all(ranking.is_highest is is_highest for ranking in shape.rankings)
        is_same &= shape.sort_is_ascending in {None, not is_highest}
        if is_same:
            tape.claim(index, index + 1, Owner.RANKING)
        return mentions
    word = "most" if is_highest else "fewest"
    tape.claim(index, index + 1, Owner.RANKING)
    shape.rankings.append(Ranking(word, index, index + 1, is_highest=is_highest))
    return mentions


def _is_listed_by(tape: Tape, index: int, mentions: Sequence[Mention]) -> bool:
    """Return whether a list is of those with more of a number: "five pages with more visits"."""
    is_with = index > 0 and tape.tokens[index - 1].text in {"with", "having", "of", "has", "have"}
    is_number = any(m.start == index + 1 and m.of(MetricWord) for m in mentions)
    return is_with and is_number and any(m.end < index and m.of(DimensionWord) for m in mentions)


def _read_gap(tape: Tape, mentions: Sequence[Mention], shape: Shape) -> None:
    """Read "the difference between mobile and desktop" as both, side by side."""
    for index, token in enumerate(tape.tokens):
        if token.text != "between" or tape.owner(index) is not None:
            continue
        gap = next((i for i in range(index) if tape.tokens[i].text in _GAPS), None)
        after = [m for m in mentions if m.start > index and m.of(ValueWord)]
        if gap is None or len(after) < 2 or not _is_near(tape, mentions, index + 1, after[0].start):
            continue
        tape.claim_rest(gap, gap + 1, Owner.COMPARISON)
        tape.claim(index, index + 1, Owner.COMPARISON)
        shape.has_compare = True
        if tape.owner(gap) is Owner.SHAPE:
            shape.has_change = False
        return
