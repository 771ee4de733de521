"""A kept explanation, forecast or look-out is made anew when it is refreshed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gtm.semantics.query import MetricQuery, RelativeRange
from gtm.semantics.result import AnalysisKind, StoredResult
from tests.support.analytics import GLOBEX
from tests.support.boards import ANA, Boards
from tests.support.story import tell

LAST_WEEK = MetricQuery(metrics=("sessions",), time=RelativeRange.LAST_WEEK)
LAST_WEEK_COMPARED = MetricQuery.model_validate(
    {"metrics": ["sessions"], "time": "last_week", "compare": {"kind": "previous_period"}}
)
SESSIONS = MetricQuery(metrics=("sessions",))


async def analysed(boards: Boards, kind: AnalysisKind) -> StoredResult:
    service = boards.stack.service
    if kind == "explain":
        return await service.explain_change(ANA, LAST_WEEK, caller="web")
    if kind == "forecast":
        return await service.forecast_metric(ANA, SESSIONS, caller="web")
    return await service.find_anomalies(ANA, SESSIONS, caller="web")


@pytest.mark.parametrize("kind", ["explain", "forecast", "anomalies"])
async def test_what_was_made_of_a_query_is_made_of_it_again(
    boards: Boards, kind: AnalysisKind
) -> None:
    await tell(boards.warehouse, ANA, GLOBEX)
    stored = await analysed(boards, kind)
    chart = await boards.charts.pin(ANA, *await boards.ask(ANA, stored))
    assert (chart.asked.analysis, chart.draft.config) == (kind, None)
    assert chart.asked.query == (LAST_WEEK_COMPARED if kind == "explain" else SESSIONS)
    boards.stack.clock.move(timedelta(hours=1).total_seconds())
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert refreshed.problem is None
    assert refreshed.asked == chart.asked
    before, after = chart.drawn.spec, refreshed.drawn.spec
    assert (after.type, after.data, after.config) == (before.type, before.data, before.config)
    assert after.title == before.title == stored.title


async def test_a_query_that_is_answered_is_kept_as_before(boards: Boards) -> None:
    chart = await boards.pinned()
    assert chart.asked.analysis is None
    assert (await boards.store.chart(ANA, chart.id)).asked == chart.asked
