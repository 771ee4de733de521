"""Reading a result: which columns matter, and their numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gtm.charts.titles import join_words, lower_first
from gtm.insights.wording import against_phrase, names_text, scope_phrase
from gtm.semantics.query import TimeRange
from gtm.semantics.result import ResultColumn, Value
from gtm.semantics.roles import TableRoles


@dataclass(frozen=True, slots=True)
class Group:
    """One row of a ranking: its dimension values and two numbers."""

    names: tuple[Value, ...]
    value: float
    previous: float | None = None

    @property
    def text(self) -> str:
        """The group's name in a sentence."""
        return names_text(self.names)


class Reading(TableRoles):
    """A result table seen as metrics over dimensions or time."""

    @property
    def is_empty(self) -> bool:
        """Whether no row holds a number."""
        wanted = self.metrics or self.table.columns
        positions = [self.table.column(column.name) for column in wanted]
        return all(row[at] is None for row in self.table.rows for at in positions)

    @property
    def is_limited(self) -> bool:
        """Whether groups beyond the rows shown may exist."""
        resolved, shown = self.table.resolved, len(self.table.rows)
        if self.table.group_count is not None:
            return self.table.group_count > shown
        if resolved is None:
            return True
        limit = resolved.query.limit
        return limit is not None and shown >= limit

    @property
    def group_count(self) -> int | None:
        """How many groups there are in all, where that is known."""
        if self.table.group_count is not None:
            return self.table.group_count
        return None if self.is_limited else len(self.table.rows)

    @property
    def is_ascending(self) -> bool:
        """Whether the result was asked for from the smallest up."""
        order = self.table.resolved.query.order if self.table.resolved else None
        return bool(
            order and not order.is_descending and order.field in {m.name for m in self.metrics}
        )

    @property
    def scope(self) -> str:
        """When, and under which filters."""
        return scope_phrase(self.table.resolved)

    @property
    def dimension_text(self) -> str:
        """The dimensions' labels: "source", "source / medium"."""
        return " / ".join(lower_first(column.label) for column in self.dimensions)

    @property
    def comparison(self) -> TimeRange | None:
        """The earlier period, if there is one."""
        return self.table.resolved.comparison if self.table.resolved else None

    @property
    def comparison_text(self) -> str:
        """The earlier period in a sentence."""
        if self.comparison is None:
            return "the earlier period"
        return against_phrase(self.comparison)

    @property
    def subject(self) -> str:
        """What was asked for: "sessions and revenue by source"."""
        words = join_words([lower_first(column.label) for column in self.metrics])
        by = f" by {self.dimension_text}" if self.dimensions else ""
        return f"{words or 'this query'}{by}"

    def numbers(self, column: ResultColumn) -> list[float | None]:
        """Return a column's cells as numbers."""
        at = self.table.column(column.name)
        return [as_number(row[at]) for row in self.table.rows]

    def groups(self, metric: ResultColumn) -> list[Group]:
        """Return the rows that hold a number for a metric, in the result's order."""
        places = [self.table.column(column.name) for column in self.dimensions]
        earlier = self.previous(metric)
        previous = self.numbers(earlier) if earlier else [None] * len(self.table.rows)
        return [
            Group(tuple(row[at] for at in places), value, before)
            for row, value, before in zip(
                self.table.rows, self.numbers(metric), previous, strict=True
            )
            if value is not None
        ]

    def total(self, name: str) -> float | None:
        """Return the value of a column over all groups, as the warehouse computed it."""
        return as_number(self.table.totals.get(name))

    def sum_of_rows(self, column: ResultColumn) -> float | None:
        """Return the sum of an additive column; None for users and rates, which do not add up."""
        if not column.is_additive:
            return None
        return total_of(self.numbers(column))


def as_number(value: Value) -> float | None:
    """Return a cell as a number; texts, flags and NaN are none."""
    if value is None or isinstance(value, (str, bool)):
        return None
    return value if math.isfinite(value) else None


def total_of(values: Iterable[float | None]) -> float:
    """Add up what is there."""
    return math.fsum(value for value in values if value is not None)
