"""Puts a reading together: metrics, splits, filters, limits and order become a draft."""

from __future__ import annotations

import re

from gtm.language.ask import clarify, refuse
from gtm.language.lexicon import (
    AmbiguousWord,
    DimensionWord,
    FunnelWord,
    MetricWord,
    Vocabulary,
)
from gtm.language.limits import read_having
from gtm.language.match import Mention
from gtm.language.parts import part_filters
from gtm.language.reading import Draft, Reading, StopReadingError, dimension_words
from gtm.language.shape import DEFAULT_LIMIT
from gtm.language.tokens import Owner
from gtm.language.values import is_split_marked, read_values
from gtm.semantics.query import Comparison, ComparisonKind, OrderBy

# Judging words that no number settles, unlike "performance", which a named metric does.
_COUNTED = re.compile(
    r"\b(?:how many|(?:number|count|amount) of)(?: (?:different|various|of|the|our|my|these))*$"
)
_JUDGING = frozenset({"good", "bad", "better", "successful", "effective"})


def compose(reading: Reading, vocabulary: Vocabulary) -> Draft:
    """Return the draft of a query. Raises StopReadingError where words contradict or dangle."""
    draft = Draft(chart=reading.chart, grain=reading.time.grain, limit=reading.shape.limit)
    draft.has_trend = reading.shape.has_trend
    draft.is_judged = reading.shape.is_judged
    _metrics(reading, vocabulary, draft)
    _dimensions(reading, vocabulary, draft)
    read_having(reading, vocabulary, draft)
    _time(reading, draft)
    _ranking(reading, vocabulary, draft)
    _settle_aggregate(reading, vocabulary, draft)
    _share(reading, vocabulary, draft)
    draft.notes = list(reading.notes)
    return draft


def _metrics(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    for mention in reading.metrics():
        _check_ratio(reading, vocabulary, mention)
        name = mention.of(MetricWord)[0].name
        if name not in draft.metrics:
            draft.metrics.append(name)
    for mention in reading.mentions_of(AmbiguousWord):
        _settle_ambiguous(reading, vocabulary, mention, draft)
    funnels = [mention.of(FunnelWord)[0].name for mention in reading.mentions_of(FunnelWord)]
    if funnels:
        draft.funnel = funnels[0]
        if draft.metrics and draft.metrics != ["sessions"]:
            metric, funnel = vocabulary.metrics[draft.metrics[0]].say, funnels[0]
            ways = (vocabulary.funnels[funnel].say, f"{metric} by channel")
            message = "A funnel counts sessions step by step; ask for other numbers apart."
            raise StopReadingError(clarify(message, ways))
        draft.metrics = []


def _check_ratio(reading: Reading, vocabulary: Vocabulary, mention: Mention) -> None:
    """Stop at "clicks per user": a ratio the catalogue does not define is not made up."""
    tape, before = reading.tape, mention.start - 1
    if before < 0 or tape.tokens[before].text not in {"per", "ratio"}:
        return
    metric = vocabulary.metrics[mention.of(MetricWord)[0].name]
    message = f"There is no defined number per {metric.say}."
    raise StopReadingError(refuse(message, (f"{metric.say} by channel", "sessions per user")))


def _settle_ambiguous(
    reading: Reading, vocabulary: Vocabulary, mention: Mention, draft: Draft
) -> None:
    word = mention.of(AmbiguousWord)[0]
    said = reading.tape.text(mention.start, mention.end)
    if word.default is not None and word.default in vocabulary.metrics:
        if word.default not in draft.metrics:
            draft.metrics.append(word.default)
        reading.notes.append(f"Read {said!r} as {vocabulary.metrics[word.default].label}.")
        return
    are_metrics = all(name in vocabulary.metrics for name in word.options)
    if are_metrics and draft.metrics and said not in _JUDGING:
        return
    if draft.metrics:
        subject = vocabulary.metrics[draft.metrics[0]].say
        message = "I don't judge a number, but I can set it against the one before."
        raise StopReadingError(clarify(message, (f"{subject} vs previous period",)))
    raise StopReadingError(clarify(word.message, _instead(reading, vocabulary, mention, word)))


def _instead(
    reading: Reading, vocabulary: Vocabulary, mention: Mention, word: AmbiguousWord
) -> list[str]:
    """Reword the whole question, once for each meaning."""
    tape = reading.tape
    before, after = tape.text(0, mention.start), tape.text(mention.end, len(tape))
    entries = [vocabulary.metrics.get(name) or vocabulary.dimensions[name] for name in word.options]
    dimensions = [
        vocabulary.dimensions[name].say
        for item in reading.mentions_of(DimensionWord)
        for name in dimension_words(item)[:1]
    ]
    if said_alone := reading.tape.text(mention.start, mention.end) in _JUDGING:
        dimensions = dimensions or ["channel"]
    if (said_alone or dimensions) and all(name in vocabulary.metrics for name in word.options):
        return [f"{entry.say} by {' and '.join(dimensions)}" for entry in entries]
    return [f"{before} {entry.say} {after}".strip() for entry in entries]


def _dimensions(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    mentions = reading.mentions_of(DimensionWord)
    _check_not_counted(reading, vocabulary, mentions)
    has_split = draft.grain is not None or draft.has_trend
    has_split |= any(is_split_marked(reading, mention.start) for mention in mentions)
    values = read_values(reading, vocabulary, has_split=has_split)
    for index, mention in enumerate(reading.mentions):
        if mention.of(DimensionWord) and index not in values.qualifiers:
            _add_dimension(draft, dimension_words(mention))
    for names in values.splits:
        _add_dimension(draft, names)
    draft.filters = [*values.filters, *part_filters(reading)]
    _check_one_question(reading, draft)


def _check_not_counted(reading: Reading, vocabulary: Vocabulary, mentions: list[Mention]) -> None:
    """Stop at "how many channels do we have": the list can be shown, but not its length."""
    tape = reading.tape
    for mention in mentions:
        before = tape.text(max(0, mention.start - 4), mention.start)
        if _COUNTED.search(before):
            entry = vocabulary.dimensions[dimension_words(mention)[0]]
            said = tape.raw(mention.start, mention.end)
            metric = vocabulary.metrics[entry.default_metric or "sessions"].say
            message = f"I can't count the {said}, but I can list them."
            raise StopReadingError(clarify(message, (f"{metric} by {entry.say}",)))


def _add_dimension(draft: Draft, names: tuple[str, ...]) -> None:
    if not any(set(names) & set(known) for known in draft.dimensions):
        draft.dimensions.append(names)


def _check_one_question(reading: Reading, draft: Draft) -> None:
    """Stop at "sessions by channel and bounce rate by device": these are two questions."""
    metric_starts = [mention.start for mention in reading.metrics()]
    splits = [
        mention.start
        for mention in reading.mentions_of(DimensionWord)
        if mention.start - 1 in reading.marks.splits
    ]
    if len(metric_starts) < 2 or len(splits) < 2:
        return
    if any(splits[0] < start < splits[-1] for start in metric_starts):
        tape, cut = reading.tape, max(s for s in metric_starts if s < splits[-1])
        ways = (tape.text(0, cut).removesuffix(" and"), tape.text(cut, len(tape)))
        raise StopReadingError(clarify("That is two questions; which one first?", ways))


def _time(reading: Reading, draft: Draft) -> None:
    time = reading.time
    draft.time = time.period.as_time() if time.period else None
    draft.compare = time.comparison
    reading.notes.extend(time.notes)
    if not reading.shape.has_change:
        return
    if draft.dimensions and reading.shape.rankings:
        message = "I can't rank by how much something changed, but I can show both periods."
        subject = draft.metrics[0].replace("_", " ") if draft.metrics else "sessions"
        by = draft.dimensions[0][0].replace("_", " ")
        raise StopReadingError(clarify(message, (f"{subject} by {by} vs previous period",)))
    if draft.compare is None:
        draft.compare = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
        reading.notes.append("Compared with the period before to show the change.")


def _ranking(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    shape = reading.shape
    if shape.sort_position is not None:
        metric = _metric_after(reading, shape.sort_position) or _first(draft)
        if metric is None:
            raise StopReadingError(clarify("Sorted by which number?"))
        draft.order = OrderBy(field=metric, is_descending=not shape.sort_is_ascending)
    if not shape.rankings:
        return
    if len({rank.is_highest for rank in shape.rankings}) > 1:
        words = " and ".join(repr(rank.word) for rank in shape.rankings)
        raise StopReadingError(clarify(f"{words}: which end of the list do you want?"))
    numbered = next((rank for rank in shape.rankings if rank.limit is not None), None)
    draft.ranking = numbered or shape.rankings[0]
    if draft.ranking.limit == 0 or (draft.ranking.limit or 1) > 10_000:
        raise StopReadingError(clarify("How many rows should I show? From 1 to 10,000."))
    _check_ranking_shape(reading, draft)
    draft.ranking_metric = _ranked_metric(reading, vocabulary, draft)
    draft.limit = draft.ranking.limit or draft.limit or DEFAULT_LIMIT


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
    for split in reading.marks.splits:
        if metric := _metric_at(reading, split + 1):
            return metric
    _check_by_rate(reading, vocabulary, draft)
    return _first(draft)


def _check_by_rate(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    """Ask at "ctr of the top 10 queries": the ten with the most clicks, or with the best rate?"""
    metric = _first(draft)
    if metric is None or vocabulary.metrics[metric].is_countable or not draft.dimensions:
        return
    if any(rank.is_evaluative for rank in reading.shape.rankings):
        return
    rank, entry = reading.shape.rankings[0], vocabulary.dimensions[draft.dimensions[0][0]]
    names = dict.fromkeys((metric, entry.default_metric or metric))
    subject = f"{rank.word} {rank.limit or DEFAULT_LIMIT} {entry.say}"
    ways = [f"{subject} by {vocabulary.metrics[name].say}" for name in names]
    raise StopReadingError(clarify(f"{rank.word.capitalize()} by which number?", ways))


def _first(draft: Draft) -> str | None:
    return draft.metrics[0] if draft.metrics else None


def _metric_after(reading: Reading, position: int) -> str | None:
    tape, index = reading.tape, position
    passable = {Owner.RANKING, Owner.LIGHT, Owner.THRESHOLD}
    while index < len(tape) and tape.owner(index) in passable:
        index += 1
    return _metric_at(reading, index)


def _metric_at(reading: Reading, index: int) -> str | None:
    for mention in reading.metrics():
        if mention.start == index:
            return mention.of(MetricWord)[0].name
    for mention in reading.mentions_of(AmbiguousWord):
        if mention.start == index:
            return mention.of(AmbiguousWord)[0].default
    return None


def _settle_aggregate(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    word = reading.shape.aggregate
    if word is None:
        return
    ratios = [name for name in draft.metrics if not vocabulary.metrics[name].is_countable]
    if word.split()[-1] in {"average", "avg", "mean", "of"} and ratios == draft.metrics and ratios:
        reading.notes.append("A rate is worked out over the whole period, not as a mean of means.")
        return
    subject = vocabulary.metrics[draft.metrics[0]].say if draft.metrics else "sessions"
    message = f"I can't work out {word!r} of that; I can show the numbers it would be made of."
    ways = (f"{subject} by day", f"{subject} by channel")
    raise StopReadingError(clarify(message, ways))


def _share(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    if not reading.shape.has_share:
        return
    names = draft.metrics or _default_metrics(vocabulary, draft)
    if not draft.dimensions and not draft.filters:
        subject = vocabulary.metrics[names[0]].say if names else "sessions"
        ways = (f"share of {subject} by channel", f"share of {subject} by device")
        raise StopReadingError(clarify("The share of what? I need a split.", ways))
    if not names or not all(vocabulary.metrics[name].is_additive for name in names):
        label = vocabulary.metrics[names[0]].label if names else "That"
        message = f"{label} does not add up over groups, so it has no shares."
        raise StopReadingError(clarify(message, ("share of sessions by channel",)))
    if draft.chart is None and draft.grain is None and len(draft.dimensions) == 1:
        draft.chart = "pie"
        reading.notes.append("Drawn as a pie to show shares.")


def _default_metrics(vocabulary: Vocabulary, draft: Draft) -> list[str]:
    found = [vocabulary.dimensions[names[0]].default_metric for names in draft.dimensions]
    return [name for name in found if name is not None]
