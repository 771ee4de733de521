"""Colours can be told from the page, light or dark, and from each other."""

from __future__ import annotations

from itertools import combinations

import pytest

from gtm.charts import palette


@pytest.mark.parametrize("page", [palette.LIGHT_PAGE, palette.DARK_PAGE])
@pytest.mark.parametrize("color", [*palette.SERIES, palette.OTHER, palette.PREVIOUS])
def test_a_mark_stands_out_from_the_page(color: str, page: str) -> None:
    low, high = sorted((luminance(color), luminance(page)))
    assert (high + 0.05) / (low + 0.05) >= 3


def test_eight_series_have_eight_colours() -> None:
    assert len(set(palette.SERIES)) == len(palette.SERIES) == 8
    for one, other in combinations(palette.SERIES, 2):
        assert sum(abs(a - b) for a, b in zip(channels(one), channels(other), strict=True)) > 50


def test_the_palette_starts_over() -> None:
    assert palette.color(8) == palette.color(0)


def luminance(color: str) -> float:
    linear = [
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels(color))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def channels(color: str) -> list[int]:
    return [int(color[at : at + 2], 16) for at in (1, 3, 5)]
