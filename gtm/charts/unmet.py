"""Wishes for a chart that are not met, and why: what would mislead, and what is not drawn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

UnmetWish = Literal[
    "three_d", "log_scale", "cut_axis", "second_axis", "percent_stack", "mixed_types",
    "other_type", "trend_line", "reference_line", "smoothing", "exact_color", "black_or_white",
    "which_color", "page_style", "decoration", "legend_or_grid", "lowest", "no_title", "unclear",
]  # fmt: skip

_REASONS: Final[Mapping[UnmetWish, str]] = {
    "three_d": "Not in 3D: depth makes what is in front look larger than it is.",
    "log_scale": "Not on a log scale: the length of a mark would no longer stand for its number. "
    "For small beside large, ask for them in a chart of their own.",
    "cut_axis": "The axis keeps its zero: cut off, small differences look like large ones.",
    "second_axis": "One axis only: with two, the scales decide what seems to go together. "
    "A scatter shows how two measures go together.",
    "percent_stack": "Not stacked to 100%: that hides how much there is. "
    "A pie shows shares, and stacked bars show amounts.",
    "mixed_types": "One kind of mark in a chart: bars beside lines are not drawn.",
    "other_type": "I can draw lines, bars, areas, pies, scatters and funnels, "
    "or show the numbers as a table.",
    "trend_line": "No trend line is drawn into a chart. Ask for the trend or a forecast instead.",
    "reference_line": "No lines or notes are drawn into a chart.",
    "smoothing": "Lines are not smoothed: they show the numbers as they are. "
    "Ask for weeks or months for a calmer line.",
    "exact_color": "I know colours by name only, such as blue, red, green, orange, purple, pink, "
    "teal, yellow, brown or gray.",
    "black_or_white": "Not in black or white: one of the two pages, light or dark, would hide it.",
    "which_color": "Which colour? I know blue, red, green, orange, purple, pink, teal, yellow, "
    "brown and gray, light, dark or plain, and a palette that is safe for colour-blind readers.",
    "page_style": "Letters, size and background follow the page, not the chart. "
    "A pinned chart can be made wider on its dashboard.",
    "decoration": "Charts don't move, and no pictures are drawn into them.",
    "legend_or_grid": "The legend and the lines behind the marks stay: a chart is read by them.",
    "lowest": "A chart is cut to its largest groups only. For the lowest, ask for the bottom ones.",
    "no_title": "A chart keeps a title, so that it can be told what it shows.",
    "unclear": "That does not tell me what to change. I can change the kind of chart, colours, "
    "sorting, the number of groups, stacking, "
    "direction, labels, title and axis labels.",
}


def said(unmet: Sequence[UnmetWish], unread: Sequence[str]) -> str:
    """Return what is to be said about wishes that were not met; empty when there are none."""
    return " ".join(_sentences(unmet, unread))


def _sentences(unmet: Sequence[UnmetWish], unread: Sequence[str]) -> Iterator[str]:
    for wish in dict.fromkeys(unmet):
        if wish != "unclear":
            yield _REASONS[wish]
    words = [f"\u201c{word}\u201d" for word in unread]
    if words:
        yield f"I can't tell what {' and '.join(words)} is to change in the chart."
    elif "unclear" in unmet:
        yield _REASONS["unclear"]
