"""Whatever the result, a chart comes out that shows the result and nothing else."""

from __future__ import annotations

import math

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm.charts.rules import choose
from gtm.charts.spec import ChartDraft, ChartSpec
from gtm.semantics.query import ChartWish, MetricQuery, OrderBy
from gtm.semantics.result import (
    ColumnRole,
    Format,
    ResolvedQuery,
    ResultColumn,
    ResultTable,
    Value,
)
from tests.support.tables import BEFORE, TIME

WISHES: list[ChartWish] = ["line", "bar", "area", "pie", "scatter", "funnel", "table"]
NUMBERS = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**12),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
NAMES = st.one_of(st.none(), st.sampled_from(["google", "bing", "", "Other", "s1"]), st.text())
DAYS = st.dates().map(str)


@st.composite
def tables(draw: st.DrawFn) -> ResultTable:
    columns = [
        ResultColumn(name=f"d{at}", label=f"D{at}", role=ColumnRole.DIMENSION, format=Format.TEXT)
        for at in range(draw(st.integers(0, 3)))
    ]
    cells: list[st.SearchStrategy[Value]] = [NAMES for _ in columns]
    if draw(st.booleans()):
        columns.append(_column("period", ColumnRole.PERIOD, Format.DATE))
        cells.append(DAYS)
    if draw(st.integers(0, 5)) == 0:
        columns += [
            _column("step_order", ColumnRole.OTHER, Format.INTEGER),
            _column("step_name", ColumnRole.DIMENSION, Format.TEXT),
        ]
        cells += [st.integers(1, 12), NAMES]
    for at in range(draw(st.integers(0, 4))):
        metric = _column(f"m{at}", ColumnRole.METRIC, draw(st.sampled_from(list(Format)[:5])))
        metric = metric.model_copy(update={"is_additive": draw(st.booleans())})
        columns.append(metric)
        cells.append(NUMBERS)
        if draw(st.integers(0, 3)) == 0:
            columns.append(_column(f"m{at}_previous", ColumnRole.PREVIOUS, metric.format))
            cells.append(NUMBERS)
    rows = draw(st.lists(st.tuples(*cells), max_size=12))
    rows = rows * draw(st.sampled_from([1, 1, 30, 90])) if columns else []
    return ResultTable(columns=tuple(columns), rows=tuple(rows), resolved=draw(resolutions()))


@st.composite
def resolutions(draw: st.DrawFn) -> ResolvedQuery | None:
    if draw(st.booleans()):
        return None
    query = MetricQuery(
        metrics=("m0",),
        chart=draw(st.one_of(st.none(), st.sampled_from(WISHES))),
        order=draw(st.one_of(st.none(), st.builds(OrderBy, field=st.sampled_from(["m0", "d0"])))),
    )
    return ResolvedQuery(query=query, view="v", time=TIME, comparison=BEFORE)


@given(table=tables(), wish=st.one_of(st.none(), st.sampled_from(WISHES[:6])))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_result_gets_a_valid_chart_of_its_own_numbers(
    table: ResultTable, wish: ChartWish | None
) -> None:
    draft = ChartDraft(type=wish) if wish is not None and wish != "table" else None
    spec = choose(table, draft=draft)
    ChartSpec.model_validate_json(spec.model_dump_json(by_alias=True))
    assert_within_caps(spec)
    assert_keys_exist(spec)
    assert_numbers_come_from(table, spec)


def assert_within_caps(spec: ChartSpec) -> None:
    marks = {"line": 500, "area": 500, "bar": 60, "pie": 8, "scatter": 500, "funnel": 8}
    assert len(spec.data) <= marks[spec.type]
    if spec.type == "bar":
        assert len(spec.data) * len(spec.config.series) <= 200
    if spec.type in {"line", "area"}:
        assert len(spec.config.series) <= 6


def assert_keys_exist(spec: ChartSpec) -> None:
    keys = [spec.config.x_axis.data_key, *(series.data_key for series in spec.config.series)]
    assert len(set(keys)) == len(keys) or not spec.data
    for point in spec.data:
        assert set(keys) <= set(point)


def assert_numbers_come_from(table: ResultTable, spec: ChartSpec) -> None:
    cells = {cell for row in table.rows for cell in row if _is_number(cell)}
    x_key = spec.config.x_axis.data_key
    others = {series.data_key for series in spec.config.series if series.name == "Other"}
    for point in spec.data:
        if point.get(x_key) == "Other":
            continue
        for key, value in point.items():
            # What adds up and has no row in a period was nothing there.
            if _is_number(value) and key not in others and value != 0:
                assert value in cells


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _column(name: str, role: ColumnRole, form: Format) -> ResultColumn:
    return ResultColumn(name=name, label=name.upper(), role=role, format=form)
