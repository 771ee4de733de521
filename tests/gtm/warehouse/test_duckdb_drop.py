"""Deleting a workspace's file: all of it, nobody else's, whatever runs or was left behind."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from gtm.errors import NotFoundError, WarehouseBusyError
from gtm.warehouse.base import Partition, Warehouse
from gtm.warehouse.duckdb import DuckDBWarehouse
from gtm.warehouse.duckdb_errors import WarehouseUnreadableError
from tests.support.warehouses import ACME, EVENTS, LIMITS, SLOW, ask, load, rows, scoped, tenant

# Its file's name begins as Acme's does.
ACME_2 = tenant("acme_2")


@pytest.fixture
async def warehouse(tmp_path: Path) -> AsyncIterator[DuckDBWarehouse]:
    warehouse = open_at(tmp_path / "warehouse")
    yield warehouse
    await warehouse.close()


def open_at(folder: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(folder, project="gtm-local", memory_limit_mb=256, threads=2)


def files(folder: Path) -> set[str]:
    return {path.name for path in (folder / "warehouse").iterdir()}


async def test_every_file_goes_also_what_a_killed_process_left_behind(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    await load(warehouse, d20260101=rows(1))
    await warehouse.load(ACME_2, EVENTS, [Partition("20260101", rows(2))])
    await warehouse.close()
    kept = {name for name in files(tmp_path) if name.startswith("tenant_acme_2.")}
    assert kept
    folder = tmp_path / "warehouse"
    for name in ("wal", "wal.recovery", "wal.checkpoint"):
        (folder / f"tenant_acme.duckdb.{name}").write_bytes(b"secret of Acme")
    (folder / "tenant_acme.duckdb.tmp").mkdir()
    (folder / "tenant_acme.duckdb.tmp" / "spilled").write_bytes(b"secret of Acme")
    await warehouse.drop(ACME)
    assert files(tmp_path) == kept
    found = await warehouse.landed(ACME_2, EVENTS, ["value"])
    assert found["value"].to_pylist() == [2]


async def test_a_file_that_is_open_is_closed_first(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    await load(warehouse, d20260101=rows(1))
    await warehouse.drop(ACME)
    assert files(tmp_path) == set()
    with pytest.raises(NotFoundError):
        await ask(warehouse, "SELECT 1")
    assert files(tmp_path) == set()


async def test_nothing_is_made_by_dropping_nothing(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    await warehouse.drop(ACME)
    assert not (tmp_path / "warehouse").exists()


async def test_a_query_under_way_is_stopped(warehouse: DuckDBWarehouse) -> None:
    await load(warehouse, d20260101=rows(1))
    with anyio.fail_after(20):
        query = asyncio.create_task(warehouse.query(ACME, scoped(SLOW), limits=LIMITS))
        while not is_busy(warehouse):
            await anyio.lowlevel.checkpoint()
        await warehouse.drop(ACME)
        with pytest.raises(WarehouseBusyError):
            await query


async def test_a_load_under_way_ends_before_its_rows_go(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    await load(warehouse, d20260101=rows(1))
    async with anyio.create_task_group() as group:
        group.start_soon(warehouse.load, ACME, EVENTS, [Partition("20260102", rows(2))])
        while not warehouse._tenants[ACME.dataset].writing.statistics().locked:
            await anyio.lowlevel.checkpoint()
        await warehouse.drop(ACME)
    assert files(tmp_path) == set()


async def test_a_drop_that_is_called_off_is_done_or_not_begun(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    await load(warehouse, d20260101=rows(1))
    with anyio.CancelScope() as scope:
        scope.cancel()
        await warehouse.drop(ACME)
    await load(warehouse, d20260102=rows(2))
    await warehouse.drop(ACME)
    assert files(tmp_path) == set()


async def test_what_broke_off_half_way_is_finished_by_the_next_one(
    warehouse: DuckDBWarehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load(warehouse, d20260101=rows(1))
    spilled = tmp_path / "warehouse" / "tenant_acme.duckdb.tmp"
    spilled.mkdir(exist_ok=True)

    def fail(_path: Path) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", fail)
        with pytest.raises(WarehouseUnreadableError) as caught:
            await warehouse.drop(ACME)
    assert str(tmp_path) not in caught.value.message
    with pytest.raises(NotFoundError):
        await ask(warehouse, "SELECT 1")
    await warehouse.drop(ACME)
    assert files(tmp_path) == set()


async def test_a_file_that_another_process_holds_stays_whole(
    warehouse: DuckDBWarehouse, tmp_path: Path
) -> None:
    await load(warehouse, d20260101=rows(1))
    await warehouse.close()
    path = tmp_path / "warehouse" / "tenant_acme.duckdb"
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from gtm.warehouse.duckdb_file import TenantFile\n"
        "held = TenantFile.open(Path(sys.argv[1]), memory_limit_mb=64, threads=1)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(  # noqa: ASYNC220 - our own interpreter and program
        [sys.executable, "-c", program, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(WarehouseBusyError, match="another process"):
            await warehouse.drop(ACME)
        other.kill()
    assert (await warehouse.landed(ACME, EVENTS, ["value"])).num_rows == 1
    await warehouse.drop(ACME)
    assert files(tmp_path) == set()


def is_busy(warehouse: Warehouse) -> bool:
    assert isinstance(warehouse, DuckDBWarehouse)
    file = warehouse._tenants[ACME.dataset].file
    return file is not None and bool(file._cursors)
