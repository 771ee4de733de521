"""The golden queries through Google's client: parameters, paging and types change no answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gtm.errors import GtmError
from gtm.warehouse.bigquery import BigQueryWarehouse
from tests.support.bigquery import bigquery_stand_in
from tests.support.dialect import GoldenCase, answer, expected, golden_cases, prepare
from tests.support.warehouses import ACME

CASES = golden_cases()
SOURCES = {
    "vw_daily": frozenset({"fct_daily"}),
    "vw_totals": frozenset({"fct_daily"}),
    "vw_events": frozenset({"events_*"}),
    "vw_first_day": frozenset({"events_20260101"}),
    "vw_intraday": frozenset({"events_intraday_*"}),
    "vw_search": frozenset({"searchdata_site_impression"}),
}
# No case writes, so that all can ask one warehouse.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def golden() -> AsyncIterator[BigQueryWarehouse]:
    with bigquery_stand_in() as stand_in:
        warehouse = stand_in.warehouse(SOURCES)
        await prepare(warehouse, ACME)
        yield warehouse
        await warehouse.close()


def _with_lists(found: object, wanted: object) -> object:
    """Take an empty list for a missing one: BigQuery's results know no missing lists."""
    if isinstance(found, list) and isinstance(wanted, list):
        return [_with_lists(*pair) for pair in zip(found, wanted, strict=True)]
    return None if found == [] and wanted is None else found


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
async def test_a_bigquery_idiom_gives_bigquerys_answer(
    case: GoldenCase, golden: BigQueryWarehouse
) -> None:
    if case.failure is None:
        found = await answer(golden, ACME, case.sql)
        assert _with_lists(found, case.rows) == expected(case.rows)
        return
    with pytest.raises(GtmError):
        await answer(golden, ACME, case.sql)
