"""The page of a picture: title, legend, the chart itself, and what has to be said below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gtm.charts.drawing import svg
from gtm.charts.drawing.funnel import draw_funnel
from gtm.charts.drawing.lying import draw_lying
from gtm.charts.drawing.marks import Mark, marks_of
from gtm.charts.drawing.pie import draw_pie
from gtm.charts.drawing.plot import Plot
from gtm.charts.drawing.scatter import draw_scatter
from gtm.charts.drawing.stat import draw_stat
from gtm.charts.drawing.text import fitted, width_of, wrapped
from gtm.charts.drawing.upright import draw_upright
from gtm.charts.palette import LIGHT_PAGE
from gtm.charts.spec import ChartSpec

WIDTH: Final = 840.0
_EDGE: Final = 28.0
_INSIDE: Final = WIDTH - 2 * _EDGE
_TITLE: Final = 19.0
_NO_LEGEND: Final = {"pie", "funnel", "scatter"}


def draw(spec: ChartSpec, *, below: str) -> str:
    """Return a chart as an SVG document; `below` is the line at its foot."""
    elements: list[str] = []
    y = _EDGE
    for line in wrapped(svg.clean(spec.title), _INSIDE, _TITLE * 1.04, lines=2):
        elements.append(
            svg.text(line, _EDGE, y + _TITLE * 0.8, size=_TITLE, color=svg.TEXT, weight=500)
        )
        y += _TITLE * 1.35
    y += 10
    legend, depth = _legend(spec)
    elements.append(svg.moved(_EDGE, y, *legend))
    y += depth
    plot = _plot(spec)
    elements.append(svg.moved(_EDGE, y, *plot.elements))
    y += plot.height + 12
    for line in _notes(spec, below):
        y += 17
        elements.append(svg.text(line, _EDGE, y))
    height = y + _EDGE * 0.75
    return svg.element(
        "svg",
        svg.rect(0, 0, WIDTH, height, fill=LIGHT_PAGE),
        *elements,
        xmlns="http://www.w3.org/2000/svg",
        width=WIDTH,
        height=height,
        viewBox=f"0 0 {WIDTH:.0f} {height:.2f}",
        font_family="Roboto",
    )


def _plot(spec: ChartSpec) -> Plot:
    if spec.stat is not None:
        return draw_stat(spec.stat)
    if not spec.data:
        return Plot((svg.text("No data", _INSIDE / 2, 90, size=15, anchor="middle"),), 160)
    if spec.type == "pie":
        return draw_pie(spec, _INSIDE)
    if spec.type == "funnel":
        return draw_funnel(spec, _INSIDE)
    if spec.type == "scatter":
        return draw_scatter(spec, _INSIDE)
    is_lying = spec.config.is_horizontal and all(mark.kind == "bar" for mark in marks_of(spec))
    return draw_lying(spec, _INSIDE) if is_lying else draw_upright(spec, _INSIDE)


def _legend(spec: ChartSpec) -> tuple[list[str], float]:
    marks = marks_of(spec)
    if spec.stat is not None or not spec.data or spec.type in _NO_LEGEND:
        return [], 0.0
    if len(marks) == 1:
        # What the numbers are, where a title of somebody's own may not say it.
        label = spec.config.y_axis.label or marks[0].name
        return [svg.text(fitted(svg.clean(label), _INSIDE, 12), 0, 10)], 16.0
    elements: list[str] = []
    x, y = 0.0, 0.0
    for mark in marks:
        name = fitted(svg.clean(mark.name), 240, 12)
        wide = 18 + width_of(name, 12) + 20
        if x and x + wide > _INSIDE:
            x, y = 0.0, y + 20
        elements += _key(mark, name, x, y)
        x += wide
    return elements, y + 26


def _key(mark: Mark, name: str, x: float, y: float) -> Iterator[str]:
    yield svg.rect(x, y, 12, 12, fill=mark.color, opacity=mark.opacity, round_=2)
    yield svg.text(name, x + 18, y + 10, color=svg.TEXT)


def _notes(spec: ChartSpec, below: str) -> Iterator[str]:
    if spec.note:
        yield from wrapped(svg.clean(spec.note), _INSIDE, 12, lines=3)
    yield fitted(svg.clean(below), _INSIDE, 12)
