"""Keeping charts: what is pinned, how it is refreshed, and how it is drawn differently."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import anyio
import pytest

from gtm.charts.spec import Axis, ChartConfig, ChartDraft, Series
from gtm.context import TenantContext
from gtm.dashboards.base import ChartId, DashboardId, NothingToPinError
from gtm.errors import GtmError, NotFoundError
from gtm.semantics.query import Grain, MetricQuery, OrderBy, RelativeRange, TimeRange
from gtm.store.base import ConversationId
from tests.support.boards import ANA, BEN, BY_CHANNEL, GUS, VIC, Boards

A_WEEK = timedelta(days=7).total_seconds()
SQL = "SELECT channel, SUM(sessions) AS visits FROM vw_sessions_daily GROUP BY channel"
DAILY = MetricQuery(
    metrics=("sessions",), grain=Grain.DAY, time=RelativeRange.LAST_7_DAYS, chart="area"
)


async def test_a_chart_is_pinned_as_it_was_answered(boards: Boards) -> None:
    conversation, turn = await boards.ask()
    reply = await boards.turns.turn(ANA, conversation, turn)
    boards.stack.clock.move(A_WEEK)
    chart = await boards.charts.pin(ANA, conversation, turn)
    assert chart.drawn.spec.model_dump(mode="json", by_alias=True) == reply["chart_spec"]
    assert chart.drawn.receipt.model == "scripted"
    assert chart.drawn.at == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert chart.created_at == datetime(2026, 11, 29, 9, tzinfo=UTC)
    assert (chart.asked.query, chart.asked.sql) == (BY_CHANNEL, None)
    assert (chart.asked.question, chart.asked.on) == ("Sessions by channel?", date(2026, 11, 22))
    assert (chart.title, chart.shown_title) == (None, "Sessions by channel, last 30 days")
    assert chart.created_by == ANA.user_id
    assert await boards.store.chart(BEN, chart.id) == chart


async def test_a_chart_of_sql_keeps_its_sql(boards: Boards) -> None:
    chart = await boards.pinned(ANA, SQL)
    assert chart.asked.query is None
    assert chart.asked.sql is not None
    assert "`tenant_acme`.`vw_sessions_daily`" in chart.asked.sql
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert refreshed.problem is None
    assert refreshed.drawn.spec.data == chart.drawn.spec.data
    assert not refreshed.drawn.receipt.is_governed


async def test_a_question_with_what_no_text_can_hold_is_pinned_without_it(boards: Boards) -> None:
    conversation, turn = await boards.ask()
    reply = await boards.turns.turn(ANA, conversation, turn)
    odd = {**reply, "question": "sessions\0 by channel"}
    await boards.turns.add_turn(ANA, conversation, turn_id=turn, reply=odd)
    chart = await boards.charts.pin(ANA, conversation, turn)
    assert chart.asked.question == "sessions by channel"


async def test_a_relative_period_moves_on_with_the_refresh(boards: Boards) -> None:
    weeks = TimeRange(start=date(2026, 11, 8), end=date(2026, 11, 21), label="last 14 days")
    for query in (DAILY, DAILY.model_copy(update={"time": weeks})):
        chart = await boards.pinned(ANA, query)
        before = chart.drawn.receipt.time
        boards.stack.clock.move(-A_WEEK)
        boards.stack.clock.move(A_WEEK * 2)
        refreshed = await boards.charts.refresh(ANA, chart.id)
        after = refreshed.drawn.receipt.time
        assert before is not None
        assert after is not None
        assert (after.end - before.end).days == 7
        assert after.label == before.label
        assert refreshed.drawn.at == boards.stack.clock.now()
        assert refreshed.asked == chart.asked
        boards.stack.clock.move(-A_WEEK)


async def test_new_data_is_drawn_as_the_same_kind_of_chart(boards: Boards) -> None:
    # An area was asked for; the days of another week have only two days with data.
    chart = await boards.pinned(ANA, DAILY)
    assert chart.drawn.spec.type == "area"
    boards.stack.clock.move(A_WEEK - 86_400 * 2)
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert (refreshed.drawn.spec.type, len(refreshed.drawn.spec.data)) == ("area", 2)


async def test_a_chart_without_data_for_a_while_is_what_it_was_when_there_is_some_again(
    boards: Boards,
) -> None:
    chart = await boards.pinned(ANA, DAILY)
    boards.stack.clock.move(A_WEEK * 4)
    empty = await boards.charts.refresh(ANA, chart.id)
    assert (empty.drawn.spec.data, empty.problem) == ((), None)
    assert empty.drawn.spec.note == "There are no rows to draw."
    boards.stack.clock.move(-A_WEEK * 3.5)
    await _forget(boards, chart.id)
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert refreshed.drawn.spec.type == "area"
    assert len(refreshed.drawn.spec.data) > 1


async def _forget(boards: Boards, chart_id: ChartId) -> None:
    """Let a chart be as old as the clock, which was set back."""
    async with boards.database.as_service() as connection:
        await connection.execute(
            "update app.charts set refreshed_at = %s where id = %s",
            [boards.stack.clock.now(), chart_id],
        )


async def test_a_layout_that_somebody_chose_is_kept(boards: Boards) -> None:
    query = MetricQuery(metrics=("sessions", "engagement_rate"), dimensions=("channel",))
    config = ChartConfig(
        x_axis=Axis(data_key="channel"),
        y_axis=Axis(data_key="engagement_rate"),
        series=(Series(data_key="engagement_rate", name="Engaged"),),
    )
    where = await boards.ask(ANA, query, draft=ChartDraft(type="bar", title="", config=config))
    chart = await boards.charts.pin(ANA, *where)
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert [series.name for series in refreshed.drawn.spec.config.series] == ["Engaged"]
    assert refreshed.drawn.spec.config == chart.drawn.spec.config


async def test_the_order_and_number_of_groups_that_was_asked_for_stays(boards: Boards) -> None:
    top = BY_CHANNEL.model_copy(update={"order": OrderBy(field="sessions"), "limit": 2})
    chart = await boards.pinned(ANA, top)
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert [row["channel"] for row in refreshed.drawn.spec.data] == [
        "Organic Search",
        "Paid Search",
    ]


async def test_another_type_is_drawn_by_the_rules(boards: Boards) -> None:
    chart = await boards.pinned()
    pie = await boards.charts.change(ANA, chart.id, type="pie")
    assert (pie.drawn.spec.type, pie.drawn.spec.note) == ("pie", None)
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert refreshed.drawn.spec.type == "pie"


async def test_a_type_that_would_mislead_is_answered_by_the_note(boards: Boards) -> None:
    chart = await boards.pinned()
    line = await boards.charts.change(ANA, chart.id, type="line")
    assert line.drawn.spec.type == "bar"
    assert line.drawn.spec.note == "Drawn as bars: a line needs time on its axis."
    assert (await boards.charts.refresh(ANA, chart.id)).drawn.spec.note == line.drawn.spec.note


async def test_another_title_stays_and_the_own_one_follows_the_period(boards: Boards) -> None:
    query = BY_CHANNEL.model_copy(
        update={"time": TimeRange(start=date(2026, 11, 1), end=date(2026, 11, 22))}
    )
    chart = await boards.pinned(ANA, query)
    named = await boards.charts.change(ANA, chart.id, title="Where from")
    assert named.shown_title == named.shown_spec.title == "Where from"
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert refreshed.shown_title == "Where from"


async def test_a_refresh_is_recorded_and_bounded_like_any_query(boards: Boards) -> None:
    chart = await boards.pinned()
    boards.stack.audit.entries.clear()
    boards.stack.clock.move(3_600)
    await boards.charts.refresh(BEN, chart.id)
    kinds = {(entry.user_id, entry.kind) for entry in boards.stack.audit.entries}
    assert (BEN.user_id, "query_metrics") in kinds


async def test_an_equal_refresh_is_answered_from_the_cache(boards: Boards) -> None:
    chart = await boards.pinned()
    refreshed = await boards.charts.refresh(ANA, chart.id)
    assert refreshed.drawn.receipt.is_cached
    assert refreshed.drawn.receipt.computed_at == chart.drawn.receipt.computed_at


async def test_a_chart_that_fails_keeps_its_data_and_says_why(boards: Boards) -> None:
    chart, other = await boards.pinned(), await boards.pinned(ANA, SQL)
    await boards.warehouse.transform(ANA, ["DROP VIEW tenant_acme.vw_sessions_daily"])
    boards.stack.service.data_changed(ANA)
    boards.stack.clock.move(3_600)
    for one in (chart, other):
        failed = await boards.charts.refresh(ANA, one.id)
        assert failed.problem is not None
        assert failed.problem.code == "not_found"
        assert failed.problem.detail
        assert failed.drawn == one.drawn


async def test_an_error_goes_with_the_next_refresh_that_works(boards: Boards) -> None:
    chart = await boards.pinned()
    boards.stack.audit.is_broken = True
    failed = await boards.charts.refresh(ANA, chart.id)
    assert failed.problem is not None
    assert failed.problem.code == "audit_unavailable"
    boards.stack.audit.is_broken = False
    assert (await boards.charts.refresh(ANA, chart.id)).problem is None


async def test_charts_of_a_dashboard_are_refreshed_whatever_becomes_of_one(boards: Boards) -> None:
    good = [await boards.pinned() for _ in range(5)]
    bad = await boards.pinned(ANA, SQL)
    async with boards.database.as_service() as connection:
        statement = "update app.charts set sql = 'SELECT * FROM vw_nothing' where id = %s"
        await connection.execute(statement, [bad.id])
    boards.stack.clock.move(60)
    await boards.charts.refresh_all(ANA, bad.dashboard_id)
    charts = await boards.store.charts_on(ANA, bad.dashboard_id)
    problems = {chart.id: chart.problem and chart.problem.code for chart in charts}
    assert problems == {**{chart.id: None for chart in good}, bad.id: "query_rejected"}
    times = {chart.drawn.at for chart in charts if chart.id != bad.id}
    assert times == {boards.stack.clock.now()}


async def test_what_a_fault_of_ours_says_stays_inside(
    boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = await boards.pinned()

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(boards.stack.service, "query_metrics", broken)
    failed = await boards.charts.refresh(ANA, chart.id)
    assert failed.problem is not None
    assert failed.problem.code == "internal_error"
    assert "secret" not in failed.problem.detail


async def test_a_refresh_without_end_leaves_what_it_had_no_time_for(
    boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = await boards.pinned()

    async def endless(*_: object, **__: object) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr(boards.stack.service, "query_metrics", endless)
    monkeypatch.setattr("gtm.dashboards.service._REFRESH_SECONDS", 0.05)
    await boards.charts.refresh_all(ANA, chart.dashboard_id)
    found = await boards.store.chart(ANA, chart.id)
    assert found.problem is not None
    assert (found.problem.code, found.drawn) == ("refresh_unfinished", chart.drawn)


async def test_a_type_that_can_not_be_drawn_now_changes_nothing(boards: Boards) -> None:
    chart = await boards.pinned()
    boards.stack.audit.is_broken = True
    with pytest.raises(GtmError):
        await boards.charts.change(ANA, chart.id, type="pie", title="Not kept")
    assert await boards.store.chart(ANA, chart.id) == chart


@pytest.mark.parametrize("tenant", [BEN, VIC, GUS])
async def test_only_ones_own_answers_can_be_pinned(boards: Boards, tenant: TenantContext) -> None:
    conversation, turn = await boards.ask(ANA)
    with pytest.raises(NotFoundError):
        await boards.charts.pin(tenant, conversation, turn)


async def test_an_answer_of_another_conversation_is_not_found(boards: Boards) -> None:
    first, turn = await boards.ask()
    second, _ = await boards.ask()
    for conversation, name in ((second, turn), (first, "turn_x"), (ConversationId("x"), turn)):
        with pytest.raises(NotFoundError, match="no such answer"):
            await boards.charts.pin(ANA, conversation, name)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "refuse"},
        {"outcome": "error"},
        {"chart_spec": None},
        {"data": None},
        {"receipt": None},
    ],
)
async def test_an_answer_without_a_chart_can_not_be_pinned(
    boards: Boards, changes: dict[str, object]
) -> None:
    conversation, turn = await boards.ask()
    reply = await boards.turns.turn(ANA, conversation, turn)
    await boards.turns.add_turn(ANA, conversation, turn_id=turn, reply={**reply, **changes})
    with pytest.raises(NothingToPinError):
        await boards.charts.pin(ANA, conversation, turn)
    assert await boards.store.dashboards(ANA, limit=5) == ()


async def test_the_chart_of_one_question_with_the_numbers_of_another_can_not_be_pinned(
    boards: Boards,
) -> None:
    conversation, turn = await boards.ask()
    other, other_turn = await boards.ask(ANA, DAILY)
    reply = await boards.turns.turn(ANA, conversation, turn)
    foreign = await boards.turns.turn(ANA, other, other_turn)
    mixed = {**reply, "chart_spec": foreign["chart_spec"]}
    await boards.turns.add_turn(ANA, conversation, turn_id=turn, reply=mixed)
    with pytest.raises(NothingToPinError):
        await boards.charts.pin(ANA, conversation, turn)


async def test_refreshing_and_changing_at_once_loses_nothing(boards: Boards) -> None:
    chart = await boards.pinned()
    boards.stack.clock.move(60)
    await asyncio.gather(
        *(boards.charts.refresh(ANA, chart.id) for _ in range(4)),
        boards.charts.refresh_all(BEN, chart.dashboard_id),
        boards.charts.change(BEN, chart.id, title="Kept"),
        boards.charts.change(ANA, chart.id, type="pie"),
        boards.store.change(BEN, chart.dashboard_id, name="Renamed"),
    )
    found = await boards.store.chart(ANA, chart.id)
    assert (found.title, found.draft.type, found.drawn.spec.type) == ("Kept", "pie", "pie")
    assert found.drawn.at == boards.stack.clock.now()
    assert (await boards.store.dashboard(ANA, chart.dashboard_id)).name == "Renamed"


async def test_a_slow_refresh_does_not_undo_a_later_one(boards: Boards) -> None:
    chart = await boards.pinned()
    boards.stack.clock.move(3_600)
    newer = await boards.charts.refresh(ANA, chart.id)
    await boards.store.keep_drawn(ANA, chart, chart.drawn)
    assert await boards.store.chart(ANA, chart.id) == newer


async def test_what_was_drawn_as_another_type_meanwhile_is_not_overwritten(boards: Boards) -> None:
    chart = await boards.pinned()
    changed = await boards.charts.change(ANA, chart.id, type="pie")
    boards.stack.clock.move(60)
    later = await boards.charts.refresh(ANA, (await boards.pinned()).id)
    await boards.store.keep_drawn(ANA, chart, later.drawn)
    assert await boards.store.chart(ANA, chart.id) == changed


async def test_a_chart_unpinned_during_its_refresh_stays_gone(boards: Boards) -> None:
    chart = await boards.pinned()
    await boards.store.remove_chart(ANA, chart.id)
    await boards.store.keep_drawn(ANA, chart, chart.drawn)
    with pytest.raises(NotFoundError):
        await boards.store.chart(ANA, chart.id)
    with pytest.raises(NotFoundError):
        await boards.charts.refresh_all(ANA, DashboardId("dash_unknown"))


async def test_a_look_that_somebody_wished_stays_over_newer_data(boards: Boards) -> None:
    wish = ChartDraft.model_validate(
        {
            "title": "Where from",
            "sort": "name_a_to_z",
            "top": 2,
            "labels": "on",
            "colors": [{"color": "red", "series": "Paid Search"}],
            "yLabel": "Visits",
        }
    )
    chart = await boards.charts.pin(ANA, *await boards.ask(ANA, BY_CHANNEL, draft=wish))
    assert chart.draft == wish.model_copy(update={"type": "bar"})
    boards.stack.clock.move(A_WEEK)
    refreshed = await boards.charts.refresh(ANA, chart.id)
    spec = refreshed.drawn.spec
    assert refreshed.problem is None
    assert refreshed.drawn.at > chart.drawn.at
    assert (spec.title, spec.config.has_labels) == ("Where from", True)
    assert (spec.config.y_axis.label, spec.config.y_axis.is_label_shown) == ("Visits", True)
    names = [point["channel"] for point in spec.data]
    assert names == ["Organic Search", "Paid Search", "Other"]
    assert spec.data[1]["fill"] == "#d8343f"
    assert spec.note == chart.drawn.spec.note == "Showing the top 2 of 4; the rest is in Other."


async def test_another_type_keeps_what_still_fits_of_the_look(boards: Boards) -> None:
    wish = ChartDraft(top=2, title="Where from", direction="horizontal")
    chart = await boards.charts.pin(ANA, *await boards.ask(ANA, BY_CHANNEL, draft=wish))
    pie = await boards.charts.change(ANA, chart.id, type="pie")
    assert (pie.drawn.spec.type, len(pie.drawn.spec.data)) == ("pie", 3)
    assert pie.drawn.spec.title == "Where from"
    assert pie.draft == ChartDraft(type="pie", top=2, title="Where from")


async def test_an_answer_that_is_a_table_can_not_be_pinned(boards: Boards) -> None:
    query = BY_CHANNEL.model_copy(update={"dimensions": ("channel", "device_category", "country")})
    with pytest.raises(NothingToPinError, match="is a table"):
        await boards.charts.pin(ANA, *await boards.ask(ANA, query))
