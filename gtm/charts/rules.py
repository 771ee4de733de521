"""Choosing a chart: the person's wish where it fits, else the first rule that does."""

from __future__ import annotations

from gtm.charts import palette
from gtm.charts.check import check_draft, narrow, restyle
from gtm.charts.frame import Frame, Layout
from gtm.charts.of_steps import lay_out_funnel, lay_out_funnels, lay_out_value
from gtm.charts.over_groups import lay_out_bars, lay_out_pie, lay_out_scatter
from gtm.charts.over_time import lay_out_over_time
from gtm.charts.spec import Axis, ChartConfig, ChartDraft, ChartSpec, ChartType, Series
from gtm.charts.titles import title_of
from gtm.semantics.query import ChartWish
from gtm.semantics.result import ResultTable

_SCATTER_ROWS = 6
_NAMES: dict[ChartType, str] = {
    "line": "a line",
    "bar": "bars",
    "area": "an area",
    "pie": "a pie",
    "scatter": "a scatter",
    "funnel": "a funnel",
}


def choose(table: ResultTable, *, draft: ChartDraft | None = None) -> ChartSpec:
    """Return the chart of a result; a wish that does not fit is changed and said in `note`."""
    wish: ChartWish | None = table.resolved.query.chart if table.resolved else None
    drawn = table
    if draft is not None:
        wish = draft.type
        if draft.config is not None:
            check_draft(draft.type, draft.config, table)
            drawn = narrow(table, draft.config)
    frame = Frame(drawn)
    layout = _lay_out(frame, wish) if frame.metrics and drawn.rows else _nothing(frame)
    if draft is not None and draft.config is not None:
        restyle(layout, draft.config)
    return ChartSpec(
        type=layout.type,
        title=(draft.title.strip() if draft else "") or title_of(table),
        data=tuple(layout.data),
        config=layout.config,
        stat=layout.stat,
        note=" ".join(layout.notes) or None,
    )


def _lay_out(frame: Frame, wish: ChartWish | None) -> Layout:
    chosen = _natural(frame)
    problem = None
    if wish is not None and wish != "table" and wish != chosen:
        problem = _problem(frame, wish)
        chosen = wish if problem is None else chosen
    layout = _draw(frame, chosen)
    if problem is not None:
        layout.notes.insert(0, f"Drawn as {_NAMES[layout.type]}: {problem}.")
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


def _problem(frame: Frame, wish: ChartType) -> str | None:
    """Return why a wish does not fit this result, if it does not."""
    if frame.is_single_value:
        return "the answer is a single number"
    if wish == "bar":
        return None
    if frame.is_funnel:
        return _problem_of_funnel(frame, wish)
    if wish == "funnel":
        return "a funnel needs ordered steps"
    if wish in {"line", "area"}:
        return _problem_over_time(frame, wish)
    return _problem_of_pie(frame) if wish == "pie" else _problem_of_scatter(frame)


def _problem_of_funnel(frame: Frame, wish: ChartType) -> str | None:
    if frame.dimensions:
        return "the steps of a funnel by group read best side by side"
    if wish == "funnel":
        return None if frame.is_one_way_through else "these steps do not hold each other"
    return "these are the steps of a funnel"


def _problem_over_time(frame: Frame, wish: ChartType) -> str | None:
    if frame.period is None:
        return f"{_NAMES[wish]} needs time on its axis"
    metric = frame.metrics[0]
    if wish == "area" and frame.dimensions and not metric.is_additive:
        return f"{metric.label} of groups can't be stacked"
    return None


def _problem_of_pie(frame: Frame) -> str | None:
    metric = frame.metrics[0]
    if frame.period is not None or not frame.dimensions:
        return "a pie needs the parts of one whole"
    if len(frame.metrics) > 1:
        return "a pie shows one measure"
    if frame.previous(metric) is not None:
        return "a pie can't show a comparison"
    if not metric.is_additive:
        return f"{metric.label} does not add up to a whole"
    if any(number is not None and number < 0 for number in frame.numbers(metric)):
        return "a pie can't show negative numbers"
    return None


def _problem_of_scatter(frame: Frame) -> str | None:
    if frame.period is not None:
        return "a series reads best over time"
    return "a scatter needs two measures" if len(frame.metrics) < 2 else None


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
    return layout


def _nothing(frame: Frame) -> Layout:
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
    return Layout("bar", [], config, [f"There {missing} to draw."])
