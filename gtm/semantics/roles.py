"""What each column of a result is for, as charts and insights both read it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gtm.semantics.result import ColumnRole, ResultColumn, ResultTable


@dataclass(frozen=True)
class TableRoles:
    """The columns of a table by their use."""

    table: ResultTable

    @cached_property
    def metrics(self) -> tuple[ResultColumn, ...]:
        """Measures, the one the result is ordered by first."""
        columns = self.table.of_role(ColumnRole.METRIC)
        order = self.table.resolved.query.order if self.table.resolved else None
        if order is None:
            return columns
        return tuple(sorted(columns, key=lambda column: column.name != order.field))

    @cached_property
    def dimensions(self) -> tuple[ResultColumn, ...]:
        """Dimensions, without the step of a funnel."""
        columns = self.table.of_role(ColumnRole.DIMENSION)
        return tuple(
            column for column in columns if not (self.is_funnel and column.name == "step_name")
        )

    @cached_property
    def period(self) -> ResultColumn | None:
        """The time column, if any."""
        columns = self.table.of_role(ColumnRole.PERIOD)
        return columns[0] if columns else None

    @property
    def is_funnel(self) -> bool:
        """Whether rows are the steps of a funnel."""
        names = {column.name for column in self.table.columns}
        return {"step_order", "step_name"} <= names and bool(self.metrics)

    def previous(self, metric: ResultColumn) -> ResultColumn | None:
        """Return the column with a metric's earlier values."""
        for column in self.table.of_role(ColumnRole.PREVIOUS):
            if column.name == f"{metric.name}_previous" or column.metric == metric.name:
                return column
        return None
