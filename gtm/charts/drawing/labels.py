"""Numbers at the marks, names at the axes, and the colour of a bar that stands out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gtm.charts.drawing import svg
from gtm.charts.drawing.marks import Mark
from gtm.charts.drawing.text import fitted
from gtm.charts.frame import Point
from gtm.charts.spec import Axis, ChartSpec

_SIZE: Final = 12.0
# A part of a stacked bar that is smaller has no room for its number.
_LEAST_PART: Final = 15.0
_ON_COLOR: Final = "#ffffff"


def is_labelled(spec: ChartSpec, marks: Sequence[Mark], *, room: int) -> bool:
    """Return whether numbers stand at the marks: as was wished, or else where there is room."""
    if spec.config.has_labels is not None:
        return spec.config.has_labels
    return len(marks) == 1 and marks[0].kind == "bar" and len(spec.data) <= room


def fill_of(point: Point, mark: Mark, marks: Sequence[Mark]) -> str:
    """Return the colour of a bar: its own where it is to stand out."""
    fill = point.get("fill")
    return fill if len(marks) == 1 and isinstance(fill, str) else mark.color


def in_part(said: str, x: float, y: float, size: float) -> Iterator[str]:
    """Yield a number in the middle of a part of a stacked bar."""
    if size >= _LEAST_PART:
        yield svg.text(said, x, y + 4, color=_ON_COLOR, anchor="middle")


def axis_names(
    across: Axis, up: Axis, *, left: float, right: float, foot: float
) -> tuple[list[str], float]:
    """Return the names that somebody gave the axes, and the room that the lower one takes."""
    names = []
    if up.is_label_shown:
        names.append(svg.text(_name(up, right), 0, 10))
    if not across.is_label_shown:
        return names, 0.0
    middle = (left + right) / 2
    names.append(svg.text(_name(across, right - left), middle, foot + 14, anchor="middle"))
    return names, 20.0


def _name(axis: Axis, room: float) -> str:
    return fitted(svg.clean(axis.label), room, _SIZE)
