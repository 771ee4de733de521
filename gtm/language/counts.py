"""Claims that need the shape and the catalogue both: "which 3 countries", "best day"."""

from __future__ import annotations

import re
from dataclasses import replace

from gtm.language.dates import NUMBERS, number_of
from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.ranking import Ranking
from gtm.language.shape import Shape
from gtm.language.spans import TimeReading
from gtm.language.thresholds import Threshold
from gtm.language.tokens import Owner, Tape, pattern
from gtm.semantics.query import Grain

_UNITS = {word: grain for grain in Grain for word in (grain.value, f"{grain.value}s")}
_DRAWN = re.compile(r"(?:(?:please|can you|could you|lets) )*(?:chart|graph|plot|draw)")
_BETWEEN = frozenset({"different", "biggest", "main", "key", "own", "separate"})
_LONGEST_LIST = 1_000
_ONLY = frozenset({"just", "only", "say", "maybe", "like", "about", "give", "me", "show"})
_ENOUGH = frozenset(
    {"will", "would", "should", "do", "of", "them", "those", "is", "are", "enough", "plenty", "it"}
    | {"fine", "suffice", "max", "maximum", "please", "ok", "okay", "only", "thanks", "tops"}
    | {"rows", "results", "entries", "at", "most", "pls", "plz", "in", "total", "for", "now"}
)
_PERCENT = frozenset({"%", "percent"})
_BY_NAME = pattern(
    r"(?:by|with) (?:(?:the|their|its) )?names?(?! (?:of|that|which|containing)(?!\S))"
    r"|names?(?= please| pls)|(?:how|what) (?:are|is|were|was) called|called(?=$| please)"
)
_CAPS = frozenset({"most", "max", "maximum", "more", "up"})
_LONGEST_CAP = 100
_SMALL = frozenset({"position", "days", "age", "cycle", "per", "rate", "ctr", "share", "stale"})
_OF_SEARCH = frozenset({"clicks", "impressions", "ctr", "avg_position", "missed_clicks"})


def claim_counts(tape: Tape, mentions: list[Mention], shape: Shape) -> None:
    """Read the number in "which 3 countries … most" as how many to show."""
    _claim_percent(tape, mentions, shape)
    _claim_wise(tape, mentions)
    if len(shape.rankings) > 1 or shape.limit is not None:
        return
    if shape.rankings and shape.rankings[0].limit is not None:
        return
    if (shape.rankings or shape.sort_position is not None) and _claim_alone(tape, mentions, shape):
        return
    if shape.rankings:
        mentions += _searches(tape, mentions)
    values = _value_starts(mentions) if shape.rankings else {}
    for mention in mentions:
        index = _count_before(tape, mention, values)
        if index is None or (not shape.rankings and _lists_values(mention, mentions)):
            continue
        limit = number_of(tape.tokens[index].text)
        if shape.rankings:
            shape.rankings[0] = replace(shape.rankings[0], limit=limit)
        elif _has_measure(mentions) and shape.sort_position is None:
            shape.rankings.append(Ranking("top", index, index + 1, is_highest=True, limit=limit))
        elif shape.sort_position is not None:
            shape.limit = limit
        else:
            continue
        tape.claim(index, index + 1, Owner.RANKING)
        return


def _value_starts(mentions: list[Mention]) -> dict[int, int]:
    """Return where the values begin that end at a place: of "non-brand" in "non-brand queries"."""
    return {item.end: item.start for item in mentions if item.of(ValueWord)}


def _claim_alone(tape: Tape, mentions: list[Mention], shape: Shape) -> bool:
    """Read a number that stands alone: "which pages have the most views, 20 will do"."""
    listed = {at for m in mentions if m.of(DimensionWord) for at in range(m.start, m.end)}
    for index in tape.free():
        text = tape.tokens[index].text
        if not text.isdecimal() or not 0 < int(text) <= _LONGEST_LIST:
            continue
        start, end = index, index + 1
        while start > 0 and tape.tokens[start - 1].text in _ONLY:
            start -= 1
        while end < len(tape) and not tape.is_parted(end - 1):
            if not (_is_enough(tape, end) or end in listed):
                break
            end += 1
        is_led = start > 0 and (tape.is_parted(start - 1) or tape.tokens[start - 1].text == "-")
        if is_led and (end == len(tape) or tape.is_parted(end - 1)):
            tape.claim(index, index + 1, Owner.RANKING)
            for at in range(index + 1, end):
                tape.claim_rest(at, at + 1, Owner.LIGHT)
            if shape.rankings:
                shape.rankings[0] = replace(shape.rankings[0], limit=int(text))
            else:
                shape.limit = int(text)
            return True
    return False


def claim_names(tape: Tape, shape: Shape, limits: list[Threshold]) -> None:
    """Pass over "by name" and "what are they called" of a list, which shows the names anyway."""
    if shape.rankings or limits:
        tape.take_all(_BY_NAME, Owner.LIGHT)


def claim_caps(tape: Tape, mentions: list[Mention], limits: list[Threshold], shape: Shape) -> None:
    """Read "max five", "20 at most" and "no more than six countries" as the length of a list."""
    starts = {item.start: item for item in mentions if item.of(DimensionWord)}
    for limit in list(limits):
        at, noun = limit.end, starts.get(limit.end)
        if not _is_cap(tape, limit) or (noun is None and _counts_small(mentions)):
            continue
        is_listed = noun is not None and not noun.of(MetricWord)
        while noun is None and at < len(tape) and not tape.is_parted(at - 1):
            if tape.tokens[at].text not in _ENOUGH:
                break
            at += 1
        if not is_listed and not (tape.is_parted(at - 1) and starts):
            continue
        tape.claim_rest(limit.end, at, Owner.LIGHT)
        limits.remove(limit)
        if shape.rankings:
            shape.rankings[0] = replace(shape.rankings[0], limit=int(limit.number))
        else:
            shape.limit = int(limit.number)
            shape.sort_position = len(tape) if shape.sort_position is None else shape.sort_position
        return


def _counts_small(mentions: list[Mention]) -> bool:
    """Return whether "max 5" may limit the number itself: a rank, days or a rate."""
    names = [word.name for item in mentions for word in item.of(MetricWord)]
    return any(_SMALL & set(name.split("_")) for name in names)


def _is_cap(tape: Tape, limit: Threshold) -> bool:
    """Return whether a limit stands by itself where the length of a list is said."""
    is_count = limit.sign == "<=" and limit.number.is_integer() and not limit.metric
    is_count &= 0 < limit.number <= _LONGEST_CAP and not (limit.is_percent or limit.unit)
    said = {token.text for token in tape.tokens[limit.start : limit.end]}
    start = limit.start
    while start > 0 and tape.tokens[start - 1].text in _ONLY and not tape.is_parted(start - 1):
        start -= 1
    return is_count and bool(said & _CAPS) and (start == 0 or tape.is_parted(start - 1))


def _searches(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "ten Google searches that sent us the most clicks" as a list of what was searched."""
    names = {word.name for item in mentions for word in item.of(MetricWord)}
    if not names & _OF_SEARCH or any(item.of(DimensionWord) for item in mentions):
        return []
    for index, token in enumerate(tape.tokens[1:], 1):
        if token.text not in {"searches", "phrases"} or tape.owner(index) in {Owner.TERM}:
            continue
        at = index - (tape.tokens[index - 1].text in {"google", "search"})
        if at > 0 and (tape.tokens[at - 1].text.isdecimal() or tape.tokens[at - 1].text == "which"):
            tape.release(at, index + 1)
            tape.claim(at, index + 1, Owner.TERM)
            return [Mention(at, index + 1, (DimensionWord("query"),))]
    return []


def _is_enough(tape: Tape, index: int) -> bool:
    return tape.owner(index) is Owner.LIGHT or tape.tokens[index].text in _ENOUGH


def _count_before(tape: Tape, mention: Mention, values: dict[int, int]) -> int | None:
    """Return where the number of a list stands: before what is listed and its adjectives."""
    if not mention.of(DimensionWord):
        return None
    index = mention.start - 1
    while index > 0 and (
        tape.tokens[index].text in _BETWEEN or index + 1 in values or _is_of_google(tape, index)
    ):
        index = values.get(index + 1, index) - 1
    if index < 0 or not tape.is_free(index, index + 1) or tape.tokens[index].is_quoted:
        return None
    text = tape.tokens[index].text
    return index if text.isdecimal() or (text in NUMBERS and text != "one") else None


def _is_of_google(tape: Tape, index: int) -> bool:
    """Return whether a word says no more than where something is searched: "Google phrases"."""
    return tape.tokens[index].text in {"google", "search"} and tape.owner(index) is Owner.LIGHT


def _lists_values(mention: Mention, mentions: list[Mention]) -> bool:
    """Tell "the 2 channels, organic and direct", which names them, from a list to cut."""
    names = {word.name for word in mention.of(DimensionWord)}
    return any(word.dimension in names for item in mentions for word in item.of(ValueWord))


def _has_measure(mentions: list[Mention]) -> bool:
    return any(mention.of(MetricWord) for mention in mentions)


def _claim_percent(tape: Tape, mentions: list[Mention], shape: Shape) -> None:
    """Take the sign in "lead to customer %"; whether it adds anything is up to the number."""
    ends = {mention.end for mention in mentions if mention.of(MetricWord)}
    for index in sorted(ends):
        is_sign = index < len(tape) and tape.tokens[index].text in _PERCENT
        if is_sign and tape.is_free(index, index + 1):
            tape.claim(index, index + 1, Owner.SHAPE)
            shape.percent_at = index


def _claim_wise(tape: Tape, mentions: list[Mention]) -> None:
    """Read "channel wise" as "by channel"."""
    for mention in mentions:
        index = mention.end
        is_wise = index < len(tape) and tape.tokens[index].text == "wise"
        if is_wise and mention.of(DimensionWord) and tape.is_free(index, index + 1):
            tape.claim(index, index + 1, Owner.LINK)


def claim_peak(tape: Tape, shape: Shape, time: TimeReading) -> None:
    """Read the unit in "best day" as the steps that are ranked; let a series show its change."""
    for ranking in shape.rankings:
        index = ranking.end
        if index < len(tape) and tape.is_free(index, index + 1):
            grain = _UNITS.get(tape.tokens[index].text)
            if grain is not None and time.grain in {None, grain}:
                tape.claim(index, index + 1, Owner.GRAIN)
                time.grain = grain
    is_series = time.grain is not None and time.comparison is None and not shape.rankings
    if shape.has_change and is_series:
        shape.has_change = False
    if time.is_over and time.grain is None and _DRAWN.match(tape.text(0, len(tape))):
        shape.has_trend = True
