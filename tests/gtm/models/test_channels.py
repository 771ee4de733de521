"""The default channel group, against the published cases."""

from __future__ import annotations

import json
from pathlib import Path

from tests.gtm.models.conftest import Lab, came_from, event

CASES = json.loads(
    (Path(__file__).parents[2] / "fixtures/models/channel_cases.json").read_text(encoding="utf-8")
)


def test_there_are_cases() -> None:
    assert len(CASES) >= 42


async def test_every_case_gets_its_channel(lab: Lab) -> None:
    events = [
        event(
            user=f"u{number}",
            params=came_from(case["source"], case["medium"], case["campaign"]),
            traffic_source={
                "source": case["source"],
                "medium": case["medium"],
                "name": case["campaign"],
            },
        )
        for number, case in enumerate(CASES)
    ]
    await lab.land(events)
    await lab.build()
    found = await lab.ask(
        "SELECT source, medium, campaign, channel, first_user_channel FROM vw_sessions"
    )
    expected = [
        tuple(case[key] or "(not set)" for key in ("source", "medium", "campaign", "channel"))
        for case in CASES
    ]
    assert sorted(map(repr, (row[:4] for row in found))) == sorted(map(repr, expected))
    assert all(row[3] == row[4] for row in found)


async def test_a_shopping_campaign_is_told_by_its_name(lab: Lab) -> None:
    names = ["shop", "Shopping", "summer-shop", "workshop"]
    await lab.land(
        [
            event(session=number, params=came_from("anything", "cpc", name))
            for number, name in enumerate(names)
        ]
    )
    await lab.build()
    rows = await lab.ask("SELECT campaign FROM vw_sessions WHERE channel = 'Paid Shopping'")
    assert {row[0] for row in rows} == set(names) - {"workshop"}
