"""A single number."""

from __future__ import annotations

from gtm.charts.drawing import svg
from gtm.charts.drawing.plot import Plot
from gtm.charts.drawing.text import width_of
from gtm.charts.drawing.values import full, tick
from gtm.charts.spec import Stat
from gtm.semantics.result import Format


def draw_stat(stat: Stat) -> Plot:
    """Draw a single number, large, with how it moved."""
    elements = [
        svg.text(full(stat.value, stat.format), 0, 52, size=52, color=svg.TEXT, weight=500),
        svg.text(stat.label, 0, 84, size=15),
    ]
    if stat.value is None or stat.previous is None:
        return Plot(tuple(elements), 96)
    before = f"from {full(stat.previous, stat.format)}"
    if stat.value == stat.previous or stat.previous == 0:
        said = "unchanged" if stat.value == stat.previous else before
        return Plot((*elements, svg.text(said, 0, 114, size=15)), 124)
    change = (stat.value - stat.previous) / abs(stat.previous)
    is_good = (change > 0) is not stat.is_lower_better
    color = svg.GOOD if is_good else svg.BAD
    tip = 103.0 if change > 0 else 114.0
    foot = 217.0 - tip
    said = tick(abs(change), Format.PERCENT)
    elements += [
        svg.element("polygon", points=svg.points([(0, foot), (12, foot), (6, tip)]), fill=color),
        svg.text(said, 18, 114, size=15, color=color, weight=500),
        svg.text(before, 26 + width_of(said, 15), 114, size=15),
    ]
    return Plot(tuple(elements), 124)
