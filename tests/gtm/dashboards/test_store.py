"""Dashboards in the database: their bounds, their places, and many changes at once."""

import asyncio
from dataclasses import replace

import pytest

from gtm.charts.spec import ChartDraft
from gtm.dashboards.base import (
    MAX_SPEC_BYTES,
    Chart,
    ChartChange,
    ChartId,
    ChartTooLargeError,
    Dashboard,
    DashboardId,
    Layout,
    NewChart,
    Place,
    TooManyChartsError,
    TooManyDashboardsError,
    free_place,
)
from gtm.errors import NotFoundError, NotPermittedError
from gtm.semantics.query import Filter
from tests.support.boards import ANA, BEN, BY_CHANNEL, GUS, VIC, Boards


async def copies(
    boards: Boards, count: int, board: DashboardId | None = None
) -> list[Chart | BaseException]:
    """Pin the same answer many times at once."""
    conversation, turn = await boards.ask()
    pins = (boards.charts.pin(ANA, conversation, turn, dashboard_id=board) for _ in range(count))
    return await asyncio.gather(*pins, return_exceptions=True)


def kept(outcomes: list[Chart | BaseException]) -> list[Chart]:
    return [one for one in outcomes if isinstance(one, Chart)]


async def test_pins_at_once_make_one_first_dashboard_and_share_no_cell(boards: Boards) -> None:
    charts = kept(await copies(boards, 8))
    assert len(charts) == 8
    [board] = await boards.store.dashboards(BEN, limit=5)
    assert (board.name, board.chart_count) == ("Dashboard", 8)
    layouts = [chart.layout for chart in charts]
    assert not any(
        one.overlaps(other) for at, one in enumerate(layouts) for other in layouts[at + 1 :]
    )
    assert max(layout.y for layout in layouts) == 12


async def test_a_chart_goes_to_the_first_dashboard_or_the_one_named(boards: Boards) -> None:
    first = await boards.store.create(ANA, "First")
    boards.stack.clock.move(1)
    second = await boards.store.create(ANA, "Second")
    assert (await boards.pinned()).dashboard_id == first.id
    [chart] = kept(await copies(boards, 1, second.id))
    assert chart.dashboard_id == second.id


async def test_a_dashboard_has_forty_charts_at_most(boards: Boards) -> None:
    outcomes = await copies(boards, 43)
    assert len(kept(outcomes)) == 40
    refused = [one for one in outcomes if isinstance(one, BaseException)]
    assert {type(one) for one in refused} == {TooManyChartsError}
    other = await boards.store.create(ANA, "Other")
    [chart] = kept(await copies(boards, 1, other.id))
    with pytest.raises(TooManyChartsError):
        await boards.store.change_chart(
            ANA, chart.id, ChartChange(dashboard_id=kept(outcomes)[0].dashboard_id)
        )
    # A full one can still be changed.
    changed = await boards.store.change_chart(
        ANA, kept(outcomes)[0].id, ChartChange(title="Still changed")
    )
    assert changed.title == "Still changed"


async def test_a_workspace_has_a_hundred_dashboards_at_most(boards: Boards) -> None:
    made = await asyncio.gather(
        *(boards.store.create(ANA, "One more") for _ in range(103)), return_exceptions=True
    )
    assert sum(isinstance(one, Dashboard) for one in made) == 100
    refused = {type(one) for one in made if isinstance(one, BaseException)}
    assert refused == {TooManyDashboardsError}
    assert isinstance(await boards.store.create(GUS, "Another workspace's"), Dashboard)


async def test_a_chart_has_a_largest_size(boards: Boards) -> None:
    chart = await boards.pinned()
    row = {"channel": "x" * MAX_SPEC_BYTES, "sessions": 1}
    drawn = replace(chart.drawn, spec=chart.drawn.spec.model_copy(update={"data": (row,)}))
    with pytest.raises(ChartTooLargeError):
        await boards.store.add_chart(ANA, None, NewChart(None, chart.asked, chart.draft, drawn))
    with pytest.raises(ChartTooLargeError):
        await boards.store.keep_drawn(ANA, chart, drawn)
    assert await boards.store.charts_on(ANA, chart.dashboard_id) == (chart,)


async def test_what_a_chart_asks_has_a_largest_size_too(boards: Boards) -> None:
    chart = await boards.pinned()
    values = tuple("x" * 490 for _ in range(100))
    query = BY_CHANNEL.model_copy(
        update={"filters": (Filter(dimension="channel", values=values),) * 10}
    )
    series = chart.drawn.spec.config.series[0].model_copy(update={"name": "x" * 20_000})
    wide = chart.drawn.spec.config.model_copy(update={"series": (series,)})
    for asked, draft in (
        (replace(chart.asked, query=query), chart.draft),
        (replace(chart.asked, query=None, sql="SELECT 1 " * 9_000), chart.draft),
        (chart.asked, ChartDraft(type="bar", config=wide)),
    ):
        with pytest.raises(ChartTooLargeError):
            await boards.store.add_chart(ANA, None, NewChart(None, asked, draft, chart.drawn))
    # Just what fits by our count fits by the database's.
    few = Filter(dimension="channel", values=tuple("y" * 44 for _ in range(100)))
    dense = replace(chart.asked, query=BY_CHANNEL.model_copy(update={"filters": (few,) * 10}))
    kept_ = await boards.store.add_chart(ANA, None, NewChart(None, dense, chart.draft, chart.drawn))
    assert kept_.asked == dense


async def test_layouts_and_names_set_at_once_are_all_kept(boards: Boards) -> None:
    charts = kept(await copies(boards, 6))
    board = charts[0].dashboard_id
    wanted = {chart.id: Layout(0, 10 * at, 3, 2) for at, chart in enumerate(charts)}
    await asyncio.gather(
        *(boards.store.change(ANA, board, layouts={one: wanted[one]}) for one in wanted),
        boards.store.change(BEN, board, name="Named"),
        *(
            boards.store.change_chart(BEN, one, ChartChange(title=f"Title of {one}"))
            for one in wanted
        ),
    )
    found = await boards.store.charts_on(ANA, board)
    assert {chart.id: chart.layout for chart in found} == wanted
    assert all(chart.title == f"Title of {chart.id}" for chart in found)
    assert [chart.layout.y for chart in found] == [0, 10, 20, 30, 40, 50]
    assert (await boards.store.dashboard(ANA, board)).name == "Named"


async def test_charts_that_have_gone_are_passed_over_by_a_layout(boards: Boards) -> None:
    chart, foreign = await boards.pinned(), await boards.pinned(GUS)
    elsewhere = await boards.store.create(ANA, "Elsewhere")
    [moved] = kept(await copies(boards, 1, elsewhere.id))
    place = Layout(9, 50, 3, 3)
    names = (chart.id, foreign.id, moved.id, ChartId("chart_gone"))
    await boards.store.change(ANA, chart.dashboard_id, layouts=dict.fromkeys(names, place))
    assert (await boards.store.chart(ANA, chart.id)).layout == place
    assert (await boards.store.chart(ANA, moved.id)).layout == moved.layout
    assert (await boards.store.chart(GUS, foreign.id)).layout == foreign.layout


async def test_charts_that_swap_dashboards_at_once_wait_for_each_other(boards: Boards) -> None:
    one, two = await boards.store.create(ANA, "One"), await boards.store.create(ANA, "Two")
    [left], [right] = kept(await copies(boards, 1, one.id)), kept(await copies(boards, 1, two.id))
    for here, there in ((one.id, two.id), (two.id, one.id)) * 3:
        await asyncio.gather(
            boards.store.change_chart(ANA, left.id, ChartChange(dashboard_id=there)),
            boards.store.change_chart(BEN, right.id, ChartChange(dashboard_id=here)),
            boards.store.change(ANA, one.id, layouts={left.id: Layout(0, 0, 1, 1)}),
            boards.store.change(BEN, two.id, layouts={right.id: Layout(0, 0, 1, 1)}),
        )
        boards_of = [
            (await boards.store.chart(ANA, chart.id)).dashboard_id for chart in (left, right)
        ]
        assert boards_of == [there, here]


async def test_a_chart_that_moves_takes_a_free_place(boards: Boards) -> None:
    chart = await boards.pinned()
    board = await boards.store.create(ANA, "Full at its top")
    await copies(boards, 2, board.id)
    moved = await boards.store.change_chart(ANA, chart.id, ChartChange(dashboard_id=board.id))
    assert (moved.dashboard_id, moved.layout) == (board.id, Layout(0, 4, 6, 4))
    assert moved.drawn == chart.drawn
    with pytest.raises(NotFoundError, match="dashboard"):
        await boards.store.change_chart(
            ANA, chart.id, ChartChange(dashboard_id=DashboardId("dash_unknown"))
        )


@pytest.mark.parametrize(
    ("taken", "place"),
    [
        ((), Layout(0, 0, 6, 4)),
        ((Layout(0, 0, 6, 4),), Layout(6, 0, 6, 4)),
        ((Layout(0, 0, 6, 4), Layout(6, 0, 6, 4)), Layout(0, 4, 6, 4)),
        ((Layout(0, 0, 12, 2),), Layout(0, 2, 6, 4)),
        ((Layout(0, 0, 4, 4), Layout(10, 0, 2, 4)), Layout(4, 0, 6, 4)),
        ((Layout(0, 0, 6, 8), Layout(6, 0, 6, 4)), Layout(6, 4, 6, 4)),
        ((Layout(0, 9, 12, 1),), Layout(0, 0, 6, 4)),
    ],
)
def test_a_new_chart_gets_the_highest_place_with_room(
    taken: tuple[Layout, ...], place: Layout
) -> None:
    assert free_place(taken) == place


async def test_a_removed_dashboard_takes_its_charts_along(boards: Boards) -> None:
    chart = await boards.pinned()
    await boards.store.remove(BEN, chart.dashboard_id)
    with pytest.raises(NotFoundError):
        await boards.store.chart(ANA, chart.id)
    with pytest.raises(NotFoundError):
        await boards.store.remove(ANA, chart.dashboard_id)
    assert await boards.store.charts(ANA, limit=5) == ()


async def test_pages_lead_to_every_chart_once(boards: Boards) -> None:
    pinned = kept(await copies(boards, 3))
    boards.stack.clock.move(1)
    pinned += kept(await copies(boards, 2))
    after: Place | None = None
    seen: list[Chart] = []
    while page := await boards.store.charts(VIC, limit=2, after=after):
        seen += page
        after = Place(page[-1].created_at, page[-1].id)
    assert [chart.created_at for chart in seen] == sorted(
        (chart.created_at for chart in seen), reverse=True
    )
    assert sorted(chart.id for chart in seen) == sorted(chart.id for chart in pinned)
    board = pinned[0].dashboard_id
    assert len(await boards.store.charts(ANA, limit=9, dashboard_id=board)) == 5
    assert await boards.store.charts(ANA, limit=9, dashboard_id=DashboardId("dash_x")) == ()


async def test_a_dashboard_is_as_new_as_its_last_change(boards: Boards) -> None:
    chart = await boards.pinned()
    board, clock = chart.dashboard_id, boards.stack.clock

    async def updated() -> bool:
        return (await boards.store.dashboard(ANA, board)).updated_at == clock.now()

    clock.move(60)
    await boards.charts.refresh(ANA, chart.id)
    assert not await updated()
    for change in (
        boards.store.change(ANA, board, name="Other"),
        boards.store.change(ANA, board, layouts={chart.id: Layout(0, 0, 2, 2)}),
        boards.store.change_chart(ANA, chart.id, ChartChange(layout=Layout(0, 1, 2, 2))),
        boards.store.remove_chart(ANA, chart.id),
        boards.pinned(),
    ):
        clock.move(60)
        await change
        assert await updated()


async def test_a_viewer_reads_and_changes_nothing(boards: Boards) -> None:
    chart = await boards.pinned()
    board = chart.dashboard_id
    assert await boards.store.charts_on(VIC, board) == (chart,)
    new = NewChart(None, chart.asked, chart.draft, chart.drawn)
    for attempt in (
        boards.store.create(VIC, "Mine"),
        boards.store.change(VIC, board, name="Mine"),
        boards.store.remove(VIC, board),
        boards.store.add_chart(VIC, board, new),
        boards.store.change_chart(VIC, chart.id, ChartChange(title="Mine")),
        boards.store.remove_chart(VIC, chart.id),
    ):
        with pytest.raises((NotFoundError, NotPermittedError)):
            await attempt
    pie = replace(chart, draft=ChartDraft(type="pie"))
    await boards.store.keep_drawn(VIC, pie, chart.drawn)
    assert await boards.store.charts_on(ANA, board) == (chart,)
