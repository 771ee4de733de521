"""The adapters that must keep the contract: embedded, BigQuery's client, BigQuery itself."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from gtm.clock import SystemClock
from gtm.warehouse.base import Warehouse
from gtm.warehouse.bigquery import BigQueryWarehouse
from gtm.warehouse.bigquery_project import BigQueryProject
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.bigquery import StandIn, bigquery_stand_in
from tests.support.warehouses import ACME, GLOBEX, SOURCES

CLOUD_PROJECT = "GTM_CLOUD_TEST_PROJECT"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with bigquery_stand_in() as served:
        yield served


@pytest.fixture(
    params=["duckdb", "bigquery", pytest.param("bigquery-cloud", marks=pytest.mark.cloud)]
)
async def warehouse(request: pytest.FixtureRequest) -> AsyncIterator[Warehouse]:
    adapter: Warehouse
    if request.param == "duckdb":
        adapter = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=2)
    elif request.param == "bigquery":
        adapter = request.getfixturevalue("stand_in").warehouse(SOURCES)
    else:
        adapter = cloud_warehouse()
    yield adapter
    await adapter.close()


def cloud_warehouse() -> BigQueryWarehouse:
    """Return the adapter on a real project that is kept for these tests alone.

    `gtm provision --dry-run` prints the service accounts and bindings it must have for the
    workspaces acme and globex, whose datasets are deleted before every test.
    """
    project = os.environ.get(CLOUD_PROJECT)
    if not project:
        pytest.skip(f"{CLOUD_PROJECT} names no project")
    place = BigQueryProject(project=project, location="US", account_pattern="gtm-{tenant}")
    adapter = BigQueryWarehouse(place, sources=SOURCES, clock=SystemClock())
    client = adapter._clients.writer()
    for tenant in (ACME, GLOBEX):
        for dataset in (tenant.dataset, tenant.raw_dataset):
            client.delete_dataset(dataset, delete_contents=True, not_found_ok=True)
    return adapter
