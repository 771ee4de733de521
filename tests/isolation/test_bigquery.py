"""Two workspaces in one BigQuery project: the engine itself keeps them apart, guard or no guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import anyio
import pytest
from google.api_core.exceptions import Forbidden, NotFound
from google.auth import impersonated_credentials
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.cloud import bigquery

from gtm.context import TenantContext, TenantId
from gtm.errors import NotFoundError, NotPermittedError
from gtm.warehouse.base import Partition, ScopedSql
from gtm.warehouse.bigquery import BigQueryWarehouse
from tests.support.bigquery import StandIn, bigquery_stand_in, place_at
from tests.support.warehouses import ACME, EVENTS, GLOBEX, LIMITS, SOURCES, rows, tenant

OWN_VIEW = "SELECT event_name, value FROM tenant_{name}_raw.`events_*`"


@dataclass(frozen=True)
class Two:
    """Two loaded workspaces on one stand-in."""

    stand_in: StandIn
    warehouse: BigQueryWarehouse

    def reader(self, of: TenantContext) -> bigquery.Client:
        """Return the client of a workspace's own identity, without the product around it."""
        return self.warehouse._clients.reader(of)


async def _fill(warehouse: BigQueryWarehouse, *names: str) -> None:
    """Load a workspace's one event and make its view."""
    for name in names:
        of = tenant(name)
        await warehouse.load(of, EVENTS, [Partition("20260101", rows(1, name=f"{name} event"))])
        view = f"CREATE OR REPLACE VIEW {of.dataset}.vw_events AS " + OWN_VIEW.format(name=name)
        await warehouse.transform(of, [view])


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    async def fill() -> None:
        warehouse = served.warehouse(SOURCES)
        await _fill(warehouse, "acme", "globex")
        await warehouse.close()

    with bigquery_stand_in() as served:
        anyio.run(fill)
        yield served


@pytest.fixture
async def two(stand_in: StandIn) -> AsyncIterator[Two]:
    warehouse = stand_in.warehouse(SOURCES)
    yield Two(stand_in, warehouse)
    await warehouse.close()


# SQL as it would be if the guard had let it through.
FOREIGN = [
    "SELECT * FROM tenant_globex.vw_events",
    "SELECT * FROM `gtm-local.tenant_globex.vw_events`",
    "SELECT * FROM tenant_globex_raw.events_20260101",
    "SELECT * FROM `tenant_globex_raw.events_*`",
    "SELECT * FROM tenant_acme.vw_events UNION ALL SELECT * FROM tenant_globex.vw_events",
    "SELECT 1 FROM tenant_acme.vw_events WHERE 1 IN (SELECT value FROM tenant_globex.vw_events)",
    "SELECT * FROM tenant_globex.__TABLES__",
    "SELECT * FROM tenant_acme_raw.__TABLES__",
    "SELECT * FROM tenant_acme_raw.events_20260101",
    "SELECT * FROM `tenant_acme_raw.events_*`",
    "SELECT * FROM `other-project.tenant_acme.vw_events`",
]


async def test_each_workspace_reads_its_own_rows(two: Two) -> None:
    for of, name in ((ACME, "acme"), (GLOBEX, "globex")):
        text = f"SELECT event_name FROM tenant_{name}.vw_events"
        scoped = ScopedSql(text, of.dataset, ())
        result = await two.warehouse.query(of, scoped, limits=LIMITS)
        assert result.rows == ((f"{name} event",),)


@pytest.mark.parametrize("text", FOREIGN)
async def test_what_is_not_the_workspaces_own_is_not_read(two: Two, text: str) -> None:
    scoped = ScopedSql(text, ACME.dataset, ())
    for road in (
        two.warehouse.query(ACME, scoped, limits=LIMITS),
        two.warehouse.estimate(ACME, scoped),
    ):
        with pytest.raises(NotPermittedError) as refused:
            await road
        said = f"{refused.value.message} {refused.value.hint}"
        assert "globex" not in said
        assert "raw" not in said


@pytest.mark.parametrize("text", FOREIGN)
def test_the_engine_refuses_it_without_the_product_too(two: Two, text: str) -> None:
    client = two.reader(ACME)
    with pytest.raises(Forbidden):
        client.query(text, job_config=bigquery.QueryJobConfig(dry_run=True))
    with pytest.raises(Forbidden):
        client.query_and_wait(text)


async def test_a_missing_dataset_reads_like_no_data_and_names_nothing(two: Two) -> None:
    scoped = ScopedSql("SELECT * FROM tenant_initech.vw_events", ACME.dataset, ())
    with pytest.raises(NotFoundError) as refused:
        await two.warehouse.query(ACME, scoped, limits=LIMITS)
    assert "initech" not in refused.value.message


async def test_columns_are_those_of_the_own_views(two: Two) -> None:
    hooli = tenant("hooli")
    await two.warehouse.transform(
        hooli, ["CREATE OR REPLACE VIEW tenant_hooli.vw_secret AS SELECT 1 AS plans"]
    )
    assert set(await two.warehouse.view_columns(ACME)) == {"vw_events"}
    assert set(await two.warehouse.view_columns(hooli)) == {"vw_secret"}
    with pytest.raises(NotFoundError):
        await two.warehouse.view_columns(tenant("initech"))


async def test_a_view_that_reads_more_than_the_models_say_is_refused(two: Two) -> None:
    umbrella = tenant("umbrella")
    await _fill(two.warehouse, "umbrella")
    await two.warehouse.transform(
        umbrella,
        [
            "CREATE OR REPLACE TABLE tenant_umbrella_raw.secret AS SELECT 1 AS value",
            "CREATE OR REPLACE VIEW tenant_umbrella.vw_events AS "
            "SELECT * FROM tenant_umbrella_raw.secret",
        ],
    )
    text = "SELECT value FROM tenant_umbrella.vw_events"
    # The engine itself sees nothing wrong: the view is in its place and may read the table.
    assert [row["value"] for row in two.reader(umbrella).query_and_wait(text)] == [1]
    scoped = ScopedSql(text, umbrella.dataset, ())
    for road in (
        two.warehouse.query(umbrella, scoped, limits=LIMITS),
        two.warehouse.estimate(umbrella, scoped),
    ):
        with pytest.raises(NotPermittedError, match="something other than"):
            await road


async def test_the_raw_dataset_is_open_to_the_views_and_to_nobody(two: Two) -> None:
    client = two.reader(ACME)
    assert [
        row["value"] for row in client.query_and_wait("SELECT value FROM tenant_acme.vw_events")
    ]
    for attempt in (
        lambda: client.get_dataset("tenant_acme_raw"),
        lambda: list(client.list_tables("tenant_acme_raw")),
        lambda: client.get_table("tenant_acme_raw.events_20260101"),
        lambda: list(client.list_tables("tenant_globex")),
    ):
        with pytest.raises(Forbidden):
            attempt()


async def test_an_identity_that_asks_can_change_nothing(two: Two) -> None:
    client = two.reader(ACME)
    for text in (
        "CREATE OR REPLACE TABLE tenant_acme.copied AS SELECT 1 AS a",
        "CREATE OR REPLACE VIEW tenant_acme.vw_events AS SELECT 2 AS value",
        "DROP VIEW tenant_acme.vw_events",
        "DELETE FROM tenant_acme_raw.events_20260101 WHERE TRUE",
        "INSERT INTO tenant_globex_raw.events_20260101 (value) SELECT 1 AS value",
    ):
        with pytest.raises(Forbidden):
            client.query_and_wait(text)
    with pytest.raises(Forbidden):
        client.create_dataset("tenant_acme_more")
    with pytest.raises(Forbidden):
        client.delete_table("tenant_acme.vw_events")


async def test_a_job_is_known_to_who_began_it_only(two: Two) -> None:
    job = two.reader(ACME).query("SELECT value FROM tenant_acme.vw_events")
    job.result()
    with pytest.raises(NotFound):
        two.reader(GLOBEX).get_job(job.job_id)


async def test_an_identity_that_asks_impersonates_nobody(two: Two) -> None:
    place = two.stand_in.place
    acme = two.reader(ACME)
    assert [row[0] for row in acme.query_and_wait("SELECT 1")] == [1]
    globex = place.account_of(GLOBEX)
    stolen = impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]  # SDK's gap
        source_credentials=acme._credentials,
        target_principal=globex,
        target_scopes=["https://www.googleapis.com/auth/bigquery"],
        iam_endpoint_override=(
            f"{place.endpoint}/v1/projects/-/serviceAccounts/{globex}:generateAccessToken"
        ),
    )
    with pytest.raises(RefreshError):
        stolen.refresh(Request())  # type: ignore[no-untyped-call]  # SDK's gap


async def test_each_workspace_asks_under_an_identity_of_its_own(two: Two) -> None:
    for of in (ACME, GLOBEX):
        scoped = ScopedSql(f"SELECT value FROM {of.dataset}.vw_events", of.dataset, ())
        await two.warehouse.query(of, scoped, limits=LIMITS)
    ran = [job.identity for job in two.stand_in.rest.project.jobs.all()][-2:]
    assert ran == [two.stand_in.place.account_of(of) for of in (ACME, GLOBEX)]


@pytest.mark.parametrize(
    "names",
    [
        ("acme", "globex"),
        ("a-b", "a_b", "A-B", "a--b"),
        ("x", "xx"),
        ("a" * 30, "a" * 31, "a" * 32, "a" * 29 + "b"),
        ("ümlaut", "mlaut", "-mlaut"),
        ("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"),
    ],
)
def test_no_two_workspaces_share_a_service_account(names: tuple[str, ...]) -> None:
    place = place_at(0)
    accounts = [place.account_of(_named(name)) for name in names]
    assert len(set(accounts)) == len(names)
    for account in accounts:
        local = account.partition("@")[0]
        assert 6 <= len(local) <= 30
        assert local[0].isalpha()
        assert local.replace("-", "").isalnum()
        assert local.isascii()
        assert not local.endswith("-")


def _named(name: str) -> TenantContext:
    return TenantContext(TenantId(name), ACME.dataset, ACME.user_id, ACME.role)
