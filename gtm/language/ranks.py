"""Ranking and sorting: which end of which list, by which number."""

from __future__ import annotations

from gtm.language.ask import clarify
from gtm.language.lexicon import (
    AmbiguousWord,
    DimensionWord,
    MetricWord,
    Vocabulary,
    singular,
    to_phrase,
)
from gtm.language.reading import Draft, Reading, StopReadingError
from gtm.language.shape import DEFAULT_LIMIT, Ranking
from gtm.language.tokens import Owner
from gtm.semantics.query import MetricQuery, OrderBy

# "Sorted by the number of deals".
_OF_LENGTH = frozenset({"longest", "shortest"})
_TIMES = frozenset({"time", "seconds", "cycle", "age", "days"})
_COUNTING = frozenset({"number", "count", "of", "total", "many", "how"})


def read_ranking(
    reading: Reading, vocabulary: Vocabulary, draft: Draft, former: MetricQuery | None
) -> None:
    """Give a draft its order. Raises StopReadingError where it is not clear which."""
    shape = reading.shape
    if shape.sort_position is not None:
        metric = _metric_after(reading, shape.sort_position)
        metric = metric or _named_in_part(reading, vocabulary, draft, shape.sort_position)
        metric = metric or _metric_before(reading, shape.sort_position)
        metric = metric or _behind_by(reading) or _first(reading, draft)
        metric = metric or _added_last(former)
        if metric is not None:
            draft.order = OrderBy(field=metric, is_descending=not shape.sort_is_ascending)
        elif shape.sort_is_ascending is None or not draft.dimensions:
            raise StopReadingError(clarify("Sorted by which number?"))
        else:
            draft.is_descending = not shape.sort_is_ascending
    elif shape.sort_is_ascending is not None and not shape.rankings and _first(reading, draft):
        draft.order = OrderBy(field=draft.metrics[0], is_descending=not shape.sort_is_ascending)
    if not shape.rankings:
        return
    if len({rank.is_highest for rank in shape.rankings}) > 1:
        words = " and ".join(repr(rank.word) for rank in shape.rankings)
        raise StopReadingError(clarify(f"{words}: which end of the list do you want?"))
    if sum(rank.limit is not None for rank in shape.rankings) > 1 and len(draft.dimensions) > 1:
        raise StopReadingError(clarify("Two lists at once: which one first?"))
    numbered = next((rank for rank in shape.rankings if rank.limit is not None), None)
    draft.ranking = numbered or shape.rankings[0]
    if draft.ranking.limit == 0 or (draft.ranking.limit or 1) > 10_000:
        raise StopReadingError(clarify("How many rows should I show? From 1 to 10,000."))
    _check_ranking_shape(reading, draft)
    draft.ranking_metric = _ranked_metric(reading, vocabulary, draft)
    draft.limit = draft.ranking.limit or draft.limit or DEFAULT_LIMIT


def _added_last(former: MetricQuery | None) -> str | None:
    """Return the number that "sort by it" is about: not one that is there for a limit alone."""
    if former is None or not former.metrics:
        return None
    limits = {item.metric for item in former.having}
    return [*former.metrics[:1], *(name for name in former.metrics if name not in limits)][-1]


def check_length(draft: Draft) -> None:
    """Ask at "the longest pages", ranked by a number that is no time. Raises StopReadingError."""
    rank = draft.ranking
    if rank is None or rank.word not in _OF_LENGTH:
        return
    names = [draft.ranking_metric] if draft.ranking_metric else draft.metrics
    if not any(_TIMES & set(name.split("_")) for name in names):
        raise StopReadingError(clarify(f"{rank.word.capitalize()} by which time?"))


def _check_ranking_shape(reading: Reading, draft: Draft) -> None:
    is_nested = len(draft.dimensions) > 1 and any(
        mention.start in {end for _, end in reading.marks.everies}
        for mention in reading.mentions_of(DimensionWord)
    )
    if is_nested:
        message = (
            "I can't take a top list within each group; I can rank the pairs, or filter to one."
        )
        raise StopReadingError(clarify(message, ("sessions by channel and country",)))
    is_series = draft.grain or draft.has_trend or draft.chart in {"line", "area"}
    if draft.dimensions and is_series:
        message = "A ranking over time has no single order: a top list, or a series?"
        raise StopReadingError(clarify(message, ("top channels", "sessions by channel by week")))


def _ranked_metric(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> str | None:
    """Return the metric a ranking goes by: the one right behind it, or behind "by"."""
    for rank in reading.shape.rankings:
        if metric := _metric_after(reading, rank.position):
            return metric
        if metric := _named_in_part(reading, vocabulary, draft, rank.end):
            return metric
    if metric := _behind_by(reading):
        return metric
    if draft.order is not None and draft.order.is_descending:
        return draft.order.field
    _check_by_rate(reading, vocabulary, draft)
    return _usual(reading, vocabulary, draft) or _first(reading, draft)


def _usual(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> str | None:
    """Return what "top 10 queries with a CTR under 5 %" ranks by: the rate only limits the list."""
    limited = {item.metric for item in draft.having}
    rank = reading.shape.rankings[0]
    listed = [item for item in reading.mentions_of(DimensionWord) if item.start == rank.end]
    is_rate = all(not vocabulary.metrics[name].is_countable for name in draft.metrics)
    is_limit = bool(draft.metrics) and limited.issuperset(draft.metrics)
    if not (listed and is_rate and is_limit):
        return None
    usual = vocabulary.dimensions[draft.dimensions[0][0]].default_metric
    if usual is not None and usual not in draft.metrics:
        draft.metrics.insert(0, usual)
        reading.notes.append(f"Ranked by {vocabulary.metrics[usual].label}.")
    return usual


def _behind_by(reading: Reading) -> str | None:
    found = (_metric_at(reading, split + 1) for split in reading.marks.splits)
    return next((metric for metric in found if metric is not None), None)


def _check_by_rate(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    """Ask at "ctr of the top 10 queries": the ten with the most clicks, or with the best rate?"""
    metric = _first(reading, draft)
    if metric is None or vocabulary.metrics[metric].is_countable or not draft.dimensions:
        return
    if any(rank.is_evaluative for rank in reading.shape.rankings):
        return
    rank, entry = reading.shape.rankings[0], vocabulary.dimensions[draft.dimensions[0][0]]
    if not _cuts_a_list(reading, rank):
        return
    names = dict.fromkeys((metric, entry.default_metric or metric))
    subject = f"{rank.word} {rank.limit or DEFAULT_LIMIT} {entry.say}"
    ways = [f"{subject} by {vocabulary.metrics[name].say}" for name in names]
    raise StopReadingError(clarify(f"{rank.word.capitalize()} by which number?", ways))


def _cuts_a_list(reading: Reading, rank: Ranking) -> bool:
    """Tell "ctr of the top 10 queries" from "bounce rate by page, highest first"."""
    listed = [item for item in reading.mentions_of(DimensionWord) if item.start == rank.end]
    before = [item for item in reading.metrics() if item.end <= rank.position]
    return bool(listed and before)


def _named_in_part(
    reading: Reading, vocabulary: Vocabulary, draft: Draft, position: int
) -> str | None:
    """Return which of the numbers asked for "most pipeline on top" means, by a word of its name."""
    tape, entries = reading.tape, [vocabulary.metrics[name] for name in draft.metrics]
    if position >= len(tape) or len(entries) < 2 or tape.owner(position) is Owner.RANKING:
        return None
    word = singular(tape.tokens[position].text)
    found = [item.name for item in entries if word in map(singular, to_phrase(item.label))]
    return found[0] if len(found) == 1 else None


def _first(reading: Reading, draft: Draft) -> str | None:
    """Return the number that was said first, which is not always the first that was settled."""
    first = draft.metrics[0] if draft.metrics else None
    if first not in {item.metric for item in draft.having}:
        return first
    for mention in sorted(reading.mentions, key=lambda item: item.start):
        names = [word.name for word in mention.of(MetricWord)]
        names += [word.default for word in mention.of(AmbiguousWord) if word.default]
        if said := [name for name in names if name in draft.metrics]:
            return said[0]
    return first


def _metric_after(reading: Reading, position: int) -> str | None:
    return _metric_at(reading, _passed(reading, position))


def _passed(reading: Reading, position: int) -> int:
    """Return where the next word stands that says what the order goes by."""
    tape, index = reading.tape, position
    passable = {Owner.RANKING, Owner.LIGHT, Owner.THRESHOLD}
    while index < len(tape) and (
        tape.owner(index) in passable or tape.tokens[index].text in _COUNTING
    ):
        index += 1
    return index


def _metric_before(reading: Reading, position: int) -> str | None:
    """Return the metric of "clicks desc" where a new part of the question begins with it."""
    tape, index = reading.tape, min(position, len(reading.tape))
    while index > 0 and tape.owner(index - 1) is Owner.RANKING:
        index -= 1
    for mention in reading.metrics():
        if mention.end == index and mention.start > 0 and tape.is_parted(mention.start - 1):
            return mention.of(MetricWord)[0].name
    return None


def _metric_at(reading: Reading, index: int) -> str | None:
    for mention in reading.metrics():
        if mention.start == index:
            return mention.of(MetricWord)[0].name
    for mention in reading.mentions_of(AmbiguousWord):
        if mention.start == index:
            return mention.of(AmbiguousWord)[0].default
    return None
