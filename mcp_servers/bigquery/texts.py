"""The text part of tool answers: a short preview for readers of text, never a copy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from gtm.charts.spec import ChartSpec
from gtm.semantics.preview import ResultPreview, capped
from mcp_servers.bigquery.schemas import (
    Freshness,
    MetricList,
    ValueMatches,
    ViewDescription,
    ViewList,
)

_PREVIEW_ROWS: Final = 20
_PREVIEW_CHARS: Final = 2_000


def result_text(preview: ResultPreview) -> str:
    """Return a title line and the first rows as CSV."""
    rows = capped(preview.rows, max_rows=_PREVIEW_ROWS, max_chars=_PREVIEW_CHARS)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([column.name for column in preview.columns])
    writer.writerows(rows)
    shown = f"first {len(rows)} of " if len(rows) < preview.row_count else ""
    head = f"{preview.title} ({shown}{preview.row_count} rows, {preview.result_id})"
    return f"{head}\n{table.getvalue().rstrip()}"


def views_text(views: ViewList) -> str:
    """Return one line a view."""
    return _lines(f"{view.name}: {view.description} Grain: {view.grain}." for view in views.views)


def view_text(view: ViewDescription) -> str:
    """Return one line a column."""
    columns = (f"{column.name} {column.type}: {column.description}" for column in view.columns)
    return _lines([f"{view.name}: {view.description} Grain: {view.grain}.", *columns])


def metrics_text(found: MetricList) -> str:
    """Return one line a metric."""
    if not found.metrics:
        return "No metric matches."
    return _lines(
        f"{metric.name}: {metric.definition} By: {', '.join(metric.dimensions)}."
        for metric in found.metrics
    )


def values_text(found: ValueMatches) -> str:
    """Return one line a match."""
    if not found.matches:
        return "Nothing in the data matches."
    return _lines(
        f"{match.term!r} {'is' if match.is_exact else 'may mean'} "
        f"{match.dimension} = {match.value!r}"
        for match in found.matches
    )


def chart_text(chart: ChartSpec) -> str:
    """Return what was drawn, and why it differs from what was wished."""
    series = ", ".join(series.name for series in chart.config.series)
    drawn = f"{chart.type} chart {chart.title!r}: {series}; {len(chart.data)} points."
    return f"{drawn} {chart.note}" if chart.note else drawn


def freshness_text(freshness: Freshness) -> str:
    """Return one line a source."""
    return _lines(
        f"{source.source}: through {source.through}, final through {source.final_through}"
        if source.through
        else f"{source.source}: no data yet"
        for source in freshness.sources
    )


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
