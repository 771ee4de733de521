"""Colours of series, each at least 3:1 against the light and against the dark page."""

from __future__ import annotations

LIGHT_PAGE = "#ffffff"
DARK_PAGE = "#101418"
SERIES = (
    "#2f7ed8",
    "#d06010",
    "#8a63d2",
    "#0f8f6f",
    "#d14a7c",
    "#8f7a00",
    "#4a6fa5",
    "#b5483a",
)
OTHER = "#7b8794"
PREVIOUS = "#8b939c"


def color(place: int) -> str:
    """Return the colour of the series at a place, starting over after the last."""
    return SERIES[place % len(SERIES)]
