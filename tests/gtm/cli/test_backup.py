"""What goes into a backup, when one is refused, and one of an installation that is at work."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

from gtm.bootstrap import build_services
from gtm.cli import backup as command
from gtm.cli import restore
from gtm.cli.backup_contents import Kind, sources
from gtm.clock import SystemClock
from gtm.context import DatasetId, Role, TenantContext, UserId
from gtm.errors import ConfigurationError
from gtm.semantics.query import MetricQuery
from gtm.store.backup_errors import BackupBusyError, BackupError
from gtm.store.backup_file import BackupReader
from gtm.store.cluster_dump import OwnersAccess, dump
from gtm.tenants.base import Workspace
from gtm.warehouse.duckdb_errors import WarehouseUnreadableError
from tests.support.cluster import another_process, copied_cluster
from tests.support.exports import write_events
from tests.support.installation import ACME, settings_of

pytestmark = pytest.mark.timeout(180)
ROOT = Path(__file__).parents[3]
TENANT = TenantContext(ACME, DatasetId("tenant_acme"), UserId("ana"), Role.OWNER)
SESSIONS = MetricQuery.model_validate(
    {"metrics": ["sessions"], "time": {"start": "2026-11-19", "end": "2026-11-20"}}
)


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder with a stopped database and a few files of every kind."""
    folder = tmp_path / "data"
    copied_cluster(folder / "postgres")
    for path, content in {
        "keys/internal.pem": "a key",
        "demo_seed.json": "{}",
        "audit.jsonl": '{"n": 1}\n{"n": 2}\n{"n":',
        "scratch/upload.csv": "nobody needs it",
        "warehouse/tenant_acme.duckdb.lock": "",
        "keys/.secrets.json.0123456789abcdef0123456789abcdef": "half a key",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    return folder


def save(data_dir: Path, target: Path) -> dict[str, bytes]:
    """Back up, and return the data folder's files that are in it."""
    made = command.Backup(settings_of(data_dir), SystemClock(), lambda _: None).write(target)
    with BackupReader.open(target) as reader:
        assert reader.fingerprint == made.fingerprint
        reader.check()
        return {
            file.path.removeprefix("data/"): reader._archive.read(file.path)
            for file in reader.manifest.files
        }


def test_everything_goes_in_that_is_not_known_to_be_left_out(
    data_dir: Path, tmp_path: Path
) -> None:
    (data_dir / "something").mkdir()
    (data_dir / "something" / "new.bin").write_bytes(b"\0")
    assert save(data_dir, tmp_path / "one.gtm") == {
        "keys/internal.pem": b"a key",
        "demo_seed.json": b"{}",
        # A line that is being written is left to the next backup.
        "audit.jsonl": b'{"n": 1}\n{"n": 2}\n',
        "something/new.bin": b"\0",
    }
    assert not (data_dir / "scratch" / "backup").exists()


def test_a_folder_on_another_disk_is_followed_and_a_ring_of_links_is_not(
    data_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "file").write_text("there")
    (data_dir / "linked").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "back").symlink_to(data_dir)
    paths = [source.path for source in sources(data_dir)]
    assert "linked/file" in paths
    assert not [path for path in paths if "back/" in path]


def test_files_are_told_apart_by_what_they_are(data_dir: Path) -> None:
    (data_dir / "auth").mkdir()
    with closing(sqlite3.connect(data_dir / "auth" / "accounts.sqlite3")) as file:
        file.execute("create table people (name text)")
    (data_dir / "warehouse" / "tenant_acme.duckdb").touch()
    kinds = {source.path: source.kind for source in sources(data_dir)}
    assert kinds["auth/accounts.sqlite3"] is Kind.SQLITE
    assert kinds["warehouse/tenant_acme.duckdb"] is Kind.WAREHOUSE
    assert kinds["audit.jsonl"] is Kind.LOG
    assert kinds["keys/internal.pem"] is Kind.PLAIN


def test_what_an_open_account_file_holds_beside_it_is_in_the_copy(
    data_dir: Path, tmp_path: Path
) -> None:
    file = data_dir / "accounts ?#%.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as open_file:
        open_file.execute("pragma journal_mode = wal")
        open_file.execute("create table people (name text)")
        open_file.execute("insert into people values ('ana')")
        assert file.with_name(file.name + "-wal").stat().st_size > 0
        saved = save(data_dir, tmp_path / "one.gtm")
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes(saved[file.name])
    with closing(sqlite3.connect(copy)) as copied:
        assert copied.execute("select name from people").fetchall() == [("ana",)]


def test_the_database_is_saved_from_under_a_running_server(data_dir: Path, tmp_path: Path) -> None:
    with another_process(data_dir / "postgres"):
        save(data_dir, tmp_path / "one.gtm")
    with BackupReader.open(tmp_path / "one.gtm") as reader:
        assert reader.manifest.state.postgresql == 18


def test_no_backup_lies_inside_the_folder_it_is_of(data_dir: Path) -> None:
    with pytest.raises(BackupError, match="inside the folder"):
        save(data_dir, data_dir / "scratch" / "one.gtm")


def test_where_nothing_is_installed_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no installation"):
        save(tmp_path / "data", tmp_path / "one.gtm")
    assert list(tmp_path.iterdir()) == []


def test_a_hosted_database_is_left_to_its_host(data_dir: Path, tmp_path: Path) -> None:
    hosted = settings_of(data_dir, database_url="postgresql://x", database_worker_url="x")
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        command.run(hosted, tmp_path / "one.gtm", Console(quiet=True))


def test_two_backups_of_one_folder_wait_for_each_other(data_dir: Path, tmp_path: Path) -> None:
    with command._stage(data_dir), pytest.raises(BackupBusyError, match="Another backup"):
        save(data_dir, tmp_path / "one.gtm")
    assert not (tmp_path / "one.gtm").exists()


def test_what_a_killed_backup_left_is_removed(data_dir: Path, tmp_path: Path) -> None:
    left = data_dir / "scratch" / "backup"
    left.mkdir()
    (left / "internal.pem").write_text("a key")
    save(data_dir, tmp_path / "one.gtm")
    assert not left.exists()


def test_keys_that_change_meanwhile_make_no_backup(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rotating(access: OwnersAccess, file: Path) -> None:
        dump(access, file)
        (data_dir / "keys" / "internal.pem").write_text("another key")

    monkeypatch.setattr(command, "dump", rotating)
    with pytest.raises(BackupBusyError, match="Keys"):
        save(data_dir, tmp_path / "one.gtm")
    assert not (tmp_path / "one.gtm").exists()


def test_a_damaged_warehouse_file_makes_no_backup(data_dir: Path, tmp_path: Path) -> None:
    (data_dir / "warehouse" / "tenant_acme.duckdb").write_bytes(b"no warehouse" * 1000)
    with pytest.raises(WarehouseUnreadableError):
        save(data_dir, tmp_path / "one.gtm")
    assert not (tmp_path / "one.gtm").exists()
    assert not (data_dir / "scratch" / "backup").exists()


def test_a_file_that_went_meanwhile_is_left_out(
    data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = data_dir / "warehouse" / "tenant_gone.duckdb"
    gone.touch()

    def purging(access: OwnersAccess, file: Path) -> None:
        dump(access, file)
        gone.unlink()

    monkeypatch.setattr(command, "dump", purging)
    assert "warehouse/tenant_gone.duckdb" not in save(data_dir, tmp_path / "one.gtm")


def _backup_elsewhere(data_dir: Path, target: Path) -> None:
    """`gtm backup` in a process of its own, beside the one that has the files open."""
    environment = {**os.environ, "GTM_DATA_DIR": str(data_dir)}
    gtm = Path(sys.executable).with_name("gtm")
    done = subprocess.run(
        [gtm, "backup", str(target)], cwd=data_dir.parent, env=environment, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.slow
def test_a_backup_beside_loads_holds_whole_loads(tmp_path: Path) -> None:
    """Each load replaces two days by so many sessions each, so a half one would be told."""
    backup, at_work = tmp_path / "one.gtm", tmp_path / "data"
    settings = settings_of(at_work)

    async def load_and_save() -> int:
        services = build_services(settings)
        loaded = 1
        try:
            await services.workspaces.add(Workspace.named("acme", "Acme"))
            file = write_events(tmp_path / "events.ndjson", campaign="zephyr", sessions=1)
            await services.loader.load(TENANT, file)
            saving = asyncio.create_task(asyncio.to_thread(_backup_elsewhere, at_work, backup))
            while not saving.done():
                loaded += 1
                write_events(file, campaign="zephyr", sessions=loaded)
                await services.loader.load(TENANT, file)
                # A moment between two loads, as there is between two people's.
                await asyncio.wait([saving], timeout=0.3)
            await saving
        finally:
            await services.close()
        return loaded

    loaded = asyncio.run(load_and_save())
    restored = settings_of(tmp_path / "restored")
    restore.run(restored, backup, is_check=False, fingerprint=None, out=Console(quiet=True))

    async def count() -> object:
        services = build_services(restored)
        try:
            result = await services.analytics.query_metrics(TENANT, SESSIONS, caller="cli")
            return result.table.rows[0][0]
        finally:
            await services.close()

    sessions = asyncio.run(count())
    assert isinstance(sessions, int)
    assert sessions % 2 == 0
    assert 2 <= sessions <= 2 * loaded
