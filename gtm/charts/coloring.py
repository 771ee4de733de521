"""Colours by name and by series: each keeps its contrast, and no two series share one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gtm.charts import palette
from gtm.charts.frame import Layout, Point, label
from gtm.charts.spec import ChartDraft, ColorWish

_FIXED: Final = {palette.OTHER, palette.PREVIOUS}
_MOST_NAMED: Final = 4
# Red, green and blue together must differ by this much.
_LIKE: Final = 80


@dataclass(frozen=True, slots=True)
class _Part:
    """What can have a colour: a series, or with `point` one bar or slice."""

    name: str
    series: int
    point: Point | None = None


def paint(layout: Layout, look: ChartDraft) -> None:
    """Give the marks of a chart the wished palette, then the wished colours."""
    colors = palette.SERIES
    if look.palette == "color_blind_safe":
        colors = palette.COLOR_BLIND_SAFE
        _repaint(layout, dict(zip(palette.SERIES, colors, strict=True)))
    _paint_in_order(layout, [wish for wish in look.colors if not wish.series.strip()], colors)
    given: dict[str, str] = {}
    for wish in look.colors:
        if wish.series.strip():
            _paint_named(layout, wish, colors, given)
    if any(wish.color == "yellow" for wish in look.colors):
        layout.notes.append("Yellow is drawn dark, so that it stands out from a light page.")


def _repaint(layout: Layout, swap: Mapping[str, str]) -> None:
    """Swap one palette for another, place by place; what is grey stays so."""
    for part in _parts(layout):
        _set(layout, part, swap.get(_color_of(layout, part), _color_of(layout, part)))


def _paint_in_order(layout: Layout, wishes: Sequence[ColorWish], colors: Sequence[str]) -> None:
    """Colour the chart: all of it, or with several colours its parts one after the other."""
    parts = [part for part in _parts(layout) if _color_of(layout, part) not in _FIXED]
    for part, wish in zip(parts, wishes, strict=False):
        _give(layout, part, palette.NAMED[wish.color], colors)
    if len(wishes) > len(parts):
        layout.notes.append(f"There are more colours than there is to colour: {len(wishes)}.")
    if len(wishes) == 1 and len(parts) > 1:
        layout.notes.append(
            f"Only {parts[0].name} is {_said(wishes[0])}: in one colour nobody could tell "
            f"{parts[0].name} from {parts[1].name}."
        )


def _paint_named(
    layout: Layout, wish: ColorWish, colors: Sequence[str], given: dict[str, str]
) -> None:
    """Colour one part; `given` holds whose each colour is already."""
    parts = _parts(layout)
    found = _matching(wish.series, [*parts, *_bars(layout)])
    if not found:
        layout.notes.append(f"There is no \u201c{wish.series}\u201d in this chart to colour.")
    elif len(found) > 1:
        names = " or ".join(part.name for part in found[:_MOST_NAMED])
        layout.notes.append(f"\u201c{wish.series}\u201d may be {names}: say which.")
    elif found[0] in parts and given.setdefault(wish.color, found[0].name) != found[0].name:
        both = f"{given[wish.color]} and {found[0].name}"
        layout.notes.append(f"{both} can't both be {_said(wish)}: nobody could tell them apart.")
    else:
        _give(layout, found[0], palette.NAMED[wish.color], colors)


def _matching(said: str, parts: Sequence[_Part]) -> list[_Part]:
    """Return the parts of a name; without one those whose name holds it."""
    wanted = " ".join(said.casefold().split())
    exact = [part for part in parts if part.name.casefold() == wanted]
    return exact[:1] or [part for part in parts if wanted in part.name.casefold()]


def _parts(layout: Layout) -> list[_Part]:
    """Return what tells the numbers of a chart apart: its slices, or its series."""
    if layout.type == "pie":
        key = layout.config.x_axis.data_key
        return [_Part(label(point[key]), 0, point) for point in layout.data]
    return [_Part(one.name, at) for at, one in enumerate(layout.config.series)]


def _bars(layout: Layout) -> list[_Part]:
    """Return the bars of a chart of one series; each may stand out in a colour of its own."""
    if layout.type != "bar" or len(layout.config.series) > 1:
        return []
    key = layout.config.x_axis.data_key
    return [_Part(label(point[key]), 0, point) for point in layout.data]


def _give(layout: Layout, part: _Part, color: str, colors: Sequence[str]) -> None:
    """Give a part a colour; another that has one like it gets one that nobody has."""
    parts = _parts(layout)
    _set(layout, part, color)
    for other in parts if part in parts else ():
        if other != part and _is_like(_color_of(layout, other), color):
            used = [_color_of(layout, one) for one in parts if one != other]
            _set(layout, other, _unlike(used, colors))


def _unlike(used: Sequence[str], colors: Sequence[str]) -> str:
    """Return a colour that is like none of those in use."""
    choice = (*colors, *palette.NAMED.values())
    free = (one for one in choice if not any(_is_like(one, other) for other in used))
    return next(free, palette.OTHER)


def _is_like(one: str, other: str) -> bool:
    if not one or not other:
        return False
    return sum(abs(a - b) for a, b in zip(_rgb(one), _rgb(other), strict=True)) < _LIKE


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))


def _color_of(layout: Layout, part: _Part) -> str:
    if part.point is not None:
        fill = part.point.get("fill")
        return fill if isinstance(fill, str) else ""
    return layout.config.series[part.series].color or ""


def _set(layout: Layout, part: _Part, color: str) -> None:
    if part.point is not None:
        part.point["fill"] = color
        return
    series = list(layout.config.series)
    series[part.series] = series[part.series].model_copy(update={"color": color})
    layout.config = layout.config.model_copy(update={"series": tuple(series)})


def _said(wish: ColorWish) -> str:
    return wish.color.replace("_", " ")
