"""Google's client, unchanged, against the stand-in on a loopback port."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from google.api_core.exceptions import (
    BadRequest,
    Conflict,
    Forbidden,
    GoogleAPICallError,
    NotFound,
    PreconditionFailed,
)
from google.cloud import bigquery
from google.oauth2.credentials import Credentials

from gtm.errors import ConfigurationError
from sandbox.bigquery_rest.app import BigQueryRest
from tests.support.bigquery import StandIn, bigquery_stand_in
from tests.support.serving import StillClock

RAW, VIEWS = "tenant_acme_raw", "tenant_acme"


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with bigquery_stand_in() as served:
        yield served


@pytest.fixture(scope="module")
def client(stand_in: StandIn) -> Iterator[bigquery.Client]:
    with client_of(stand_in, stand_in.place.app_account) as owner:
        for name in (RAW, VIEWS):
            owner.create_dataset(name)
        yield owner


def client_of(stand_in: StandIn, token: str) -> bigquery.Client:
    return bigquery.Client(
        project=stand_in.place.project,
        credentials=Credentials(token=token),  # type: ignore[no-untyped-call]  # SDK's gap
        client_options={"api_endpoint": stand_in.place.endpoint},
    )


def load(
    client: bigquery.Client, table: str, rows: pa.Table, size: int | None = None, **changes: object
) -> None:
    buffer = io.BytesIO()
    pq.write_table(rows, buffer)
    length = buffer.tell()
    buffer.seek(0)
    config = bigquery.LoadJobConfig(
        source_format="PARQUET",
        schema=[bigquery.SchemaField("a", "INTEGER"), bigquery.SchemaField("b", "STRING")],
        **changes,
    )
    job = client.load_table_from_file(
        buffer, f"{RAW}.{table}", size=size and length, job_config=config
    )
    job.result()


def numbers(count: int) -> pa.Table:
    return pa.table({"a": list(range(count)), "b": [f"row {n}" for n in range(count)]})


@pytest.mark.parametrize("size", [None, 1], ids=["resumable", "multipart"])
def test_a_file_is_loaded_by_either_upload(client: bigquery.Client, size: int | None) -> None:
    name = f"loaded_{size}"
    load(client, name, numbers(3), size)
    table = client.get_table(f"{RAW}.{name}")
    assert [field.name for field in table.schema] == ["a", "b"]
    assert [
        tuple(row) for row in client.query_and_wait(f"SELECT a FROM {RAW}.{name} ORDER BY a")
    ] == [
        (0,),
        (1,),
        (2,),
    ]


def test_a_file_in_several_chunks_arrives_whole(client: bigquery.Client) -> None:
    # Incompressible and above the client's chunk of 100 MB would be slow; the wire is the same.
    from google.cloud.bigquery import client as sdk

    chunk, sdk._DEFAULT_CHUNKSIZE = sdk._DEFAULT_CHUNKSIZE, 256 * 1024
    try:
        load(client, "chunks", numbers(200_000))
    finally:
        sdk._DEFAULT_CHUNKSIZE = chunk
    rows = client.query_and_wait(f"SELECT COUNT(*) AS n, SUM(a) AS s FROM {RAW}.chunks")
    assert [tuple(row) for row in rows] == [(200_000, 200_000 * 199_999 // 2)]


def test_a_load_appends_or_replaces_as_asked(client: bigquery.Client) -> None:
    for disposition, count in (("WRITE_APPEND", 2), ("WRITE_APPEND", 4), ("WRITE_TRUNCATE", 2)):
        load(client, "dispositions", numbers(2), write_disposition=disposition)
        rows = client.query_and_wait(f"SELECT a FROM {RAW}.dispositions")
        assert len(list(rows)) == count


def test_rows_come_in_pages(client: bigquery.Client) -> None:
    load(client, "pages", numbers(25))
    rows = client.query(f"SELECT a FROM {RAW}.pages ORDER BY a").result(page_size=10)
    assert rows.total_rows == 25
    pages = [[row[0] for row in page] for page in rows.pages]
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [number for page in pages for number in page] == list(range(25))


def test_a_dry_run_tells_columns_bytes_and_the_tables_beneath_views(
    client: bigquery.Client, stand_in: StandIn
) -> None:
    load(client, "beneath", numbers(2))
    client.query_and_wait(f"CREATE OR REPLACE VIEW {VIEWS}.vw_x AS SELECT a FROM {RAW}.beneath")
    before = stand_in.rest.project.jobs.all()
    job = client.query(
        f"SELECT a FROM {VIEWS}.vw_x", job_config=bigquery.QueryJobConfig(dry_run=True)
    )
    assert job.statement_type == "SELECT"
    assert job.total_bytes_processed > 0
    assert [t.table_id for t in job.referenced_tables] == ["beneath"]
    assert [field.name for field in job.schema or ()] == ["a"]
    assert stand_in.rest.project.jobs.all() == before


def test_a_query_over_its_billed_bytes_is_refused_by_the_engine(client: bigquery.Client) -> None:
    load(client, "billed", numbers(50))
    config = bigquery.QueryJobConfig(maximum_bytes_billed=1)
    job = client.query(f"SELECT * FROM {RAW}.billed", job_config=config)
    with pytest.raises(Exception, match="limit for bytes billed"):
        job.result()
    assert job.error_result["reason"] == "bytesBilledLimitExceeded"


def test_a_job_past_its_time_is_stopped(client: bigquery.Client) -> None:
    slow = (
        "SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS a, "
        "UNNEST(GENERATE_ARRAY(1, 5000)) AS b, UNNEST(GENERATE_ARRAY(1, 5000)) AS c "
        "WHERE MOD(a * b * c, 7) = 3"
    )
    job = client.query(slow, job_config=bigquery.QueryJobConfig(job_timeout_ms=300))
    with pytest.raises(GoogleAPICallError, match="Job timed out"):
        job.result(job_retry=None)
    cancelled = client.query(slow)
    cancelled.cancel()
    with pytest.raises(GoogleAPICallError, match="User requested cancellation"):
        cancelled.result(job_retry=None)


def test_parameters_of_every_kind_are_values(client: bigquery.Client) -> None:
    config = bigquery.QueryJobConfig(
        query_parameters=[
            bigquery.ScalarQueryParameter("s", "STRING", "it's"),
            bigquery.ScalarQueryParameter("i", "INT64", 7),
            bigquery.ScalarQueryParameter("d", "DATE", "2026-01-02"),
            bigquery.ScalarQueryParameter("none", "STRING", None),
            bigquery.ArrayQueryParameter("list", "STRING", ["a", "b"]),
        ]
    )
    text = "SELECT @s, @i + 1, EXTRACT(DAY FROM @d), @none, ARRAY_LENGTH(@list)"
    (row,) = client.query_and_wait(text, job_config=config)
    assert tuple(row) == ("it's", 8, 2, None, 2)
    with pytest.raises(BadRequest, match="missing"):
        client.query_and_wait("SELECT @missing")


def test_a_transaction_is_all_or_nothing_and_holds_no_ddl(client: bigquery.Client) -> None:
    load(client, "kept", numbers(2))
    begin, commit = "BEGIN TRANSACTION", "COMMIT TRANSACTION"
    delete = f"DELETE FROM {RAW}.kept WHERE TRUE"
    for wrong in (
        f"INSERT INTO {RAW}.kept (a) SELECT CAST('x' AS INT64) AS a",
        f"CREATE OR REPLACE TABLE {RAW}.more AS SELECT 1 AS a",
    ):
        with pytest.raises(BadRequest):
            client.query_and_wait(f"{begin}; {delete}; {wrong}; {commit}")
    assert len(list(client.query_and_wait(f"SELECT a FROM {RAW}.kept"))) == 2
    client.query_and_wait(f"{begin}; {delete}; {commit}")
    assert not list(client.query_and_wait(f"SELECT a FROM {RAW}.kept"))


def test_a_table_is_not_replaced_by_one_of_another_partitioning(client: bigquery.Client) -> None:
    make = f"CREATE OR REPLACE TABLE {RAW}.days {{}} AS SELECT DATE '2026-01-01' AS d"
    client.query_and_wait(make.format("PARTITION BY d"))
    assert client.get_table(f"{RAW}.days").time_partitioning.field == "d"
    with pytest.raises(BadRequest, match="different partitioning"):
        client.query_and_wait(make.format(""))


def test_day_shards_are_tables_of_their_own_and_one_wildcard(client: bigquery.Client) -> None:
    load(client, "staged", numbers(2))
    for day in ("20260101", "20260102"):
        client.query_and_wait(f"CREATE OR REPLACE TABLE {RAW}.events_{day} COPY {RAW}.staged")
    text = f"SELECT _TABLE_SUFFIX AS s, COUNT(*) AS n FROM `{RAW}.events_*` GROUP BY s ORDER BY s"
    assert [tuple(row) for row in client.query_and_wait(text)] == [("20260101", 2), ("20260102", 2)]
    client.delete_table(f"{RAW}.events_20260101")
    assert [tuple(row) for row in client.query_and_wait(text)] == [("20260102", 2)]


def test_names_that_mean_nothing_are_404_in_googles_words(client: bigquery.Client) -> None:
    with pytest.raises(NotFound, match=f"Not found: Table gtm-local:{RAW}.nope") as missing:
        client.get_table(f"{RAW}.nope")
    assert missing.value.errors[0]["reason"] == "notFound"
    with pytest.raises(NotFound, match="Not found: Dataset gtm-local:nowhere"):
        client.get_dataset("nowhere")
    with pytest.raises(NotFound):
        client.get_job("nothing")
    with pytest.raises(NotFound, match="does not match any table"):
        client.query_and_wait(f"SELECT * FROM `{RAW}.nope_*`")


def test_making_something_twice_is_a_conflict(client: bigquery.Client) -> None:
    with pytest.raises(Conflict):
        client.create_dataset(RAW)
    schema = [bigquery.SchemaField("a", "STRING")]
    client.create_table(bigquery.Table(f"gtm-local.{RAW}.once", schema=schema))
    with pytest.raises(Conflict):
        client.create_table(bigquery.Table(f"gtm-local.{RAW}.once", schema=schema))
    client.create_table(bigquery.Table(f"gtm-local.{RAW}.once", schema=schema), exists_ok=True)


def test_a_change_to_what_has_changed_meanwhile_is_refused(client: bigquery.Client) -> None:
    first, second = client.get_dataset(VIEWS), client.get_dataset(VIEWS)
    first.labels = {"a": "1"}
    client.update_dataset(first, ["labels"])
    second.labels = {"a": "2"}
    with pytest.raises(PreconditionFailed):
        client.update_dataset(second, ["labels"])
    assert client.get_dataset(VIEWS).labels == {"a": "1"}


def test_columns_are_added_and_never_lost(client: bigquery.Client) -> None:
    schema = [bigquery.SchemaField("a", "STRING")]
    table = client.create_table(bigquery.Table(f"gtm-local.{RAW}.wider", schema=schema))
    table.schema = [*schema, bigquery.SchemaField("b", "INTEGER")]
    client.update_table(table, ["schema"])
    assert not list(client.query_and_wait(f"SELECT a, b FROM {RAW}.wider"))
    table = client.get_table(f"{RAW}.wider")
    table.schema = schema
    with pytest.raises(BadRequest, match="Field b is missing"):
        client.update_table(table, ["schema"])


def test_a_dataset_is_deleted_with_its_contents_or_not_at_all(client: bigquery.Client) -> None:
    client.create_dataset("passing")
    client.query_and_wait("CREATE TABLE passing.t AS SELECT 1 AS a")
    with pytest.raises(BadRequest, match="still in use"):
        client.delete_dataset("passing")
    assert client.get_table("passing.t").table_id == "t"
    client.delete_dataset("passing", delete_contents=True)
    with pytest.raises(NotFound):
        client.get_dataset("passing")
    with pytest.raises(NotFound):
        client.delete_dataset("passing", delete_contents=True)
    client.delete_dataset("passing", delete_contents=True, not_found_ok=True)
    client.create_dataset("passing")
    assert list(client.list_tables("passing")) == []
    client.delete_dataset("passing")


def test_only_an_owner_deletes_a_dataset(stand_in: StandIn, client: bigquery.Client) -> None:
    account = f"gtm-acme@{stand_in.place.project}.iam.gserviceaccount.com"
    token = stand_in.rest.project.identities.impersonate(stand_in.place.app_account, account)
    with client_of(stand_in, token.text) as other, pytest.raises(Forbidden):
        other.delete_dataset(VIEWS, delete_contents=True)
    assert client.get_dataset(VIEWS).dataset_id


def test_an_unknown_identity_is_nobody(stand_in: StandIn, client: bigquery.Client) -> None:
    url = f"{stand_in.place.endpoint}/bigquery/v2/projects/gtm-local/datasets/{RAW}"
    for token in ("x", "someone@else.test", stand_in.place.app_account + "x"):
        reply = httpx.get(url, headers={"authorization": f"Bearer {token}"})
        assert reply.status_code == 401
        assert reply.json()["error"]["errors"][0]["reason"] == "authError"


def test_another_project_is_out_of_reach(stand_in: StandIn, client: bigquery.Client) -> None:
    with pytest.raises(Forbidden):
        client.get_dataset("other-project.tenant_acme")
    with pytest.raises(Forbidden):
        client.query_and_wait("SELECT * FROM `other-project.tenant_acme.vw_x`")


def test_what_it_can_not_do_it_says(client: bigquery.Client) -> None:
    with pytest.raises(Exception, match="The stand-in does not do this: legacy SQL"):
        client.query_and_wait("SELECT 1", job_config=bigquery.QueryJobConfig(use_legacy_sql=True))


def test_every_answer_says_that_it_is_a_stand_in(stand_in: StandIn) -> None:
    for path in ("/", "/bigquery/v2/projects/gtm-local/jobs/x"):
        reply = httpx.get(f"{stand_in.place.endpoint}{path}")
        assert reply.headers["x-gtm-stand-in"] == "bigquery"
        assert reply.status_code in {401, 404}


@pytest.mark.parametrize(
    ("environment", "host"),
    [("production", "127.0.0.1"), ("demo", "0.0.0.0"), ("demo", "example.test")],  # noqa: S104
)
def test_it_refuses_to_run_where_it_would_be_a_hole(environment: str, host: str) -> None:
    with pytest.raises(ConfigurationError):
        BigQueryRest("gtm-local", owner="x", clock=StillClock(), environment=environment, host=host)
