"""What of a stored turn can be kept as a chart."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from gtm.charts.rules import choose
from gtm.charts.spec import ChartConfig, ChartDraft, ChartSpec
from gtm.dashboards.base import Asked, Drawn, NewChart, NothingToPinError
from gtm.insights.drawable import drawable
from gtm.semantics.preview import ResultPreview
from gtm.semantics.result import Receipt
from gtm.store.base import ReplyJson


class _Turn(BaseModel):
    """The parts of a turn's reply that a chart is made of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str
    outcome: str
    chart_spec: ChartSpec | None = None
    data: ResultPreview | None = None
    receipt: Receipt | None = None
    created_at: datetime


def chart_of(reply: ReplyJson, *, title: str | None) -> NewChart:
    """Return the chart of a turn and what it asks. Raises NothingToPinError."""
    turn = _Turn.model_validate(reply)
    spec, data, receipt = turn.chart_spec, turn.data, turn.receipt
    if turn.outcome != "answer" or spec is None or data is None or receipt is None:
        raise _nothing()
    draft = _draft(spec, data)
    if not _belong_together(spec, draft, data):
        # An answer to several questions shows the chart of one and the numbers of another.
        raise _nothing()
    if data.rows and not spec.data:
        raise NothingToPinError(
            "This answer is a table, and charts are what is kept.",
            hint="Ask to see it as a bar chart, and pin that.",
        )
    at = turn.created_at.astimezone(UTC)
    query = None if data.resolved is None else data.resolved.query
    analysis = None if data.resolved is None else data.resolved.analysis
    sql = receipt.sql if query is None else None
    # What a question may hold, a text of the database may not.
    kind = None if analysis is None else analysis.kind
    asked = Asked(turn.question.replace("\0", ""), at.date(), query, sql, kind)
    return NewChart(title, asked, draft, Drawn(spec, receipt, at))


def _nothing() -> NothingToPinError:
    return NothingToPinError(
        "This answer holds no chart that could be kept.",
        hint="Ask one question that is answered with a chart, and pin that.",
    )


def _draft(spec: ChartSpec, data: ResultPreview) -> ChartDraft:
    """Return how a chart is drawn: as its kind, and with all that somebody wished of it."""
    edits = (spec.edits or ChartDraft()).model_copy(update={"type": spec.type})
    if edits.config is not None:
        return edits
    return edits.model_copy(update={"config": _own_config(spec, edits, data)})


def _belong_together(spec: ChartSpec, draft: ChartDraft, data: ResultPreview) -> bool:
    """Say whether a chart's axes are those the rules give its result, or columns of it."""
    own = {column.name for column in data.columns}
    natural = _natural(draft, data)
    return all(
        axis.data_key in own or axis.data_key == usual.data_key
        for axis, usual in (
            (spec.config.x_axis, natural.x_axis),
            (spec.config.y_axis, natural.y_axis),
        )
    )


def _own_config(spec: ChartSpec, edits: ChartDraft, data: ResultPreview) -> ChartConfig | None:
    """Return the layout of a chart if somebody chose it; None where the rules give the same."""
    if _keys(_natural(edits, data)) == _keys(spec.config):
        return None
    own = {column.name for column in data.columns}
    return spec.config if own.issuperset(_keys(spec.config)) else None


def _natural(draft: ChartDraft, data: ResultPreview) -> ChartConfig:
    """Return the layout that the rules give a result that is drawn in a certain way."""
    plain = draft.model_copy(update={"config": None})
    return choose(drawable(data.table(), None), draft=plain).config


def _keys(config: ChartConfig) -> tuple[str, ...]:
    return (config.x_axis.data_key, config.y_axis.data_key, *(s.data_key for s in config.series))
