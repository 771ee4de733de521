"""Which chart a result gets: the tables of behaviour are in tests/fixtures/charts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from gtm.charts.rules import choose
from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.charts.validity import faults
from gtm.semantics.result import ResultTable
from tests.support.tables import Case, load_cases, table_of


@pytest.mark.parametrize(
    "case", load_cases("charts", "rules", "shapes", "looks"), ids=lambda case: case.name
)
def test_a_result_gets_the_chart_that_fits(case: Case) -> None:
    wish = case.expected.get("wish")
    draft = None if wish is None else ChartDraft.model_validate(wish)
    spec = choose(case.table, draft=draft)
    seen, expect = as_expected(spec), case.expected["expect"]
    assert {key: seen[key] for key in expect} == expect
    assert faults(spec, case.table) == ()


def as_expected(spec: ChartSpec) -> dict[str, Any]:
    wire = spec.model_dump(mode="json", by_alias=True)
    config, across = wire["config"], wire["config"]["xAxis"]
    points = [
        [point[across["dataKey"]], point[config["series"][0]["dataKey"]]] for point in wire["data"]
    ]
    stat = wire["stat"] and {
        k: v for k, v in wire["stat"].items() if v is not None and v is not False
    }
    edits = wire.get("edits")
    return {
        "type": wire["type"],
        "title": wire["title"],
        "data": wire["data"],
        "points": len(points),
        "first": points[0] if points else None,
        "last": points[-1] if points else None,
        "order": [name for name, _ in points],
        "note": wire["note"],
        "stat": stat,
        "x": {key: value for key, value in across.items() if value is not None},
        "x_name": [across["label"], across.get("isLabelShown", False)],
        "y_name": [config["yAxis"]["label"], config["yAxis"].get("isLabelShown", False)],
        "series": [[series["dataKey"], series["name"]] for series in config["series"]],
        "colors": [series["color"] for series in config["series"]],
        "fills": [point.get("fill") for point in wire["data"]],
        "horizontal": config["isHorizontal"],
        "stacked": config["isStacked"],
        "labels": config.get("hasLabels"),
        "edits": edits and {key: value for key, value in edits.items() if value},
    }


def test_a_long_series_keeps_its_shape_in_five_hundred_points() -> None:
    spec = choose(long_series(1200))
    assert spec.type == "line"
    assert len(spec.data) == 500
    assert spec.note == (
        "Showing 500 of 1,200 points, chosen to keep the shape; the table has them all."
    )
    values = [point["sessions"] for point in spec.data]
    assert max(value for value in values if isinstance(value, int)) == 9_999
    assert spec.data[0]["period"] == "2020-01-01"
    assert spec.data[-1]["period"] == str(date(2020, 1, 1) + timedelta(days=1199))


def test_many_bars_over_time_become_a_line() -> None:
    spec = choose(long_series(61), draft=ChartDraft(type="bar"))
    assert (spec.type, spec.note) == ("line", "Drawn as a line: 61 periods are too many for bars.")


def test_many_categories_leave_the_rest_to_other() -> None:
    rows = [[f"source {at}", 1000 - at] for at in range(100)]
    spec = choose(table_of({"columns": ["source", "sessions"], "rows": rows}))
    assert len(spec.data) == 60
    assert spec.data[-1] == {"source": "Other", "sessions": sum(1000 - at for at in range(59, 100))}
    assert spec.note == "Showing the top 59 of 100; the rest is in Other."


def test_many_categories_of_a_rate_are_cut() -> None:
    rows = [[f"source {at}", at / 100] for at in range(100)]
    spec = choose(table_of({"columns": ["source", "ctr"], "rows": rows, "group_count": 300}))
    assert len(spec.data) == 60
    assert spec.note == "Showing the top 60 of 300."


def test_many_slices_leave_the_rest_to_other() -> None:
    rows = [[f"source {at}", 100 - at] for at in range(20)]
    table = table_of({"columns": ["source", "sessions"], "rows": rows})
    spec = choose(table, draft=ChartDraft(type="pie", title="Share of sessions"))
    assert (spec.type, spec.title, len(spec.data)) == ("pie", "Share of sessions", 8)
    assert sum(int(point["sessions"] or 0) for point in spec.data) == sum(range(81, 101))


def test_many_dots_are_cut_to_the_largest() -> None:
    rows = [[f"page {at}", at, at / 1000] for at in range(700)]
    spec = choose(table_of({"columns": ["landing_page", "sessions", "bounce_rate"], "rows": rows}))
    assert (spec.type, len(spec.data)) == ("scatter", 500)
    assert spec.note == "Showing the 500 largest of 700 by Sessions."


def long_series(days: int) -> ResultTable:
    start = date(2020, 1, 1)
    rows = [
        [str(start + timedelta(days=at)), 9_999 if at == days // 2 else 100 + at % 7]
        for at in range(days)
    ]
    return table_of({"columns": ["period", "sessions"], "rows": rows, "query": {"grain": "day"}})
