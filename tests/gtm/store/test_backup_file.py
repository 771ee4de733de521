"""A backup is written whole or not at all, and one that was changed or cut is not believed."""

from __future__ import annotations

import random
import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from gtm.errors import GtmError
from gtm.store.backup_errors import (
    BackupBusyError,
    BackupDamagedError,
    BackupError,
    BackupNewerError,
    OccupiedError,
)
from gtm.store.backup_file import BackupReader, BackupWriter
from tests.support.backups import (
    DUMP,
    FILES,
    contents,
    rewrite,
    rewrite_manifest,
    told_of,
    write_backup,
)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    write_backup(tmp_path / "one.gtm")
    return tmp_path / "one.gtm"


def check(backup: Path) -> None:
    with BackupReader.open(backup) as reader:
        reader.check()


def test_what_is_added_comes_back_and_is_ours_alone(backup: Path, tmp_path: Path) -> None:
    check(backup)
    assert contents(backup, tmp_path / "out") == {"state.dump": DUMP, **FILES}
    for file in (backup, tmp_path / "out" / "data" / "keys" / "internal.pem"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "out" / "data" / "keys").stat().st_mode) == 0o700


def test_the_fingerprint_tells_backups_apart(backup: Path, tmp_path: Path) -> None:
    same = write_backup(tmp_path / "same.gtm")
    other = write_backup(tmp_path / "other.gtm", {"data/x": b"y"})
    with BackupReader.open(backup) as reader:
        assert reader.fingerprint == same != other


def test_a_file_that_is_there_is_never_replaced(backup: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(OccupiedError, match=r"one\.gtm is there already"):
        write_backup(backup)
    assert backup.read_bytes() == before


def test_a_file_that_appeared_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "one.gtm"
    with pytest.raises(OccupiedError), BackupWriter.open(target):
        target.write_text("somebody else's")
    assert target.read_text() == "somebody else's"
    assert list(tmp_path.iterdir()) == [target]


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), BackupWriter.open(tmp_path / "one.gtm"):
        _ = 1 / 0
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_backup_left_is_overwritten(tmp_path: Path) -> None:
    left = tmp_path / ".one.gtm.partial"
    left.write_bytes(b"x" * 100_000)
    write_backup(tmp_path / "one.gtm")
    check(tmp_path / "one.gtm")
    assert not left.exists()


def test_two_backups_to_one_file_do_not_mix(tmp_path: Path) -> None:
    with BackupWriter.open(tmp_path / "one.gtm"), pytest.raises(BackupBusyError):
        write_backup(tmp_path / "one.gtm")


def test_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No such file or directory"):
        write_backup(tmp_path / "missing" / "one.gtm")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99, 0.999])
def test_a_backup_that_was_cut_is_refused(backup: Path, share: float) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BackupDamagedError):
        check(backup)


def test_a_byte_that_was_changed_is_found_or_means_nothing(backup: Path, tmp_path: Path) -> None:
    content, found = backup.read_bytes(), 0
    chance = random.Random(4)
    positions = chance.sample(range(len(content)), 250)
    for position in positions:
        changed = bytearray(content)
        changed[position] ^= 1 << chance.randrange(8)
        backup.write_bytes(changed)
        out = tmp_path / "out"
        try:
            assert contents(backup, out) == {"state.dump": DUMP, **FILES}
        except GtmError:
            found += 1
        shutil.rmtree(out, ignore_errors=True)
    # What is left are times, names of systems and second copies, which nobody reads.
    assert found > len(positions) * 0.6


def test_a_file_that_was_exchanged_is_refused(backup: Path) -> None:
    rewrite(backup, {"data/keys/internal.pem": b"b key"})
    with pytest.raises(BackupDamagedError, match=r"internal\.pem.* is not as it was written"):
        check(backup)


def test_a_file_that_grew_is_refused_before_it_is_unpacked(backup: Path, tmp_path: Path) -> None:
    rewrite(backup, {"data/keys/internal.pem": b"a key" + bytes(50_000_000)})
    with pytest.raises(BackupDamagedError, match="longer"):
        contents(backup, tmp_path / "out")
    assert (tmp_path / "out" / "data" / "keys" / "internal.pem").stat().st_size < 2**20


@pytest.mark.parametrize("change", [{"data/new": b"x"}, {"data/keys/internal.pem": None}])
def test_a_file_more_or_less_is_refused(backup: Path, change: dict[str, bytes | None]) -> None:
    rewrite(backup, change)
    with pytest.raises(BackupDamagedError, match="does not hold the files"):
        check(backup)


def test_a_second_file_of_the_same_name_is_refused(backup: Path) -> None:
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(backup, "a") as archive,
    ):
        archive.writestr("data/keys/internal.pem", "another key")
    with pytest.raises(BackupDamagedError):
        check(backup)


@pytest.mark.parametrize(
    "path",
    ["../x", "/etc/passwd", "data/../../x", "data//x", "data/./x", "a\\b", "a\0b", "c:/x", "."],
)
def test_a_path_that_leads_out_is_refused(backup: Path, path: str) -> None:
    rewrite_manifest(backup, files=[told_of(path, b"x")])
    with pytest.raises(BackupDamagedError, match="not complete"):
        check(backup)


@pytest.mark.parametrize(
    "changes",
    [{"format": 2}, {"made_by": "99.0.0"}, {"format": 2, "files": "told otherwise"}],
)
def test_a_later_version_is_told(backup: Path, changes: dict[str, object]) -> None:
    rewrite_manifest(backup, **changes)
    with pytest.raises(BackupNewerError) as refused:
        check(backup)
    assert "later one" in str(refused.value.hint)


@pytest.mark.parametrize(
    "changes",
    [{"product": "another"}, {"state": None}, {"files": [{}]}, {"more": 1}, {"format": "x"}],
)
def test_what_says_something_else_of_itself_is_refused(
    backup: Path, changes: dict[str, object]
) -> None:
    rewrite_manifest(backup, **changes)
    with pytest.raises(BackupDamagedError):
        check(backup)


@pytest.mark.parametrize("content", [b"", b"no archive", b"[]", b"{}"])
def test_what_is_no_backup_is_refused(backup: Path, content: bytes) -> None:
    rewrite(backup, {"manifest.json": content})
    with pytest.raises(BackupDamagedError):
        check(backup)
    backup.write_bytes(content)
    with pytest.raises(BackupDamagedError, match="no backup, or was cut off"):
        check(backup)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="No such file"):
        check(tmp_path / "missing.gtm")
