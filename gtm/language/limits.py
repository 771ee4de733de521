"""Gives each threshold of a question the metric it is about."""

from __future__ import annotations

from gtm.language.ask import clarify
from gtm.language.lexicon import AmbiguousWord, MetricEntry, MetricWord, Vocabulary
from gtm.language.mention import Mention
from gtm.language.percents import settle_percents
from gtm.language.places import Sign
from gtm.language.reading import Draft, Reading, StopReadingError
from gtm.language.thresholds import Threshold
from gtm.language.tokens import Owner
from gtm.semantics.query import MetricFilter

_BETWEEN = frozenset({Owner.LIGHT, Owner.LINK, Owner.THRESHOLD})
# Parts of the names of amounts.
_MONEY = frozenset({"revenue", "amount", "pipeline", "value", "size"})
_COINS = frozenset({"dollar", "dollars", "usd", "bucks", "euros", "pounds"})
# Of a rank these may mean the number or the place: "above position 10" is a smaller number.
_BY_PLACE = frozenset({"below", "beneath", "higher than", "lower than", "higher", "lower"})
_JUDGED: dict[str, Sign] = {"better than": "<", "worse than": ">", "better": "<=", "worse": ">="}


def read_having(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    """Turn thresholds into limits on metrics. Raises StopReadingError when one is about nothing."""
    settle_percents(reading, vocabulary, draft)
    for threshold in reading.thresholds:
        metric = _metric_of(reading, vocabulary, threshold, draft)
        metric = _in_money(reading, threshold, metric, draft)
        if metric is None:
            message = "That limit is about which number?"
            raise StopReadingError(clarify(message, ("channels with more than 100 sessions",)))
        entry = vocabulary.metrics[metric]
        _check(entry, threshold)
        value = _value(reading, entry, threshold)
        if metric not in draft.metrics:
            draft.metrics.append(metric)
        sign = _sign(entry, threshold)
        draft.having.append(MetricFilter(metric=metric, op=sign, value=value))


def _metric_of(
    reading: Reading, vocabulary: Vocabulary, threshold: Threshold, draft: Draft
) -> str | None:
    """Return the metric right behind the number, else the one before it, else the only one."""
    if threshold.metric:
        return threshold.metric
    mentions = [
        mention
        for mention in reading.mentions
        if bool(mention.of(MetricWord)) or bool(mention.of(AmbiguousWord))
    ]
    after = [m for m in mentions if m.start >= threshold.end and _is_near(reading, threshold, m)]
    before = [m for m in mentions if m.end <= threshold.start]
    if before and _is_said_of(reading, threshold, before[-1]):
        return _name(before[-1])
    if after and before and not _fits(vocabulary, threshold, _name(after[0])):
        after = [] if _fits(vocabulary, threshold, _name(before[-1])) else after
    if after and not _has_own(reading, after[0], before):
        return _name(after[0])
    if before:
        return _name(before[-1])
    return draft.metrics[0] if len(draft.metrics) == 1 else None


def _in_money(
    reading: Reading, threshold: Threshold, metric: str | None, draft: Draft
) -> str | None:
    """Return the amount that a limit in money is about: "revenue and pieces, past $1,000"."""
    amounts = [name for name in draft.metrics if _MONEY & set(name.split("_"))]
    if not is_in_money(reading, threshold) or metric is None or len(amounts) != 1:
        return metric
    return metric if _MONEY & set(metric.split("_")) else amounts[0]


def is_in_money(reading: Reading, threshold: Threshold) -> bool:
    """Return whether a limit is said in money: "past $1,000", "over five thousand dollars"."""
    tokens = reading.tape.tokens[threshold.start : threshold.end]
    said = reading.tape.question[max(0, tokens[0].start - 1) : tokens[-1].end]
    return bool(set("$\u20ac\u00a3") & set(said)) or tokens[-1].text in _COINS


def _is_said_of(reading: Reading, threshold: Threshold, mention: Mention) -> bool:
    """Whether a clause ends behind a limit: "ranking between 11 and 20, how many impressions"."""
    return mention.end == threshold.start and reading.tape.is_parted(threshold.end - 1)


def _fits(vocabulary: Vocabulary, threshold: Threshold, name: str | None) -> bool:
    """Return whether a limit is said the way a metric counts: in percent, days or plainly."""
    if name is None:
        return False
    entry = vocabulary.metrics[name]
    if threshold.is_percent:
        return entry.is_percent
    return not threshold.unit or _is_a_time(entry, threshold.unit)


def _has_own(reading: Reading, mention: Mention, before: list[Mention]) -> bool:
    """Tell "impressions >500 ctr <1%", where each number stands behind its metric."""
    is_led = any(mention.end == item.start for item in reading.thresholds)
    return is_led and any(
        item.end == limit.start for item in before for limit in reading.thresholds
    )


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


def _is_a_time(entry: MetricEntry, unit: str) -> bool:
    return f"({unit})" in entry.label or entry.definition.casefold().startswith(unit)


def _check(entry: MetricEntry, threshold: Threshold) -> None:
    """Stop at a limit that is not about the number itself, or said in another measure."""
    if threshold.is_change:
        message = "I can't limit by how much something changed, but I can show both periods."
        raise StopReadingError(clarify(message, (f"{entry.say} by channel vs previous period",)))
    if threshold.is_percent and not entry.is_percent:
        message = f"{entry.label} is not a percentage; which number do you mean?"
        raise StopReadingError(clarify(message))
    if threshold.unit and not _is_a_time(entry, threshold.unit):
        message = f"{entry.label} is not counted in {threshold.unit}; which number do you mean?"
        raise StopReadingError(clarify(message))
    if _is_a_place(entry) and threshold.word in _BY_PLACE:
        number = f"{threshold.number:g}"
        ways = [
            f"queries with {entry.say} {sign} {number}" for sign in ("better than", "worse than")
        ]
        raise StopReadingError(clarify(f"Better or worse than {number}?", ways))


def _is_a_place(entry: MetricEntry) -> bool:
    return entry.is_lower_better and "position" in entry.name


def _sign(entry: MetricEntry, threshold: Threshold) -> Sign:
    if entry.is_lower_better and threshold.word in _JUDGED:
        return _JUDGED[threshold.word]
    return threshold.sign


def _value(reading: Reading, entry: MetricEntry, threshold: Threshold) -> float:
    """Return the limit as the metric counts: a rate is a fraction."""
    if not entry.is_percent:
        return threshold.number
    if threshold.is_percent:
        return round(threshold.number / 100, 12)
    if threshold.number > 1:
        reading.notes.append(
            f"Read {threshold.number:g} as {threshold.number:g}% of {entry.label}."
        )
        return round(threshold.number / 100, 12)
    return threshold.number
