"""Builds in parts: each bounded, all of them together the whole."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from gtm.models.builder import build
from gtm.models.chunks import DateSpan, cut, landed_day_rows
from gtm.models.plan import VIEWS
from tests.gtm.models.conftest import SYNCED_AT, Lab
from tests.gtm.models.test_increments import DAYS, draw_events

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 10)
SPAN = DateSpan(FIRST, LAST)


def day(number: int) -> date:
    return date(2026, 3, number)


@pytest.mark.parametrize(
    ("rows", "starts"),
    [
        ({}, [1]),
        ({2: 5, 3: 5}, [1]),
        ({2: 5, 3: 5, 4: 1}, [1, 4]),
        ({2: 99, 3: 99}, [1, 3]),
        ({1: 6, 2: 5, 5: 5, 10: 1}, [1, 2, 10]),
    ],
)
def test_a_span_is_cut_before_the_day_that_would_be_too_much(
    rows: dict[int, int], starts: list[int]
) -> None:
    parts = cut(SPAN, {day(number): of_day for number, of_day in rows.items()}, max_rows=10)
    assert [part.start for part in parts] == [day(number) for number in starts]


def test_days_outside_the_span_do_not_cut_it() -> None:
    assert cut(SPAN, {FIRST - timedelta(days=1): 99, LAST + timedelta(days=1): 99}, max_rows=1) == [
        SPAN
    ]


def test_the_parts_cover_the_span_once() -> None:
    parts = cut(SPAN, {day(number): 3 for number in range(1, 11)}, max_rows=7)
    assert (parts[0].start, parts[-1].end) == (FIRST, LAST)
    assert all(earlier.end + timedelta(days=1) == later.start for earlier, later in pairwise(parts))


async def test_the_rows_of_days_are_told_by_the_reports_of_loads(lab: Lab) -> None:
    def report(number: int, source: str, **rows: int) -> dict[str, object]:
        parts = [{"name": name.removeprefix("t"), "rows": of} for name, of in rows.items()]
        return {"load_id": str(number), "source": source, "parts": parts}

    await lab.land_report(**report(1, "GA4", t20260301=4, intraday_20260301=3, t20260302=1))
    await lab.land_report(**report(2, "GA4", t20260301=5))
    await lab.land_report(**report(3, "GSC", t20260303=5))
    assert await landed_day_rows(lab.warehouse, lab.tenant) == {day(1): 8, day(2): 1}


async def test_a_build_in_parts_gives_what_one_in_a_piece_gives(lab: Lab) -> None:
    await lab.land(draw_events(5))
    await lab.build()
    whole = await lab.snapshot()
    parts = [{"name": f"{day:%Y%m%d}", "rows": 1} for day in DAYS]
    await lab.land_report(load_id="1", source="GA4", parts=parts)
    await build(lab.warehouse, lab.tenant, changed=None, synced_at=SYNCED_AT, chunk_rows=2)
    reported = {"vw_data_loads", "vw_data_freshness"}
    found = await lab.snapshot()
    assert {view: found[view] for view in VIEWS if view not in reported} == {
        view: whole[view] for view in VIEWS if view not in reported
    }
