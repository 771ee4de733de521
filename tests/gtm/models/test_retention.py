"""Cohorts by the week of the first visit, and who was active again."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.gtm.models.conftest import Lab, event

COHORTS = (
    "SELECT cohort_week, week_number, cohort_users, retained_users, is_complete"
    " FROM vw_user_retention ORDER BY 1, 2"
)
# Mondays.
FIRST, SECOND = date(2026, 3, 2), date(2026, 3, 9)


def first_visit(day: str, user: str) -> dict[str, Any]:
    return event("first_visit", at=f"{day} 10:00:00", user=user)


def active(day: str, user: str) -> dict[str, Any]:
    return event(at=f"{day} 10:00:00", user=user, params={"session_engaged": "1"})


async def test_users_return_in_weeks_counted_from_their_first(lab: Lab) -> None:
    await lab.land(
        [
            first_visit("2026-03-02", "u1"),
            first_visit("2026-03-08", "u2"),
            active("2026-03-08", "u1"),
            first_visit("2026-03-09", "u3"),
            active("2026-03-09", "u2"),
            active("2026-03-15", "u2"),
            active("2026-03-17", "u1"),
            active("2026-03-18", "u3"),
        ]
    )
    await lab.build()
    assert await lab.ask(COHORTS) == [
        (FIRST, 0, 2, 2, True),
        (FIRST, 1, 2, 1, True),
        (FIRST, 2, 2, 1, False),
        (SECOND, 0, 1, 1, True),
        (SECOND, 1, 1, 1, False),
    ]


async def test_a_week_in_which_nobody_came_back_has_a_row(lab: Lab) -> None:
    await lab.land([first_visit("2026-03-02", "u1"), event(at="2026-03-15 10:00:00", user="u2")])
    await lab.build()
    assert await lab.ask(COHORTS) == [(FIRST, 0, 1, 1, True), (FIRST, 1, 1, 0, True)]


async def test_a_user_who_was_there_before_the_data_is_in_no_cohort(lab: Lab) -> None:
    await lab.land([active("2026-03-02", "old"), first_visit("2026-03-03", "u1")])
    await lab.build()
    assert await lab.ask(COHORTS) == [(FIRST, 0, 1, 1, False)]


async def test_a_first_visit_sent_again_does_not_move_the_cohort(lab: Lab) -> None:
    await lab.land([first_visit("2026-03-02", "u1"), first_visit("2026-03-09", "u1")])
    await lab.build()
    assert await lab.ask(COHORTS) == [(FIRST, 0, 1, 1, True), (FIRST, 1, 1, 1, False)]
