"""A proposed chart is held against its result."""

from __future__ import annotations

from typing import Any

import pytest

from gtm.charts import palette
from gtm.charts.rules import choose
from gtm.charts.spec import ChartDraft
from gtm.errors import InvalidInputError
from tests.support.tables import table_of

SOURCES = table_of(
    {
        "columns": ["source", "sessions", "bounce_rate"],
        "rows": [["google", 30, 0.4], ["bing", 10, 0.5]],
    }
)
CROSSED = table_of(
    {
        "columns": ["channel", "device_category", "sessions"],
        "rows": [["Email", "mobile", 5], ["Email", "desktop", 7], ["Direct", "mobile", 9]],
    }
)


def draft(kind: str, x: str, *series: str, title: str = "", **extra: Any) -> ChartDraft:
    return ChartDraft.model_validate(
        {
            "type": kind,
            "title": title,
            "config": {
                "xAxis": {"dataKey": x, "label": "Across"},
                "yAxis": {"dataKey": series[0]},
                "series": [
                    {"dataKey": key, "name": key.upper(), "color": "#8a63d2"} for key in series
                ],
                **extra,
            },
        }
    )


def test_an_unknown_key_is_refused_with_the_nearest_columns() -> None:
    with pytest.raises(InvalidInputError, match="'session' is not a column") as caught:
        choose(SOURCES, draft=draft("bar", "source", "session"))
    assert caught.value.nearest[0] == "sessions"


def test_a_series_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="'source' is not a number"):
        choose(SOURCES, draft=draft("bar", "source", "source"))


def test_a_pie_of_a_rate_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="adds up") as caught:
        choose(SOURCES, draft=draft("pie", "source", "bounce_rate"))
    assert caught.value.nearest == ("sessions",)


def test_a_pie_of_two_measures_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="exactly one measure"):
        choose(SOURCES, draft=draft("pie", "source", "sessions", "bounce_rate"))


def test_a_scatter_over_names_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="two different numeric columns"):
        choose(SOURCES, draft=draft("scatter", "source", "sessions"))


def test_bars_over_a_measure_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="'bounce_rate' is a measure"):
        choose(SOURCES, draft=draft("bar", "bounce_rate", "sessions"))


def test_names_colours_and_labels_of_a_draft_are_kept() -> None:
    spec = choose(SOURCES, draft=draft("bar", "source", "bounce_rate", title="Bounces"))
    assert (spec.type, spec.title) == ("bar", "Bounces")
    assert [(s.data_key, s.name, s.color) for s in spec.config.series] == [
        ("bounce_rate", "BOUNCE_RATE", "#8a63d2")
    ]
    assert spec.config.x_axis.label == "Across"
    assert spec.data[0] == {"source": "bing", "bounce_rate": 0.5}


def test_a_scatter_takes_both_of_its_columns() -> None:
    spec = choose(SOURCES, draft=draft("scatter", "sessions", "bounce_rate"))
    assert (spec.type, spec.config.x_axis.data_key) == ("scatter", "sessions")
    assert {"source": "google", "sessions": 30, "bounce_rate": 0.4} in spec.data


def test_rows_that_share_a_name_are_told_apart() -> None:
    spec = choose(CROSSED, draft=draft("bar", "channel", "sessions"))
    assert [series.name for series in spec.config.series] == ["mobile", "desktop"]


def test_a_funnel_keeps_its_steps_in_order() -> None:
    funnel = table_of(
        {
            "columns": ["step_order", "step_name", "sessions"],
            "rows": [[1, "start", 9], [2, "buy", 3]],
            "query": {"funnel": "purchase"},
        }
    )
    spec = choose(funnel, draft=draft("funnel", "step_name", "sessions"))
    assert spec.type == "funnel"
    assert [point["step_name"] for point in spec.data] == ["start", "buy"]


def test_a_draft_that_does_not_fit_is_changed_and_said() -> None:
    spec = choose(SOURCES, draft=draft("line", "source", "sessions"))
    assert (spec.type, spec.note) == ("bar", "Drawn as bars: a line needs time on its axis.")


def test_a_colour_that_one_of_the_pages_would_hide_is_not_taken() -> None:
    asked = draft("bar", "source", "sessions")
    assert asked.config is not None
    pale = asked.config.series[0].model_copy(update={"color": "#ffff66"})
    config = asked.config.model_copy(update={"series": (pale,)})
    spec = choose(SOURCES, draft=asked.model_copy(update={"config": config}))
    assert spec.config.series[0].color == palette.color(0)
    assert spec.note == "#ffff66 can't be seen on a light or on a dark page."
