"""Cutting a chart to what can be read: the rest goes into one group, where it adds up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from gtm.charts.frame import (
    OTHER_NAME,
    Frame,
    Layout,
    Point,
    as_number,
    other_name,
    size_of,
    total_of,
)
from gtm.semantics.result import Format, ResultColumn

MAX_BARS = 60
MAX_MARKS = 200
MAX_SERIES = 6
# What is left of a total after what is shown, below which it is only rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Split:
    """Which series are drawn, and which are together in one or left out."""

    shown: tuple[str, ...]
    rest: tuple[str, ...]
    has_other: bool


def point_size(layout: Layout, point: Point) -> float:
    """Return what a group is ranked by: what its marks add up to, or else its largest."""
    sizes = [as_number(point[series.data_key]) for series in layout.config.series]
    if layout.config.is_stacked:
        return total_of(sizes)
    return max(map(size_of, sizes)) if layout.is_split else size_of(sizes[0])


def cut_groups(layout: Layout, frame: Frame, measures: Sequence[ResultColumn]) -> None:
    """Keep bars within what can be read, or to as many as are wished.

    With a measure for each series every point is a row of the result; else series are groups.
    """
    layout.is_cut = True
    wanted = _wanted(layout, frame)
    series, count = len(layout.config.series), len(layout.data)
    most = min(MAX_BARS, MAX_MARKS // series)
    is_additive = all(column.is_additive for column in measures)
    beyond = _beyond(layout, frame, measures) if is_additive else None
    has_other = beyond is not None and frame.look.other != "hidden"
    if wanted is None and count <= most:
        return
    size = _size(wanted, most, has_other=has_other)
    kept = _kept(layout, size, is_ranked=wanted is not None)
    rest = [layout.data[at] for at in range(count) if at not in kept]
    layout.data = [layout.data[at] for at in kept]
    if not rest and not frame.is_partial:
        layout.notes.append(f"There are only {count}.")
        return
    if beyond is not None and has_other and (rest or any(beyond.values())):
        _add_other(layout, rest, beyond)
    groups = max(count, frame.group_count) if _is_by_row(layout, measures) else count
    word = "first" if frame.is_ordered and wanted is None else "top"
    tail = f"; the rest is in {layout.rest}" if layout.rest else ""
    layout.notes.append(f"Showing the {word} {len(kept)} of {groups:,}{tail}.")
    if wanted is not None:
        _say_what_is_missing(layout, frame, measures, missing=wanted - len(kept))


def split_series(
    frame: Frame, cells: Mapping[str, Mapping[str, float]], metric: ResultColumn
) -> Split:
    """Split groups into the series that are drawn and the rest, the largest first if it matters."""
    names = list(cells)
    wanted = frame.look.top
    if len(names) <= min(wanted or MAX_SERIES, MAX_SERIES):
        return Split(tuple(names), (), has_other=False)
    is_whole = metric.is_additive and not frame.is_partial
    has_other = is_whole and frame.look.other != "hidden"
    if metric.is_additive:
        names.sort(key=lambda name: -total_of(list(cells[name].values())))
    elif wanted is not None:
        names.sort(key=lambda name: -_mean(cells[name].values()))
    # One place is kept for the rest together.
    most = MAX_SERIES - 1 if has_other else MAX_SERIES
    size = min(wanted or most, most)
    return Split(tuple(names[:size]), tuple(names[size:]), has_other)


def split_note(frame: Frame, metric: ResultColumn, split: Split) -> str | None:
    """Return what is to be said about the series that are not drawn."""
    count, wanted = len(split.shown) + len(split.rest), frame.look.top
    if not split.rest:
        return None if wanted is None else f"There are only {count}."
    if wanted is None and split.has_other:
        return f"The {len(split.rest):,} smallest are together in {_rest_name(split)}."
    if wanted is None:
        return f"Showing {len(split.shown)} of {count:,} series."
    most = "" if wanted <= len(split.shown) else " More lines can't be told apart."
    if split.has_other:
        head = f"Showing the top {len(split.shown)} of {count:,}"
        return f"{head}; the rest is in {_rest_name(split)}.{most}"
    if metric.is_additive:
        return f"Showing the top {len(split.shown)} of {count:,}.{most}"
    head = f"Showing the {len(split.shown)} of {count:,} with the highest average"
    return f"{head}: {metric.label} of several groups can't be added up.{most}"


def _rest_name(split: Split) -> str:
    return other_name((*split.shown, *split.rest))


def _wanted(layout: Layout, frame: Frame) -> int | None:
    """Return how many groups are wished, if it is known which are the largest."""
    wanted = frame.look.top
    if wanted is None or (frame.has_largest and not (layout.is_split and frame.is_partial)):
        return wanted
    layout.refuse(
        "top",
        f"This result does not hold the largest {wanted} for sure: ask for the top {wanted} anew.",
    )
    return None


def _size(wanted: int | None, most: int, *, has_other: bool) -> int:
    room = most - 1 if has_other else most
    return room if wanted is None else min(wanted, room)


def _kept(layout: Layout, size: int, *, is_ranked: bool) -> list[int]:
    """Return the places of the groups that stay, in the order they have."""
    places = list(range(len(layout.data)))
    if is_ranked:
        places.sort(key=lambda at: -point_size(layout, layout.data[at]))
    return sorted(places[:size])


def _is_by_row(layout: Layout, measures: Sequence[ResultColumn]) -> bool:
    return [series.data_key for series in layout.config.series] == [one.name for one in measures]


def _beyond(
    layout: Layout, frame: Frame, measures: Sequence[ResultColumn]
) -> dict[str, float] | None:
    """Return what the question's other groups add up to; None where nobody knows."""
    if not frame.is_partial:
        return {}
    resolved = frame.table.resolved
    # The warehouse's totals are of all groups, those under a threshold included.
    if not _is_by_row(layout, measures) or (resolved is not None and resolved.query.having):
        return None
    left = {column.name: _left(frame, column) for column in measures}
    known = {name: number for name, number in left.items() if number is not None}
    return known if len(known) == len(left) else None


def _left(frame: Frame, column: ResultColumn) -> float | None:
    """Return what the warehouse's total leaves of the result's groups."""
    total = as_number(frame.table.totals.get(column.name))
    if total is None:
        return None
    left = total - total_of(frame.numbers(column))
    if abs(left) <= _ROUNDING * abs(total):
        return 0
    # A total comes as a float, whatever it counts.
    is_whole = column.format is Format.INTEGER and left.is_integer()
    return int(left) if is_whole else clean(left)


def _add_other(layout: Layout, rest: Sequence[Point], beyond: Mapping[str, float]) -> None:
    key = layout.config.x_axis.data_key
    layout.rest = other_name([str(point[key]) for point in (*layout.data, *rest)])
    other: Point = {key: layout.rest}
    for series in layout.config.series:
        parts = [as_number(point[series.data_key]) for point in rest]
        left = beyond.get(series.data_key, 0)
        other[series.data_key] = clean(total_of([*parts, left])) if left else total_of(parts)
    layout.data = [*layout.data, other]


def clean(number: float) -> float:
    """Drop what subtracting leaves behind the digits that are known."""
    return number if isinstance(number, int) else float(f"{number:.12g}")


def _say_what_is_missing(
    layout: Layout, frame: Frame, measures: Sequence[ResultColumn], *, missing: int
) -> None:
    """Say why there are fewer groups than were wished, or why the rest is not one of them."""
    if missing > 0:
        why = "This result holds no more." if frame.is_partial else "More can't be told apart."
        layout.notes.append(why)
    if layout.rest is not None or frame.look.other == "hidden":
        return
    uncountable = [column.label for column in measures if not column.is_additive]
    if uncountable:
        why = f"{uncountable[0]} of several groups can't be added up"
        layout.notes.append(f"There is no {OTHER_NAME}: {why}.")
    elif frame.is_partial:
        layout.notes.append(f"There is no {OTHER_NAME}: the result does not hold every group.")


def _mean(numbers: Collection[float]) -> float:
    return total_of(list(numbers)) / len(numbers) if numbers else 0.0
