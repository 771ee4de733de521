"""Lines, areas and upright bars over a common axis of categories or dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gtm.charts.drawing import svg
from gtm.charts.drawing.labels import axis_names, fill_of, in_part, is_labelled
from gtm.charts.drawing.marks import Mark, marks_of
from gtm.charts.drawing.plot import Plot
from gtm.charts.drawing.scale import Scale
from gtm.charts.drawing.text import fitted, width_of, wrapped
from gtm.charts.drawing.values import category, grain_of, tick
from gtm.charts.spec import ChartSpec
from gtm.semantics.result import Format

_HEIGHT: Final = 300.0
_TOP: Final = 20.0
_SIZE: Final = 12.0
_GAP: Final = 10.0
_MOST_NAMES: Final = 16
_DOTTED: Final = 14
_LABELLED: Final = 12
_WIDEST_BAR: Final = 56.0
_LEAN: Final = -35.0


@dataclass(frozen=True, slots=True)
class _Field:
    """Where things are: the edges of the plot and the width of one category."""

    left: float
    right: float
    count: int

    @property
    def band(self) -> float:
        return (self.right - self.left) / max(self.count, 1)

    def middle(self, at: int) -> float:
        return self.left + self.band * (at + 0.5)

    @staticmethod
    def height_of(scale: Scale, value: float) -> float:
        return _TOP + _HEIGHT * (1 - scale.part(value))


def draw_upright(spec: ChartSpec, width: float) -> Plot:
    """Draw a chart whose values rise from the bottom."""
    marks = marks_of(spec)
    scales = [_scale(spec, marks, axis) for axis in (0, 1)]
    hung = [[mark for mark in marks if mark.axis == axis] for axis in (0, 1)]
    rooms = [_room(scale, marks_) for scale, marks_ in zip(scales, hung, strict=True)]
    field = _Field(rooms[0], width - rooms[1], len(spec.data))
    names = list(_names(spec))
    below, depth = _below(names, field, is_named=spec.config.x_axis.type != "date")
    is_said = is_labelled(spec, marks, room=_LABELLED)
    bars = [mark for mark in marks if mark.kind == "bar"]
    elements = [
        *_grid(scales[0], field, hung[0]),
        *_right_axis(scales[1], field, hung[1]),
        *_bars(spec, bars, scales, field, is_said=is_said),
        *_areas(spec, [mark for mark in marks if mark.kind == "area"], scales, field),
    ]
    for mark in marks:
        if mark.kind == "line":
            tops = [mark.value(point) for point in spec.data]
            elements += _line(mark, tops, scales[mark.axis], field)
    if is_said:
        elements += _numbers_at_points(spec, marks, scales, field)
    named, room = axis_names(
        spec.config.x_axis,
        spec.config.y_axis,
        left=field.left,
        right=field.right,
        foot=_TOP + _HEIGHT + depth,
    )
    return Plot((*elements, *below, *named), _TOP + _HEIGHT + depth + room)


def _numbers_at_points(
    spec: ChartSpec, marks: Sequence[Mark], scales: Sequence[Scale], field: _Field
) -> Iterator[str]:
    """Yield the numbers of lines and areas, each beside its point."""
    for at, point in enumerate(spec.data):
        base = 0.0
        for mark in marks:
            value = mark.value(point)
            if value is None or mark.kind == "bar":
                continue
            base = base + value if spec.config.is_stacked else value
            # Of what is stacked, a number stands within its own area.
            beside = 16 if spec.config.is_stacked else -8
            y = field.height_of(scales[mark.axis], base) + beside
            said = tick(value, mark.format)
            yield svg.text(said, field.middle(at), y, color=svg.TEXT, anchor="middle")


def _scale(spec: ChartSpec, marks: Sequence[Mark], axis: int) -> Scale:
    hung = [mark for mark in marks if mark.axis == axis]
    values = [value for mark in hung for p in spec.data if (value := mark.value(p)) is not None]
    if spec.config.is_stacked:
        values += [sum(mark.value(point) or 0 for mark in hung) for point in spec.data]
    is_whole = bool(hung) and all(mark.format is Format.INTEGER for mark in hung)
    return Scale.around(values, is_whole=is_whole)


def _room(scale: Scale, hung: Sequence[Mark]) -> float:
    if not hung:
        return 8.0
    return max(width_of(tick(one, hung[0].format), _SIZE) for one in scale.ticks) + _GAP


def _grid(scale: Scale, field: _Field, hung: Sequence[Mark]) -> Iterator[str]:
    for one in scale.ticks:
        y = field.height_of(scale, one)
        color = svg.AXIS if one == 0 else svg.GRID
        yield svg.line(field.left, y, field.right, y, color=color)
        said = tick(one, hung[0].format if hung else None)
        yield svg.text(said, field.left - _GAP + 2, y + 4, anchor="end")


def _right_axis(scale: Scale, field: _Field, hung: Sequence[Mark]) -> Iterator[str]:
    for one in scale.ticks if hung else ():
        y = field.height_of(scale, one)
        yield svg.text(tick(one, hung[0].format), field.right + _GAP - 2, y + 4)


def _names(spec: ChartSpec) -> Iterator[str]:
    axis = spec.config.x_axis
    values = [point.get(axis.data_key) for point in spec.data]
    grain = grain_of(values)
    for value in values:
        yield svg.clean(category(value, axis, grain))


def _below(names: Sequence[str], field: _Field, *, is_named: bool) -> tuple[list[str], float]:
    """Return the names below the axis and how deep they reach."""
    foot, room = _TOP + _HEIGHT + 18, field.band - 8
    widest = max((width_of(name, _SIZE) for name in names), default=0.0)
    if widest > room and is_named and len(names) <= _MOST_NAMES:
        lines = [wrapped(name, room, _SIZE, lines=2) for name in names]
        is_readable = all(
            "".join(found).endswith(name[-3:]) for name, found in zip(names, lines, strict=True)
        )
        if is_readable:
            written = [
                svg.text(line, field.middle(at), foot + 15 * row, anchor="middle")
                for at, found in enumerate(lines)
                for row, line in enumerate(found)
            ]
            return written, 42
        leaning = [
            svg.text(
                fitted(name, 100, _SIZE), field.middle(at) + 4, foot - 4, anchor="end", turned=_LEAN
            )
            for at, name in enumerate(names)
        ]
        return leaning, 26 + 0.6 * min(widest, 100)
    # Every so many that they do not run into each other.
    step = max(1, -int(-(widest + 14) // max(field.band, 0.01)))
    shown = [
        svg.text(fitted(name, 160, _SIZE), field.middle(at), foot, anchor="middle")
        for at, name in enumerate(names)
        if at % step == 0
    ]
    return shown, 26


def _bars(
    spec: ChartSpec,
    marks: Sequence[Mark],
    scales: Sequence[Scale],
    field: _Field,
    *,
    is_said: bool,
) -> Iterator[str]:
    is_stacked = spec.config.is_stacked
    slots = 1 if is_stacked else max(len(marks), 1)
    width = min(field.band * 0.78 / slots, _WIDEST_BAR)
    for at, point in enumerate(spec.data):
        base = 0.0
        for slot, mark in enumerate(marks):
            value = mark.value(point)
            if value is None:
                continue
            scale = scales[mark.axis]
            start = base if is_stacked else 0.0
            ends = [field.height_of(scale, start), field.height_of(scale, start + value)]
            x = field.middle(at) - width * slots / 2 + (0 if is_stacked else width * slot)
            gap = 0 if slots == 1 else 1
            yield svg.rect(
                x + gap,
                min(ends),
                width - 2 * gap,
                abs(ends[1] - ends[0]),
                fill=fill_of(point, mark, marks),
                opacity=mark.opacity,
                round_=0 if is_stacked else 2,
            )
            base += value
            if is_said:
                said = tick(value, mark.format)
                yield from _number(said, value, x + width / 2, ends, is_inside=is_stacked)


def _number(
    said: str, value: float, x: float, ends: Sequence[float], *, is_inside: bool
) -> Iterator[str]:
    """Yield the number of a bar: at its end, or within a part of a stacked one."""
    if is_inside:
        yield from in_part(said, x, sum(ends) / 2, abs(ends[1] - ends[0]))
    else:
        y = min(ends) - 6 if value >= 0 else max(ends) + 15
        yield svg.text(said, x, y, color=svg.TEXT, anchor="middle")


def _areas(
    spec: ChartSpec, marks: Sequence[Mark], scales: Sequence[Scale], field: _Field
) -> Iterator[str]:
    floor: list[float] = [0.0] * len(spec.data)
    for mark in marks:
        scale = scales[mark.axis]
        tops = [mark.value(point) for point in spec.data]
        if spec.config.is_stacked:
            tops = [below + (value or 0) for below, value in zip(floor, tops, strict=True)]
        for run in _runs(tops):
            upper = [(field.middle(at), field.height_of(scale, value)) for at, value in run]
            lower = [(field.middle(at), field.height_of(scale, floor[at])) for at, _ in run]
            opacity = 0.5 if spec.config.is_stacked else 0.0 if mark.is_previous else 0.14
            yield svg.element(
                "polygon",
                points=svg.points([*upper, *reversed(lower)]),
                fill=mark.color,
                fill_opacity=opacity,
            )
        yield from _line(mark, tops, scale, field)
        if spec.config.is_stacked:
            floor = [value or 0.0 for value in tops]


def _line(mark: Mark, tops: Sequence[float | None], scale: Scale, field: _Field) -> Iterator[str]:
    """Draw a line that breaks where a value is missing; what stands alone is a dot."""
    is_dotted = len(tops) <= _DOTTED and not mark.is_previous
    for run in _runs(tops):
        places = [(field.middle(at), field.height_of(scale, value)) for at, value in run]
        if len(places) > 1:
            yield svg.element(
                "polyline",
                points=svg.points(places),
                fill="none",
                stroke=mark.color,
                stroke_width=2,
                stroke_opacity=mark.opacity,
                stroke_linejoin="round",
                stroke_dasharray="5 4" if mark.is_previous else None,
            )
        for x, y in places if is_dotted or len(places) == 1 else ():
            yield svg.element("circle", cx=x, cy=y, r=2.8, fill=mark.color)


def _runs(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    run: list[tuple[int, float]] = []
    for at, value in enumerate(values):
        if value is not None:
            run.append((at, value))
        elif run:
            yield run
            run = []
    if run:
        yield run
