"""Colours can be told from the page, light or dark, and from each other."""

from __future__ import annotations

import math
from itertools import combinations
from typing import get_args

import pytest

from gtm.charts import palette
from gtm.charts.spec import ColorName

MARKS = (
    *palette.SERIES,
    *palette.COLOR_BLIND_SAFE,
    *palette.NAMED.values(),
    palette.OTHER,
    palette.PREVIOUS,
)
# What red-, green- and blue-blind people see, in linear light (Machado, Oliveira, Fernandes 2009).
BLINDNESS = {
    "red": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "green": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "blue": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
    "none": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}


@pytest.mark.parametrize("page", [palette.LIGHT_PAGE, palette.DARK_PAGE])
@pytest.mark.parametrize("color", MARKS)
def test_a_mark_stands_out_from_the_page(color: str, page: str) -> None:
    low, high = sorted((luminance(color), luminance(page)))
    assert (high + 0.05) / (low + 0.05) >= 3
    assert palette.stands_out(color)


@pytest.mark.parametrize("color", ["#ffffff", "#000000", "#ffff00", "#101418", "#cccccc"])
def test_what_a_page_hides_does_not_stand_out(color: str) -> None:
    assert not palette.stands_out(color)


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_the_safe_colours_are_told_apart_whoever_looks(blindness: str) -> None:
    seen = [as_seen(color, blindness) for color in palette.COLOR_BLIND_SAFE]
    assert min(math.dist(a, b) for a, b in combinations(seen, 2)) > 0.08
    assert min(math.dist(a, b) for a, b in combinations(seen[:6], 2)) > 0.11


def test_every_named_colour_has_a_shade_of_its_own() -> None:
    assert set(palette.NAMED) == set(get_args(ColorName))
    assert len(set(palette.NAMED.values())) == len(palette.NAMED)


def test_eight_series_have_eight_colours() -> None:
    assert len(set(palette.SERIES)) == len(palette.SERIES) == 8
    for one, other in combinations(palette.SERIES, 2):
        assert sum(abs(a - b) for a, b in zip(channels(one), channels(other), strict=True)) > 50


def test_the_palette_starts_over() -> None:
    assert palette.color(8) == palette.color(0)


def luminance(color: str) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(color: str) -> list[float]:
    return [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels(color))
    ]


def as_seen(color: str, blindness: str) -> tuple[float, ...]:
    """Where a colour is in OKLab, in which equal distances look alike."""
    light = linear(color)
    red, green, blue = (
        max(0.0, sum(a * b for a, b in zip(row, light, strict=True)))
        for row in BLINDNESS[blindness]
    )
    cones = (
        0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue,
        0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue,
        0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue,
    )
    long, middle, short = (cone ** (1 / 3) for cone in cones)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def channels(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]
