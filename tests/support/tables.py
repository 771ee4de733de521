"""Result tables for tests, written short in YAML: columns by name, then rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from gtm.semantics.query import MetricQuery, TimeRange
from gtm.semantics.result import ColumnRole, Format, ResolvedQuery, ResultColumn, ResultTable

FIXTURES = Path(__file__).parents[1] / "fixtures"
TIME = TimeRange(start=date(2026, 10, 23), end=date(2026, 11, 21), label="last 30 days")
BEFORE = TimeRange(start=date(2026, 9, 23), end=date(2026, 10, 22), label="previous 30 days")


@dataclass(frozen=True)
class Case:
    """A named table with what is expected of it."""

    name: str
    table: ResultTable
    expected: dict[str, Any]


def load_cases(folder: str, *names: str) -> list[Case]:
    """Return the cases of a folder of fixtures, or of the files named."""
    return [
        Case(f"{path.stem}: {entry['name']}", table_of(entry["table"]), entry)
        for path in sorted((FIXTURES / folder).glob("*.yml"))
        if not names or path.stem in names
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


def column(name: str) -> ResultColumn:
    """Return a well known column by its name."""
    if name.endswith("_previous"):
        metric = column(name.removesuffix("_previous"))
        return metric.model_copy(
            update={"name": name, "label": f"{metric.label} before", "role": ColumnRole.PREVIOUS}
        )
    if name == "period":
        return ResultColumn(name=name, label="Day", role=ColumnRole.PERIOD, format=Format.DATE)
    if name == "step_order":
        return ResultColumn(name=name, label="Step", role=ColumnRole.OTHER, format=Format.INTEGER)
    if name not in _METRICS:
        text = name.replace("_", " ").capitalize()
        return ResultColumn(name=name, label=text, role=ColumnRole.DIMENSION, format=Format.TEXT)
    label, form, is_additive, is_lower_better = _METRICS[name]
    return ResultColumn(
        name=name,
        label=label,
        role=ColumnRole.METRIC,
        format=form,
        metric=name,
        is_additive=is_additive,
        is_lower_better=is_lower_better,
    )


def table_of(short: dict[str, Any]) -> ResultTable:
    """Return the table a short form stands for; `series` gives one row a day."""
    columns = tuple(column(name) for name in short["columns"])
    rows = [tuple(row) for row in short.get("rows", [])]
    for offset, row in enumerate(short.get("series", [])):
        day = TIME.start + timedelta(days=offset)
        rows.append((day.isoformat(), *(row if isinstance(row, list) else [row])))
    return ResultTable(
        columns=columns,
        rows=tuple(rows),
        totals=short.get("totals", {}),
        group_count=short.get("group_count"),
        resolved=None if short.get("is_free_sql") else _resolved(short, columns),
    )


def _resolved(short: dict[str, Any], columns: tuple[ResultColumn, ...]) -> ResolvedQuery:
    asked = short.get("query", {})
    if "funnel" not in asked and "metrics" not in asked:
        metrics = [column.name for column in columns if column.role is ColumnRole.METRIC]
        asked = {**asked, "metrics": metrics or ["sessions"]}
    query = MetricQuery.model_validate(asked)
    is_compared = any(column.role is ColumnRole.PREVIOUS for column in columns)
    compared = TimeRange.model_validate(short["compared"]) if "compared" in short else BEFORE
    time = TimeRange.model_validate(short["time"]) if "time" in short else TIME
    return ResolvedQuery(
        query=query,
        view="vw_sessions_daily",
        time=time,
        comparison=compared if is_compared else None,
        grain=query.grain,
        is_closed_funnel=short.get("is_closed_funnel", True),
        assumptions=tuple(short.get("assumptions", ())),
    )


_METRICS: dict[str, tuple[str, Format, bool, bool]] = {
    "sessions": ("Sessions", Format.INTEGER, True, False),
    "pageviews": ("Pageviews", Format.INTEGER, True, False),
    "transactions": ("Transactions", Format.INTEGER, True, False),
    "revenue_usd": ("Revenue (USD)", Format.USD, True, False),
    "active_users": ("Active users", Format.INTEGER, False, False),
    "engagement_rate": ("Engagement rate", Format.PERCENT, False, False),
    "bounce_rate": ("Bounce rate", Format.PERCENT, False, True),
    "ctr": ("CTR", Format.PERCENT, False, False),
    "avg_position": ("Average position", Format.DECIMAL, False, True),
    "avg_engagement_time": ("Average engagement time", Format.SECONDS, False, False),
}
