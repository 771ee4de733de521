"""From rows of the database to charts and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.context import UserId
from gtm.dashboards.base import (
    MAX_ASKED_BYTES,
    MAX_DRAFT_BYTES,
    MAX_RECEIPT_BYTES,
    MAX_SPEC_BYTES,
    Asked,
    Chart,
    ChartId,
    ChartProblem,
    ChartTooLargeError,
    Dashboard,
    DashboardId,
    Drawn,
    Layout,
    NewChart,
)
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import AnalysisKind, Receipt

_ANALYSIS = "analysis"


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A row of app.charts."""

    id: str
    dashboard_id: str
    title: str | None
    question: str
    query: str | None
    sql: str | None
    asked_on: date
    draft: str
    chart_spec: str
    receipt: str
    x: int
    y: int
    w: int
    h: int
    created_by: str
    created_at: datetime
    refreshed_at: datetime
    error_code: str | None
    error_detail: str | None

    def chart(self) -> Chart:
        """Return the chart of the row."""
        query, analysis = (None, None) if self.query is None else _read(self.query)
        problem = None
        if self.error_code is not None:
            problem = ChartProblem(self.error_code, self.error_detail or "")
        return Chart(
            id=ChartId(self.id),
            dashboard_id=DashboardId(self.dashboard_id),
            title=self.title,
            asked=Asked(self.question, self.asked_on, query, self.sql, analysis),
            draft=ChartDraft.model_validate_json(self.draft),
            drawn=Drawn(
                ChartSpec.model_validate_json(self.chart_spec),
                Receipt.model_validate_json(self.receipt),
                self.refreshed_at.astimezone(UTC),
            ),
            layout=Layout(self.x, self.y, self.w, self.h),
            created_by=UserId(self.created_by),
            created_at=self.created_at.astimezone(UTC),
            problem=problem,
        )


@dataclass(frozen=True, slots=True)
class DashboardRow:
    """A row of app.dashboards, and how many charts are on it."""

    id: str
    name: str
    chart_count: int
    created_at: datetime
    updated_at: datetime

    def dashboard(self) -> Dashboard:
        """Return the dashboard of the row."""
        return Dashboard(
            DashboardId(self.id),
            self.name,
            self.chart_count,
            self.created_at.astimezone(UTC),
            self.updated_at.astimezone(UTC),
        )


def drawn_values(drawn: Drawn) -> Mapping[str, object]:
    """Return what is stored of a drawn chart. Raises ChartTooLargeError."""
    spec, receipt = drawn.spec.model_dump_json(by_alias=True), drawn.receipt.model_dump_json()
    _check_size(spec, MAX_SPEC_BYTES)
    _check_size(receipt, MAX_RECEIPT_BYTES)
    return {"chart_spec": spec, "receipt": receipt, "at": drawn.at}


def draft_value(draft: ChartDraft) -> str:
    """Return how a chart is drawn as it is stored. Raises ChartTooLargeError."""
    text = draft.model_dump_json(by_alias=True)
    _check_size(text, MAX_DRAFT_BYTES)
    return text


def asked_values(chart: NewChart) -> Mapping[str, object]:
    """Return what is stored of the question of a chart. Raises ChartTooLargeError."""
    asked = chart.asked
    query = None if asked.query is None else _written(asked.query, asked.analysis)
    for text in (query, asked.sql):
        _check_size(text or "", MAX_ASKED_BYTES)
    return {
        "title": chart.title,
        "question": asked.question,
        "query": query,
        "sql": asked.sql,
        "asked_on": asked.on,
    }


def _written(query: MetricQuery, analysis: AnalysisKind | None) -> str:
    """Return a query as it is stored, with what is made of it beside its fields."""
    fields = query.model_dump(mode="json")
    return json.dumps(fields if analysis is None else {**fields, _ANALYSIS: analysis})


def _read(text: str) -> tuple[MetricQuery, AnalysisKind | None]:
    fields = json.loads(text)
    analysis: AnalysisKind | None = fields.pop(_ANALYSIS, None)
    return MetricQuery.model_validate(fields), analysis


def _check_size(text: str, most: int) -> None:
    if len(text.encode()) > most:
        raise ChartTooLargeError(
            "The chart holds more than is kept of one.", hint="Ask for fewer groups or periods."
        )
