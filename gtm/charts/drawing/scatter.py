"""One measure against another, a dot a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from gtm.charts.drawing import svg
from gtm.charts.drawing.marks import marks_of
from gtm.charts.drawing.plot import Plot
from gtm.charts.drawing.scale import Scale
from gtm.charts.drawing.text import width_of
from gtm.charts.drawing.values import tick
from gtm.charts.frame import as_number
from gtm.charts.spec import ChartSpec
from gtm.semantics.result import Format

_HEIGHT: Final = 320.0


def draw_scatter(spec: ChartSpec, width: float) -> Plot:
    """Draw one dot a row: how two measures go together."""
    [mark] = marks_of(spec)[:1]
    across, up = spec.config.x_axis, mark
    dots = [
        (x, y)
        for point in spec.data
        if (x := as_number(point.get(across.data_key))) is not None
        and (y := up.value(point)) is not None
    ]
    x_scale = Scale.around([x for x, _ in dots], is_whole=across.format is Format.INTEGER)
    y_scale = Scale.around([y for _, y in dots], is_whole=up.format is Format.INTEGER)
    left = max(width_of(tick(one, up.format), 12) for one in y_scale.ticks) + 12
    top, right = 22.0, width - 20

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            left + (right - left) * x_scale.part(x),
            top + _HEIGHT * (1 - y_scale.part(y)),
        )

    elements = [svg.text(up.name, 0, 10)]
    elements += _grid(x_scale, y_scale, place, across.format, up.format)
    for x, y in dots:
        cx, cy = place(x, y)
        elements.append(
            svg.element("circle", cx=cx, cy=cy, r=4.5, fill=up.color, fill_opacity=0.75)
        )
    said = across.label or across.data_key
    elements.append(svg.text(said, (left + right) / 2, top + _HEIGHT + 40, anchor="middle"))
    return Plot(tuple(elements), top + _HEIGHT + 48)


def _grid(
    x_scale: Scale,
    y_scale: Scale,
    place: Callable[[float, float], tuple[float, float]],
    across: Format | None,
    up: Format | None,
) -> Iterator[str]:
    for one in x_scale.ticks:
        foot, head = place(one, y_scale.ticks[0]), place(one, y_scale.ticks[-1])
        yield svg.line(*foot, *head)
        yield svg.text(tick(one, across), foot[0], foot[1] + 18, anchor="middle")
    for one in y_scale.ticks:
        start, end = place(x_scale.ticks[0], one), place(x_scale.ticks[-1], one)
        yield svg.line(*start, *end)
        yield svg.text(tick(one, up), start[0] - 8, start[1] + 4, anchor="end")
