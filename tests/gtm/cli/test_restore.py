"""A backup that is restored elsewhere answers as before; one that breaks off leaves nothing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from gtm.cli import restore as command
from gtm.errors import ConfigurationError, GtmError
from gtm.store.backup_errors import (
    BackupBusyError,
    BackupDamagedError,
    BackupError,
    BackupNewerError,
    OccupiedError,
)
from gtm.store.backup_file import BackupReader
from tests.support.backups import rewrite, rewrite_manifest, told_of
from tests.support.cluster import server_of
from tests.support.installation import (
    POINTS,
    SECRET,
    install,
    opened_secret,
    run,
    settings_of,
)

pytestmark = pytest.mark.timeout(180)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A backup, whose installation is gone, and what was said of it."""
    place = tmp_path_factory.mktemp("old")
    install(place / "data")
    said = run(place / "data", "backup", str(place / "saved.gtm"))
    shutil.rmtree(place / "data")
    return place / "saved.gtm", said


@pytest.fixture
def backup(saved: tuple[Path, str], tmp_path: Path) -> Path:
    """A copy of the backup, to be changed."""
    return Path(shutil.copy(saved[0], tmp_path / "backup.gtm"))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A place where the data folder of another machine is going to be."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def restored(data_dir: Path, backup: Path, *, fingerprint: str | None = None) -> None:
    out = Console(quiet=True)
    command.run(settings_of(data_dir), backup, is_check=False, fingerprint=fingerprint, out=out)


def test_a_restored_folder_answers_on_another_machine(saved: tuple[Path, str], home: Path) -> None:
    backup, said = saved
    assert "keep it where nobody else can read it" in said
    fingerprint = said.split("Fingerprint: ")[1].split()[0]
    printed = run(home / "data", "restore", str(backup), "--fingerprint", fingerprint)
    assert "gtm serve" in printed

    # The same login, data and conversation: the question goes on from the one before.
    reply = json.loads(run(home / "data", "ask", "and by device?", "--continue", "--json"))
    assert ["desktop", 6] in reply["data"]["rows"]
    assert asyncio.run(opened_secret(settings_of(home / "data"))) == SECRET
    # And it can be backed up in its turn.
    run(home / "data", "backup", str(home / "again.gtm"))


def test_what_is_restored_is_its_owners_alone(backup: Path, home: Path) -> None:
    restored(home / "data", backup)
    assert [entry.name for entry in home.iterdir()] == ["data"]
    assert not (home / "data" / "state.dump").exists()
    for place in (home / "data").rglob("*"):
        if "postgres" not in place.parts and place.is_file():
            assert stat.S_IMODE(place.stat().st_mode) == 0o600, place
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700


def test_a_check_changes_nothing(backup: Path, home: Path) -> None:
    assert "can be restored here" in run(home / "data", "restore", "--check", str(backup))
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("occupant", ["file", "folder"])
def test_what_is_there_is_never_overwritten(backup: Path, home: Path, occupant: str) -> None:
    place = home / "data"
    if occupant == "folder":
        place.mkdir()
        place /= "demo_seed.json"
    place.write_text("kept")
    with pytest.raises(OccupiedError, match="not empty"):
        restored(home / "data", backup)
    assert place.read_text() == "kept"


def test_an_empty_folder_is_filled(backup: Path, home: Path) -> None:
    (home / "data").mkdir()
    restored(home / "data", backup)
    assert (home / "data" / "postgres" / "data").is_dir()


def test_a_folder_that_somebody_filled_meanwhile_stays(
    backup: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start_a_server(*_: object) -> None:
        (home / "data").mkdir()
        (home / "data" / "new").touch()

    monkeypatch.setattr(command, "_restore_state", start_a_server)
    with pytest.raises(OccupiedError):
        restored(home / "data", backup)
    assert [entry.name for entry in home.rglob("*")] == ["data", "new"]


def test_another_backup_than_the_one_meant_is_refused(backup: Path, home: Path) -> None:
    with pytest.raises(BackupDamagedError, match="fingerprint"):
        restored(home / "data", backup, fingerprint="0" * 64)


def test_a_file_that_was_tampered_with_leaves_nothing(backup: Path, home: Path) -> None:
    rewrite(backup, {"data/keys/internal.pem": b"mine"})
    with pytest.raises(BackupDamagedError):
        restored(home / "data", backup)
    assert list(home.iterdir()) == []


def test_a_dump_that_was_tampered_with_is_never_run(
    backup: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("a program got to see it")

    monkeypatch.setattr(command, "_restore_state", refuse)
    rewrite(backup, {"state.dump": b"mine"})
    with pytest.raises(BackupDamagedError):
        restored(home / "data", backup)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["postgres/secrets.json", "data/postgres/secrets.json", "data/state.dump", "keys/x"]
)
def test_a_file_that_does_not_belong_there_is_refused(backup: Path, home: Path, path: str) -> None:
    rewrite(backup, {path: b"x"})
    with BackupReader.open(_without_check(backup, path)) as reader:
        files = [file.model_dump() for file in reader.manifest.files]
    rewrite_manifest(backup, files=[*files, told_of(path, b"x")])
    with pytest.raises(BackupDamagedError, match="does not belong there"):
        restored(home / "data", backup)
    assert list(home.iterdir()) == []


def _without_check(backup: Path, path: str) -> Path:
    """A copy that lacks a file the manifest does not know."""
    copy = Path(shutil.copy(backup, backup.with_name("copy.gtm")))
    rewrite(copy, {path: None})
    return copy


def test_a_schema_that_is_not_known_is_refused_before_anything_is_written(
    backup: Path, home: Path
) -> None:
    with BackupReader.open(backup) as reader:
        state = reader.manifest.state.model_dump()
    state["migrations"] = [*state["migrations"], {"name": "9999_later", "checksum": "0" * 64}]
    rewrite_manifest(backup, state=state)
    with pytest.raises(BackupNewerError, match="9999_later"):
        restored(home / "data", backup)
    assert list(home.iterdir()) == []


def test_a_disk_without_room_is_told_first(
    backup: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_CLUSTER_BYTES", 10**18)
    with pytest.raises(BackupError, match="GB are free"):
        restored(home / "data", backup)
    assert list(home.iterdir()) == []


def test_a_hosted_database_is_not_restored_into(backup: Path, home: Path) -> None:
    hosted = settings_of(home / "data", database_url="postgresql://x", database_worker_url="x")
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        command.run(hosted, backup, is_check=False, fingerprint=None, out=Console(quiet=True))


def test_what_is_somewhere_else_is_told(backup: Path, home: Path) -> None:
    rewrite_manifest(backup, warehouse="BigQuery, project p", key_ring="Secret Manager")
    printed = " ".join(run(home / "data", "restore", str(backup)).split())
    assert "it is in BigQuery, project p" in printed
    assert "they are in Secret Manager" in printed
    assert "GTM_WAREHOUSE=duckdb" in printed


@contextmanager
def stopped_at(point: str, data_dir: Path, backup: Path) -> Iterator[subprocess.Popen[str]]:
    """A restore in a process of its own that stands at a point."""
    arguments = [str(data_dir), str(backup), point]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.installation", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "reached\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_restore_leaves_no_folder_and_is_done_again(
    point: str, backup: Path, home: Path
) -> None:
    with stopped_at(point, home / "data", backup) as process:
        with pytest.raises(BackupBusyError, match="Another restore"):
            restored(home / "data", backup)
        server = _server(home / ".data.restoring" / "data" / "postgres")
        process.send_signal(signal.SIGKILL)
    assert not (home / "data").exists()
    restored(home / "data", backup)
    assert [entry.name for entry in home.iterdir()] == ["data"]
    # The database of the killed one has not stayed either.
    assert server is None or not Path(f"/proc/{server}/cwd").exists()


def _server(folder: Path) -> int | None:
    """The number of the server that runs in a cluster's folder, if one does."""
    return server_of(folder) if (folder / "data" / "postmaster.pid").exists() else None


def test_a_write_that_fails_leaves_nothing(
    backup: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(GtmError, match="No space left"):
        restored(home / "data", backup)
    assert list(home.iterdir()) == []
