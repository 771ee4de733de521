"""Bars that lie: one row a category, its name at the left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gtm.charts.drawing import svg
from gtm.charts.drawing.labels import axis_names, fill_of, in_part, is_labelled
from gtm.charts.drawing.marks import Mark, marks_of
from gtm.charts.drawing.plot import Plot
from gtm.charts.drawing.scale import Scale
from gtm.charts.drawing.text import pinched, width_of
from gtm.charts.drawing.values import category, full, grain_of, tick
from gtm.charts.frame import Point
from gtm.charts.spec import ChartSpec
from gtm.semantics.result import Format

_SIZE: Final = 12.0
_WIDEST_NAME: Final = 260.0
_LABELLED: Final = 24
_BAR: Final = 16.0
_SPACE: Final = 12.0
_TOP: Final = 6.0


@dataclass(frozen=True, slots=True)
class _Field:
    """Where things are: the edges of the bars, the height of a row, and whether values are said."""

    left: float
    right: float
    row: float
    scale: Scale
    is_labelled: bool

    def x_of(self, value: float) -> float:
        return self.left + (self.right - self.left) * self.scale.part(value)


def draw_lying(spec: ChartSpec, width: float) -> Plot:
    """Draw bars from the left to the right."""
    marks, names = marks_of(spec), list(_names(spec))
    is_said = is_labelled(spec, marks, room=_LABELLED)
    is_beside = is_said and not spec.config.is_stacked
    field = _Field(
        left=max((width_of(name, _SIZE) for name in names), default=0.0) + 12,
        right=width - (_widest_label(spec, marks) + 10 if is_beside else 16),
        row=_SPACE + _BAR * (1 if spec.config.is_stacked else len(marks)),
        scale=_scale(spec, marks),
        is_labelled=is_said,
    )
    top = _TOP + (14 if spec.config.x_axis.is_label_shown else 0)
    bottom = top + field.row * len(spec.data)
    elements: list[str] = []
    # Values written at the bars make the scale below them say the same thing twice.
    for one in () if is_beside else field.scale.ticks:
        x = field.x_of(one)
        elements.append(svg.line(x, top, x, bottom))
        said = tick(one, marks[0].format)
        elements.append(svg.text(said, x, bottom + 18, anchor="middle"))
    for at, point in enumerate(spec.data):
        head = top + field.row * at
        foot = head + field.row / 2 + 4
        elements.append(svg.text(names[at], field.left - 10, foot, color=svg.TEXT, anchor="end"))
        elements += _bars(spec, point, marks, field, head + _SPACE / 2)
    zero = field.x_of(0)
    elements.append(svg.line(zero, top, zero, bottom, color=svg.AXIS))
    foot = bottom + (6 if is_beside else 26)
    # What lies runs along the values, so the names of the axes change places.
    named, room = axis_names(
        spec.config.y_axis, spec.config.x_axis, left=field.left, right=field.right, foot=foot
    )
    return Plot((*elements, *named), foot + room)


def _bars(
    spec: ChartSpec, point: Point, marks: Sequence[Mark], field: _Field, top: float
) -> Iterator[str]:
    for start, end, slot, mark in _spans(spec, point, marks):
        low, high = sorted((field.x_of(start), field.x_of(end)))
        y = top + _BAR * slot
        fill = fill_of(point, mark, marks)
        yield svg.rect(low, y + 1, high - low, _BAR - 2, fill=fill, opacity=mark.opacity, round_=2)
        if not field.is_labelled:
            continue
        if spec.config.is_stacked:
            said = tick(end - start, mark.format)
            room = high - low - width_of(said, _SIZE) + _BAR
            yield from in_part(said, (low + high) / 2, y + _BAR / 2, room)
        else:
            said = full(end - start, mark.format)
            yield svg.text(said, high + 6, y + _BAR / 2 + 4, color=svg.TEXT)


def _names(spec: ChartSpec) -> Iterator[str]:
    axis = spec.config.x_axis
    values = [point.get(axis.data_key) for point in spec.data]
    grain = grain_of(values)
    for value in values:
        yield pinched(svg.clean(category(value, axis, grain)), _WIDEST_NAME, _SIZE)


def _widest_label(spec: ChartSpec, marks: Sequence[Mark]) -> float:
    said = [full(mark.value(point), mark.format) for point in spec.data for mark in marks]
    return max((width_of(one, _SIZE) for one in said), default=0.0)


def _scale(spec: ChartSpec, marks: Sequence[Mark]) -> Scale:
    values = [value for mark in marks for p in spec.data if (value := mark.value(p)) is not None]
    if spec.config.is_stacked:
        values += [sum(mark.value(point) or 0 for mark in marks) for point in spec.data]
    return Scale.around(values, is_whole=all(mark.format is Format.INTEGER for mark in marks))


def _spans(
    spec: ChartSpec, point: Point, marks: Sequence[Mark]
) -> Iterator[tuple[float, float, int, Mark]]:
    """Yield the bars of a row: from where to where, in which slot."""
    base = 0.0
    for slot, mark in enumerate(marks):
        value = mark.value(point)
        if value is None:
            continue
        if spec.config.is_stacked:
            yield base, base + value, 0, mark
            base += value
        else:
            yield 0.0, value, slot, mark
