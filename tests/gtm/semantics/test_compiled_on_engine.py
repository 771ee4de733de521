"""Compiled SQL gives the right numbers on the embedded engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gtm.context import TenantContext
from gtm.semantics.compiler import CompiledQuery, Compiler
from gtm.semantics.query import MetricQuery
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits, Row
from gtm.warehouse.duckdb import DuckDBWarehouse

TODAY = date(2026, 11, 22)
_SCRIPT = Path(__file__).parents[2] / "fixtures" / "semantics" / "warehouse.sql"
_LIMITS = QueryLimits(
    timeout_seconds=20, max_rows=50_000, max_result_bytes=50_000_000, max_bytes_billed=10**12
)


class Asker:
    """Compiles, guards and runs a query."""

    def __init__(
        self, warehouse: DuckDBWarehouse, compiler: Compiler, guard: Guard, tenant: TenantContext
    ) -> None:
        self._warehouse = warehouse
        self._compiler = compiler
        self._guard = guard
        self._tenant = tenant

    async def transform(self, statement: str) -> None:
        await self._warehouse.transform(self._tenant, [statement])

    async def rows(self, **fields: Any) -> list[Any]:
        compiled, rows, _ = await self.run(MetricQuery.model_validate(fields))
        assert compiled.columns
        return rows

    async def totals(self, **fields: Any) -> Any:
        _, _, totals = await self.run(MetricQuery.model_validate(fields))
        assert totals is not None
        return totals

    async def run(self, query: MetricQuery) -> tuple[CompiledQuery, list[Row], Row | None]:
        compiled = self._compiler.compile(query, TODAY)
        result = await self._query(compiled.sql)
        totals = None if compiled.totals_sql is None else (await self._query(compiled.totals_sql))
        return compiled, result, None if totals is None else totals[0]

    async def _query(self, sql: str) -> list[Row]:
        scoped = self._guard.check(self._tenant, sql)
        return list((await self._warehouse.query(self._tenant, scoped, limits=_LIMITS)).rows)


@pytest.fixture
async def ask(compiler: Compiler, guard: Guard, tenant: TenantContext) -> AsyncIterator[Asker]:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=1)
    await warehouse.transform(tenant, _SCRIPT.read_text(encoding="utf-8").split(";\n"))
    yield Asker(warehouse, compiler, guard, tenant)
    await warehouse.close()


async def test_groups_come_by_size_with_the_nameless_one_last(ask: Asker) -> None:
    rows = await ask.rows(metrics=["sessions"], dimensions=["source"])

    # 29 days: one of the last 30 is the broken one.
    assert rows == [("(direct)", 29), ("Bing", 29), ("google", 29), ("newsletter", 29), (None, 29)]


async def test_a_nameless_group_counts_only_when_something_was_measured(ask: Asker) -> None:
    await ask.transform(
        "INSERT INTO tenant_acme_raw.outside VALUES ('2026-11-20', '(not set)', 0, 7), "
        "('2026-11-20', 'display.example', 0, 3)"
    )

    sources = [row[0] for row in await ask.rows(metrics=["sessions"], dimensions=["source"])]
    events = dict(await ask.rows(metrics=["events"], dimensions=["source"]))
    totals = await ask.totals(metrics=["sessions"], dimensions=["source"])

    assert "(not set)" not in sources
    assert "display.example" in sources
    assert events["(not set)"] == 7
    assert totals[-1] == len(sources)


async def test_a_broken_day_shows_as_zero_and_a_day_not_yet_known_as_nothing(ask: Asker) -> None:
    rows = await ask.rows(metrics=["sessions", "clicks", "ctr"], grain="day", time="last_14_days")

    by_day = {row[0]: row[1:] for row in rows}
    assert len(rows) == 14
    assert by_day[date(2026, 11, 10)] == (0, 6, pytest.approx(0.1))
    assert by_day[date(2026, 11, 21)] == (5, None, None)


async def test_a_broken_day_is_a_gap_in_a_rate(ask: Asker) -> None:
    rows = await ask.rows(metrics=["bounce_rate"], grain="day", time="last_14_days")

    assert len(rows) == 14
    assert (date(2026, 11, 10), None) in rows


async def test_totals_are_not_cut_by_limit_or_threshold(ask: Asker) -> None:
    totals = await ask.totals(
        metrics=["sessions", "bounce_rate"],
        dimensions=["channel"],
        having=[{"metric": "bounce_rate", "op": ">", "value": 0.5}],
        limit=1,
    )

    assert totals == (145, pytest.approx(0.4), 2)


async def test_users_of_a_month_are_not_the_sum_of_its_days(ask: Asker) -> None:
    [(month,)] = await ask.rows(metrics=["total_users"], time="last_month")
    days = await ask.rows(metrics=["total_users"], grain="day", time="last_month")
    total, count = await ask.totals(metrics=["total_users"], grain="day", time="last_month")

    expected = {
        (3 * back + k) % 97
        for back in range((date(2026, 11, 21) - date(2026, 10, 31)).days, 52)
        for k in range(5)
    }
    assert month == total == len(expected)
    assert sum(int(str(row[1])) for row in days) == 155
    assert count == 31


async def test_a_ratio_over_groups_is_weighted(ask: Asker) -> None:
    [(rate,)] = await ask.rows(metrics=["engagement_rate"], time="last_month")

    assert rate == pytest.approx(0.6)


async def test_a_group_missing_on_one_side_counts_as_zero(ask: Asker) -> None:
    rows = await ask.rows(
        metrics=["clicks", "ctr"],
        dimensions=["search_country"],
        time={"start": "2026-11-18", "end": "2026-11-18"},
        compare={"kind": "previous_period"},
    )

    assert rows == [
        ("usa", 6, 0, pytest.approx(0.1), None),
        ("deu", 0, 6, None, pytest.approx(0.1)),
    ]


async def test_rows_without_a_value_meet_in_a_comparison(ask: Asker) -> None:
    rows = await ask.rows(
        metrics=["sessions"], dimensions=["source"], compare={"kind": "previous_period"}
    )

    assert (None, 29, 30) in rows
    assert len(rows) == 5


async def test_two_sources_meet_in_the_dimension_they_share(ask: Asker) -> None:
    rows = await ask.rows(
        metrics=["sessions", "clicks"],
        dimensions=["device_category"],
        time={"start": "2026-11-01", "end": "2026-11-05"},
        order={"field": "device_category", "is_descending": False},
    )

    assert [(row[0], row[2]) for row in rows] == [("desktop", 25), ("mobile", 5), ("tablet", 0)]
    assert sum(int(str(row[1])) for row in rows) == 25


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
async def test_an_earlier_series_adds_up_to_its_own_total(ask: Asker, grain: str) -> None:
    fields: dict[str, Any] = {
        "metrics": ["sessions"],
        "grain": grain,
        "time": {"start": "2026-07-01", "end": "2026-09-30"},
        "compare": {"kind": "previous_period"},
    }
    rows = await ask.rows(**fields)
    now, before, count = await ask.totals(**fields)

    assert count == len(rows)
    assert (now, before) == (92 * 5, 91 * 5)
    assert sum(int(str(row[1] or 0)) for row in rows) == now
    assert sum(int(str(row[2] or 0)) for row in rows) == before


async def test_filters_ignore_case_and_keep_what_is_unknown(ask: Asker) -> None:
    [(bing,)] = await ask.rows(
        metrics=["sessions"], filters=[{"dimension": "source", "values": ["BING"]}]
    )
    [(others,)] = await ask.rows(
        metrics=["sessions"],
        filters=[{"dimension": "source", "op": "not_in", "values": ["bing", "GOOGLE"]}],
    )
    [(percent,)] = await ask.rows(
        metrics=["sessions"],
        filters=[{"dimension": "campaign", "op": "contains", "values": ["50%_O"]}],
    )
    [(without,)] = await ask.rows(
        metrics=["sessions"],
        filters=[{"dimension": "source", "op": "not_contains", "values": ["oo", "in"]}],
    )

    assert (bing, others, percent, without) == (29, 87, 29, 87)


async def test_a_threshold_on_a_hidden_metric_holds(ask: Asker) -> None:
    rows = await ask.rows(
        metrics=["ctr"],
        dimensions=["query"],
        having=[{"metric": "impressions", "op": ">=", "value": 600}],
    )

    assert rows == [("query 2", pytest.approx(0.1))]


async def test_a_snapshot_is_the_last_day_with_data(ask: Asker) -> None:
    assert await ask.rows(metrics=["wau"], time="this_month") == [(21,)]


async def test_a_funnel_counts_sessions_step_by_step(ask: Asker) -> None:
    whole = await ask.rows(funnel="purchase", time="last_month")
    rows = await ask.rows(funnel="purchase", dimensions=["channel"], limit=2, time="last_month")

    assert whole == [
        (1, "Session started", 155),
        (2, "Product viewed", 124),
        (3, "Added to cart", 93),
        (4, "Checkout begun", 62),
        (5, "Purchased", 31),
    ]
    assert [row[0] for row in rows] == ["Direct"] * 4 + ["Email"] * 2


async def test_a_funnel_compares_two_periods(ask: Asker) -> None:
    rows = await ask.rows(funnel="purchase", time="last_month", compare={"kind": "previous_period"})

    assert rows[0] == (1, "Session started", 155, 150)
