"""What killed processes left of people's files goes after a day; what is in use stays."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from gtm.tenants.leftovers import Leftovers
from tests.support.serving import NOW, StillClock


def leave(path: Path, age: timedelta, *, is_folder: bool = True) -> Path:
    """Leave something of an age."""
    if is_folder:
        path.mkdir()
        (path / "export.parquet").write_bytes(b"secret of Acme")
    else:
        path.write_bytes(b"secret of Acme")
    touched = (NOW - age).timestamp()
    os.utime(path, (touched, touched))
    return path


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_what_nobody_has_touched_for_a_day_goes(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    leave(scratch / "gtm-load-1", timedelta(hours=25))
    leave(scratch / "upload.ndjson", timedelta(days=9), is_folder=False)
    leave(scratch / "upload-2", timedelta(hours=23))
    await Leftovers(scratch, StillClock()).remove()
    assert names(scratch) == ["upload-2"]


async def test_a_link_goes_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    scratch, target = tmp_path / "scratch", tmp_path / "warehouse"
    scratch.mkdir()
    leave(target, timedelta(0))
    link = scratch / "link"
    link.symlink_to(target)
    touched = (NOW - timedelta(days=2)).timestamp()
    os.utime(link, (touched, touched), follow_symlinks=False)
    await Leftovers(scratch, StillClock()).remove()
    assert not link.is_symlink()
    assert (target / "export.parquet").exists()


async def test_one_that_can_not_be_removed_does_not_hold_up_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(tmp_path / "a", timedelta(days=2), is_folder=False)
    leave(tmp_path / "b", timedelta(days=2))

    def refuse(_path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    await Leftovers(tmp_path, StillClock()).remove()
    assert names(tmp_path) == ["a"]


async def test_without_a_folder_there_is_nothing_to_do(tmp_path: Path) -> None:
    await Leftovers(tmp_path / "none", StillClock()).remove()
