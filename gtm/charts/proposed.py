"""A layout that somebody proposed: the columns it uses, and the names and colours it gives them."""

from __future__ import annotations

from gtm.charts import palette
from gtm.charts.frame import Layout
from gtm.charts.spec import Axis, ChartConfig, Series
from gtm.semantics.result import ColumnRole, ResultColumn, ResultTable


def narrow(table: ResultTable, config: ChartConfig) -> ResultTable:
    """Return the table with only the columns a draft uses, and those that tell rows apart."""
    wanted = [series.data_key for series in config.series]
    across = config.x_axis.data_key
    x_values = [row[table.column(across)] for row in table.rows]
    tells_apart = len(set(x_values)) == len(x_values) and _is_group(table, across)
    kept: list[ResultColumn] = []
    for column in table.columns:
        is_measure = column.name in wanted or (
            column.name == across and not _is_group(table, across)
        )
        is_key = column.role in {ColumnRole.PERIOD, ColumnRole.DIMENSION}
        is_needed = column.name == across or (is_key and not tells_apart)
        if is_measure:
            kept.append(_as_measure(column, wanted))
        elif is_needed or column.role is ColumnRole.OTHER:
            kept.append(column)
    # Measures in the order of the draft: the first one ranks the groups.
    asked = [across, *wanted]
    kept.sort(key=lambda column: asked.index(column.name) if column.name in asked else len(asked))
    places = [table.column(column.name) for column in kept]
    rows = tuple(tuple(row[at] for at in places) for row in table.rows)
    return table.model_copy(update={"columns": tuple(kept), "rows": rows})


def restyle(layout: Layout, config: ChartConfig) -> None:
    """Give a layout the names, colours and labels a draft has for the same columns."""
    named = {series.data_key: series for series in config.series}
    series = tuple(
        _restyled(entry, named[entry.data_key], layout) if entry.data_key in named else entry
        for entry in layout.config.series
    )
    layout.config = layout.config.model_copy(
        update={
            "series": series,
            "x_axis": _labelled(layout.config.x_axis, config.x_axis),
            "y_axis": _labelled(layout.config.y_axis, config.y_axis),
            "is_horizontal": layout.type == "bar"
            and (config.is_horizontal or layout.config.is_horizontal),
        }
    )


def _restyled(series: Series, wished: Series, layout: Layout) -> Series:
    color = wished.color or series.color
    if wished.color is not None and not palette.stands_out(wished.color):
        layout.notes.append(f"{wished.color} can't be seen on a light or on a dark page.")
        color = series.color
    return series.model_copy(update={"name": wished.name or series.name, "color": color})


def _is_group(table: ResultTable, name: str) -> bool:
    role = table.columns[table.column(name)].role
    return role not in {ColumnRole.METRIC, ColumnRole.PREVIOUS}


def _as_measure(column: ResultColumn, wanted: list[str]) -> ResultColumn:
    """Keep an earlier value beside its metric; alone, or a plain number, it is a measure itself."""
    if column.role is ColumnRole.METRIC:
        return column
    is_beside = column.role is ColumnRole.PREVIOUS and (
        column.metric in wanted or column.name.removesuffix("_previous") in wanted
    )
    return column if is_beside else column.model_copy(update={"role": ColumnRole.METRIC})


def _labelled(axis: Axis, wished: Axis) -> Axis:
    is_same = axis.data_key == wished.data_key and wished.label
    return axis.model_copy(update={"label": wished.label}) if is_same else axis
