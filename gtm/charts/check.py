"""Checking a proposed chart against the result it is to show."""

from __future__ import annotations

from difflib import get_close_matches

from gtm.charts.frame import Layout
from gtm.charts.spec import Axis, ChartConfig, ChartType
from gtm.errors import InvalidInputError
from gtm.semantics.result import ColumnRole, Format, ResultColumn, ResultTable

_NUMERIC = {Format.INTEGER, Format.DECIMAL, Format.PERCENT, Format.USD, Format.SECONDS}


def check_draft(chart_type: ChartType, config: ChartConfig, table: ResultTable) -> None:
    """Raise InvalidInputError when a draft names what is not there, or measures what can't be."""
    across = _column(table, config.x_axis.data_key)
    _column(table, config.y_axis.data_key)
    measures = [_column(table, series.data_key) for series in config.series]
    for measure in measures:
        if not _is_numeric(measure):
            raise InvalidInputError(
                f"Series {measure.name!r} is not a number.",
                hint="Use metric columns as series.",
                nearest=[column.name for column in table.columns if _is_numeric(column)],
            )
    if chart_type == "pie" and (len(measures) != 1 or not measures[0].is_additive):
        raise InvalidInputError(
            "A pie needs exactly one measure, and one that adds up to a whole.",
            hint="Use a bar chart, or one of the additive columns.",
            nearest=[column.name for column in table.columns if column.is_additive],
        )
    if chart_type == "scatter":
        if not _is_numeric(across) or across.name in {measure.name for measure in measures}:
            raise InvalidInputError(
                "A scatter needs two different numeric columns, one on each axis.",
                hint="Put a metric on xAxis and another in series.",
                nearest=[column.name for column in table.columns if _is_numeric(column)],
            )
    elif _is_numeric(across) and across.role in {ColumnRole.METRIC, ColumnRole.PREVIOUS}:
        raise InvalidInputError(
            f"xAxis {across.name!r} is a measure.",
            hint="Put a dimension or the period on xAxis.",
            nearest=[column.name for column in table.columns if not _is_numeric(column)],
        )


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
        entry.model_copy(
            update={
                "name": named[entry.data_key].name or entry.name,
                "color": named[entry.data_key].color or entry.color,
            }
        )
        if entry.data_key in named
        else entry
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


def _column(table: ResultTable, key: str) -> ResultColumn:
    for column in table.columns:
        if column.name == key:
            return column
    names = [column.name for column in table.columns]
    raise InvalidInputError(
        f"Data key {key!r} is not a column of this result.",
        hint=f"Columns: {', '.join(names)}.",
        nearest=get_close_matches(key, names, n=3, cutoff=0.4) or names,
    )


def _is_numeric(column: ResultColumn) -> bool:
    return column.format in _NUMERIC


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
