"""MetricQuery: the one form in which every caller asks for numbers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Grain(StrEnum):
    """The width of one point of a time series; weeks start on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class RelativeRange(StrEnum):
    """A period named against today.

    `last_N_days` end yesterday, `this_*` run up to today, other `last_*` are whole calendar units.
    """

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_7_DAYS = "last_7_days"
    LAST_14_DAYS = "last_14_days"
    LAST_28_DAYS = "last_28_days"
    LAST_30_DAYS = "last_30_days"
    LAST_60_DAYS = "last_60_days"
    LAST_90_DAYS = "last_90_days"
    LAST_180_DAYS = "last_180_days"
    LAST_365_DAYS = "last_365_days"
    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"


class Model(BaseModel):
    """Frozen, and refuses fields it does not know: a filter in the wrong place must not vanish."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TimeRange(Model):
    """A closed range of dates, both ends included."""

    start: date
    end: date
    label: str = ""
    is_assumed: bool = Field(default=False, description="Nobody asked for it: the default period.")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"time ends ({self.end}) before it starts ({self.start})")
        return self

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days + 1


class ComparisonKind(StrEnum):
    """What a period is compared with."""

    PREVIOUS_PERIOD = "previous_period"
    PREVIOUS_YEAR = "previous_year"
    CUSTOM = "custom"


class Comparison(Model):
    """A second period; `range` is required for `custom` and worked out otherwise."""

    kind: ComparisonKind
    range: TimeRange | None = None

    @model_validator(mode="after")
    def _custom_has_a_range(self) -> Self:
        if self.kind is ComparisonKind.CUSTOM and self.range is None:
            raise ValueError("a custom comparison needs its range")
        return self


class Filter(Model):
    """Rows to keep by a dimension's value. Values match case-insensitively."""

    dimension: str
    op: Literal["in", "not_in", "contains", "not_contains"] = "in"
    values: tuple[str, ...] = Field(min_length=1, max_length=100)


class MetricFilter(Model):
    """Groups to keep by a metric's value; a rate is a fraction (0.05 is 5 %)."""

    metric: str
    op: Literal[">", ">=", "<", "<=", "=", "!="]
    value: float


class OrderBy(Model):
    """Sort by a metric, a dimension or `period`."""

    field: str
    is_descending: bool = True


ChartWish = Literal["line", "bar", "area", "pie", "scatter", "funnel", "table"]


class MetricQuery(Model):
    """A question over the catalogue. The view is chosen by the server, never by the caller."""

    metrics: tuple[str, ...] = Field(default=(), max_length=8)
    dimensions: tuple[str, ...] = Field(default=(), max_length=4)
    funnel: str | None = Field(None, description="Name of a funnel; its steps become rows.")
    grain: Grain | None = None
    time: TimeRange | RelativeRange | None = Field(
        None, description="Default: the last 30 full days."
    )
    compare: Comparison | None = None
    filters: tuple[Filter, ...] = Field(default=(), max_length=10)
    having: tuple[MetricFilter, ...] = Field(default=(), max_length=5)
    order: OrderBy | None = None
    limit: int | None = Field(None, ge=1, le=10_000)
    chart: ChartWish | None = Field(None, description="The chart the person asked for, if any.")

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.metrics and self.funnel is None:
            raise ValueError("a query needs at least one metric, or a funnel")
        return self
