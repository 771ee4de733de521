"""Checking a chart against its result: a proposed one before, any one after it is drawn."""

from __future__ import annotations

from difflib import get_close_matches

from gtm.charts.spec import ChartConfig, ChartDraft, ChartType
from gtm.errors import InvalidInputError
from gtm.semantics.result import ColumnRole, Format, ResultColumn, ResultTable

_NUMERIC = {Format.INTEGER, Format.DECIMAL, Format.PERCENT, Format.USD, Format.SECONDS}


def check_base(draft: ChartDraft) -> None:
    """Raise InvalidInputError for a change to a chart that only its conversation knows."""
    if draft.base == "previous":
        raise InvalidInputError(
            "Outside a conversation there is no chart before this one.",
            hint="Send the draft of the chart you want; a chart's `edits` are the draft it has.",
        )


def check_draft(chart_type: ChartType | None, config: ChartConfig, table: ResultTable) -> None:
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
