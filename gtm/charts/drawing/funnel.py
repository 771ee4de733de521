"""Steps from the widest to the narrowest."""

from __future__ import annotations

from typing import Final

from gtm.charts.drawing import svg
from gtm.charts.drawing.marks import marks_of
from gtm.charts.drawing.plot import Plot
from gtm.charts.drawing.text import fitted
from gtm.charts.drawing.values import full, tick
from gtm.charts.spec import ChartSpec
from gtm.semantics.result import Format

_STEP: Final = 60.0


def draw_funnel(spec: ChartSpec, width: float) -> Plot:
    """Draw steps from the widest to the narrowest, and how many of the step before stayed."""
    [mark] = marks_of(spec)[:1]
    key = spec.config.x_axis.data_key
    values = [max(mark.value(point) or 0.0, 0.0) for point in spec.data]
    most = max((1.0, *values))
    left, room = 270.0, width - 270.0
    elements: list[str] = []
    for at, (point, value) in enumerate(zip(spec.data, values, strict=True)):
        top = _STEP * at
        after = values[at + 1] if at + 1 < len(values) else value
        half, next_half = room / 2 * value / most, room / 2 * after / most
        middle = left + room / 2
        corners = [
            (middle - half, top + 1),
            (middle + half, top + 1),
            (middle + next_half, top + _STEP - 1),
            (middle - next_half, top + _STEP - 1),
        ]
        opacity = 1 - 0.6 * at / max(1, len(values) - 1)
        elements.append(
            svg.element(
                "polygon", points=svg.points(corners), fill=mark.color, fill_opacity=opacity
            )
        )
        name = fitted(svg.clean(str(point.get(key)).replace("_", " ")), 160, 13)
        elements.append(svg.text(name, 0, top + 26, size=13, color=svg.TEXT))
        said = full(point.get(mark.key), mark.format)
        elements.append(
            svg.text(said, 250, top + 26, size=13, color=svg.TEXT, anchor="end", weight=500)
        )
        if at and values[at - 1] > 0:
            rate = tick(value / values[at - 1], Format.PERCENT)
            elements.append(svg.text(f"{rate} of the step before", 0, top + 44))
    return Plot(tuple(elements), _STEP * len(values))
