"""A conversation changes how the last chart looks: one change after the other, and undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agents.chart_builder.history import History
from agents.reply import TurnReply
from gtm.charts.spec import ChartDraft, ChartSpec
from tests.support.analytics import ACME, GLOBEX, Stack
from tests.support.fake_models import FakeModel, serving, steps_of
from tests.support.turns import Desk, connect, desk_over, names

BY_CHANNEL = "sessions by channel last 7 days"


def chart_of(reply: TurnReply) -> ChartSpec:
    assert reply.chart_spec is not None, reply.insights
    return reply.chart_spec


def edits_of(reply: TurnReply) -> dict[str, Any]:
    edits = chart_of(reply).edits
    return {} if edits is None else edits.model_dump(mode="json", exclude_defaults=True)


async def test_changes_add_up_and_are_undone_one_by_one(desk: Desk) -> None:
    first = await desk.reply(ACME, BY_CHANNEL)
    await desk.ask(ACME, "make it horizontal bars, top 2, titled Where from")
    events = await desk.ask(ACME, "sort it by name and add labels")
    assert "TOOL_CALL_START query_metrics" not in names(events)
    wished = {"type": "bar", "direction": "horizontal", "top": 2, "title": "Where from"}
    assert edits_of(desk.replies[-1]) == {**wished, "sort": "name_a_to_z", "labels": "on"}
    spec = chart_of(desk.replies[-1])
    names_of_bars = [point["channel"] for point in spec.data]
    assert names_of_bars == ["Organic Search", "Paid Search", "Other"]
    assert spec.data[-1]["sessions"] == 350
    assert edits_of(await desk.reply(ACME, "undo")) == wished
    assert chart_of(await desk.reply(ACME, "undo that")) == chart_of(first)
    nothing = await desk.reply(ACME, "undo")
    assert (nothing.outcome, nothing.chart_spec) == ("refuse", None)
    assert "nothing to undo" in nothing.insights


async def test_a_first_question_says_how_its_chart_is_to_look(desk: Desk) -> None:
    reply = await desk.reply(ACME, "sessions by channel last 7 days as horizontal bars with labels")
    assert edits_of(reply) == {"type": "bar", "direction": "horizontal", "labels": "on"}
    assert "labels" not in reply.insights
    # What was wished first is undone like any other change.
    assert edits_of(await desk.reply(ACME, "make it vertical"))["direction"] == "vertical"


async def test_one_goes_back_to_the_original_and_on_from_there(desk: Desk) -> None:
    first = await desk.reply(ACME, BY_CHANNEL)
    await desk.ask(ACME, "make it a pie")
    await desk.ask(ACME, "use a colour-blind safe palette")
    assert chart_of(await desk.reply(ACME, "back to the original")) == chart_of(first)
    assert edits_of(await desk.reply(ACME, "labels off")) == {"labels": "off"}
    assert edits_of(await desk.reply(ACME, "undo")) == {}
    # Going back was a change too.
    assert edits_of(await desk.reply(ACME, "undo")) == {
        "type": "pie",
        "palette": "color_blind_safe",
    }


async def test_a_part_of_a_wish_that_is_not_met_is_said(desk: Desk) -> None:
    await desk.ask(ACME, BY_CHANNEL)
    reply = await desk.reply(ACME, "make it a bar chart in red and 3D, with a moustache")
    assert edits_of(reply) == {"type": "bar", "colors": [{"color": "red"}]}
    assert "Not in 3D" in reply.insights
    assert "“moustache”" in reply.insights


async def test_a_wish_that_is_not_met_at_all_draws_nothing_anew(desk: Desk) -> None:
    await desk.ask(ACME, BY_CHANNEL)
    events = await desk.ask(ACME, "use a log scale")
    assert "TOOL_CALL_START build_chart" not in names(events)
    reply = desk.replies[-1]
    assert (reply.outcome, reply.chart_spec) == ("refuse", None)
    assert reply.insights.startswith("Not on a log scale")
    assert edits_of(await desk.reply(ACME, "make it blue")) == {"colors": [{"color": "blue"}]}


async def test_a_wish_that_would_mislead_gets_a_better_chart_and_the_reason(desk: Desk) -> None:
    await desk.ask(ACME, BY_CHANNEL)
    reply = await desk.reply(ACME, "make it a line chart")
    assert chart_of(reply).type == "bar"
    assert reply.insights == "Drawn as bars: a line needs time on its axis."


async def test_the_next_question_keeps_the_kind_of_chart(desk: Desk) -> None:
    await desk.ask(ACME, BY_CHANNEL)
    await desk.ask(ACME, "make it a pie")
    reply = await desk.reply(ACME, "and last month?")
    assert reply.data
    assert reply.data.resolved
    assert reply.data.resolved.query.chart == "pie"
    assert chart_of(reply).type == "pie"


async def test_another_result_begins_with_a_look_of_its_own(desk: Desk) -> None:
    await desk.ask(ACME, BY_CHANNEL)
    await desk.ask(ACME, "make it red")
    assert edits_of(await desk.reply(ACME, "sessions by source last 7 days")) == {}
    assert edits_of(await desk.reply(ACME, "labels off")) == {"labels": "off"}


async def test_without_a_chart_there_is_none_to_change(desk: Desk) -> None:
    reply = await desk.reply(ACME, "make it blue")
    assert reply.chart_spec is None
    assert reply.insights.startswith("There is no chart to change yet.")


async def test_a_look_stays_within_its_workspace(desk: Desk) -> None:
    await desk.ask(ACME, BY_CHANNEL, "shared")
    await desk.ask(ACME, "make it red, titled A secret", "shared")
    assert (await desk.reply(GLOBEX, "undo", "shared")).chart_spec is None
    await desk.ask(GLOBEX, BY_CHANNEL, "shared")
    reply = await desk.reply(GLOBEX, "labels off", "shared")
    assert edits_of(reply) == {"labels": "off"}
    assert "secret" not in reply.model_dump_json()


async def test_a_language_model_changes_and_undoes_through_the_same_fields(
    stack: Stack, tmp_path: Path
) -> None:
    def built(draft: dict[str, Any]) -> dict[str, Any]:
        return {"call": "build_chart", "with": {"result_id": "$result", "draft": draft}}

    def wished(words: str) -> dict[str, Any]:
        return {"call": "chart_builder", "with": {"wish": words, "is_redraw": True}}

    script = steps_of(
        [
            {"call": "sql_analyst", "with": {"question": BY_CHANNEL}},
            {"call": "query_metrics", "with": {"query": QUERY}},
            {"answer": {"outcome": "answer", "result_id": "$result", "text": "Done."}},
            built({}),
            wished("red, top 2, and 3D"),
            built({"colors": [{"color": "red"}], "top": 2, "unmet": ["three_d"]}),
            wished("numbers on it"),
            built({"labels": "on"}),
            wished("undo that"),
            built({"base": "previous"}),
        ]
    )
    red = {"colors": [{"color": "red"}], "top": 2}
    async with serving(FakeModel(script)) as model:
        desk_settings: dict[str, Any] = {
            "google_ai_model": "openai/m",
            "openai_base_url": f"{model.url}/v1",
        }
        connection = connect(stack.service, stack.clock)
        async with desk_over(connection, tmp_path, stack.clock, **desk_settings) as desk:
            await desk.ask(ACME, BY_CHANNEL)
            reply = await desk.reply(ACME, "red, top 2, and 3D")
            assert edits_of(reply) == red
            assert "Not in 3D" in reply.insights
            assert edits_of(await desk.reply(ACME, "numbers on it")) == {**red, "labels": "on"}
            assert edits_of(await desk.reply(ACME, "undo that")) == red
    assert len(model.requests) == len(script)


QUERY = {"metrics": ["sessions"], "dimensions": ["channel"], "time": "last_7_days"}


def test_a_long_history_still_knows_its_beginning() -> None:
    history: History | None = History(result_id="r", drafts=(ChartDraft(type="pie"),))
    for at in range(1, 51):
        assert history is not None
        history = history.with_change(ChartDraft(top=at))
    assert history is not None
    assert len(history.drafts) == 22
    original = history.with_change(ChartDraft(base="original"))
    assert original is not None
    assert original.drafts[-1] == ChartDraft(type="pie")


@pytest.mark.parametrize("drafts", [(), (ChartDraft(),)])
def test_what_was_drawn_once_can_not_be_undone(drafts: tuple[ChartDraft, ...]) -> None:
    assert History(result_id="r", drafts=drafts).with_change(ChartDraft(base="previous")) is None
