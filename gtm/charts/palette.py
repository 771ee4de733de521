"""Colours of series, each at least 3:1 against the light and against the dark page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gtm.charts.spec import ColorName

LIGHT_PAGE = "#ffffff"
DARK_PAGE = "#101418"
LEAST_CONTRAST = 3.0
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
# Told apart with red-green and blue blindness too; the first six are furthest from each other.
COLOR_BLIND_SAFE = (
    "#4455dd",
    "#bb8822",
    "#aa3388",
    "#4499dd",
    "#666611",
    "#ff4499",
    "#dd0044",
    "#9966ff",
)
OTHER = "#7b8794"
PREVIOUS = "#8b939c"
NAMED: Final[Mapping[ColorName, str]] = {
    "blue": "#2f7ed8",
    "light_blue": "#4a98e0",
    "dark_blue": "#435bc6",
    "green": "#2f8f3a",
    "light_green": "#5b9c2e",
    "dark_green": "#2b7a3b",
    "teal": "#0f8f8a",
    "red": "#d8343f",
    "dark_red": "#b5323a",
    "orange": "#d06010",
    # A yellow that is seen on a light page is a dark one.
    "yellow": "#a87b00",
    "purple": "#8a63d2",
    "pink": "#d64a93",
    "brown": "#96603a",
    "gray": "#7b8794",
}


def color(place: int, series: Sequence[str] = SERIES) -> str:
    """Return the colour of the series at a place, starting over after the last."""
    return series[place % len(series)]


def stands_out(color: str) -> bool:
    """Return whether a colour has the contrast that marks need, on the light and the dark page."""
    return all(_contrast(color, page) >= LEAST_CONTRAST for page in (LIGHT_PAGE, DARK_PAGE))


def _contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: str) -> float:
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
