"""Whatever the result, a chart comes out that shows the result and nothing else."""

from __future__ import annotations

import math
from typing import get_args

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gtm.charts.rules import choose
from gtm.charts.spec import ChartDraft, ChartSpec, ChartType, ColorName, ColorWish, Sort
from gtm.charts.validity import faults
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


@st.composite
def answers(draw: st.DrawFn) -> ResultTable:
    """Tables as the warehouse answers: each group once, cut by a limit, with totals of its own."""
    dimensions = draw(st.integers(0, 3))
    has_period = draw(st.booleans())
    key_columns = [
        ResultColumn(name=f"d{at}", label=f"D{at}", role=ColumnRole.DIMENSION, format=Format.TEXT)
        for at in range(dimensions)
    ]
    keys = st.tuples(*(st.sampled_from([*"abcdefghij", "Other", ""]) for _ in range(dimensions)))
    if has_period:
        key_columns.insert(0, _column("period", ColumnRole.PERIOD, Format.DATE))
        days = st.sampled_from([f"2026-11-{day:02}" for day in range(1, 15)])
        keys = st.tuples(days, *(st.sampled_from("abcdefgh") for _ in range(dimensions)))
    metrics = [
        _column(f"m{at}", ColumnRole.METRIC, draw(st.sampled_from(list(Format)[:5]))).model_copy(
            update={"is_additive": draw(st.booleans())}
        )
        for at in range(draw(st.integers(1, 3)))
    ]
    previous = [
        _column(f"{one.name}_previous", ColumnRole.PREVIOUS, one.format)
        for one in metrics
        if draw(st.integers(0, 4)) == 0
    ]
    measures = [*metrics, *previous]
    groups = draw(st.lists(keys, max_size=40, unique=True)) if key_columns else [()]
    rows = [(*group, *draw(st.tuples(*(NUMBERS for _ in measures)))) for group in groups]
    first = len(key_columns)
    rows.sort(key=lambda row: -(row[first] if isinstance(row[first], int | float) else -math.inf))
    limit = draw(st.one_of(st.none(), st.integers(1, 12)))
    query = MetricQuery(
        metrics=tuple(one.name for one in metrics),
        chart=draw(st.one_of(st.none(), st.sampled_from(WISHES))),
        limit=limit,
    )
    return ResultTable(
        columns=(*key_columns, *measures),
        rows=tuple(rows[:limit]),
        totals={one.name: _total(rows, first + at) for at, one in enumerate(measures)},
        group_count=len(rows),
        resolved=ResolvedQuery(query=query, view="v", time=TIME, comparison=BEFORE),
    )


def _total(rows: list[tuple[Value, ...]], at: int) -> float:
    return math.fsum(value for row in rows if isinstance(value := row[at], int | float))


COLORS = st.builds(
    ColorWish,
    color=st.sampled_from(get_args(ColorName)),
    series=st.sampled_from(["", "a", "Other", "M0", "zorb"]),
)
DRAFTS = st.builds(
    ChartDraft,
    type=st.one_of(st.none(), st.sampled_from(get_args(ChartType))),
    title=st.sampled_from(["", "A title"]),
    stacking=st.sampled_from([None, "stacked", "grouped"]),
    direction=st.sampled_from([None, "horizontal", "vertical"]),
    sort=st.one_of(st.none(), st.sampled_from(get_args(Sort))),
    top=st.one_of(st.none(), st.integers(1, 50)),
    other=st.sampled_from([None, "shown", "hidden"]),
    labels=st.sampled_from([None, "on", "off"]),
    palette=st.sampled_from([None, "standard", "color_blind_safe"]),
    colors=st.lists(COLORS, max_size=3).map(tuple),
    x_label=st.sampled_from(["", "Across"]),
    y_label=st.sampled_from(["", "Up"]),
)


@given(table=st.one_of(tables(), answers()), draft=st.one_of(st.none(), DRAFTS))
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_result_gets_a_valid_chart_of_its_own_numbers(
    table: ResultTable, draft: ChartDraft | None
) -> None:
    spec = choose(table, draft=draft)
    assert faults(spec, table) == ()
    assert ChartSpec.model_validate_json(spec.model_dump_json(by_alias=True)) == spec


@given(table=answers(), draft=DRAFTS)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_in_force_draws_the_same_again(table: ResultTable, draft: ChartDraft) -> None:
    spec = choose(table, draft=draft)
    again = choose(table, draft=spec.edits)
    assert (again.type, again.title, again.data) == (spec.type, spec.title, spec.data)
    assert again.config == spec.config
    assert again.edits == spec.edits


def _column(name: str, role: ColumnRole, form: Format) -> ResultColumn:
    return ResultColumn(name=name, label=name.upper(), role=role, format=form)
