"""The text part of tool answers: a short preview for readers of text, never a copy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.charts.unmet import said
from gtm.language.outcome import Match, WordMatch
from gtm.semantics.preview import ResultPreview, capped
from gtm.semantics.result import SourceFreshness
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
    """Return a title line and a few rows as CSV; say how to read the others."""
    rows = capped(preview.rows, max_rows=_PREVIEW_ROWS, max_chars=_PREVIEW_CHARS)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow([column.name for column in preview.columns])
    writer.writerows(rows)
    return f"{_head(preview, len(rows))}\n{table.getvalue().rstrip()}"


def _head(preview: ResultPreview, shown: int) -> str:
    if shown == preview.row_count:
        return f"{preview.title} ({shown:,} rows, {preview.result_id})"
    first, last = preview.offset + 1, preview.offset + shown
    part = f"rows {first:,}-{last:,}" if shown else "no rows from here on"
    head = f"{preview.title} ({part} of {preview.row_count:,}, {preview.result_id})"
    more = f". More: get_result with offset {last}" if shown and last < preview.row_count else ""
    return head + more


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
    return _lines(map(_match_text, found.matches))


def _match_text(match: Match) -> str:
    if isinstance(match, WordMatch):
        value = f" = {match.value!r}" if match.kind == "value" else ""
        return f"{match.term!r} is this workspace's own word for {match.name}{value}"
    sure = "is" if match.is_exact else "may mean"
    return f"{match.term!r} {sure} {match.dimension} = {match.value!r}"


def chart_text(chart: ChartSpec, draft: ChartDraft | None = None) -> str:
    """Return what was drawn, why it differs from what was wished, and what was not done."""
    series = ", ".join(series.name for series in chart.config.series)
    drawn = f"{chart.type} chart {chart.title!r}: {series}; {len(chart.data)} points."
    unmet = said(draft.unmet, draft.unread) if draft else ""
    return " ".join(filter(None, [drawn, chart.note, unmet]))


def freshness_text(freshness: Freshness) -> str:
    """Return one line a source."""
    return _lines(_reach(source) for source in freshness.sources)


def _reach(source: SourceFreshness) -> str:
    if not source.is_known:
        return f"{source.source}: not known"
    if source.through is None:
        return f"{source.source}: no data yet"
    return f"{source.source}: through {source.through}, final through {source.final_through}"


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
