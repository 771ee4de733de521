"""Charts in a terminal."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from gtm.charts.spec import ChartSpec
from gtm.cli.charts import draw, sparkline
from gtm.cli.text import cell_text, plain
from gtm.semantics.result import Format


def shown(spec: ChartSpec, *, width: int = 80) -> str:
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(draw(spec, width=width))
    return out.getvalue()


def spec_of(kind: str, data: list[dict[str, Any]], **config: Any) -> ChartSpec:
    base = {
        "xAxis": {"dataKey": "channel", "type": "category"},
        "yAxis": {"dataKey": "sessions", "type": "number", "format": "integer"},
        "series": [{"dataKey": "sessions", "name": "Sessions"}],
    }
    return ChartSpec.model_validate(
        {
            "type": kind,
            "title": "Sessions",
            "data": data,
            "config": base | config,
        }
    )


CHANNELS = [
    {"channel": "Organic Search", "sessions": 1200},
    {"channel": "Direct", "sessions": 600},
    {"channel": "Email", "sessions": 0},
]


@pytest.mark.parametrize("kind", ["bar", "pie", "funnel"])
def test_bars_are_as_long_as_their_values(kind: str) -> None:
    lines = shown(spec_of(kind, CHANNELS)).splitlines()
    lengths = [line.count("█") for line in lines]
    assert lengths[0] == pytest.approx(2 * lengths[1], abs=1)
    assert lengths[2] == 0
    assert "1,200" in lines[0]


def test_horizontal_bars_take_their_names_from_the_axis_of_categories() -> None:
    spec = spec_of(
        "bar",
        CHANNELS,
        xAxis={"dataKey": "sessions", "type": "number"},
        yAxis={"dataKey": "channel", "type": "category"},
        isHorizontal=True,
    )
    assert "Organic Search" in shown(spec)


def test_no_line_is_wider_than_the_terminal() -> None:
    long = [{"channel": "a very long campaign name " * 5, "sessions": 1_000_000_000}]
    assert max(map(len, shown(spec_of("bar", long), width=60).splitlines())) <= 60


def test_many_bars_end_with_how_many_are_left_out() -> None:
    many = [{"channel": f"c{index}", "sessions": index} for index in range(50)]
    assert "and 30 more" in shown(spec_of("bar", many))


def test_a_line_shows_its_span_and_range() -> None:
    data = [{"channel": f"2026-11-{day:02}", "sessions": day * 10} for day in range(1, 22)]
    text = shown(spec_of("line", data))
    assert "2026-11-01 to 2026-11-21, 21 points" in text
    assert "10 to 210" in text


def test_a_scatter_marks_its_points() -> None:
    data = [{"channel": index, "sessions": index * index} for index in range(5)]
    axis = {"dataKey": "channel", "type": "number", "label": "Clicks"}
    assert shown(spec_of("scatter", data, xAxis=axis)).count("•") == 5


def test_a_single_number_is_shown_with_the_earlier_one() -> None:
    spec = ChartSpec.model_validate(
        spec_of("bar", CHANNELS[:1]).model_dump(by_alias=True)
        | {"stat": {"value": 1234, "format": "integer", "label": "Sessions", "previous": 1000}}
    )
    text = shown(spec)
    assert "1,234" in text
    assert "1,000" in text


def test_a_chart_without_data_says_so() -> None:
    assert "Nothing to draw" in shown(spec_of("bar", []))


def test_a_sparkline_runs_from_the_lowest_block_to_the_highest() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7], width=8) == "▁▂▃▄▅▆▇█"


def test_a_gap_in_a_sparkline_stays_a_gap() -> None:
    assert sparkline([7, None, 7], width=8) == "█ █"


def test_a_long_series_is_averaged_into_the_room() -> None:
    assert len(sparkline([float(value) for value in range(1000)], width=40)) == 40


def test_a_value_can_not_send_commands_to_the_terminal() -> None:
    assert plain("evil\x1b[2Jcampaign\u202e") == "evil\ufffd[2Jcampaign\ufffd"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.4123, Format.PERCENT, "41.2%"),
        (1234567, Format.INTEGER, "1,234,567"),
        (None, Format.USD, "\u2013"),
        (True, Format.TEXT, "yes"),
        ("2026-11-01", Format.DATE, "2026-11-01"),
    ],
)
def test_a_cell_reads_as_its_column_does(value: Any, form: Format, text: str) -> None:
    assert cell_text(value, form) == text
