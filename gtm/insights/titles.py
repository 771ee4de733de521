"""Titles of results: what was asked, or what was made of it."""

from __future__ import annotations

from gtm.charts import titles
from gtm.charts.titles import date_span, lower_first, period_label
from gtm.semantics.result import ColumnRole, ResolvedQuery, ResultTable


def title_of(table: ResultTable) -> str:
    """Return a title such as "Why sessions changed: last week vs the period before"."""
    resolved = table.resolved
    if resolved is None or resolved.analysis is None:
        return titles.title_of(table)
    column = next(c for c in table.columns if c.role is ColumnRole.METRIC)
    when = period_label(resolved.time)
    if resolved.analysis.kind == "explain":
        return f"Why {lower_first(column.label)} changed: {when}{_against(resolved)}"
    if resolved.analysis.kind == "forecast":
        return f"{column.label} forecast, {date_span(resolved.time.start, resolved.time.end)}"
    return f"Unusual days in {lower_first(column.label)}, {when}"


def _against(resolved: ResolvedQuery) -> str:
    return f" vs {period_label(resolved.comparison)}" if resolved.comparison else ""
