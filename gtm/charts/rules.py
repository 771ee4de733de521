"""Choosing a chart: the person's wish where it fits, else the first rule that does."""

from __future__ import annotations

from gtm.charts import palette
from gtm.charts.check import check_base, check_draft
from gtm.charts.edits import apply_edits, in_force
from gtm.charts.fit import NAMES, is_wide, problem_of
from gtm.charts.frame import Frame, Layout
from gtm.charts.of_steps import lay_out_funnel, lay_out_funnels, lay_out_value
from gtm.charts.over_groups import lay_out_bars, lay_out_pie, lay_out_scatter
from gtm.charts.over_time import lay_out_over_time
from gtm.charts.proposed import narrow, restyle
from gtm.charts.spec import Axis, ChartConfig, ChartDraft, ChartSpec, ChartType, Series
from gtm.charts.titles import title_of
from gtm.semantics.query import ChartWish
from gtm.semantics.result import ResultTable

_SCATTER_ROWS = 6


def choose(table: ResultTable, *, draft: ChartDraft | None = None) -> ChartSpec:
    """Return the chart of a result; a wish that does not fit is changed and said in `note`."""
    look, drawn = draft or ChartDraft(), table
    check_base(look)
    if look.config is not None:
        check_draft(look.type, look.config, table)
        drawn = narrow(table, look.config)
    frame = Frame(drawn, look)
    layout = _lay_out(frame, _wish(frame)) if frame.metrics and drawn.rows else _nothing(frame)
    if look.config is not None:
        restyle(layout, look.config)
    apply_edits(layout, frame)
    return ChartSpec(
        type=layout.type,
        title=look.title.strip() or title_of(table),
        data=tuple(layout.data),
        config=layout.config,
        stat=layout.stat,
        note=" ".join(layout.notes) or None,
        edits=in_force(layout, look),
    )


def _wish(frame: Frame) -> ChartWish | None:
    """Return the type that was asked for: of the chart, or with the question."""
    resolved, look = frame.table.resolved, frame.look
    wish = look.type or (resolved.query.chart if resolved else None)
    is_series_of_groups = frame.period is not None and bool(frame.dimensions)
    if look.type is None and look.stacking == "stacked" and is_series_of_groups:
        # What is stacked over time is an area, unless bars were asked for.
        return "bar" if wish == "bar" else "area"
    return wish


def _lay_out(frame: Frame, wish: ChartWish | None) -> Layout:
    if wish is None and is_wide(frame):
        return _nothing(frame, "Shown as a table: it has more columns than one chart can hold.")
    chosen = _natural(frame)
    problem = None
    if wish is not None and wish != "table" and wish != chosen:
        problem = problem_of(frame, wish)
        chosen = wish if problem is None else chosen
    layout = _draw(frame, chosen)
    if problem is not None:
        layout.notes.insert(0, f"Drawn as {NAMES[layout.type]}: {problem}.")
    return layout


def _natural(frame: Frame) -> ChartType:
    if frame.is_funnel:
        return "funnel" if frame.is_one_way_through else "bar"
    if frame.period is not None and len(set(frame.values(frame.period))) > 1:
        return "line"
    if frame.is_single_value or frame.period is not None:
        return "bar"
    is_compared = frame.previous(frame.metrics[0]) is not None
    _, apart = frame.drawable_with(frame.metrics[0])
    # A list that was asked for from the top is a ranking, however many measures it has.
    is_ranking = frame.table.resolved is not None and frame.table.resolved.query.limit is not None
    is_pair = len(frame.metrics) == 2 and bool(apart) and not is_compared and not is_ranking
    return "scatter" if is_pair and len(frame.table.rows) > _SCATTER_ROWS else "bar"


def _draw(frame: Frame, chosen: ChartType) -> Layout:
    if frame.is_single_value:
        return lay_out_value(frame)
    if frame.is_funnel:
        return lay_out_funnel(frame) if chosen == "funnel" else _funnel_bars(frame)
    if frame.period is not None:
        return lay_out_over_time(frame, chosen, frame.period)
    if chosen == "pie":
        return lay_out_pie(frame)
    return lay_out_scatter(frame) if chosen == "scatter" else lay_out_bars(frame)


def _funnel_bars(frame: Frame) -> Layout:
    if frame.dimensions:
        return lay_out_funnels(frame)
    layout = lay_out_funnel(frame)
    layout.type = "bar"
    # Bars of one series have its colour; one of its own says that a bar is to stand out.
    layout.data = [{k: v for k, v in point.items() if k != "fill"} for point in layout.data]
    return layout


def _nothing(frame: Frame, why: str | None = None) -> Layout:
    columns = frame.table.columns
    across = frame.period or next(iter(frame.dimensions), columns[0] if columns else None)
    up = next(iter(frame.metrics), columns[-1] if columns else None)
    x_key, y_key = across.name if across else "category", up.name if up else "value"
    y_label = up.label if up else "Value"
    config = ChartConfig(
        x_axis=Axis(data_key=x_key, label=across.label if across else ""),
        y_axis=Axis(data_key=y_key, label=y_label, type="number"),
        series=(Series(data_key=y_key, name=y_label, color=palette.color(0)),),
    )
    missing = "are no rows" if not frame.table.rows else "is no number"
    return Layout("bar", [], config, [why or f"There {missing} to draw."])
