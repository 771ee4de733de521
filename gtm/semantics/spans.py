"""Whether what a query asks of time can be answered by a view: its steps, its months, its now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from gtm.errors import InvalidQueryError
from gtm.semantics.catalog import NOW, Catalog, Metric
from gtm.semantics.periods import MONTHS_IN, comparison_range, is_whole_months, resolve_range, shift
from gtm.semantics.query import Comparison, Grain, MetricQuery, TimeRange

_WHOLE_MONTHS = "Ask for whole months, such as last month or last quarter by month."


@dataclass(frozen=True, slots=True)
class Spans:
    """The periods of a query, worked out, and its steps."""

    time: TimeRange
    comparison: TimeRange | None
    grain: Grain | None
    today: date

    def fit(self, width: Literal["day", "month"]) -> bool:
        """Whether rows of this width can be put together to the periods and steps."""
        if width == "day":
            return True
        is_stepped = self.grain is None or self.grain in MONTHS_IN
        spans = [span for span in (self.time, self.comparison) if span is not None]
        return is_stepped and all(self._has_whole_months(span) for span in spans)

    def _has_whole_months(self, span: TimeRange) -> bool:
        # A month that still runs is as whole as it can be.
        is_running = span.start.day == 1 and span.end >= self.today and span.start <= self.today
        return is_running or is_whole_months(span)

    def misfit(self, catalog: Catalog, metric: Metric) -> InvalidQueryError | None:
        """Return why a metric that is kept by month can't be asked for like this."""
        if any(self.fit(catalog.views[view].grain) for view in metric.expressions):
            return None
        asked = self.time if self.grain is None or self.grain in MONTHS_IN else self.grain.value
        said = f"by {asked}" if isinstance(asked, str) else f"for {asked.start} to {asked.end}"
        return InvalidQueryError(
            f"{metric.label} is kept by whole months, not {said}.", hint=_WHOLE_MONTHS
        )

    def check_states(self, metrics: Sequence[Metric]) -> None:
        """Refuse a series or a comparison of what is known as of now only."""
        if metrics and (self.grain is not None or self.comparison is not None):
            raise InvalidQueryError(
                f"{metrics[0].label}: only the state of now is known; what was before is not kept.",
                hint="Ask for it without a comparison and without steps in time.",
                nearest=(metrics[0].name,),
            )

    def check_is_now(self, metrics: Sequence[Metric]) -> None:
        """Refuse a period for what is known as of now only."""
        if not self.time.is_assumed:
            raise InvalidQueryError(
                f"{metrics[0].label}: only the state of now is known; the period "
                f"{self.time.label!r} does not apply to it.",
                hint="Ask for it without a period.",
                nearest=(metrics[0].name,),
            )


def spans_of(catalog: Catalog, query: MetricQuery, today: date) -> Spans:
    """Work out a query's periods.

    Without one it is the last 30 days; the last three whole months for what is kept by month; now
    for what is a state.
    """
    time = resolve_range(query.time, today)
    if time.is_assumed and is_of_now(catalog, query):
        time = TimeRange(start=today, end=today, label=NOW, is_assumed=True)
    elif time.is_assumed and _is_monthly(catalog, query):
        start = shift(today.replace(day=1), Grain.MONTH, -3)
        end = shift(today.replace(day=1), Grain.DAY, -1)
        time = TimeRange(start=start, end=end, label="last 3 months", is_assumed=True)
    comparison = None if query.compare is None else _compared(time, query.compare)
    return Spans(time, comparison, query.grain, today)


def is_of_now(catalog: Catalog, query: MetricQuery) -> bool:
    """Whether everything asked for is known as of now only."""
    return bool(query.metrics) and all(map(catalog.is_state, query.metrics))


def _is_monthly(catalog: Catalog, query: MetricQuery) -> bool:
    """Whether some of what is asked for is kept by month only."""
    if query.funnel is not None:
        return catalog.views[catalog.funnel(query.funnel).view].grain == "month"
    return any(
        all(catalog.views[view].grain == "month" for view in catalog.metric(name).expressions)
        for name in query.metrics
    )


def _compared(time: TimeRange, compare: Comparison) -> TimeRange:
    if compare.range is not None:
        return resolve_range(compare.range, compare.range.end)
    return comparison_range(time, compare.kind)
