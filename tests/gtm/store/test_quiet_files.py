"""Files that are written to are copied as they stood at one moment, or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gtm.clock import SystemClock
from gtm.store.backup_errors import BackupBusyError
from gtm.store.quiet_files import copy_quiet


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A file, the log beside it, and one that is not there; both at rest for long."""
    (tmp_path / "out").mkdir()
    file, log = tmp_path / "file", tmp_path / "file.wal"
    for one in (file, log):
        one.write_text("first")
        os.utime(one, (1, 1))
    return file, log, tmp_path / "file.more"


def copied(files: tuple[Path, ...], *, timeout_seconds: float = 10) -> tuple[Path, ...]:
    folder = files[0].parent / "out"
    return copy_quiet(files, folder, SystemClock(), timeout_seconds=timeout_seconds)


def while_copying(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], None]) -> None:
    """Do something in the middle of each copy, which is told its number."""
    copy, times = shutil.copyfile, iter(range(1000))

    def acting(source: Path, target: Path) -> None:
        copy(source, target)
        act(next(times))

    monkeypatch.setattr(shutil, "copyfile", acting)


def test_files_at_rest_are_copied_together(files: tuple[Path, ...]) -> None:
    assert [file.name for file in copied(files)] == ["file", "file.wal"]


def test_a_write_between_two_copies_makes_both_anew(
    files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(number: int) -> None:
        if number == 0:
            for file in files[:2]:
                file.write_text("second")

    while_copying(monkeypatch, write)
    assert {file.read_text() for file in copied(files)} == {"second"}


def test_a_log_that_went_is_not_in_the_copy(
    files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fold(number: int) -> None:
        if number == 1:
            files[0].write_text("first and log")
            files[1].unlink()

    while_copying(monkeypatch, fold)
    assert [file.read_text() for file in copied(files)] == ["first and log"]
    assert not (files[0].parent / "out" / "file.wal").exists()


def test_what_never_stands_still_is_told(
    files: tuple[Path, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(number: int) -> None:
        files[0].write_text(str(number))

    while_copying(monkeypatch, write)
    with pytest.raises(BackupBusyError, match="file is written to all the time"):
        copied(files, timeout_seconds=0.3)


def test_what_was_written_just_now_is_waited_for(files: tuple[Path, ...]) -> None:
    files[0].write_text("just now")
    assert copied(files)[0].read_text() == "just now"
    files[0].write_text("just now")
    with pytest.raises(BackupBusyError):
        copied(files, timeout_seconds=0)
