"""A ring of parts, with its slices listed beside it."""

from __future__ import annotations

import math
from typing import Final

from gtm.charts import palette
from gtm.charts.drawing import svg
from gtm.charts.drawing.marks import marks_of
from gtm.charts.drawing.plot import Plot
from gtm.charts.drawing.text import fitted
from gtm.charts.drawing.values import full, tick
from gtm.charts.spec import ChartSpec
from gtm.semantics.result import Format

_RADIUS: Final = 120.0
_HOLE: Final = 0.58


def draw_pie(spec: ChartSpec, width: float) -> Plot:
    """Draw a ring with its slices listed beside it."""
    [mark] = marks_of(spec)[:1]
    key = spec.config.x_axis.data_key
    values = [max(mark.value(point) or 0.0, 0.0) for point in spec.data]
    whole = math.fsum(values)
    height = max(2 * _RADIUS, 26.0 * len(values)) + 8
    elements: list[str] = []
    begun, left = 0.0, 2 * _RADIUS + 48
    top = height / 2 - 13.0 * len(values) + 17
    for at, (point, value) in enumerate(zip(spec.data, values, strict=True)):
        fill = point.get("fill")
        color = fill if isinstance(fill, str) else palette.color(at)
        part = value / whole if whole else 0.0
        elements.append(_slice(begun, part, color, height / 2))
        begun += part
        y = top + 26 * at
        elements += [
            svg.rect(left, y - 10, 12, 12, fill=color, round_=2),
            svg.text(
                fitted(svg.clean(str(point.get(key))), width - left - 190, 13),
                left + 20,
                y,
                size=13,
                color=svg.TEXT,
            ),
            svg.text(
                full(point.get(mark.key), mark.format),
                width - 62,
                y,
                size=13,
                anchor="end",
                color=svg.TEXT,
            ),
            svg.text(_share(part), width - 4, y, size=13, anchor="end"),
        ]
    return Plot(tuple(elements), height)


def _slice(begun: float, part: float, color: str, middle: float) -> str:
    """Draw a part of the ring, from the top on, clockwise."""
    radius = _RADIUS * (1 + _HOLE) / 2
    around = 2 * math.pi * radius
    return svg.element(
        "circle",
        cx=_RADIUS,
        cy=middle,
        r=radius,
        fill="none",
        stroke=color,
        stroke_width=_RADIUS * (1 - _HOLE),
        # A seam between the slices, but none so wide that a small one would vanish in it.
        stroke_dasharray=f"{max(part * around - 1.5, min(part * around, 0.8)):.3f} {around:.3f}",
        transform=f"rotate({begun * 360 - 90:.3f} {_RADIUS} {middle:.2f})",
    )


def _share(part: float) -> str:
    said = tick(part, Format.PERCENT)
    return "<0.1%" if part > 0 and said == "0%" else said
