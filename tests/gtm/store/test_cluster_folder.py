"""The folder of a cluster: passwords, log, lock, and data that is whole or not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from gtm.store import cluster_folder
from gtm.store.cluster_errors import ClusterBusyError, ClusterDamagedError
from gtm.store.cluster_folder import Account, ClusterFolder, lock_folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def test_passwords_are_made_once(tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    passwords = folder.passwords()
    assert set(passwords) == {"postgres", "app_api", "app_worker"}
    assert min(len(password) for password in passwords.values()) > 40
    assert folder.passwords() == passwords
    assert [file.name for file in tmp_path.iterdir()] == ["secrets.json"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"postgres": "x"}', "\xff"])
def test_unreadable_passwords_are_told_and_kept(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secrets.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ClusterDamagedError, match=r"secrets\.json"):
        ClusterFolder(tmp_path).passwords()
    assert file.read_bytes() == text.encode("latin-1")


def test_no_new_passwords_are_made_for_data_that_has_its_own(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(ClusterDamagedError):
        ClusterFolder(tmp_path).passwords()
    assert not (tmp_path / "secrets.json").exists()


def test_what_was_unpacked_for_all_to_read_is_closed(tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    folder.passwords()
    folder.data.mkdir()
    for place in (tmp_path / "secrets.json", folder.data):
        place.chmod(0o755)
    folder.passwords()
    folder.claim_data(None)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.data.stat().st_mode) == 0o700


def test_data_is_there_when_it_is_whole(tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    with folder.new_data(folder.account()) as new:
        (new / "PG_VERSION").write_text("18")
        assert not folder.data.exists()
    assert (folder.data / "PG_VERSION").read_text() == "18"
    assert stat.S_IMODE(folder.data.stat().st_mode) == 0o700


def test_half_made_data_is_gone(tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    new_data = folder.new_data(None)
    (new_data.__enter__() / "PG_VERSION").write_text("18")
    stop = KeyboardInterrupt()
    assert not new_data.__exit__(KeyboardInterrupt, stop, None)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_half_made_is_removed(tmp_path: Path) -> None:
    left = tmp_path / "data.new-left"
    (left / "base").mkdir(parents=True)
    with ClusterFolder(tmp_path).new_data(None):
        pass
    assert [place.name for place in tmp_path.iterdir()] == ["data"]


@as_root
def test_data_of_root_is_given_to_nobody_and_closed(tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    (folder.data / "base").mkdir(parents=True)
    (folder.data / "base" / "link").symlink_to(tmp_path)
    account = folder.account()
    assert account is not None
    folder.claim_data(account)
    for place in (folder.data, folder.data / "base", folder.data / "base" / "link"):
        assert place.lstat().st_uid == account.uid != 0
    assert tmp_path.stat().st_uid == 0
    assert stat.S_IMODE(folder.data.stat().st_mode) == 0o700


@as_root
def test_data_of_a_user_stays_that_users(tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    folder.data.mkdir()
    os.chown(folder.data, 1234, 1235)
    assert folder.account() == Account(1234, 1235)
    folder.claim_data(folder.account())
    assert folder.data.stat().st_uid == 1234


def test_who_is_not_root_stays_himself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert ClusterFolder(tmp_path).account() is None


def test_a_large_log_is_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_folder, "_MAX_LOG_BYTES", 10)
    folder = ClusterFolder(tmp_path)
    for text in ("the first start\n", "the second start\n"):
        with folder.open_log() as log:
            assert log.tell() == 0
            log.write(text.encode())
    assert folder.log.read_text() == "the second start\n"
    assert (tmp_path / "postgres.log.1").read_text() == "the first start\n"


def test_a_start_reads_what_it_wrote_itself(tmp_path: Path) -> None:
    folder = ClusterFolder(tmp_path)
    folder.log.write_text("before\n")
    with folder.open_log() as log:
        position = log.tell()
        log.write(b"now\n")
    assert folder.log_since(position) == "now\n"


def test_a_folder_has_one_holder(tmp_path: Path) -> None:
    lock = lock_folder(tmp_path)
    with pytest.raises(ClusterBusyError):
        lock_folder(tmp_path)
    lock.release()
    lock.release()
    lock_folder(tmp_path).release()
