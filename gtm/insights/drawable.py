"""The part of a table that belongs into one chart."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.charts.spec import ChartDraft
from gtm.semantics.query import OrderBy
from gtm.semantics.result import ColumnRole, ResultTable, Value


def drawable(table: ResultTable, draft: ChartDraft | None) -> ResultTable:
    """Return the rows and columns to draw; of an explained change its most telling split.

    Every split shows the whole change once more: side by side they would draw it several times.
    """
    resolved = table.resolved
    if resolved is None or resolved.analysis is None or not table.rows:
        return table
    if resolved.analysis.kind == "anomalies" and resolved.query.chart is None:
        # A line would join days that do not follow each other.
        return _with_query(table, chart="bar")
    if resolved.analysis.kind != "explain":
        return table
    dimension = table.rows[0][0]
    rows = tuple(row for row in table.rows if row[0] == dimension)
    if draft is not None and draft.config is not None:
        # Somebody has chosen among all the columns.
        return table.model_copy(update={"rows": rows})
    at = table.column("contribution")
    shown = "contribution" if any(row[at] is not None for row in rows) else "change"
    return _of_two_columns(table, rows, str(dimension), shown)


def _of_two_columns(
    table: ResultTable, rows: Sequence[Sequence[Value]], dimension: str, shown: str
) -> ResultTable:
    places = table.column("value"), table.column(shown)
    group, number = (table.columns[at] for at in places)
    columns = (
        group.model_copy(update={"label": dimension}),
        number.model_copy(update={"role": ColumnRole.METRIC}),
    )
    drawn = tuple(tuple(row[at] for at in places) for row in rows)
    narrowed = ResultTable(columns=columns, rows=drawn, resolved=table.resolved)
    # The strongest come first, whatever their sign.
    return _with_query(narrowed, order=OrderBy(field=shown))


def _with_query(table: ResultTable, **changes: object) -> ResultTable:
    """Return a table that was asked for a little differently."""
    if table.resolved is None:
        return table
    query = table.resolved.query.model_copy(update=changes)
    resolved = table.resolved.model_copy(update={"query": query})
    return table.model_copy(update={"resolved": resolved})
