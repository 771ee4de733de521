"""How a chart is wished to look, applied to what the rules have laid out; the data stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gtm.charts.coloring import paint
from gtm.charts.cut import point_size
from gtm.charts.frame import Frame, Layout, Point, as_number, label
from gtm.charts.spec import Axis, ChartDraft

# Above this many, names no longer fit below bars, and numbers run into each other.
_MOST_UPRIGHT: Final = 16
_MOST_NUMBERS: Final = 40
_ONCE: Final = ("base", "unmet", "unread")


def apply_edits(layout: Layout, frame: Frame) -> None:
    """Turn, stack, sort, colour and label a chart as wished; what does not fit is said."""
    look = frame.look
    if not layout.data:
        return
    if layout.stat is not None:
        _leave_number(layout, look)
        return
    _cut(layout, look)
    for wish, edit in _EDITS:
        if getattr(look, wish):
            edit(layout, frame)
    paint(layout, look)


def in_force(layout: Layout, look: ChartDraft) -> ChartDraft | None:
    """Return what of a wish holds from now on; None where nothing was wished."""
    undone = {name: ChartDraft.model_fields[name].default for name in (*layout.refused, *_ONCE)}
    kept = look.model_copy(update=undone)
    if kept.type is not None and layout.data:
        kept = kept.model_copy(update={"type": layout.type})
    return None if kept == ChartDraft() else kept


def _leave_number(layout: Layout, look: ChartDraft) -> None:
    asked = [wish for wish, _ in _EDITS if getattr(look, wish)]
    asked += [wish for wish in ("top", "other", "palette", "colors") if getattr(look, wish)]
    if asked:
        layout.refused |= set(asked)
        layout.notes.append("A single number has nothing to sort, stack, colour or label.")


def _cut(layout: Layout, look: ChartDraft) -> None:
    """Say what became of a wish for fewer groups that the layout did not meet."""
    if look.top is not None and not layout.is_cut:
        layout.refuse("top", f"There are no groups here to keep the top {look.top} of.")
    if "top" in layout.refused:
        layout.refused.add("other")
    elif look.top is None and look.other == "shown" and layout.rest is None:
        layout.refuse("other", "Say how many are to stay beside the rest, such as the top 5.")


def _stack(layout: Layout, frame: Frame) -> None:
    if frame.look.stacking == "grouped":
        return
    if not layout.config.is_stacked:
        layout.refuse("stacking", f"Not stacked: {_why_not_stacked(layout, frame)}.")


def _why_not_stacked(layout: Layout, frame: Frame) -> str:
    metric = frame.metrics[0]
    if layout.type not in {"bar", "area"}:
        return "only bars and areas can be"
    if frame.is_funnel:
        return "each step of a funnel is part of the one before"
    if frame.previous(metric) is not None:
        return "two periods are to be compared, not added up"
    if not layout.is_split and len(layout.config.series) > 1:
        return "different measures don't add up"
    if not layout.is_split:
        return "the bars have no parts; ask for a second split, for example by device"
    if not metric.is_additive:
        return f"{metric.label} of several groups can't be added up"
    return "negative numbers can't be"


def _turn(layout: Layout, frame: Frame) -> None:
    is_lying = frame.look.direction == "horizontal"
    if layout.type != "bar":
        layout.refuse("direction", "Only bars can lie or stand.")
    elif is_lying and frame.period is not None:
        layout.refuse("direction", "Time runs from left to right, so these bars stand.")
    elif not is_lying and len(layout.data) > _MOST_UPRIGHT:
        count = len(layout.data)
        layout.refuse("direction", f"The names of {count} bars don't fit below them, so they lie.")
    else:
        layout.config = layout.config.model_copy(update={"is_horizontal": is_lying})


def _sort(layout: Layout, frame: Frame) -> None:
    if frame.period is not None and layout.type != "scatter":
        layout.refuse("sort", "A series stays in the order of time.")
    elif frame.is_funnel and not frame.dimensions:
        layout.refuse("sort", "The steps of a funnel stay in their order.")
    elif layout.type == "scatter":
        layout.refuse("sort", "The dots of a scatter have no order.")
    else:
        key = layout.config.x_axis.data_key
        rest = [point for point in layout.data if point[key] == layout.rest]
        groups = [point for point in layout.data if point[key] != layout.rest]
        layout.data = _sorted(layout, groups, frame.look) + rest


def _sorted(layout: Layout, groups: list[Point], look: ChartDraft) -> list[Point]:
    key = layout.config.x_axis.data_key
    if look.sort == "reversed":
        return groups[::-1]
    if look.sort in {"name_a_to_z", "name_z_to_a"}:
        is_reversed = look.sort == "name_z_to_a"
        return sorted(groups, key=lambda p: label(p[key]).casefold(), reverse=is_reversed)
    sign = 1 if look.sort == "smallest_first" else -1
    missing = [point for point in groups if _is_missing(layout, point)]
    known = [point for point in groups if not _is_missing(layout, point)]
    return sorted(known, key=lambda point: sign * point_size(layout, point)) + missing


def _is_missing(layout: Layout, point: Point) -> bool:
    """Return whether what a group is ranked by is unknown."""
    values = [as_number(point[series.data_key]) for series in layout.config.series]
    return all(value is None for value in (values if layout.is_split else values[:1]))


def _label(layout: Layout, frame: Frame) -> None:
    is_on = frame.look.labels == "on"
    numbers = len(layout.data) * len(layout.config.series)
    if layout.type in {"pie", "funnel"}:
        if not is_on:
            layout.refuse("labels", f"The numbers of a {layout.type} are read beside it.")
    elif is_on and layout.type == "scatter":
        layout.refuse("labels", "The numbers of a scatter would hide its dots.")
    elif is_on and numbers > _MOST_NUMBERS:
        why = f"{numbers:,} numbers would run into each other; the table has them."
        layout.refuse("labels", why)
    else:
        layout.config = layout.config.model_copy(update={"has_labels": is_on})


def _name_across(layout: Layout, frame: Frame) -> None:
    _name(layout, "x_label", frame.look.x_label, is_value=layout.config.is_horizontal)


def _name_up(layout: Layout, frame: Frame) -> None:
    _name(layout, "y_label", frame.look.y_label, is_value=not layout.config.is_horizontal)


def _name(layout: Layout, wish: str, name: str, *, is_value: bool) -> None:
    """Name an axis as it is seen: of bars that lie the values run across."""
    if layout.type in {"pie", "funnel"}:
        layout.refuse(wish, f"A {layout.type} has no axes to name.")
        return
    field = "y_axis" if is_value else "x_axis"
    axis: Axis = getattr(layout.config, field)
    named = axis.model_copy(update={"label": name, "is_label_shown": True})
    layout.config = layout.config.model_copy(update={field: named})


_EDITS: Final[tuple[tuple[str, Callable[[Layout, Frame], None]], ...]] = (
    ("stacking", _stack),
    ("direction", _turn),
    ("sort", _sort),
    ("labels", _label),
    ("x_label", _name_across),
    ("y_label", _name_up),
)
