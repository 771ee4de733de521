"""How far the data reaches: what is final, what was revised since, what is missing, what is late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.gtm.models.conftest import Lab, event, site_row

NOW = datetime.now(UTC)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def status_of(lab: Lab, table_kind: str) -> str:
    sql = f"SELECT status FROM vw_data_freshness WHERE table_kind = '{table_kind}'"  # noqa: S608
    return str(await lab.ask_one(sql))


async def test_a_workspace_with_nothing_has_every_view_and_says_no_data(lab: Lab) -> None:
    await lab.build()
    assert await lab.ask_one("SELECT COUNT(*) FROM vw_sessions") == 0
    rows = await lab.ask(
        "SELECT source, table_kind, first_date, last_sync_at, `rows`, missing_days, lag_hours, status"
        " FROM vw_data_freshness ORDER BY 1, 2"
    )
    kinds = [
        ("GA4", "daily"),
        ("GSC", "site"),
        ("GSC", "url"),
        *(("HubSpot", kind) for kind in ("companies", "contacts", "deals", "engagements", "owners")),
    ]
    assert rows == [(*kind, None, None, 0, 0, None, "no_data") for kind in kinds]
