"""ChartSpec: the JSON the web UI draws with Recharts."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gtm.semantics.result import Format, Value

ChartType = Literal["line", "bar", "area", "pie", "scatter", "funnel"]


class ChartModel(BaseModel):
    """Camel case on the wire, as Recharts names its props; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Axis(ChartModel):
    """One axis and the data key it shows."""

    data_key: str = Field(alias="dataKey")
    label: str = ""
    type: Literal["category", "number", "date"] = "category"
    format: Format | None = None


class Series(ChartModel):
    """One set of marks."""

    data_key: str = Field(alias="dataKey")
    name: str
    color: str | None = Field(None, pattern=r"^#[0-9a-fA-F]{6}$")
    type: Literal["line", "bar", "area"] | None = None
    format: Format | None = None


class ChartConfig(ChartModel):
    """Axes and series."""

    x_axis: Axis = Field(alias="xAxis")
    y_axis: Axis = Field(alias="yAxis")
    series: tuple[Series, ...] = Field(min_length=1, max_length=8)
    is_horizontal: bool = Field(default=False, alias="isHorizontal")
    is_stacked: bool = Field(default=False, alias="isStacked")


class Stat(ChartModel):
    """A single number shown large, with the earlier value beside it where there is one."""

    value: float | None
    format: Format
    label: str
    previous: float | None = None
    is_lower_better: bool = Field(default=False, alias="isLowerBetter")


class ChartDraft(ChartModel):
    """A chart without its data, as the chart builder may propose it."""

    type: ChartType
    title: str = Field("", max_length=200)
    config: ChartConfig | None = Field(None, description="None lets the rules lay it out.")


class ChartSpec(ChartModel):
    """A chart with its data: every value comes from a stored result."""

    type: ChartType
    title: str
    data: tuple[dict[str, Value], ...]
    config: ChartConfig
    insights: str = ""
    stat: Stat | None = Field(None, description="Set when the result is a single number.")
    note: str | None = Field(
        None, description="What was changed or left out, for example why a pie became bars."
    )
