"""Queries that are explained, looked ahead from or searched for odd days, instead of answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from gtm.language.ask import clarify, refuse, say
from gtm.language.lexicon import Vocabulary
from gtm.language.outcome import Answer
from gtm.language.reading import Draft, Reading, StopReadingError
from gtm.semantics.catalog import Catalog, MetricKind
from gtm.semantics.query import (
    Comparison,
    ComparisonKind,
    Grain,
    MetricQuery,
    RelativeRange,
    TimeRange,
)
from gtm.semantics.spans import spans_of

Resolve = Callable[[Draft, date], MetricQuery]
_WAYS_AHEAD = ("next month", "the next 30 days")


class Wishes:
    """Turns a draft into what is wanted besides numbers, over one catalogue."""

    def __init__(
        self,
        catalog: Catalog,
        vocabulary: Vocabulary,
        resolve: Resolve,
        name_number: Callable[[Draft, date], None],
    ) -> None:
        self._catalog = catalog
        self._vocabulary = vocabulary
        self._resolve = resolve
        self._name_number = name_number

    def answer(self, reading: Reading, draft: Draft, today: date) -> Answer:
        """Return what is to be done with a draft. Raises StopReadingError where it can't be."""
        if not draft.metrics and draft.funnel is None and (draft.filters or draft.dimensions):
            self._name_number(draft, today)
        if not draft.metrics and draft.funnel is None:
            raise StopReadingError(clarify("Which number do you mean?", self._ways(reading)))
        match reading.intent.intent:
            case "explain":
                return self._explain(draft, today)
            case "anomalies":
                if reading.turn.is_added:
                    # "Any spikes in key events too?": days are looked at one number at a time.
                    draft.metrics = draft.metrics[-1:]
                return self._anomalies(draft, today)
            case _:
                return self._forecast(reading, draft, today)

    def _explain(self, draft: Draft, today: date) -> Answer:
        """Explaining looks at every split, so that none has to be named."""
        if draft.funnel is not None:
            way = self._vocabulary.funnels[draft.funnel].say
            raise StopReadingError(clarify("I can't explain a funnel, but I can show it.", (way,)))
        if draft.grain is not None or draft.has_trend:
            subject = " and ".join(self._vocabulary.metrics[name].say for name in draft.metrics)
            message = "I explain a change from one period to another, not a series."
            raise StopReadingError(clarify(message, (f"why did {subject} change",)))
        if draft.dimensions:
            draft.notes.append("Every split is looked at, not only the one you named.")
        draft.dimensions, draft.chart = [], None
        draft.compare = draft.compare or Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
        if isinstance(draft.time, TimeRange) and draft.time.start > today:
            # Behind a forecast: its period lies ahead and has no change yet.
            draft.time = None
        query = self._resolve(draft, today)
        if query.time is None:
            assumed = spans_of(self._catalog, query, today).time
            draft.notes.append(f"No period was named, so the {assumed.label} are looked at.")
        return Answer(query=query, intent="explain", notes=tuple(draft.notes))

    def _anomalies(self, draft: Draft, today: date) -> Answer:
        """Days are what stands out, so that a series by day is what is looked at."""
        says = [self._vocabulary.metrics[name].say for name in draft.metrics]
        subject = " and ".join(says) or "sessions"
        if draft.dimensions or draft.funnel is not None or draft.compare is not None:
            message = "I look for odd days in one line at a time, without a split or a comparison."
            raise StopReadingError(clarify(message, (f"anything unusual in {subject}",)))
        if draft.grain not in {None, Grain.DAY}:
            message = "I look for odd days, not for longer stretches."
            raise StopReadingError(clarify(message, (f"anything unusual in {subject}",)))
        draft.grain, draft.has_trend = Grain.DAY, False
        query = self._resolve(draft, today).model_copy(update={"grain": None})
        return Answer(query=query, intent="anomalies", notes=tuple(draft.notes))

    def _forecast(self, reading: Reading, draft: Draft, today: date) -> Answer:
        says = [self._vocabulary.metrics[name].say for name in draft.metrics]
        subject = " and ".join(says)
        former, draft.time = draft.time, None
        self._check_alone(draft, subject)
        query = self._resolve(draft, today)
        self._check_kept_by_day(query)
        span = self._span(reading, former, subject, today)
        return Answer(
            query=query.model_copy(update={"time": span}),
            intent="forecast",
            notes=tuple(draft.notes),
        )

    def _span(
        self, reading: Reading, former: TimeRange | RelativeRange | None, subject: str, today: date
    ) -> TimeRange:
        """Return the period ahead, or that of the question before where it was a forecast."""
        ahead, ways = reading.intent.ahead, self._ahead(subject)
        if reading.time.period is not None:
            message = "A forecast looks ahead; how far should it look?"
            raise StopReadingError(clarify(message, ways))
        if ahead is not None and ahead.span is not None:
            return ahead.span
        if ahead is None and isinstance(former, TimeRange) and former.end > today:
            return former
        raise StopReadingError(clarify("How far should I look ahead?", ways))

    def _check_alone(self, draft: Draft, subject: str) -> None:
        if draft.funnel is not None:
            self._refuse("A funnel", ())
        is_more = draft.dimensions or draft.having or draft.ranking or draft.order or draft.compare
        if is_more:
            message = "I forecast a number as a whole, without a split, a limit or a comparison."
            raise StopReadingError(clarify(message, self._ahead(subject)))

    def _check_kept_by_day(self, query: MetricQuery) -> None:
        """Refuse what has no value for each day, or none that adds up over them."""
        names = {item.dimension for item in query.filters}
        for name in query.metrics:
            metric = self._catalog.metrics[name]
            homes = [
                view
                for view in metric.expressions
                if all(view in self._catalog.dimensions[item].expressions for item in names)
                and self._is_by_day(view, name)
            ]
            if metric.kind is not MetricKind.ADDITIVE or not homes:
                self._refuse(metric.label, (name,))

    def _is_by_day(self, view: str, metric: str) -> bool:
        entry = self._catalog.views[view]
        time = self._catalog.time_of(self._catalog.metrics[metric], view)
        return entry.source in {"GA4", "GSC"} and entry.grain == "day" and time is not None

    def _refuse(self, label: str, names: Sequence[str]) -> None:
        ways = [f"forecast {subject} for next month" for subject in ("sessions", "revenue")]
        for name in names:
            is_state = self._catalog.is_state(name)
            time = None if is_state else RelativeRange.LAST_QUARTER
            grain = None if is_state else Grain.MONTH
            past = MetricQuery(metrics=(name,), time=time, grain=grain)
            ways.insert(0, say(past, self._vocabulary))
        message = (
            f"{label} can't be forecast: only what adds up day by day on the website or in search."
        )
        raise StopReadingError(refuse(message, ways))

    def _ahead(self, subject: str) -> list[str]:
        return [f"forecast {subject} for {way}" for way in _WAYS_AHEAD]

    def _ways(self, reading: Reading) -> list[str]:
        match reading.intent.intent:
            case "explain":
                return ["why did sessions change last week", "why did revenue change last month"]
            case "anomalies":
                return ["anything unusual in sessions", "anything unusual in revenue"]
            case _:
                return [f"forecast {name} for next month" for name in ("sessions", "revenue")]
