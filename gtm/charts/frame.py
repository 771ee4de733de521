"""A result table as charts need it: what is measured, over what, in which order."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from gtm.charts.spec import ChartConfig, ChartDraft, ChartType, Stat
from gtm.semantics.result import Format, ResultColumn, Value
from gtm.semantics.roles import TableRoles

NOT_SET = "(not set)"
OTHER_NAME = "Other"
# Where a group of the data is called so itself.
_OTHER_NAMES = (OTHER_NAME, "All other", "All the rest")
_SAME_SCALE = 20.0

Point = dict[str, Value]


@dataclass(slots=True)
class Layout:
    """A chart being laid out: its data, its axes and what has to be said about it."""

    type: ChartType
    data: list[Point]
    config: ChartConfig
    notes: list[str] = field(default_factory=list)
    stat: Stat | None = None
    # Whether series are groups of one measure, and what the rest of the groups is called if shown.
    is_split: bool = False
    rest: str | None = None
    # Whether it was looked at how many groups are wanted, and which wishes did not fit.
    is_cut: bool = False
    refused: set[str] = field(default_factory=set)

    def refuse(self, wish: str, why: str) -> None:
        """Leave a wish undone and say why."""
        self.refused.add(wish)
        self.notes.append(why)


@dataclass(frozen=True)
class Frame(TableRoles):
    """The columns of a table by their use in a chart, and how the chart is wished to look."""

    look: ChartDraft = field(default_factory=ChartDraft)

    @property
    def is_single_value(self) -> bool:
        """Whether the result is one row of numbers."""
        is_plain = not self.dimensions and self.period is None and not self.is_funnel
        return is_plain and len(self.table.rows) == 1 and bool(self.metrics)

    @property
    def is_one_way_through(self) -> bool:
        """Whether this is one funnel whose steps hold each other, so that it narrows by right."""
        resolved = self.table.resolved
        is_closed = resolved is None or resolved.is_closed_funnel
        return self.is_funnel and is_closed and not self.dimensions

    @property
    def is_ordered(self) -> bool:
        """Whether the order of rows was asked for and has to stay."""
        return self.table.resolved is None or self.table.resolved.query.order is not None

    @property
    def group_count(self) -> int:
        """How many groups the question has, shown or not."""
        return self.table.group_count or len(self.table.rows)

    @property
    def plain(self) -> Frame:
        """The same table, with nothing wished."""
        return Frame(self.table)

    @property
    def is_partial(self) -> bool:
        """Whether the result leaves out groups that the question has."""
        count, rows = self.table.group_count, len(self.table.rows)
        if count is not None:
            return count > rows
        limit = self.table.resolved.query.limit if self.table.resolved else None
        return limit is not None and rows >= limit

    @property
    def has_largest(self) -> bool:
        """Whether the largest groups by the first measure are sure to be in the result."""
        resolved = self.table.resolved
        if not self.is_partial or resolved is None:
            return not self.is_partial
        order = resolved.query.order
        if order is None:
            return self.metrics[0].name == next(iter(resolved.query.metrics), None)
        return order.is_descending and order.field == self.metrics[0].name

    def values(self, column: ResultColumn) -> list[Value]:
        """Return a column's cells."""
        at = self.table.column(column.name)
        return [row[at] for row in self.table.rows]

    def numbers(self, column: ResultColumn) -> list[float | None]:
        """Return a column's cells as numbers."""
        return [as_number(value) for value in self.values(column)]

    def labels(self) -> list[str]:
        """Return the name of each row: its dimensions joined."""
        places = [self.table.column(column.name) for column in self.dimensions]
        return [" / ".join(label(row[at]) for at in places) for row in self.table.rows]

    def drawable_with(self, metric: ResultColumn) -> tuple[list[ResultColumn], list[ResultColumn]]:
        """Split the measures into those that share an axis with one, and the rest."""
        together: list[ResultColumn] = [metric]
        apart: list[ResultColumn] = []
        for other in self.metrics:
            if other.name != metric.name:
                fits = other.format is metric.format and self._is_same_scale(metric, other)
                (together if fits else apart).append(other)
        return together, apart

    def _is_same_scale(self, one: ResultColumn, other: ResultColumn) -> bool:
        levels = []
        for column in (one, other):
            sizes = [abs(number) for number in self.numbers(column) if number]
            levels.append(median(sizes) if sizes else 0.0)
        low, high = sorted(levels)
        return low == 0 or high / low <= _SAME_SCALE


def tabulated(
    cells: Iterable[tuple[str, str, float | None]], *, is_additive: bool
) -> tuple[dict[str, dict[str, float]], int]:
    """Return numbers by two names, and how many places have several of which the first is taken.

    Only free SQL gives a place more than one number; what adds up is added up.
    """
    found: dict[str, dict[str, float]] = {}
    repeated: set[tuple[str, str]] = set()
    for one, other, number in cells:
        if number is None:
            continue
        row = found.setdefault(one, {})
        if other not in row:
            row[other] = number
        elif is_additive:
            row[other] = total_of([row[other], number])
        else:
            repeated.add((one, other))
    return found, len(repeated)


def repeats_note(count: int) -> list[str]:
    """Say that some numbers are in the table only, because they share a place in the chart."""
    return [f"{count:,} places have several numbers; the first is drawn."] if count else []


def as_number(value: Value) -> float | None:
    """Return a cell as a number; texts, flags and NaN are none."""
    if value is None or isinstance(value, (str, bool)):
        return None
    return value if math.isfinite(value) else None


def label(value: Value) -> str:
    """Return a dimension's value as a category."""
    return NOT_SET if value is None or value == "" else str(value)


def other_name(names: Collection[str]) -> str:
    """Return what the rest of some groups is called, so that none of them is meant."""
    taken = {name.casefold() for name in names}
    return next((name for name in _OTHER_NAMES if name.casefold() not in taken), "\u2026")


def total_of(values: Sequence[float | None]) -> float:
    """Add up what is there; whole numbers stay whole."""
    present = [value for value in values if value is not None]
    return sum(present) if all(isinstance(v, int) for v in present) else math.fsum(present)


def size_of(value: float | None) -> float:
    """Return the size a mark is ranked by; a missing one ranks last."""
    return -math.inf if value is None else value


def day(value: Value) -> date | None:
    """Return an ISO date cell as a date."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def axis_format(column: ResultColumn) -> Format | None:
    """Return the number format of an axis; texts have none."""
    return None if column.format is Format.TEXT else column.format
