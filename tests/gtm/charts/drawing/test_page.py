"""Pictures as SVG: whatever the chart, a sound document that says what the chart says."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm.charts.drawing.page import WIDTH, draw
from gtm.charts.rules import choose
from gtm.charts.spec import Axis, ChartConfig, ChartDraft, ChartSpec, ChartType, Series, Stat
from gtm.semantics.result import Format, ResultTable, Value
from tests.gtm.charts.test_rules_properties import DRAFTS, answers, tables

TYPES: list[ChartType] = ["line", "bar", "area", "pie", "scatter", "funnel"]
SVG = "{http://www.w3.org/2000/svg}"
ODD = re.compile(r"NaN|nan|inf|None", re.IGNORECASE)


def chart(
    type_: ChartType, rows: list[dict[str, Value]], *keys: str, **changes: object
) -> ChartSpec:
    """A chart of columns, the first of which is the axis."""
    across, *measures = keys
    config = ChartConfig(
        x_axis=Axis(data_key=across, label=across.title()),
        y_axis=Axis(data_key=measures[0], label="Sessions", format=Format.INTEGER),
        series=tuple(
            Series(data_key=key, name=key.title(), format=Format.INTEGER) for key in measures
        ),
    )
    spec = ChartSpec(type=type_, title="A title", data=tuple(rows), config=config)
    return spec.model_copy(update=changes)


def parsed(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 - a document of our own


def texts(spec: ChartSpec, below: str = "As of now") -> list[str]:
    return [element.text or "" for element in parsed(draw(spec, below=below)).iter(f"{SVG}text")]


def shapes(spec: ChartSpec, tag: str) -> list[ET.Element]:
    return list(parsed(draw(spec, below="")).iter(SVG + tag))


@given(
    table=st.one_of(tables(), answers()),
    draft=st.one_of(st.none(), DRAFTS),
    title=st.text(max_size=200),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_chart_becomes_a_sound_document(
    table: ResultTable, draft: ChartDraft | None, title: str
) -> None:
    draft = None if draft is None else draft.model_copy(update={"title": title})
    root = parsed(draw(choose(table, draft=draft), below="As of now"))
    assert root.get("width") == f"{WIDTH:g}"
    assert 0 < float(root.get("height") or 0) < 8_000
    for element in root.iter():
        for name, value in element.attrib.items():
            if name not in {"fill", "stroke", "font-family", "text-anchor"}:
                assert not ODD.search(value), (name, value)
    assert "As of now" in {element.text for element in root.iter(f"{SVG}text")}


def test_what_a_chart_says_is_in_its_picture() -> None:
    rows: list[dict[str, Value]] = [{"channel": "Direct", "sessions": 1_200}]
    spec = chart("bar", rows, "channel", "sessions", note="Showing the top 1 of 2.")
    said = texts(spec)
    for word in ("A title", "Direct", "1.2K", "Sessions", "Showing the top 1 of 2.", "As of now"):
        assert word in said


def test_markup_in_a_name_stays_text() -> None:
    name = "<script>alert('x')</script> & \"y\""
    lying = ChartConfig(
        x_axis=Axis(data_key="c"),
        y_axis=Axis(data_key="v"),
        series=(Series(data_key="v", name=name),),
        is_horizontal=True,
    )
    for type_ in TYPES:
        spec = chart(type_, [{"c": name, "v": 1}], "c", "v", title=name)
        for one in (spec, spec.model_copy(update={"config": lying})):
            assert name in texts(one)
            assert list(parsed(draw(one, below=name)).iter(f"{SVG}script")) == []


def test_what_no_document_can_hold_is_left_out() -> None:
    assert "ab c" in texts(chart("bar", [{"c": "a\0\x07b\n c", "v": 1}], "c", "v"))


def test_a_line_breaks_where_a_value_is_missing() -> None:
    values = [1, 2, None, 4, None, 6, 7]
    rows: list[dict[str, Value]] = [{"d": f"n{at}", "v": value} for at, value in enumerate(values)]
    assert len(shapes(chart("line", rows, "d", "v"), "polyline")) == 2
    # What stands alone is a dot.
    many = rows + [{"d": f"m{at}", "v": None} for at in range(20)]
    assert len(shapes(chart("line", many, "d", "v"), "circle")) == 1


def test_the_earlier_period_is_dashed_and_another_unit_has_its_own_axis() -> None:
    rows: list[dict[str, Value]] = [
        {"d": "a", "v": 10, "v_previous": 8, "r": 0.5},
        {"d": "b", "v": 12, "v_previous": 9, "r": 0.25},
    ]
    spec = chart("line", rows, "d", "v", "v_previous", "r")
    percent = spec.config.series[2].model_copy(update={"format": Format.PERCENT})
    config = spec.config.model_copy(update={"series": (*spec.config.series[:2], percent)})
    spec = spec.model_copy(update={"config": config})
    dashed = [line.get("stroke-dasharray") for line in shapes(spec, "polyline")]
    assert dashed == [None, "5 4", None]
    assert {"60%", "0%", "15"} <= set(texts(spec))


TWO: list[dict[str, Value]] = [{"c": "a", "v": 1200, "w": 800}, {"c": "b", "v": 500, "w": 9}]


@pytest.mark.parametrize("type_", ["bar", "line", "area"])
@pytest.mark.parametrize("changes", [{}, {"is_stacked": True}, {"is_horizontal": True}])
def test_numbers_stand_at_the_marks_where_they_are_wished(
    type_: ChartType, changes: dict[str, bool]
) -> None:
    spec = chart(type_, TWO, "c", "v", "w")
    for is_wished in (True, False):
        config = spec.config.model_copy(update={**changes, "has_labels": is_wished})
        said = set(texts(spec.model_copy(update={"config": config})))
        assert bool(said & {"1.2K", "1,200"}) is is_wished
        assert ("9" in said) is (is_wished and (not config.is_stacked or type_ != "bar"))


def test_the_axes_carry_the_names_they_were_given() -> None:
    for is_horizontal in (True, False):
        spec = chart("bar", TWO, "c", "v", "w")
        axes = {
            "x_axis": spec.config.x_axis.model_copy(
                update={"label": "Where", "is_label_shown": True}
            ),
            "y_axis": spec.config.y_axis.model_copy(update={"label": "Visits"}),
            "is_horizontal": is_horizontal,
        }
        said = texts(spec.model_copy(update={"config": spec.config.model_copy(update=axes)}))
        assert "Where" in said
        assert "Visits" not in said


@pytest.mark.parametrize("is_horizontal", [True, False])
def test_a_bar_stands_out_in_a_colour_of_its_own(is_horizontal: bool) -> None:
    rows: list[dict[str, Value]] = [{"c": "a", "v": 12}, {"c": "b", "v": 5, "fill": "#d8343f"}]
    spec = chart("bar", rows, "c", "v")
    config = spec.config.model_copy(update={"is_horizontal": is_horizontal})
    fills = [one.get("fill") for one in shapes(spec.model_copy(update={"config": config}), "rect")]
    assert fills[-2:] == ["#2f7ed8", "#d8343f"]


def test_slices_add_up_to_a_ring() -> None:
    rows: list[dict[str, Value]] = [
        {"c": "a", "v": 3, "fill": "#123456"},
        {"c": "b", "v": 1},
        {"c": "c", "v": 0.0001},
    ]
    spec = chart("pie", rows, "c", "v")
    parts = [
        float((one.get("stroke-dasharray") or "").split()[0]) for one in shapes(spec, "circle")
    ]
    around = float((shapes(spec, "circle")[0].get("stroke-dasharray") or "").split()[1])
    assert parts[0] / around == pytest.approx(0.75, abs=0.01)
    assert "#123456" in draw(spec, below="")
    assert {"75%", "25%", "<0.1%"} <= set(texts(spec))


def test_a_funnel_says_how_many_stayed() -> None:
    rows: list[dict[str, Value]] = [
        {"step_name": "session_start", "n": 200},
        {"step_name": "purchase", "n": 50},
        {"step_name": "nothing", "n": None},
    ]
    said = texts(chart("funnel", rows, "step_name", "n"))
    assert {"session start", "200", "25% of the step before"} <= set(said)


@pytest.mark.parametrize(
    ("value", "previous", "is_lower_better", "expected", "color"),
    [
        (120, 100, False, {"120", "20%", "from 100"}, "#0b7a4b"),
        (80, 100, False, {"80", "20%", "from 100"}, "#b3261e"),
        (80, 100, True, {"80", "20%", "from 100"}, "#0b7a4b"),
        (80, 80, False, {"80", "unchanged"}, None),
        (80, 0, False, {"80", "from 0"}, None),
        (80, None, False, {"80"}, None),
        (None, 5, False, {"\N{EN DASH}"}, None),
    ],
)
def test_a_single_number_says_how_it_moved(
    value: float | None,
    previous: float | None,
    is_lower_better: bool,
    expected: set[str],
    color: str | None,
) -> None:
    stat = Stat(
        value=value,
        format=Format.INTEGER,
        label="Sessions",
        previous=previous,
        is_lower_better=is_lower_better,
    )
    spec = chart("bar", [{"c": "x", "v": value}], "c", "v", stat=stat)
    assert set(texts(spec)) == {"A title", "Sessions", "As of now", *expected}
    colors = {one.get("fill") for one in shapes(spec, "polygon")}
    assert colors == ({color} if color else set())


def test_an_empty_chart_says_so() -> None:
    said = texts(chart("line", [], "d", "v", note="There are no rows to draw."))
    assert {"No data", "There are no rows to draw."} <= set(said)
