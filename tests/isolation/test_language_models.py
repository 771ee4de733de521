"""What a language model is told of a workspace is its own, also where the model asks for more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.analytics import ACME, GLOBEX, Stack, make_stack, two_workspaces
from tests.support.fake_models import FakeModel, serving, steps_of
from tests.support.turns import connect, desk_over

# Each workspace has a source of its own, named after it.
FOREIGN = {ACME: "globexpartner", GLOBEX: "acmepartner"}


@pytest.fixture
async def stack() -> AsyncIterator[Stack]:
    async with two_workspaces() as warehouse:
        yield make_stack(warehouse)


def settings(model: FakeModel) -> dict[str, Any]:
    return {"google_ai_model": "openai/some-model", "openai_base_url": f"{model.url}/v1"}


def asking(question: str, *calls: dict[str, Any]) -> Any:
    refuse = {"answer": {"outcome": "refuse", "text": "Not possible."}}
    return steps_of([{"call": "sql_analyst", "with": {"question": question}}, *calls, refuse])


@pytest.mark.parametrize("tenant", [ACME, GLOBEX], ids=lambda tenant: str(tenant.tenant_id))
async def test_a_hint_knows_the_names_of_its_own_workspace_alone(
    stack: Stack, tmp_path: Path, tenant: Any
) -> None:
    own, foreign = f"{tenant.tenant_id}partner", FOREIGN[tenant]
    async with (
        serving(FakeModel(())) as model,
        desk_over(
            connect(stack.service, stack.clock), tmp_path, stack.clock, **settings(model)
        ) as desk,
    ):
        found: dict[str, str] = {}
        for name in (own, foreign):
            model.play(asking(f"sessions from {name} last 7 days"))
            await desk.ask(tenant, f"sessions from {name} last 7 days", name)
            found[name] = model.requests[1]
    assert f'\\"values\\": [\\"{own}\\"]' in found[own]
    assert f'\\"values\\": [\\"{foreign}\\"]' not in found[foreign]
    assert '\\"reads_as\\": \\"clarify\\"' in found[foreign]


async def test_a_result_of_another_workspace_is_neither_read_nor_drawn(
    stack: Stack, tmp_path: Path
) -> None:
    query = {"call": "query_metrics", "with": {"query": {"metrics": ["sessions"]}}}
    async with (
        serving(FakeModel(())) as model,
        desk_over(
            connect(stack.service, stack.clock), tmp_path, stack.clock, **settings(model)
        ) as desk,
    ):
        answer = {"answer": {"outcome": "answer", "result_id": "$result", "text": "Done."}}
        draw = {"call": "build_chart", "with": {"result_id": "$result"}}
        model.play((*asking("sessions", query)[:-1], *steps_of([answer, draw])))
        theirs = (await desk.reply(GLOBEX, "sessions")).data
        assert theirs
        given = {"result_id": theirs.result_id}
        model.play(
            steps_of(
                [
                    {"call": "chart_builder", "with": {**given, "wish": "pie", "is_redraw": True}},
                    {"call": "chart_builder", "with": {"wish": "pie", "is_redraw": True}},
                    {"calls": [{"tool": "get_result", "args": given}]},
                    {"calls": [{"tool": "build_chart", "args": given}]},
                    {"answer": {"is_built": False, "text": "There is none."}},
                ]
            )
        )
        events = await desk.ask(ACME, "draw it as a pie")
    reply = desk.replies[-1]
    assert (reply.data, reply.chart_spec) == (None, None)
    assert "globex" not in str(events)


async def test_a_conversation_of_another_workspace_is_not_told(
    stack: Stack, tmp_path: Path
) -> None:
    async with (
        serving(FakeModel(())) as model,
        desk_over(
            connect(stack.service, stack.clock), tmp_path, stack.clock, **settings(model)
        ) as desk,
    ):
        model.play(asking("sessions of globexpartner"))
        await desk.ask(GLOBEX, "sessions of globexpartner", "shared")
        model.play(asking("sessions"))
        await desk.ask(ACME, "sessions", "shared")
        assert not any("globexpartner" in request for request in model.requests)
