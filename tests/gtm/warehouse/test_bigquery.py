"""The BigQuery adapter: what it asks of Google's client, and what it makes of the answers."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import anyio
import anyio.to_thread
import pytest
import requests
from google.api_core.exceptions import Forbidden, GoogleAPICallError, NotFound, TooManyRequests
from google.auth.exceptions import DefaultCredentialsError, RefreshError, TransportError

from gtm.context import UserId
from gtm.errors import ConfigurationError, GtmError, QueryTimeoutError
from gtm.warehouse.base import Partition
from gtm.warehouse.bigquery import BigQueryWarehouse
from gtm.warehouse.bigquery_errors import call_error, job_error
from gtm.warehouse.bigquery_identity import find_credentials
from gtm.warehouse.bigquery_labels import labels_of
from gtm.warehouse.bigquery_parameters import lift_parameters
from sandbox.bigquery_rest.jobs import Job
from tests.support.bigquery import StandIn, bigquery_stand_in, place_at
from tests.support.serving import StillClock
from tests.support.warehouses import (
    ACME,
    EVENTS,
    SLOW,
    SOURCES,
    VIEW,
    ask,
    limits,
    load,
    rows,
    scoped,
)

VALUES = "SELECT value FROM tenant_acme.vw_events"


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def stand_in(clock: StillClock) -> Iterator[StandIn]:
    with bigquery_stand_in(clock) as served:
        yield served


@pytest.fixture
async def warehouse(stand_in: StandIn, clock: StillClock) -> AsyncIterator[BigQueryWarehouse]:
    adapter = stand_in.warehouse(SOURCES, clock)
    await load(adapter, d20260101=rows(1, 2))
    yield adapter
    await adapter.close()


def last_job(stand_in: StandIn) -> Job:
    return stand_in.rest.project.jobs.all()[-1]


async def test_a_query_carries_its_caps_its_labels_and_no_values(
    warehouse: BigQueryWarehouse, stand_in: StandIn
) -> None:
    asker = replace(ACME, user_id=UserId("Ana@Acme.test"), conversation_id="Talk 1")
    text = f"{VALUES} WHERE event_name = 'page_view' AND suffix IN ('20260101', '20260102')"
    result = await warehouse.query(
        asker, scoped(text), limits=limits(max_bytes_billed=10**6, timeout_seconds=7)
    )
    assert sorted(result.rows) == [(1,), (2,)]
    job = last_job(stand_in)
    assert result.job_id == job.id
    assert result.size_bytes == 16
    assert not result.is_bytes_estimated
    assert job.identity == "gtm-acme@gtm-local.iam.gserviceaccount.com"
    configuration = job.configuration
    assert configuration["labels"] == {
        "tenant": "acme",
        "user": "ana_acme_test",
        "conversation": "talk_1",
    }
    assert configuration["jobTimeoutMs"] == "7000"
    query = configuration["query"]
    assert query["maximumBytesBilled"] == "1000000"
    assert query["useLegacySql"] is False
    assert query["defaultDataset"]["datasetId"] == "tenant_acme"
    assert "page_view" not in query["query"]
    assert [p["parameterValue"]["value"] for p in query["queryParameters"]] == [
        "page_view",
        "20260101",
        "20260102",
    ]


def test_labels_keep_to_bigquerys_letters_and_length() -> None:
    asker = replace(ACME, user_id=UserId("Ü" * 70))
    labels = labels_of(asker)
    assert labels == {"tenant": "acme", "user": "_" * 63}


async def test_a_client_who_leaves_stops_the_job(
    warehouse: BigQueryWarehouse, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs, begun = stand_in.rest.project.jobs, threading.Event()
    start = jobs.start

    def noted(*arguments: Any) -> Job:
        job = start(*arguments)
        begun.set()
        return job

    monkeypatch.setattr(jobs, "start", noted)
    async with anyio.create_task_group() as group:
        group.start_soon(ask, warehouse, SLOW)
        assert await anyio.to_thread.run_sync(begun.wait, 20)
        group.cancel_scope.cancel()
    job = last_job(stand_in)
    assert job.done.wait(10)
    assert job.failure is not None
    assert job.failure.message.endswith("User requested cancellation")


async def test_a_query_past_its_time_is_stopped_at_the_engine_too(
    warehouse: BigQueryWarehouse, stand_in: StandIn
) -> None:
    with pytest.raises(QueryTimeoutError):
        await ask(warehouse, SLOW, limits(timeout_seconds=2))
    job = last_job(stand_in)
    assert job.done.wait(10)
    assert job.failure is not None
    assert job.failure.reason == "stopped"


async def test_a_query_over_budget_is_never_begun(
    warehouse: BigQueryWarehouse, stand_in: StandIn
) -> None:
    before = len(stand_in.rest.project.jobs.all())
    with pytest.raises(GtmError, match="would read"):
        await ask(warehouse, VALUES, limits(max_bytes_billed=1))
    assert len(stand_in.rest.project.jobs.all()) == before


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM tenant_acme_raw.events_20260101 WHERE TRUE",
        "CREATE TABLE tenant_acme.t AS SELECT 1 AS a",
        f"{VALUES}; {VALUES}",
        f"BEGIN TRANSACTION; {VALUES}; COMMIT TRANSACTION",
    ],
)
async def test_nothing_but_one_select_passes_the_dry_run(
    warehouse: BigQueryWarehouse, stand_in: StandIn, text: str
) -> None:
    before = len(stand_in.rest.project.jobs.all())
    with pytest.raises(GtmError):
        await ask(warehouse, text)
    assert len(stand_in.rest.project.jobs.all()) == before
    assert (await ask(warehouse, VALUES + " ORDER BY value")).rows == ((1,), (2,))


async def test_staged_tables_are_gone_after_a_load_and_after_a_build(
    warehouse: BigQueryWarehouse, stand_in: StandIn
) -> None:
    await warehouse.transform(
        ACME, ["CREATE OR REPLACE TABLE tenant_acme_raw.fct_new AS SELECT 1 AS a", *VIEW]
    )
    with pytest.raises(GtmError):
        await warehouse.transform(
            ACME, ["CREATE OR REPLACE TABLE tenant_acme_raw.fct_other AS SELECT nope AS a"]
        )
    raw = stand_in.rest.project.catalog.dataset("tenant_acme_raw").tables
    assert set(raw) == {"events_00000000", "events_20260101", "fct_new"}


async def test_what_a_dead_process_left_staged_is_dropped_a_day_later(
    warehouse: BigQueryWarehouse, stand_in: StandIn, clock: StillClock
) -> None:
    client = warehouse._clients.writer()
    make = "CREATE TABLE tenant_acme_raw.next_dead_events_20260101 AS SELECT 1 AS a"
    client.query_and_wait(make)
    raw = stand_in.rest.project.catalog.dataset("tenant_acme_raw").tables
    for hours, is_there in ((1, True), (24, False)):
        clock.time += timedelta(hours=hours)
        other = stand_in.warehouse(SOURCES, clock)
        await other.load(ACME, EVENTS, [Partition("20260102", rows(3))])
        assert ("next_dead_events_20260101" in raw) is is_there
        await other.close()


async def test_a_fact_may_change_how_it_is_partitioned(
    warehouse: BigQueryWarehouse, stand_in: StandIn
) -> None:
    day = {"type": "DAY", "field": "d"}
    for storage, partitioning, clustering in (
        ("", None, ()),
        ("PARTITION BY d", day, ()),
        ("PARTITION BY d CLUSTER BY c", day, ("c",)),
        ("CLUSTER BY c", None, ("c",)),
    ):
        text = f"CREATE OR REPLACE TABLE tenant_acme_raw.fct_new {storage} AS "
        await warehouse.transform(ACME, [text + "SELECT DATE '2026-01-01' AS d, 'x' AS c", *VIEW])
        stored = stand_in.rest.project.catalog.dataset("tenant_acme_raw").tables["fct_new"]
        assert (stored.partitioning, stored.clustering) == (partitioning, clustering)


async def test_a_write_of_another_process_is_seen_within_seconds(
    warehouse: BigQueryWarehouse, stand_in: StandIn, clock: StillClock
) -> None:
    other = stand_in.warehouse(SOURCES, clock)
    mark = await warehouse.data_version(ACME)
    assert await other.data_version(ACME) == mark
    await other.load(ACME, EVENTS, [Partition("20260102", rows(3))])
    newer = await other.data_version(ACME)
    assert newer != mark
    clock.time += timedelta(seconds=6)
    assert await warehouse.data_version(ACME) == newer
    await other.close()


@pytest.mark.parametrize(
    ("text", "lifted", "values"),
    [
        ("SELECT a FROM t WHERE b = 'x'", "SELECT a FROM t WHERE b = @p1", ("x",)),
        (
            "SELECT a FROM t WHERE NOT (b <> 'x' OR c IN ('y', 'z') AND d LIKE 'w%')",
            "SELECT a FROM t WHERE NOT (b <> @p1 OR c IN (@p2, @p3) AND d LIKE @p4)",
            ("x", "y", "z", "w%"),
        ),
        (
            "SELECT a FROM t WHERE d BETWEEN '2026-01-01' AND '2026-01-31'",
            "SELECT a FROM t WHERE d BETWEEN @p1 AND @p2",
            ("2026-01-01", "2026-01-31"),
        ),
        (
            "SELECT a FROM t GROUP BY a HAVING MAX(b) > 'x'",
            "SELECT a FROM t GROUP BY a HAVING MAX(b) > @p1",
            ("x",),
        ),
        (
            "WITH u AS (SELECT a FROM t WHERE b = 'x') SELECT a FROM u WHERE a = 'y'",
            "WITH u AS (SELECT a FROM t WHERE b = @p2) SELECT a FROM u WHERE a = @p1",
            ("y", "x"),
        ),
    ],
)
def test_strings_of_conditions_become_parameters(
    text: str, lifted: str, values: tuple[str, ...]
) -> None:
    found = lift_parameters(text)
    assert (found.text, found.values) == (lifted, values)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT IF(a = 'x', 1, 0) AS i FROM t",
        "SELECT a FROM t WHERE REGEXP_CONTAINS(a, r'x')",
        "SELECT a FROM t WHERE a = 1 AND d >= CAST('2026-01-01' AS DATE)",
        "SELECT a = 'x' AS is_x, COUNT(*) FROM t GROUP BY a = 'x' HAVING a = 'x'",
        "SELECT a FROM t",
    ],
)
def test_other_literals_stay_where_they_are(text: str) -> None:
    assert lift_parameters(text).values == ()


@pytest.mark.parametrize(
    ("reason", "message", "code", "can_retry"),
    [
        ("bytesBilledLimitExceeded", "Query exceeded limit", "query_too_expensive", False),
        ("resourcesExceeded", "Resources exceeded", "query_too_expensive", False),
        ("rateLimitExceeded", "Exceeded rate limits", "warehouse_busy", True),
        ("quotaExceeded", "Quota exceeded: globex", "warehouse_busy", True),
        ("backendError", "Backend error", "warehouse_busy", True),
        ("invalidQuery", "Transaction is aborted due to concurrent update", "warehouse_busy", True),
        ("stopped", "Job timed out", "query_timeout", True),
        ("accessDenied", "Access Denied: Table p:tenant_globex.x", "not_permitted", False),
        ("notFound", "Not found: Dataset p:tenant_globex", "not_found", False),
        ("invalidQuery", "Syntax error: p.tenant_globex.vw_x at [1:2]", "query_failed", False),
        ("invalidQuery", "Syntax error: `p.tenant_globex.vw_x`", "query_failed", False),
    ],
)
def test_a_failed_job_says_what_it_means_and_names_nothing_foreign(
    reason: str, message: str, code: str, can_retry: bool
) -> None:
    error = job_error(reason, message, ACME)
    assert (error.code, error.can_retry) == (code, can_retry)
    assert "globex" not in f"{error.message} {error.hint}"
    assert "[1:2]" not in error.message


def test_a_mistake_in_the_own_views_keeps_their_names() -> None:
    error = job_error(
        "invalidQuery", "Name valu not found inside p.tenant_acme.vw_x; Did you mean value?", ACME
    )
    assert "vw_x" in error.message
    assert error.nearest == ("value",)
    missing = job_error("notFound", "Not found: Table p:tenant_acme.vw_x was not found", ACME)
    assert "'vw_x'" in missing.message


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TooManyRequests("slow down"), "warehouse_busy"),  # type: ignore[no-untyped-call]
        (Forbidden("no"), "not_permitted"),  # type: ignore[no-untyped-call]
        (NotFound("no"), "not_found"),  # type: ignore[no-untyped-call]
        (GoogleAPICallError("odd"), "warehouse_busy"),  # type: ignore[no-untyped-call]
        (requests.exceptions.ConnectionError("gone"), "warehouse_busy"),
        (TransportError("gone"), "warehouse_busy"),  # type: ignore[no-untyped-call]
        (RefreshError("denied"), "configuration_error"),  # type: ignore[no-untyped-call]
    ],
)
def test_a_call_that_fails_says_what_it_means(error: Exception, code: str) -> None:
    assert call_error(error, ACME).code == code


async def test_bigquery_out_of_reach_is_said_soon_and_may_be_tried_again() -> None:
    with bigquery_stand_in() as gone:
        pass
    warehouse = gone.warehouse(SOURCES)
    started = time.perf_counter()
    with pytest.raises(GtmError) as refused:
        await ask(warehouse, VALUES)
    assert refused.value.can_retry
    assert time.perf_counter() - started < 30
    await warehouse.close()


def test_without_credentials_the_start_names_the_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def none(**_: object) -> None:
        raise DefaultCredentialsError("none")  # type: ignore[no-untyped-call]

    monkeypatch.setattr("google.auth.default", none)
    with pytest.raises(ConfigurationError) as refused:
        find_credentials(replace(place_at(0), endpoint=None))
    assert "GOOGLE_APPLICATION_CREDENTIALS" in str(refused.value.hint)
