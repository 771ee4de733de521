"""Gives each threshold of a question the metric it is about."""

from __future__ import annotations

from gtm.language.ask import clarify
from gtm.language.lexicon import AmbiguousWord, MetricWord, Vocabulary
from gtm.language.match import Mention
from gtm.language.reading import Draft, Reading, StopReadingError
from gtm.language.thresholds import Threshold
from gtm.language.tokens import Owner
from gtm.semantics.query import MetricFilter

_BETWEEN = frozenset({Owner.LIGHT, Owner.LINK, Owner.THRESHOLD})


def read_having(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    """Turn thresholds into limits on metrics. Raises StopReadingError when one is about nothing."""
    for threshold in reading.thresholds:
        metric = _metric_of(reading, threshold, draft)
        if metric is None:
            message = "That limit is about which number?"
            raise StopReadingError(clarify(message, ("channels with more than 100 sessions",)))
        value = _value(reading, vocabulary, metric, threshold)
        if metric not in draft.metrics:
            draft.metrics.append(metric)
        draft.having.append(MetricFilter(metric=metric, op=threshold.sign, value=value))


def _metric_of(reading: Reading, threshold: Threshold, draft: Draft) -> str | None:
    """Return the metric right behind the number, else the one before it, else the only one."""
    mentions = [
        mention
        for mention in reading.mentions
        if bool(mention.of(MetricWord)) or bool(mention.of(AmbiguousWord))
    ]
    after = [m for m in mentions if m.start >= threshold.end and _is_near(reading, threshold, m)]
    if after:
        return _name(after[0])
    before = [m for m in mentions if m.end <= threshold.start]
    if before:
        return _name(before[-1])
    return draft.metrics[0] if len(draft.metrics) == 1 else None


def _is_near(reading: Reading, threshold: Threshold, mention: Mention) -> bool:
    gap = range(threshold.end, mention.start)
    return all(
        reading.tape.owner(index) in _BETWEEN and reading.tape.tokens[index].text != "and"
        for index in gap
    )


def _name(mention: Mention) -> str | None:
    if metrics := mention.of(MetricWord):
        return metrics[0].name
    return mention.of(AmbiguousWord)[0].default


def _value(reading: Reading, vocabulary: Vocabulary, metric: str, threshold: Threshold) -> float:
    """Return the limit as the metric counts: a rate is a fraction."""
    entry = vocabulary.metrics[metric]
    if threshold.is_percent and not entry.is_percent:
        message = f"{entry.label} is not a percentage; which number do you mean?"
        raise StopReadingError(clarify(message))
    if not entry.is_percent:
        return threshold.number
    if threshold.is_percent:
        return threshold.number / 100
    if threshold.number > 1:
        reading.notes.append(
            f"Read {threshold.number:g} as {threshold.number:g}% of {entry.label}."
        )
        return threshold.number / 100
    return threshold.number
