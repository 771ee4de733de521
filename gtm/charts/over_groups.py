"""Charts over groups: sorted bars, grouped bars, pies and scatters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm.charts import palette
from gtm.charts.cut import (
    MAX_SERIES,
    Split,
    clean,
    cut_groups,
    point_size,
    split_note,
    split_series,
)
from gtm.charts.frame import (
    Frame,
    Layout,
    Point,
    as_number,
    axis_format,
    label,
    other_name,
    repeats_note,
    size_of,
    tabulated,
    total_of,
)
from gtm.charts.over_time import group_series, left_out
from gtm.charts.spec import Axis, ChartConfig, Series
from gtm.semantics.result import ColumnRole, ResultColumn

MAX_SLICES = 8
MAX_DOTS = 500
_LONG_LABEL = 14
_MANY_BARS = 8
_DENSE = 0.5
CATEGORY = "category"


def lay_out_bars(frame: Frame) -> Layout:
    """Lay out bars: one group of marks a category, the largest first unless order was asked for."""
    metric = frame.metrics[0]
    has_previous = frame.previous(metric) is not None
    if len(frame.dimensions) == 2 and len(frame.metrics) == 1 and not has_previous:
        for outer, inner in (frame.dimensions, frame.dimensions[::-1]):
            grouped = _grouped(frame, metric, outer, inner)
            if grouped is not None:
                return grouped
    return _plain(frame, metric)


def _plain(frame: Frame, metric: ResultColumn) -> Layout:
    columns, colors, apart = _measures(frame, metric)
    key, key_label = category_key(frame)
    numbers = {column.name: frame.numbers(column) for column in columns}
    data: list[Point] = []
    names = frame.labels() if frame.dimensions else _row_names(frame)
    for at, name in enumerate(names):
        point: Point = {key: name}
        point |= {column: found[at] for column, found in numbers.items()}
        data.append(point)
    if not frame.is_ordered:
        data.sort(key=lambda point: -size_of(as_number(point[metric.name])))
    series = [
        Series(
            data_key=column.name,
            name=_series_name(frame, column),
            color=color,
            format=column.format,
        )
        for column, color in zip(columns, colors, strict=True)
    ]
    layout = _bars(data, key, key_label, metric, series)
    cut_groups(layout, frame, columns)
    if apart:
        layout.notes.append(left_out(apart))
    return layout


def _measures(
    frame: Frame, metric: ResultColumn
) -> tuple[list[ResultColumn], list[str], list[ResultColumn]]:
    previous = frame.previous(metric)
    if previous is not None:
        apart = [column for column in frame.metrics if column.name != metric.name]
        earlier = previous.model_copy(update={"is_additive": metric.is_additive})
        return [metric, earlier], [palette.color(0), palette.PREVIOUS], apart
    together, apart = frame.drawable_with(metric)
    together, beyond = together[:MAX_SERIES], together[MAX_SERIES:]
    return together, [palette.color(at) for at in range(len(together))], [*beyond, *apart]


def _series_name(frame: Frame, column: ResultColumn) -> str:
    if column.role is not ColumnRole.PREVIOUS:
        return column.label
    comparison = frame.table.resolved.comparison if frame.table.resolved else None
    name = comparison.label if comparison and comparison.label else "Earlier period"
    return name[:1].upper() + name[1:]


def _grouped(
    frame: Frame, metric: ResultColumn, outer: ResultColumn, inner: ResultColumn
) -> Layout | None:
    """Lay out one series a value of `inner`; None when they are too many or mostly missing."""
    placed = zip(
        map(label, frame.values(outer)),
        map(label, frame.values(inner)),
        frame.numbers(metric),
        strict=True,
    )
    cells, repeats = tabulated(placed, is_additive=metric.is_additive)
    split = _split(frame, metric, cells, inner)
    if split is None:
        return None
    data = [_crossed(outer, name, found, split, metric) for name, found in cells.items()]
    layout = _bars(data, outer.name, outer.label, metric, group_series(split, metric))
    layout.is_split = True
    is_positive = all(number >= 0 for found in cells.values() for number in found.values())
    is_stacked = frame.look.stacking == "stacked" and metric.is_additive and is_positive
    layout.config = layout.config.model_copy(update={"is_stacked": is_stacked})
    if not frame.is_ordered:
        layout.data.sort(key=lambda point: -point_size(layout, point))
    note = split_note(frame.plain, metric, split)
    layout.notes += repeats_note(repeats) + ([] if note is None else [note])
    cut_groups(layout, frame, [metric])
    return layout


def _split(
    frame: Frame,
    metric: ResultColumn,
    cells: Mapping[str, Mapping[str, float]],
    inner: ResultColumn,
) -> Split | None:
    """Return the series of grouped bars: the rest may be together only where bars are stacked."""
    columns: dict[str, dict[str, float]] = {label(value): {} for value in frame.values(inner)}
    for row, found in cells.items():
        for name, number in found.items():
            columns[name][row] = number
    is_stacked = frame.look.stacking == "stacked" and metric.is_additive
    is_full = sum(map(len, cells.values())) >= _DENSE * len(cells) * len(columns)
    if not cells or not (is_full or is_stacked):
        return None
    if len(columns) <= MAX_SERIES:
        return Split(tuple(columns), (), has_other=False)
    can_share = is_stacked and not frame.is_partial and len(columns) <= len(cells)
    return split_series(frame.plain, columns, metric) if can_share else None


def _crossed(
    outer: ResultColumn,
    name: str,
    found: Mapping[str, float],
    split: Split,
    metric: ResultColumn,
) -> Point:
    missing = 0 if metric.is_additive else None
    point: Point = {outer.name: name}
    point |= {f"s{at}": found.get(one, missing) for at, one in enumerate(split.shown, 1)}
    if split.has_other:
        point[f"s{len(split.shown) + 1}"] = total_of([found.get(one) for one in split.rest])
    return point


def category_key(frame: Frame) -> tuple[str, str]:
    """Return the data key and the label of the axis of groups."""
    if len(frame.dimensions) == 1:
        return frame.dimensions[0].name, frame.dimensions[0].label
    return CATEGORY, " / ".join(column.label for column in frame.dimensions)


def _row_names(frame: Frame) -> list[str]:
    if frame.period is not None:
        return [label(value) for value in frame.values(frame.period)]
    return [f"Row {at}" for at in range(1, len(frame.table.rows) + 1)]


def _bars(
    data: list[Point], key: str, key_label: str, metric: ResultColumn, series: Sequence[Series]
) -> Layout:
    is_long = any(len(label(point[key])) > _LONG_LABEL for point in data)
    config = ChartConfig(
        x_axis=Axis(data_key=key, label=key_label, type="category"),
        y_axis=Axis(
            data_key=series[0].data_key,
            label=metric.label,
            type="number",
            format=axis_format(metric),
        ),
        series=tuple(series),
        is_horizontal=is_long or len(data) > _MANY_BARS,
    )
    return Layout("bar", data, config)


def lay_out_pie(frame: Frame) -> Layout:
    """Lay out the parts of a whole; what is not shown is one slice, so that shares stay true."""
    metric = frame.metrics[0]
    key, key_label = category_key(frame)
    slices = [
        (name, number)
        for name, number in zip(frame.labels(), frame.numbers(metric), strict=True)
        if number is not None
    ]
    slices.sort(key=lambda entry: -entry[1])
    whole = total_of([number for _, number in slices])
    total = as_number(frame.table.totals.get(metric.name))
    beyond = total - whole if total is not None and total > whole * 1.000001 else 0
    wanted = min(frame.look.top or MAX_SLICES, MAX_SLICES)
    # One place is kept for the rest together.
    cap = wanted if len(slices) <= wanted and not beyond else min(wanted, MAX_SLICES - 1)
    shown, rest = slices[:cap], slices[cap:]
    data: list[Point] = [
        {key: name, metric.name: number, "fill": palette.color(at)}
        for at, (name, number) in enumerate(shown)
    ]
    layout = Layout("pie", data, _pie_config(key, key_label, metric), is_cut=True)
    if rest or beyond:
        layout.rest = other_name([name for name, _ in slices])
        other = total_of([number for _, number in rest]) + beyond
        data.append({key: layout.rest, metric.name: clean(other), "fill": palette.OTHER})
        count = max(frame.group_count, len(slices)) - len(shown)
        small = f"{count:,} smaller ones" if count > 0 else "everything not shown"
        layout.notes.append(f"{layout.rest} holds {small}.")
    if frame.look.other == "hidden" and layout.rest:
        layout.refuse("other", f"{layout.rest} stays: without it the shares would not be true.")
    return layout


def _pie_config(key: str, key_label: str, metric: ResultColumn) -> ChartConfig:
    series = Series(
        data_key=metric.name, name=metric.label, color=palette.color(0), format=metric.format
    )
    return ChartConfig(
        x_axis=Axis(data_key=key, label=key_label),
        y_axis=Axis(data_key=metric.name, label=metric.label, type="number", format=metric.format),
        series=(series,),
    )


def lay_out_scatter(frame: Frame) -> Layout:
    """Lay out one measure against another, a dot a group; dimensions ride along as names."""
    across, up = frame.metrics[:2]
    places = [(column.name, frame.values(column)) for column in frame.dimensions]
    data: list[Point] = []
    for at, (x, y) in enumerate(zip(frame.numbers(across), frame.numbers(up), strict=True)):
        if x is not None and y is not None:
            point: Point = {name: label(values[at]) for name, values in places}
            data.append(point | {across.name: x, up.name: y})
    notes = []
    most = min(frame.look.top or MAX_DOTS, MAX_DOTS)
    if len(data) > most:
        notes.append(f"Showing the {most} largest of {len(data):,} by {across.label}.")
        data.sort(key=lambda point: -size_of(as_number(point[across.name])))
        data = data[:most]
    if len(frame.metrics) > 2:
        notes.append(left_out(frame.metrics[2:]))
    config = ChartConfig(
        x_axis=Axis(
            data_key=across.name, label=across.label, type="number", format=axis_format(across)
        ),
        y_axis=Axis(data_key=up.name, label=up.label, type="number", format=axis_format(up)),
        series=(Series(data_key=up.name, name=up.label, color=palette.color(0), format=up.format),),
    )
    return Layout("scatter", data, config, notes, is_cut=True)
