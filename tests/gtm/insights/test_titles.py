"""What findings are called, and which part of them is drawn."""

from __future__ import annotations

from gtm.charts.rules import choose
from gtm.charts.spec import Axis, ChartConfig, ChartDraft, Series
from gtm.insights.drawable import drawable
from gtm.insights.explain.decompose import Part
from gtm.insights.titles import title_of
from gtm.semantics.result import ResultTable
from tests.support.changes import explained
from tests.support.days import ahead, behind, forecast_of, noisy, unusual_of
from tests.support.tables import table_of

PARTS = [Part("Paid Search", 1_816, 914), Part("Organic Search", 1_216, 1_500)]


def fall() -> ResultTable:
    return explained("sessions", PARTS, (3_032, 2_414))


def test_findings_are_called_by_what_was_made_of_the_metric() -> None:
    series = noisy(200)
    assert title_of(fall()) == "Why sessions changed: last 30 days vs previous 30 days"
    assert (
        title_of(forecast_of(series, ahead(1, 30)))
        == "Sessions forecast, 22 Nov \u2013 21 Dec 2026"
    )
    assert title_of(unusual_of(series, behind(60))) == "Unusual days in sessions, last 60 days"


def test_a_change_is_drawn_by_what_each_group_of_one_split_added() -> None:
    spec = choose(drawable(fall(), None))
    assert spec.type == "bar"
    assert spec.config.x_axis.label == "Channel"
    assert [(point["value"], point["contribution"]) for point in spec.data] == [
        ("Paid Search", -902),
        ("Organic Search", 284),
    ]


def test_users_are_drawn_by_how_far_they_moved() -> None:
    table = explained("active_users", PARTS, (2_500, 2_000))
    spec = choose(drawable(table, None))
    assert [point["change"] for point in spec.data] == [-902, 284]


def test_whoever_lays_a_chart_out_has_all_columns() -> None:
    config = ChartConfig(
        x_axis=Axis(data_key="value"),
        y_axis=Axis(data_key="after", type="number"),
        series=(Series(data_key="after", name="After"),),
    )
    table = drawable(fall(), ChartDraft(type="bar", config=config))
    assert {"before", "after", "share"} <= {column.name for column in table.columns}


def test_days_that_stand_out_are_drawn_as_bars() -> None:
    series = noisy(120)
    values = (*series.values[:-10], 9_000.0, *series.values[-9:-5], 9_000.0, *series.values[-4:])
    table = unusual_of(type(series)(series.first, values), behind(60))
    assert len(table.rows) == 2
    assert choose(drawable(table, None)).type == "bar"


def test_a_forecast_is_drawn_as_lines_with_its_range() -> None:
    spec = choose(drawable(forecast_of(noisy(200), ahead(1, 30)), None))
    assert spec.type == "line"
    assert [series.data_key for series in spec.config.series] == [
        "actual",
        "forecast",
        "low",
        "high",
    ]


def test_other_results_are_drawn_whole() -> None:
    table = table_of({"columns": ["source", "sessions"], "rows": [["google", 5]]})
    assert drawable(table, None) is table
