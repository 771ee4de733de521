"""Follow-ups: what a short question changes in the one before it."""

from __future__ import annotations

from datetime import date, timedelta

from gtm.language.ask import clarify
from gtm.language.dates import month_start
from gtm.language.former_filters import former_filter, lift_filters, merge_filters
from gtm.language.leaning import is_bare
from gtm.language.lexicon import Vocabulary
from gtm.language.reading import Draft, Reading, StopReadingError
from gtm.language.spans import period_of
from gtm.language.taken_away import check_left, take_away
from gtm.language.things import AMOUNTS
from gtm.semantics.query import ComparisonKind, MetricQuery, TimeRange

_ADDS = frozenset({"also", "too", "as well", "add", "adding", "plus", "in addition", "include"})
# "Everything except direct" limits anew.
_EVERYTHING = frozenset({"everything", "anything", "all", "every"})
_DAY = timedelta(days=1)


def merge(
    reading: Reading, draft: Draft, previous: MetricQuery, vocabulary: Vocabulary, today: date
) -> Draft:
    """Return the draft of the former question with what the new one changes."""
    merged = _former(previous, vocabulary)
    merged.notes = list(draft.notes)
    if reading.names_something and is_bare(reading):
        merged.notes.append("Read as a follow-up: period, splits and filters are as before.")
    take_away(reading.turn.removals, merged)
    _name_money(draft, previous)
    merged.has_trend = draft.has_trend
    is_sorted = reading.shape.sort_position is not None
    is_added = bool(reading.cues & _ADDS) or reading.turn.is_added or is_sorted
    taken = {removal.part for removal in reading.turn.removals}
    is_against = bool(reading.marks.versus) and not reading.time.comparison
    if reading.turn.is_added and not draft.metrics:
        draft.metrics = list(reading.pointed)
    _merge_subject(merged, draft, is_added=is_added or is_against or "and" in reading.cues)
    lift_filters(reading, merged, draft, vocabulary)
    _merge_dimensions(merged, draft, is_added=is_added or "dimension" in taken)
    is_anew = any(token.text in _EVERYTHING for token in reading.tape.tokens)
    merge_filters(merged, draft, is_added=is_added, is_anew=is_anew)
    _merge_time(merged, draft)
    if reading.intent.intent == "query":
        _not_ahead(merged, today)
    if reading.turn.shift is not None:
        _shift(merged, reading.turn.shift, today)
    if reading.intent.intent == "query":
        _merge_form(merged, draft)
    else:
        _only_subject(merged, draft)
    check_left(merged)
    if draft.having:
        kept = [item for item in merged.having if item.metric not in draft.metrics]
        merged.having = [*kept, *draft.having]
    return merged


def _name_money(draft: Draft, previous: MetricQuery) -> None:
    """Read "how much is that in money" behind a number of deals as their amount."""
    amount = AMOUNTS.get(previous.metrics[0]) if previous.metrics else None
    if draft.metrics == ["revenue_usd"] and amount is not None:
        draft.metrics = [amount]


def _only_subject(merged: Draft, draft: Draft) -> None:
    """Keep of the former question the number, its filters and its period, not its form."""
    merged.dimensions, merged.chart = draft.dimensions, draft.chart
    merged.grain, merged.has_trend = draft.grain, draft.has_trend
    merged.order, merged.limit, merged.having = draft.order, draft.limit, []
    merged.ranking, merged.ranking_metric = draft.ranking, draft.ranking_metric
    if merged.compare is not None and draft.compare is None:
        merged.compare = None if draft.time is not None else merged.compare


def _shift(merged: Draft, unit: str, today: date) -> None:
    """Move the period to the stretch right before it: "and the week before that"."""
    period = period_of(merged.time, today)
    end = period.start - _DAY
    months = {"month": 1, "quarter": 3, "year": 12}.get(period.unit)
    if months is not None:
        start = month_start(period.start, -months)
    else:
        start = end - (period.end - period.start)
    days = (end - start).days + 1
    lengths = {"day": days == 1, "week": days == 7, "period": True, "one": True}
    if not lengths.get(unit, unit == period.unit):
        message = f"{period.label} is no {unit}; from which day to which?"
        raise StopReadingError(clarify(message))
    merged.time = TimeRange(start=start, end=end)


def _former(previous: MetricQuery, vocabulary: Vocabulary) -> Draft:
    return Draft(
        metrics=list(previous.metrics),
        funnel=previous.funnel,
        dimensions=[(name,) for name in previous.dimensions],
        filters=[former_filter(item, vocabulary) for item in previous.filters],
        having=list(previous.having),
        time=previous.time,
        compare=previous.compare,
        grain=previous.grain,
        order=previous.order,
        limit=previous.limit,
        chart=previous.chart,
    )


def _merge_subject(merged: Draft, draft: Draft, *, is_added: bool) -> None:
    if draft.funnel is not None:
        merged.funnel, merged.metrics = draft.funnel, []
        merged.order, merged.limit, merged.grain = None, None, None
    elif draft.metrics:
        limited = {item.metric for item in draft.having}
        is_only_ranked = draft.ranking_metric in merged.metrics and len(draft.metrics) == 1
        if is_only_ranked and draft.ranking is not None and draft.ranking.word == "rank":
            return
        if is_added or limited.issuperset(draft.metrics):
            merged.metrics = list(dict.fromkeys((*merged.metrics, *draft.metrics)))
        else:
            _replace_metrics(merged, draft)
        merged.funnel = None


def _replace_metrics(merged: Draft, draft: Draft) -> None:
    dropped = [item.metric for item in merged.having if item.metric not in draft.metrics]
    if dropped:
        merged.notes.append("The limit on the former number no longer applies.")
    merged.having = [item for item in merged.having if item.metric in draft.metrics]
    if merged.order is not None and merged.order.field in merged.metrics:
        merged.order = merged.order.model_copy(update={"field": draft.metrics[0]})
    merged.metrics = draft.metrics


def _merge_dimensions(merged: Draft, draft: Draft, *, is_added: bool) -> None:
    if not draft.dimensions:
        return
    if not is_added:
        merged.dimensions = draft.dimensions
        return
    known = {name for names in merged.dimensions for name in names}
    merged.dimensions += [names for names in draft.dimensions if not known & set(names)]


def _not_ahead(merged: Draft, today: date) -> None:
    """Leave out the period of a forecast: nothing else can be asked of what lies ahead."""
    if isinstance(merged.time, TimeRange) and merged.time.end > today:
        merged.time = None


def _merge_time(merged: Draft, draft: Draft) -> None:
    if draft.time is not None:
        merged.time = draft.time
        is_custom = merged.compare is not None and merged.compare.kind is ComparisonKind.CUSTOM
        if is_custom and draft.compare is None:
            merged.compare = None
            merged.notes.append("The former comparison had dates of its own and was left out.")
    if draft.compare is not None:
        merged.compare = draft.compare


def _merge_form(merged: Draft, draft: Draft) -> None:
    if draft.chart is not None:
        merged.chart = draft.chart
    if draft.grain is not None or draft.has_trend:
        merged.grain = draft.grain or merged.grain
        if merged.limit is not None or merged.order is not None:
            merged.order, merged.limit = None, None
            merged.notes.append("A series has no ranking, so the top list was left out.")
        if merged.chart in {"pie", "scatter", "funnel"}:
            merged.chart = None
    if draft.ranking is not None:
        merged.ranking, merged.ranking_metric = draft.ranking, draft.ranking_metric
        ordered = merged.order.field if merged.order is not None else None
        if merged.ranking_metric is None and ordered in merged.metrics:
            merged.ranking_metric = ordered
        merged.limit = draft.limit
        if merged.grain is not None and merged.dimensions:
            message = "A ranking over time has no single order: a top list, or a series?"
            raise StopReadingError(clarify(message))
    elif draft.limit is not None:
        merged.limit = draft.limit
    if draft.order is not None:
        merged.order = draft.order
