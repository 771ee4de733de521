"""ChartSpec: the JSON the web UI draws with Recharts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gtm.charts.unmet import UnmetWish
from gtm.semantics.result import Format, Value

ChartType = Literal["line", "bar", "area", "pie", "scatter", "funnel"]
Sort = Literal["largest_first", "smallest_first", "name_a_to_z", "name_z_to_a", "reversed"]
ColorName = Literal[
    "blue", "light_blue", "dark_blue", "green", "light_green", "dark_green", "teal", "red",
    "dark_red", "orange", "yellow", "purple", "pink", "brown", "gray",
]  # fmt: skip

MAX_COLORS = 8


def _is_unset(value: Any) -> bool:
    """Say whether a field has nothing to say: it is then not written, as before it existed."""
    return value is None or value is False or value == () or value == ""


class ChartModel(BaseModel):
    """Camel case on the wire, as Recharts names its props; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Axis(ChartModel):
    """One axis and the data key it shows."""

    data_key: str = Field(alias="dataKey")
    label: str = ""
    type: Literal["category", "number", "date"] = "category"
    format: Format | None = None
    is_label_shown: bool = Field(
        default=False,
        alias="isLabelShown",
        exclude_if=_is_unset,
        description="Somebody named the axis: its label stands at it.",
    )


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
    has_labels: bool | None = Field(
        None,
        alias="hasLabels",
        exclude_if=lambda value: value is None,
        description="Numbers at the marks; None leaves them to the room there is.",
    )


class Stat(ChartModel):
    """A single number shown large, with the earlier value beside it where there is one."""

    value: float | None
    format: Format
    label: str
    previous: float | None = None
    is_lower_better: bool = Field(default=False, alias="isLowerBetter")


class ColorWish(ChartModel):
    """A colour for one series or group, or without a name for all of them."""

    color: ColorName
    series: str = Field(
        "",
        max_length=200,
        exclude_if=_is_unset,
        description="Which series, bar or slice; else the whole chart.",
    )


class ChartDraft(ChartModel):
    """A chart without its data, as the chart builder may propose it: only what was wished."""

    type: ChartType | None = Field(None, description="None keeps what the rules choose.")
    title: str = Field("", max_length=200, description="Only where the person gave one.")
    config: ChartConfig | None = Field(None, description="None lets the rules lay it out.")
    stacking: Literal["stacked", "grouped"] | None = Field(None, exclude_if=_is_unset)
    direction: Literal["horizontal", "vertical"] | None = Field(
        None, exclude_if=_is_unset, description="Of bars."
    )
    sort: Sort | None = Field(None, exclude_if=_is_unset, description="Of bars and slices.")
    top: int | None = Field(
        None, ge=1, le=50, exclude_if=_is_unset, description="Only the largest so many."
    )
    other: Literal["shown", "hidden"] | None = Field(
        None, exclude_if=_is_unset, description="The rest beside `top`."
    )
    labels: Literal["on", "off"] | None = Field(
        None, exclude_if=_is_unset, description="Numbers at the marks."
    )
    palette: Literal["standard", "color_blind_safe"] | None = Field(None, exclude_if=_is_unset)
    colors: tuple[ColorWish, ...] = Field((), max_length=MAX_COLORS, exclude_if=_is_unset)
    x_label: str = Field("", alias="xLabel", max_length=80, exclude_if=_is_unset)
    y_label: str = Field("", alias="yLabel", max_length=80, exclude_if=_is_unset)
    base: Literal["current", "previous", "original"] | None = Field(
        None,
        exclude_if=_is_unset,
        description="What is changed; `previous` undoes the last change.",
    )
    unmet: tuple[UnmetWish, ...] = Field(
        (), max_length=10, exclude_if=_is_unset, description="Wishes that can not be met."
    )
    unread: tuple[Annotated[str, Field(max_length=80)], ...] = Field(
        (),
        max_length=5,
        exclude_if=_is_unset,
        description="Words of the wish that no field expresses.",
    )

    @property
    def asks_for_something(self) -> bool:
        """Whether it wishes for anything that can be done."""
        return self.model_copy(update={"unmet": (), "unread": ()}) != ChartDraft()


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
    edits: ChartDraft | None = Field(
        None,
        exclude_if=_is_unset,
        description="What of it somebody wished so; as a draft it draws the same over newer data.",
    )
