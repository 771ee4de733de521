"""Filters: which values are asked for, which are excluded, which are set side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gtm.language.ask import clarify
from gtm.language.groups import (
    ValueGroup,
    check_together,
    is_beside,
    is_split_marked,
    negate,
    qualified,
    reaches,
    read_groups,
)
from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord, Vocabulary
from gtm.language.names import BY_STAGE
from gtm.language.reading import FilterDraft, Reading, StopReadingError
from gtm.language.tokens import Owner

__all__ = ["PAGE_METRICS", "Values", "in_likely_order", "is_split_marked", "read_values"]


# Counted page by page; other numbers of a page are those of the sessions that began there.
PAGE_METRICS = frozenset(
    [
        "pageviews",
        "entrances",
        "exits",
        "exit_rate",
        "scrolls",
        "avg_time_on_page",
        "clicks",
        "impressions",
        "ctr",
        "avg_position",
        "query_count",
        "missed_clicks",
        "search_opportunities",
        "organic_google_sessions",
    ]
)
_APART = frozenset({"separately", "individually", "apart", "separate", "seperately"})
_LED = re.compile(r"(?:and|plus|&) (?:for|in|from|on|with|at|via|of|by)")
_EACH = re.compile(
    r"\b(?:apiece|one by one|each (?:on|in|as) (?:its|their|his|her|an?) (?:own|separate)\b"
    r"|(?:row|line|column|bar|number|figure|entry|value)"
    r" (?:each$|(?:each|per|for each) (?:person|rep|of))"
    r"|for each of (?:them|those|these|the (?:two|three|four|2|3|4)))"
)
_SPLIT_WORDS = frozenset({"split", "divided", "separated", "broken"})
_SAID_OF = frozenset({"is", "are", "was", "were", "comes", "come", "came", "goes", "went"})
_NO_KINDS = frozenset({""})
_KINDS = {
    "device_category": frozenset({"mobile", "desktop", "tablet"}),
    "visitor_type": frozenset({"New", "Returning"}),
    "brand": frozenset({"Brand", "Non-brand"}),
}
_TOGETHER = frozenset({"together", "combined", "altogether", "jointly"})


@dataclass(slots=True)
class Values:
    """The filters of a question, and the dimensions that values or their words split by."""

    filters: list[FilterDraft] = field(default_factory=list)
    splits: list[tuple[str, ...]] = field(default_factory=list)
    qualifiers: set[int] = field(default_factory=set)


def read_values(reading: Reading, vocabulary: Vocabulary, *, has_split: bool) -> Values:
    """Turn the mentions of values into filters. Raises StopReadingError when they contradict."""
    groups = read_groups(reading)
    negate(reading, groups)
    check_together(groups)
    found = Values()
    for group in groups:
        _add(reading, vocabulary, group, found, has_split=has_split)
    _check_onlies(reading, groups)
    return found


def _check_onlies(reading: Reading, groups: list[ValueGroup]) -> None:
    starts = {mention.start for group in groups for mention in group.mentions}
    ends = {mention.end for group in groups for mention in group.mentions}
    for start, end in reading.marks.onlies:
        before = any(reaches(reading, stop, start) for stop in ends if stop <= start)
        after = any(_reaches_over(reading, end, begin) for begin in starts if begin >= end)
        is_polite = reading.tape.text(start, end) == "just"
        if not (before or after or is_polite or _is_by_ranking(reading, start, end)):
            word = reading.tape.text(start, end)
            raise StopReadingError(clarify(f"I read {word!r}, but not what it limits."))


def _is_by_ranking(reading: Reading, start: int, end: int) -> bool:
    """Read "top 8 only" and "only the top 8"."""
    tape = reading.tape
    while end < len(tape) and tape.owner(end) is Owner.LIGHT:
        end += 1
    neighbours = [index for index in (start - 1, end) if 0 <= index < len(tape)]
    return any(tape.owner(index) is Owner.RANKING for index in neighbours)


def _reaches_over(reading: Reading, start: int, end: int) -> bool:
    """As `reaches`, but metrics may stand between: "only sessions from mobile"."""
    terms = {
        index
        for mention in reading.mentions_of(MetricWord)
        for index in range(mention.start, mention.end)
    }
    return all(index in terms or reaches(reading, index, index + 1) for index in range(start, end))


def _add(
    reading: Reading,
    vocabulary: Vocabulary,
    group: ValueGroup,
    found: Values,
    *,
    has_split: bool,
) -> None:
    named = qualified(reading, group)
    group.alternatives = in_likely_order(
        reading,
        [word for word in group.alternatives if not named or word.dimension in named],
    )
    dimensions = tuple(dict.fromkeys(word.dimension for word in group.alternatives))
    first, last = group.mentions[0], group.mentions[-1]
    text = reading.tape.raw(first.start, last.end)
    is_split = _is_split(reading, vocabulary, group, found) or _is_split_among(reading, group)
    is_several = len(group.mentions) > 1 and not group.is_negated
    is_compared = is_several and (group.is_contrast or reading.shape.has_compare)
    is_kept = _is_limited(reading, group) and not is_compared
    is_apart = _is_told_apart(reading, group, has_split=has_split) and not is_kept
    is_apart |= _is_ranked_among(reading, group)
    if is_split or is_compared or (is_several and is_apart):
        found.splits.append(dimensions)
        if not group.is_negated and _names_all(group):
            return
    elif _is_shared(reading, group, has_split=has_split):
        # The share of one value shows only beside the others.
        found.splits.append(dimensions)
        label = vocabulary.dimensions[dimensions[0]].say
        reading.notes.append(f"Split by {label} to show the share of {text}.")
        return
    is_part = all(word.is_part for word in group.alternatives)
    found.filters.append(FilterDraft(group.alternatives, group.is_negated, text, is_part=is_part))


def _is_ranked_among(reading: Reading, group: ValueGroup) -> bool:
    """Return whether values are what is ranked: "logged the most - calls, emails or meetings"."""
    is_list = bool(reading.mentions_of(DimensionWord)) or reading.time.grain is not None
    return bool(reading.shape.rankings) and not is_list and not _is_together(reading)


def _is_split_among(reading: Reading, group: ValueGroup) -> bool:
    """Return whether a number is split between values: "deals created split new / existing"."""
    index = group.mentions[0].start - 1
    while index >= 0 and reading.tape.tokens[index].text in {
        "between",
        "into",
        "in",
        "among",
        "as",
    }:
        index -= 1
    is_told = index >= 0 and reading.tape.tokens[index].text in _SPLIT_WORDS
    return is_told and len(group.mentions) > 1


def _names_all(group: ValueGroup) -> bool:
    """Whether every kind that people know of is listed, which leaves nothing out."""
    return any(
        _KINDS.get(word.dimension, _NO_KINDS) <= set(word.values) for word in group.alternatives
    )


def in_likely_order(reading: Reading, words: Sequence[ValueWord]) -> tuple[ValueWord, ...]:
    """Put first what the question speaks of: a dimension it names, the page or the landing page."""
    named = {
        word.name for item in reading.mentions_of(DimensionWord) for word in item.of(DimensionWord)
    }
    metrics = {word.name for item in reading.metrics() for word in item.of(MetricWord)}
    favoured = "page" if metrics & PAGE_METRICS or not metrics else "landing_page"

    def rank(word: ValueWord) -> tuple[bool, bool]:
        is_page = word.dimension in {"page", "landing_page"}
        return word.dimension not in named, is_page and word.dimension != favoured

    return tuple(sorted(words, key=rank))


def _shares_a_split(reading: Reading, share: tuple[int, int]) -> bool:
    """Return whether the shares are those of a split: "percentage of the browsers"."""
    tape = reading.tape
    return any(
        mention.end == share[0]
        or (
            mention.start >= share[1]
            and all(tape.owner(index) is Owner.LIGHT for index in range(share[1], mention.start))
        )
        for mention in reading.mentions_of(DimensionWord)
    )


def _stop_at_two_shares() -> None:
    message = "A share within each group is more than I can show; pick one of the two."
    raise StopReadingError(clarify(message))


def _is_told_apart(reading: Reading, group: ValueGroup, *, has_split: bool) -> bool:
    """Return whether values that were listed are each to be seen by itself."""
    first, last = group.mentions[0].start, group.mentions[-1].end
    is_either = "or" in reading.tape.text(first, last).split()
    if _EACH.search(reading.tape.text(0, len(reading.tape))) and not _is_together(reading):
        return True
    if _is_together(reading):
        return False
    if _says_apart(reading):
        return True
    if not group.has_joint or is_either:
        return False
    names = {word.name for item in reading.metrics() for word in item.of(MetricWord)}
    dimensions = {word.dimension for word in group.alternatives}
    # People are set side by side, and stages do not add up.
    if "day_of_week" in dimensions:
        # "On Saturdays and Sundays" says when.
        return False
    is_list = "owner" in dimensions or ("lifecycle_stage" in dimensions and names & BY_STAGE)
    return bool(is_list) or not has_split or _is_each_led(reading, group)


def _is_each_led(reading: Reading, group: ValueGroup) -> bool:
    """Return whether each value of a course has its own preposition: "for phones and for PCs"."""
    tape = reading.tape
    led = (tape.text(max(0, item.start - 2), item.start) for item in group.mentions[1:])
    is_course = not reading.mentions_of(DimensionWord)
    return is_course and all(_LED.fullmatch(words) for words in led)


def _says_apart(reading: Reading) -> bool:
    """Return whether each is to be seen by itself; "apart from" leaves something out."""
    tape = reading.tape
    return any(
        token.text in _APART and not token.is_aside and tape.owner(index) is not Owner.NEGATION
        for index, token in enumerate(tape.tokens)
    )


def _is_limited(reading: Reading, group: ValueGroup) -> bool:
    first, last = group.mentions[0].start, group.mentions[-1].end
    return any(end == first or start == last for start, end in reading.marks.onlies)


def _is_together(reading: Reading) -> bool:
    return any(token.text in _TOGETHER for token in reading.tape.tokens if not token.is_aside)


def _is_shared(reading: Reading, group: ValueGroup, *, has_split: bool) -> bool:
    """Return whether a share of these values is asked for, and not a share among them."""
    share, start = reading.shape.share, group.mentions[0].start
    if share is None or group.is_negated:
        return False
    is_asked = reading.tape.tokens[share[0]].text in {"what", "which"}
    if group.mentions[-1].end == share[0] and not is_asked:
        if has_split:
            _stop_at_two_shares()
        return True
    named = {word.name for m in reading.mentions_of(DimensionWord) for word in m.of(DimensionWord)}
    if named & {word.dimension for word in group.alternatives}:
        return True
    if _shares_a_split(reading, share):
        return False
    is_first = start >= share[1] and start == _shared_at(reading, share)
    if is_first and has_split:
        _stop_at_two_shares()
    return is_first


def _shared_at(reading: Reading, share: tuple[int, int]) -> int:
    """Return where the values stand whose share it is: "of German traffic is mobile"."""
    after = [mention for mention in reading.mentions_of(ValueWord) if mention.start >= share[1]]
    first, *rest = sorted(after, key=lambda mention: mention.start)
    for item in rest[:1]:
        if _SAID_OF & {token.text for token in reading.tape.tokens[first.end : item.start]}:
            return item.start
    return first.start


def _is_split(reading: Reading, vocabulary: Vocabulary, group: ValueGroup, found: Values) -> bool:
    """Return whether the dimension beside the values is also asked for: "by paid channel"."""
    names = {word.dimension for word in group.alternatives}
    is_marked = is_split_marked(reading, group.mentions[0].start)
    for index, mention in enumerate(reading.mentions):
        own = {word.name for word in mention.of(DimensionWord)} & names
        if own and is_beside(reading, mention, group):
            found.qualifiers.add(index)
            is_limited = bool(reading.thresholds) and group.alternatives[0].is_part
            if is_marked or is_limited or is_split_marked(reading, mention.start):
                return True
    # In "top non-brand queries" the queries are ranked.
    end = group.mentions[-1].end
    if any(item.start == end for item in reading.mentions_of(DimensionWord)):
        return False
    last = reading.tape.tokens[end - 1].text
    ends_in_own = any(
        isinstance(word, DimensionWord) and word.name in names for word in vocabulary.lookup([last])
    )
    return is_marked and ends_in_own
