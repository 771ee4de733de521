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
    if not _belong_together(spec, data):
        # An answer to several questions shows the chart of one and the numbers of another.
        raise _nothing()
    at = turn.created_at.astimezone(UTC)
    query = None if data.resolved is None else data.resolved.query
    analysis = None if data.resolved is None else data.resolved.analysis
    sql = receipt.sql if query is None else None
    draft = ChartDraft(type=spec.type, title="", config=_own_config(spec, data))
    # What a question may hold, a text of the database may not.
    kind = None if analysis is None else analysis.kind
    asked = Asked(turn.question.replace("\0", ""), at.date(), query, sql, kind)
    return NewChart(title, asked, draft, Drawn(spec, receipt, at))


def _nothing() -> NothingToPinError:
    return NothingToPinError(
        "This answer holds no chart that could be kept.",
        hint="Ask one question that is answered with a chart, and pin that.",
    )


def _belong_together(spec: ChartSpec, data: ResultPreview) -> bool:
    """Say whether a chart's axes are those the rules give its result, or columns of it."""
    own = {column.name for column in data.columns}
    natural = choose(drawable(data.table(), None), draft=ChartDraft(type=spec.type)).config
    return all(
        axis.data_key in own or axis.data_key == usual.data_key
        for axis, usual in (
            (spec.config.x_axis, natural.x_axis),
            (spec.config.y_axis, natural.y_axis),
        )
    )


def _own_config(spec: ChartSpec, data: ResultPreview) -> ChartConfig | None:
    """Return the layout of a chart if somebody chose it; None where the rules give the same."""
    natural = choose(drawable(data.table(), None), draft=ChartDraft(type=spec.type)).config
    if _keys(natural) == _keys(spec.config):
        return None
    own = {column.name for column in data.columns}
    return spec.config if own.issuperset(_keys(spec.config)) else None


def _keys(config: ChartConfig) -> tuple[str, ...]:
    return (config.x_axis.data_key, config.y_axis.data_key, *(s.data_key for s in config.series))
