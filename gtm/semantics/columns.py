"""What each column of an answer means."""

from __future__ import annotations

from gtm.semantics.catalog import Dimension, Metric, MetricKind
from gtm.semantics.query import Grain
from gtm.semantics.result import ColumnRole, Format, ResultColumn

PERIOD = "period"
PREVIOUS = "_previous"


def period_column(grain: Grain) -> ResultColumn:
    """Return the column of a series' points."""
    return ResultColumn(
        name=PERIOD,
        label=grain.value.capitalize(),
        role=ColumnRole.PERIOD,
        format=Format.DATE,
    )


def dimension_column(dimension: Dimension) -> ResultColumn:
    """Return the column of a dimension."""
    return ResultColumn(
        name=dimension.name,
        label=dimension.label,
        role=ColumnRole.DIMENSION,
        format=Format.TEXT,
    )


def metric_columns(metric: Metric, *, is_compared: bool) -> tuple[ResultColumn, ...]:
    """Return the column of a metric, and of its earlier value under a comparison."""
    now = ResultColumn(
        name=metric.name,
        label=metric.label,
        role=ColumnRole.METRIC,
        format=metric.format,
        metric=metric.name,
        is_additive=metric.kind is MetricKind.ADDITIVE,
        is_lower_better=metric.is_lower_better,
    )
    if not is_compared:
        return (now,)
    before = {
        "name": metric.name + PREVIOUS,
        "label": f"{metric.label} (previous)",
        "role": ColumnRole.PREVIOUS,
    }
    return (now, now.model_copy(update=before))
