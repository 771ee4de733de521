"""ResultTable: the answer to a query, with the meaning of each column."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gtm.semantics.query import ComparisonKind, Grain, MetricQuery, TimeRange

Value = str | int | float | bool | None


class ColumnRole(StrEnum):
    """What a column is for."""

    PERIOD = "period"
    DIMENSION = "dimension"
    METRIC = "metric"
    PREVIOUS = "previous"
    OTHER = "other"


class Format(StrEnum):
    """How a number reads."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    USD = "usd"
    SECONDS = "seconds"
    TEXT = "text"
    DATE = "date"


class ResultColumn(BaseModel):
    """One column. Under a comparison a metric `m` gets a second one, `m_previous`."""

    model_config = ConfigDict(frozen=True)

    name: str
    label: str
    role: ColumnRole
    format: Format
    metric: str | None = None
    is_additive: bool = Field(
        default=False,
        description="Values may be added over rows (sessions yes, rates and users no).",
    )
    is_lower_better: bool = False


Claim = Literal["rise", "fall"]
AnalysisKind = Literal["explain", "forecast", "anomalies"]


class Analysis(BaseModel):
    """What was made of a query besides answering it: its rows are findings, not the answer."""

    model_config = ConfigDict(frozen=True)

    kind: AnalysisKind
    method: str = Field("", description="How the numbers were found, in a word or two.")
    claim: Claim | None = Field(None, description="What the person said happened, if they did.")
    figures: dict[str, float] = Field(
        default_factory=dict, description="Numbers besides the rows, such as a back-test's error."
    )


class ResolvedQuery(BaseModel):
    """A MetricQuery after the server has filled in what was left open."""

    model_config = ConfigDict(frozen=True)

    query: MetricQuery
    view: str
    time: TimeRange
    comparison: TimeRange | None = None
    comparison_kind: ComparisonKind | None = None
    grain: Grain | None = None
    is_closed_funnel: bool = Field(
        default=True,
        description="The steps of a funnel hold each other, so rates between them hold.",
    )
    assumptions: tuple[str, ...] = Field(
        default=(), description="What was not asked for but chosen, one sentence each."
    )
    analysis: Analysis | None = Field(None, description="None where the query itself is answered.")


class ResultTable(BaseModel):
    """Rows with typed columns. Dates are ISO strings; rates are fractions.

    `totals` maps metric column names (and `m_previous`) to the value over ALL groups, computed by a
    query of its own, so a top-N still knows its share; it is empty for free SQL.
    """

    model_config = ConfigDict(frozen=True)

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    totals: dict[str, float | None] = Field(default_factory=dict)
    group_count: int | None = Field(None, description="Groups before the limit, where it is known.")
    resolved: ResolvedQuery | None = Field(None, description="None for free SQL.")

    def column(self, name: str) -> int:
        """Return the position of a column. Raises KeyError."""
        for index, column in enumerate(self.columns):
            if column.name == name:
                return index
        raise KeyError(name)

    def of_role(self, role: ColumnRole) -> tuple[ResultColumn, ...]:
        """Return the columns of a role, in order."""
        return tuple(column for column in self.columns if column.role is role)


class MetricDefinition(BaseModel):
    """What a metric in an answer means."""

    model_config = ConfigDict(frozen=True)

    name: str
    label: str
    definition: str
    source: Literal["GA4", "GSC", "HubSpot", "cross"]


class SourceFreshness(BaseModel):
    """How far a source's data reaches."""

    model_config = ConfigDict(frozen=True)

    source: str
    through: date | None = Field(description="Last day with data; None when the source has none.")
    final_through: date | None = Field(description="Last day that will not be revised any more.")
    is_known: bool = Field(
        default=True, description="False when it could not be read: nothing follows from no date."
    )


class Receipt(BaseModel):
    """What stands behind an answer, so that anyone can check it."""

    model_config = ConfigDict(frozen=True)

    is_governed: bool = Field(description="Built from the catalogue; False for free SQL.")
    metrics: tuple[MetricDefinition, ...] = ()
    time: TimeRange | None = None
    comparison: TimeRange | None = None
    filters: tuple[str, ...] = Field(default=(), description="Each filter as a sentence.")
    assumptions: tuple[str, ...] = ()
    view: str | None = None
    sql: str
    row_count: int
    bytes_processed: int
    is_bytes_estimated: bool
    duration_ms: float
    is_cached: bool = Field(
        default=False, description="Answered from an equal query on the same state of the data."
    )
    computed_at: datetime | None = Field(None, description="When the rows were read, UTC.")
    freshness: tuple[SourceFreshness, ...] = ()
    model: str | None = Field(None, description="Which model answered; set by the turn.")


class StoredResult(BaseModel):
    """A result under its handle, with its receipt and the facts found in it."""

    model_config = ConfigDict(frozen=True)

    result_id: str
    title: str
    table: ResultTable
    receipt: Receipt
    facts: tuple[str, ...] = Field(
        default=(), description="Sentences about the whole result; every number in them is in it."
    )
