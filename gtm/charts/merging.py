"""One change after the other: what of a chart's look stays when something else is wished."""

from __future__ import annotations

from typing import Any, Final

from gtm.charts.spec import MAX_COLORS, ChartDraft, ColorWish, Sort

_OPPOSITES: Final[dict[Sort, Sort]] = {
    "largest_first": "smallest_first",
    "smallest_first": "largest_first",
    "name_a_to_z": "name_z_to_a",
    "name_z_to_a": "name_a_to_z",
}


def merged(now: ChartDraft, change: ChartDraft) -> ChartDraft:
    """Return how a chart is to look after a change: what it does not name stays as it is."""
    wished: dict[str, Any] = {
        name: value
        for name in ChartDraft.model_fields
        if (value := getattr(change, name)) not in (None, "", ())
    }
    update = {**_outdated(now, change), **wished}
    if change.colors:
        update["colors"] = _colors(now, change)
    if change.sort == "reversed":
        update["sort"] = _reversed(now)
    if change.stacking == "stacked" and change.type is None and now.type == "line":
        # Lines can't be stacked; the areas below them can.
        update["type"] = "area"
    return now.model_copy(update=update)


def _outdated(now: ChartDraft, change: ChartDraft) -> dict[str, tuple[()] | None]:
    """Return what was wished of the chart as it was, and means nothing for what it becomes."""
    outdated: dict[str, tuple[()] | None] = {}
    if change.type is not None and change.type != now.type:
        outdated |= {"stacking": None, "direction": None, "config": None}
    if change.palette is not None:
        outdated["colors"] = ()
    if change.top is not None:
        outdated["other"] = None
    return outdated


def _colors(now: ChartDraft, change: ChartDraft) -> tuple[ColorWish, ...]:
    """Keep the colours of what has none of its own now; a colour for all replaces them all."""
    if any(not wish.series for wish in change.colors):
        return change.colors
    renamed = {wish.series.casefold() for wish in change.colors}
    kept = [wish for wish in now.colors if wish.series.casefold() not in renamed]
    return tuple([*kept, *change.colors][-MAX_COLORS:])


def _reversed(now: ChartDraft) -> Sort | None:
    if now.sort == "reversed":
        return None
    return "reversed" if now.sort is None else _OPPOSITES[now.sort]
