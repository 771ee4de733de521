"""Numbers, dates and texts as a picture shows them."""

import pytest

from gtm.charts.drawing.scale import Scale
from gtm.charts.drawing.text import fitted, is_own, pinched, width_of, wrapped
from gtm.charts.drawing.values import category, full, grain_of, tick
from gtm.charts.spec import Axis
from gtm.semantics.query import Grain
from gtm.semantics.result import Format, Value


@pytest.mark.parametrize(
    ("value", "format_", "in_full", "as_tick"),
    [
        (1_234_567, Format.INTEGER, "1,234,567", "1.2M"),
        (999, Format.INTEGER, "999", "999"),
        (999_960, Format.INTEGER, "999,960", "1M"),
        (12_345.678, Format.DECIMAL, "12,345.68", "12.3K"),
        (12.0, Format.DECIMAL, "12", "12"),
        (0.1234, Format.PERCENT, "12.3%", "12.3%"),
        (0.5, Format.PERCENT, "50.0%", "50%"),
        (0.00123, Format.PERCENT, "0.12%", "0.1%"),
        (0, Format.PERCENT, "0.0%", "0%"),
        (1_500, Format.USD, "$1,500", "$1.5K"),
        (-1_500.5, Format.USD, "-$1,500.50", "-$1.5K"),
        (2.5e9, Format.USD, "$2,500,000,000", "$2.5B"),
        (42.25, Format.SECONDS, "42.2 s", "42.2 s"),
        (125, Format.SECONDS, "2 min 5 s", "2 min 5 s"),
        (7_260, Format.SECONDS, "2 h 1 min", "2 h 1 min"),
        (None, Format.INTEGER, "\N{EN DASH}", "\N{EN DASH}"),
        (float("nan"), None, "nan", "nan"),
        ("a name", Format.TEXT, "a name", "a name"),
        (True, None, "yes", "yes"),
    ],
)
def test_a_value_reads_as_on_the_screen(
    value: Value, format_: Format | None, in_full: str, as_tick: str
) -> None:
    assert (full(value, format_), tick(value, format_)) == (in_full, as_tick)


@pytest.mark.parametrize(
    ("days", "grain", "first"),
    [
        (["2026-11-02", "2026-11-03"], Grain.DAY, "Nov 2"),
        (["2026-11-02", "2026-11-09"], Grain.WEEK, "Nov 2"),
        (["2026-10-01", "2026-11-01"], Grain.MONTH, "Oct 2026"),
        (["2026-07-01", "2026-10-01"], Grain.QUARTER, "Q3 2026"),
        (["2025-01-01", "2026-01-01"], Grain.YEAR, "2025"),
        (["2026-11-02"], None, "Nov 2"),
    ],
)
def test_dates_read_by_the_width_of_a_point(
    days: list[Value], grain: Grain | None, first: str
) -> None:
    assert grain_of(days) is grain
    assert category(days[0], Axis(data_key="d", type="date"), grain) == first


@pytest.mark.parametrize(
    ("values", "is_whole", "ticks"),
    [
        ([0, 3_000], True, (0, 1_000, 2_000, 3_000)),
        ([3], True, (0, 1, 2, 3)),
        ([0.05], False, (0, 0.02, 0.04, 0.06)),
        ([-120, 300], False, (-200, 0, 200, 400)),
        ([-5], True, (-6, -4, -2, 0)),
        ([0, 0], False, (0, 1)),
        ([], False, (0, 1)),
    ],
)
def test_ticks_are_round_and_hold_zero(
    values: list[float], is_whole: bool, ticks: tuple[float, ...]
) -> None:
    assert Scale.around(values, is_whole=is_whole).ticks == ticks


def test_a_text_is_cut_to_its_room() -> None:
    long = "a rather long name of something"
    assert fitted("short", 100, 12) == "short"
    assert fitted(long, 60, 12).endswith("\N{HORIZONTAL ELLIPSIS}")
    assert width_of(fitted(long, 60, 12), 12) <= 60
    assert wrapped(long, 90, 12, lines=2)[0] == "a rather long"
    assert len(wrapped(long, 60, 12, lines=2)) == 2
    path = pinched("/blog/2026/some-name-0/index.html", 90, 12)
    assert path.startswith("/blog")
    assert path.endswith(".html")
    assert width_of(path, 12) <= 90
    assert fitted(long, 0, 12) == "\N{HORIZONTAL ELLIPSIS}"


def test_the_font_that_comes_along_has_the_letters_of_europe() -> None:
    assert is_own("Ångström, Český, Ελλάδα, Київ, Việt Nam, 5 €, “x” \N{EN DASH} y…")
    assert not is_own("日本語")
    assert not is_own("\N{GRINNING FACE}")
