"""What is special to the embedded adapter: files, locks, stopping, readers beside a writer."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import anyio
import anyio.lowlevel
import duckdb
import pyarrow as pa
import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import (
    InvalidInputError,
    NotFoundError,
    QueryFailedError,
    QueryTooExpensiveError,
    WarehouseBusyError,
)
from gtm.warehouse.base import LandingTable, Partition, QueryLimits, ScopedSql
from gtm.warehouse.duckdb import DuckDBWarehouse
from gtm.warehouse.duckdb_errors import WarehouseUnreadableError
from gtm.warehouse.duckdb_file import TenantFile

TABLE = LandingTable(
    "searchdata_site_impression",
    pa.schema([("data_date", pa.date32()), ("clicks", pa.int64())]),
    is_sharded=False,
    partition_column="data_date",
)
SLOW = (
    "SELECT COUNT(*) AS n FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS a, "
    "UNNEST(GENERATE_ARRAY(1, 5000)) AS b, UNNEST(GENERATE_ARRAY(1, 5000)) AS c "
    "WHERE MOD(a * b * c, 7) = 3"
)


def _open(folder: Path | None) -> DuckDBWarehouse:
    return DuckDBWarehouse(folder, project="gtm-local", memory_limit_mb=256, threads=2)


def _scoped(text: str) -> ScopedSql:
    return ScopedSql(text, "tenant_acme", ())


def _day(clicks: list[int]) -> Partition:
    day = date(2026, 1, 1)
    rows = pa.table({"data_date": [day] * len(clicks), "clicks": clicks}, schema=TABLE.schema)
    return Partition(day.isoformat(), rows)


def _is_running(warehouse: DuckDBWarehouse, tenant: TenantContext) -> bool:
    file = warehouse._tenants[tenant.dataset].file
    return file is not None and bool(file._cursors)


async def _fill(warehouse: DuckDBWarehouse, tenant: TenantContext, clicks: list[int]) -> None:
    await warehouse.load(tenant, TABLE, [_day(clicks)])
    await warehouse.transform(
        tenant,
        [
            "CREATE SCHEMA IF NOT EXISTS tenant_acme",
            "CREATE OR REPLACE VIEW tenant_acme.vw_s AS "
            "SELECT clicks FROM tenant_acme_raw.searchdata_site_impression",
        ],
    )


async def test_data_outlives_the_warehouse(
    tmp_path: Path, tenant: TenantContext, limits: QueryLimits
) -> None:
    first = _open(tmp_path / "warehouse")
    await _fill(first, tenant, [1, 2])
    await first.close()
    second = _open(tmp_path / "warehouse")
    result = await second.query(
        tenant, _scoped("SELECT SUM(clicks) AS n FROM tenant_acme.vw_s"), limits=limits
    )
    await second.close()
    assert result.rows == ((3,),)


async def test_asking_does_not_create_a_file(
    tmp_path: Path, tenant: TenantContext, limits: QueryLimits
) -> None:
    warehouse = _open(tmp_path / "warehouse")
    with pytest.raises(NotFoundError):
        await warehouse.query(tenant, _scoped("SELECT 1"), limits=limits)
    assert not (tmp_path / "warehouse").exists()


async def test_a_closed_warehouse_opens_again_when_asked(
    tmp_path: Path, tenant: TenantContext, limits: QueryLimits
) -> None:
    warehouse = _open(tmp_path)
    await _fill(warehouse, tenant, [1])
    await warehouse.close()
    result = await warehouse.query(tenant, _scoped("SELECT 1 AS one"), limits=limits)
    await warehouse.close()
    assert result.rows == ((1,),)


async def test_a_file_held_by_another_process_is_busy_and_says_what_to_do(
    tmp_path: Path, tenant: TenantContext, limits: QueryLimits
) -> None:
    warehouse = _open(tmp_path)
    await _fill(warehouse, tenant, [1])
    await warehouse.close()
    program = (
        "import duckdb, sys\n"
        "held = duckdb.connect(sys.argv[1])\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(  # noqa: ASYNC220 - our own interpreter and program
        [sys.executable, "-c", program, str(tmp_path / "tenant_acme.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(WarehouseBusyError, match="another process") as busy:
            await warehouse.query(tenant, _scoped("SELECT 1"), limits=limits)
        other.terminate()
    assert busy.value.hint
    assert busy.value.can_retry


async def test_a_file_that_is_held_stays_so_when_its_holder_reads_it_otherwise(
    tmp_path: Path, tenant: TenantContext, limits: QueryLimits
) -> None:
    """The engine's own lock is lost then: a backup inside the server must not let others write."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from gtm.warehouse.duckdb_file import TenantFile\n"
        "path = Path(sys.argv[1])\n"
        "held = TenantFile.open(path, memory_limit_mb=64, threads=1)\n"
        "path.read_bytes()\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    warehouse = _open(tmp_path)
    with subprocess.Popen(  # noqa: ASYNC220 - our own interpreter and program
        [sys.executable, "-c", program, str(tmp_path / "tenant_acme.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        for _ in range(20):
            with pytest.raises(WarehouseBusyError, match="another process"):
                await warehouse.query(tenant, _scoped("SELECT 1"), limits=limits)
        other.kill()
    await _fill(warehouse, tenant, [1])
    assert (await warehouse.query(tenant, _scoped("SELECT 1 AS a"), limits=limits)).rows == ((1,),)
    await warehouse.close()


async def test_two_warehouses_of_one_process_do_not_share_a_file(
    tmp_path: Path, tenant: TenantContext
) -> None:
    first, second = _open(tmp_path), _open(tmp_path)
    await _fill(first, tenant, [1])
    with pytest.raises(WarehouseBusyError):
        await _fill(second, tenant, [2])
    await first.close()
    await _fill(second, tenant, [2])
    await second.close()


@pytest.mark.parametrize("content", [b"rubbish" * 1000, b"\x00" * 20_000])
async def test_a_damaged_file_is_told_apart_and_its_path_is_not_shown(
    content: bytes, tmp_path: Path, tenant: TenantContext, limits: QueryLimits
) -> None:
    (tmp_path / "tenant_acme.duckdb").write_bytes(content)
    warehouse = _open(tmp_path)
    with pytest.raises(WarehouseUnreadableError) as unreadable:
        await warehouse.query(tenant, _scoped("SELECT 1"), limits=limits)
    assert str(tmp_path) not in unreadable.value.message


async def test_a_dataset_that_would_leave_the_folder_is_refused(
    tmp_path: Path, limits: QueryLimits
) -> None:
    evil = TenantContext(TenantId("x"), DatasetId("../x"), UserId("u"), Role.MEMBER)
    with pytest.raises(InvalidInputError, match="not a valid name"):
        await _open(tmp_path).query(evil, ScopedSql("SELECT 1", "../x", ()), limits=limits)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "ATTACH '/tmp/other.duckdb' AS other",
        "COPY (SELECT 1) TO '/tmp/out.csv'",
        "EXPORT DATABASE '/tmp/out'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "SET memory_limit = '64GB'",
        "RESET memory_limit",
        "CREATE SECRET s (TYPE s3)",
    ],
)
def test_even_raw_engine_sql_reaches_no_file_and_no_setting(sql: str) -> None:
    file = TenantFile.open(None, memory_limit_mb=64, threads=1)
    with file.reader() as cursor, pytest.raises(duckdb.Error):
        cursor.execute(sql)
    file.close()


def test_what_does_not_fit_into_memory_goes_beside_the_file_and_is_gone_after(
    tmp_path: Path,
) -> None:
    sort = (
        "SELECT COUNT(*) FROM (SELECT range AS a, HASH(range) AS b "
        "FROM range(4000000) ORDER BY b LIMIT 3999999)"
    )
    nowhere = TenantFile.open(None, memory_limit_mb=48, threads=1)
    with nowhere.reader() as cursor, pytest.raises(duckdb.OutOfMemoryException):
        cursor.execute(sort)
    nowhere.close()
    left_behind = tmp_path / "t.duckdb.tmp" / "of_a_killed_process.tmp"
    left_behind.parent.mkdir()
    left_behind.touch()
    file = TenantFile.open(tmp_path / "t.duckdb", memory_limit_mb=48, threads=1)
    assert not left_behind.exists()
    with file.reader() as cursor:
        assert cursor.execute(sort).fetchall() == [(3_999_999,)]
    file.close()
    assert not left_behind.parent.exists()


def test_a_reader_can_not_write(tmp_path: Path) -> None:
    file = TenantFile.open(tmp_path / "t.duckdb", memory_limit_mb=64, threads=1)
    with file.writer() as cursor:
        cursor.execute("CREATE SCHEMA warehouse.d")
        cursor.execute("CREATE TABLE warehouse.d.t AS SELECT 1 AS a")
    with file.reader() as cursor, pytest.raises(duckdb.TransactionException):
        cursor.execute("INSERT INTO warehouse.d.t VALUES (2)")
    file.close()


async def test_a_cancelled_caller_stops_the_query(
    empty: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    await _fill(empty, tenant, [1])
    with anyio.fail_after(20):
        with anyio.move_on_after(0.1) as scope:
            await empty.query(tenant, _scoped(SLOW), limits=limits)
        assert scope.cancelled_caught
        result = await empty.query(tenant, _scoped("SELECT 1 AS one"), limits=limits)
    assert result.rows == ((1,),)


async def test_a_cancelled_task_stops_the_query_too(
    empty: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    await _fill(empty, tenant, [1])
    started = asyncio.Event()

    async def ask() -> None:
        started.set()
        await empty.query(tenant, _scoped(SLOW), limits=limits)

    with anyio.fail_after(20):
        task = asyncio.create_task(ask())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await empty.close()


async def test_closing_stops_what_runs(
    empty: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    await _fill(empty, tenant, [1])
    with anyio.fail_after(20):
        task = asyncio.create_task(empty.query(tenant, _scoped(SLOW), limits=limits))
        while not _is_running(empty, tenant):
            await anyio.lowlevel.checkpoint()
        await empty.close()
        with pytest.raises(WarehouseBusyError, match="closing"):
            await task


async def test_readers_see_the_old_or_the_new_state_while_loads_go_on(
    empty: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    await _fill(empty, tenant, [1] * 10)
    seen: set[object] = set()
    done = anyio.Event()

    async def read() -> None:
        while not done.is_set():
            result = await empty.query(
                tenant,
                _scoped("SELECT COUNT(*) AS n, SUM(clicks) AS s FROM tenant_acme.vw_s"),
                limits=limits,
            )
            seen.add(result.rows[0])

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(read)
        for number in range(10):
            await _fill(empty, tenant, [2] * 20 if number % 2 else [1] * 10)
        done.set()
    assert seen <= {(10, 10), (20, 40)}


async def test_loads_of_one_workspace_take_turns(
    empty: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    await _fill(empty, tenant, [0])
    async with anyio.create_task_group() as group:
        for number in range(1, 6):
            group.start_soon(empty.load, tenant, TABLE, [_day([number])])
    result = await empty.query(
        tenant, _scoped("SELECT clicks FROM tenant_acme.vw_s"), limits=limits
    )
    assert len(result.rows) == 1


async def test_partitions_are_read_while_they_are_loaded(
    empty: DuckDBWarehouse, tenant: TenantContext
) -> None:
    handed_out: list[str] = []

    def lazily() -> Iterator[Partition]:
        for number in range(1, 4):
            day = date(2026, 1, number)
            handed_out.append(day.isoformat())
            rows = pa.table({"data_date": [day], "clicks": [number]}, schema=TABLE.schema)
            yield Partition(day.isoformat(), rows)

    partitions = lazily()
    assert handed_out == []
    await empty.load(tenant, TABLE, partitions)
    assert handed_out == ["2026-01-01", "2026-01-02", "2026-01-03"]


async def test_slices_of_a_larger_table_keep_their_own_rows(
    empty: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    schema = pa.schema([("place", pa.struct([("city", pa.string())]))])
    table = LandingTable("events_", schema, is_sharded=True)
    whole = pa.table({"place": [{"city": "Rome"}, {"city": "Oslo"}]}, schema=schema)
    parts = [Partition("20260101", whole.slice(0, 1)), Partition("20260102", whole.slice(1, 1))]
    await empty.load(tenant, table, parts)
    await empty.transform(
        tenant,
        [
            "CREATE SCHEMA IF NOT EXISTS tenant_acme",
            "CREATE OR REPLACE VIEW tenant_acme.vw_p AS SELECT _TABLE_SUFFIX AS suffix, "
            "place.city AS city FROM `tenant_acme_raw.events_*`",
        ],
    )
    result = await empty.query(
        tenant, _scoped("SELECT * FROM tenant_acme.vw_p ORDER BY suffix"), limits=limits
    )
    assert result.rows == (("20260101", "Rome"), ("20260102", "Oslo"))


async def test_an_error_in_a_later_batch_is_the_querys_own(
    empty: DuckDBWarehouse, tenant: TenantContext
) -> None:
    await _fill(empty, tenant, list(range(30_000)))
    limits = QueryLimits(
        timeout_seconds=30, max_rows=50_000, max_result_bytes=10**8, max_bytes_billed=10**12
    )
    late = _scoped("SELECT 1 / (29000 - clicks) AS r FROM tenant_acme.vw_s ORDER BY clicks")
    with pytest.raises(QueryFailedError, match="division by zero"):
        await empty.query(tenant, late, limits=limits)


async def test_a_text_that_doubles_is_stopped_by_the_memory_limit(
    empty: DuckDBWarehouse, tenant: TenantContext, limits: QueryLimits
) -> None:
    await _fill(empty, tenant, [1])
    doubling = _scoped(
        "WITH RECURSIVE r AS (SELECT 'x' AS s, 1 AS i UNION ALL "
        "SELECT CONCAT(s, s), i + 1 FROM r WHERE i < 40) SELECT LENGTH(s) AS n FROM r"
    )
    with pytest.raises(QueryTooExpensiveError, match="memory"):
        await empty.query(tenant, doubling, limits=limits)
