"""Over a cap the refusal proposes a narrower question, and that question is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from gtm.errors import QueryTooExpensiveError, Suggestion
from gtm.semantics.query import MetricQuery
from gtm.warehouse.base import QueryLimits, ScopedSql
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.analytics import ACME, LIMITS, Stack, make_stack, two_workspaces


@pytest.fixture
async def warehouse() -> AsyncIterator[DuckDBWarehouse]:
    async with two_workspaces() as made:
        yield made


async def _refused(stack: Stack, query: MetricQuery) -> Suggestion | None:
    with pytest.raises(QueryTooExpensiveError) as caught:
        await stack.service.query_metrics(ACME, query, caller="web")
    suggestion = caught.value.suggestion
    assert suggestion is None or caught.value.hint == suggestion.sentence
    return suggestion


async def _largest(warehouse: DuckDBWarehouse, query: MetricQuery) -> int:
    """Return what the larger of a question's queries reads."""
    stack = make_stack(warehouse)
    stored = await stack.service.query_metrics(ACME, query, caller="web")
    assert stored.receipt.bytes_processed
    return max(e.bytes_processed for e in stack.audit.entries if e.kind != "freshness")


def _query(**fields: Any) -> MetricQuery:
    return MetricQuery.model_validate(fields)


def _limits(**changes: int) -> QueryLimits:
    return replace(LIMITS, **changes)


BY_SOURCE = {"metrics": ["sessions"], "dimensions": ["source"]}


@pytest.mark.parametrize(
    ("asked", "fits", "sentence"),
    [
        # 82 days are there; the largest usual period that reads no more than 14 days do.
        (
            {**BY_SOURCE, "time": "last_365_days"},
            {**BY_SOURCE, "time": "last_14_days"},
            "Ask for the last 14 days only: that reads about ",
        ),
        (
            {**BY_SOURCE, "time": "last_30_days"},
            {**BY_SOURCE, "time": {"start": "2026-11-07", "end": "2026-11-21"}},
            "Ask for 2026-11-07 to 2026-11-21 only: that reads about ",
        ),
        (
            {**BY_SOURCE, "time": {"start": "2026-09-01", "end": "2026-10-10"}},
            {**BY_SOURCE, "time": {"start": "2026-09-21", "end": "2026-10-10"}},
            "Ask for 2026-09-21 to 2026-10-10 only: that reads about ",
        ),
    ],
)
async def test_the_longest_period_that_fits_is_proposed_and_answered(
    warehouse: DuckDBWarehouse, asked: dict[str, Any], fits: dict[str, Any], sentence: str
) -> None:
    cap = await _largest(warehouse, _query(**fits))
    stack = make_stack(warehouse, limits=_limits(max_bytes_billed=cap))
    suggestion = await _refused(stack, _query(**asked))
    assert suggestion is not None
    assert suggestion.query == _query(**fits).model_dump(mode="json", exclude_defaults=True)
    assert suggestion.sentence.startswith(sentence)
    narrower = MetricQuery.model_validate(suggestion.query)
    stored = await stack.service.query_metrics(ACME, narrower, caller="web")
    assert stored.table.rows


async def test_half_a_period_comes_before_leaving_its_comparison_out(
    warehouse: DuckDBWarehouse,
) -> None:
    asked = {"metrics": ["sessions"], "time": "last_30_days"}
    cap = await _largest(warehouse, _query(**asked))
    compared = _query(**asked, compare={"kind": "previous_period"})
    # Without the comparison it would fit as well; half the period, compared, comes first.
    stack = make_stack(warehouse, limits=_limits(max_bytes_billed=cap))
    suggestion = await _refused(stack, compared)
    assert suggestion is not None
    assert suggestion.query is not None
    assert (suggestion.query["time"]["start"], "compare" in suggestion.query) == (  # type: ignore[index]
        "2026-11-07",
        True,
    )


async def test_when_nothing_fits_nothing_is_proposed(warehouse: DuckDBWarehouse) -> None:
    stack = make_stack(warehouse, limits=_limits(max_bytes_billed=1))
    assert await _refused(stack, _query(**BY_SOURCE)) is None


async def test_too_many_groups_are_cut_to_the_first(warehouse: DuckDBWarehouse) -> None:
    stack = make_stack(warehouse, limits=_limits(max_rows=2))
    suggestion = await _refused(stack, _query(**BY_SOURCE))
    assert suggestion == Suggestion("Ask for the first 2 rows.", {**BY_SOURCE, "limit": 2})
    narrower = MetricQuery.model_validate(suggestion.query)
    assert len((await stack.service.query_metrics(ACME, narrower, caller="web")).table.rows) == 2


async def test_too_many_points_become_wider_ones(warehouse: DuckDBWarehouse) -> None:
    stack = make_stack(warehouse, limits=_limits(max_rows=10))
    asked = {"metrics": ["sessions"], "grain": "day"}
    suggestion = await _refused(stack, _query(**asked))
    assert suggestion == Suggestion(
        "Ask by week instead of by day: that has 5 rows.", {**asked, "grain": "week"}
    )
    # Trying it was a query too, and it is there when it is asked.
    kinds = sorted(entry.kind for entry in stack.audit.entries)
    assert kinds == ["query_metrics", "suggestion", "totals"]
    narrower = MetricQuery.model_validate(suggestion.query)
    await stack.service.query_metrics(ACME, narrower, caller="web")
    assert any(e.kind == "query_metrics" and e.is_cached for e in stack.audit.entries)


async def test_a_result_of_too_many_bytes_becomes_fewer_rows(warehouse: DuckDBWarehouse) -> None:
    stack = make_stack(warehouse, limits=_limits(max_result_bytes=100))
    query = _query(metrics=["sessions"], dimensions=["source", "channel", "country"])
    suggestion = await _refused(stack, query)
    assert suggestion is not None
    narrower = MetricQuery.model_validate(suggestion.query)
    assert (await stack.service.query_metrics(ACME, narrower, caller="web")).table.rows


async def test_free_sql_learns_what_it_reads_and_what_would_cut_it(
    warehouse: DuckDBWarehouse,
) -> None:
    everything = "SELECT * FROM vw_sessions_daily"
    size = (
        await warehouse.estimate(
            ACME, ScopedSql("SELECT * FROM `tenant_acme`.`vw_sessions_daily`", ACME.dataset, ())
        )
    ).bytes_processed
    stack = make_stack(warehouse, limits=_limits(max_bytes_billed=size - 1))
    with pytest.raises(QueryTooExpensiveError) as caught:
        await stack.service.run_sql(ACME, everything, caller="mcp")
    suggestion = caught.value.suggestion
    assert suggestion is not None
    assert suggestion.query is None
    (view,) = suggestion.views
    assert (view.view, view.bytes_read, view.rows, view.time_column) == (
        "vw_sessions_daily",
        size,
        82 * 4,
        "date",
    )
    assert "vw_sessions_daily (about " in suggestion.sentence
    assert "in 328 rows)" in suggestion.sentence
    cut = "WHERE date >= DATE '2026-10-23'"
    assert cut in suggestion.sentence
    stored = await stack.service.run_sql(ACME, f"{everything} {cut}", caller="mcp")
    assert len(stored.table.rows) == 30 * 4


async def test_free_sql_with_too_many_rows_is_told_the_limit(warehouse: DuckDBWarehouse) -> None:
    stack = make_stack(warehouse, limits=_limits(max_rows=5))
    with pytest.raises(QueryTooExpensiveError) as caught:
        await stack.service.run_sql(ACME, "SELECT * FROM vw_sessions_daily", caller="mcp")
    assert caught.value.hint == "Group the rows, or end with LIMIT 5 or less."


async def test_each_refusal_leaves_a_line_for_each_query(warehouse: DuckDBWarehouse) -> None:
    stack = make_stack(warehouse, limits=_limits(max_bytes_billed=1))
    await _refused(stack, _query(metrics=["sessions"]))
    assert [(e.outcome, e.code) for e in stack.audit.entries] == [("error", "query_too_expensive")]
