"""SVG elements as text: every value is escaped, and what XML can't carry is left out."""

from __future__ import annotations

import re
from typing import Final
from xml.sax.saxutils import escape, quoteattr

TEXT: Final = "#1c2126"
MUTED: Final = "#5b6670"
GRID: Final = "#e7eaed"
AXIS: Final = "#b9c0c7"
GOOD: Final = "#0b7a4b"
BAD: Final = "#b3261e"

# All but these can't stand in a document, not even escaped.
_UNFIT: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(tag: str, *content: str, **attributes: str | float | None) -> str:
    """Return an element; `_` in a name stands for `-`, and None leaves an attribute out."""
    written = "".join(
        f" {name.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}>{''.join(content)}</{tag}>"


def text(
    said: str,
    x: float,
    y: float,
    *,
    size: float = 12,
    color: str = MUTED,
    anchor: str = "start",
    weight: int | None = None,
    turned: float | None = None,
) -> str:
    """Return a line of text whose foot is at `y`."""
    turn = None if turned is None else f"rotate({_value(turned)} {_value(x)} {_value(y)})"
    return element(
        "text",
        escape(clean(said)),
        x=x,
        y=y,
        font_size=size,
        fill=color,
        text_anchor=None if anchor == "start" else anchor,
        font_weight=weight,
        transform=turn,
    )


def line(x1: float, y1: float, x2: float, y2: float, *, color: str = GRID) -> str:
    """Return a thin straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=color, stroke_width=1)


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str,
    opacity: float = 1,
    round_: float = 0,
) -> str:
    """Return a filled rectangle."""
    return element(
        "rect",
        x=x,
        y=y,
        width=max(width, 0),
        height=max(height, 0),
        fill=fill,
        fill_opacity=None if opacity == 1 else opacity,
        rx=round_ or None,
    )


def moved(x: float, y: float, *content: str) -> str:
    """Return elements in a place of their own."""
    return element("g", *content, transform=f"translate({_value(x)} {_value(y)})")


def clean(said: str) -> str:
    """Return a text on one line, without what can't stand in a document."""
    return " ".join(_UNFIT.sub("", said).split())


def points(places: list[tuple[float, float]]) -> str:
    """Return the points of a line or an area."""
    return " ".join(f"{_value(x)},{_value(y)}" for x, y in places)


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return _UNFIT.sub("", value)
    return f"{value:.2f}".rstrip("0").rstrip(".")
