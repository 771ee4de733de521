"""`gtm restore`: a backup becomes a data folder, whole or not at all, on any machine."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from gtm.cli.backup import DATA, Tell, absences, refuse_hosted, warehouse_of
from gtm.cli.backup_stage import private_stage
from gtm.private_files import sync_folder
from gtm.settings import Settings
from gtm.store.backup_errors import BackupError, OccupiedError, damaged, told
from gtm.store.backup_file import BackupReader
from gtm.store.backup_manifest import Manifest, State
from gtm.store.cluster import Cluster
from gtm.store.cluster_dump import access_of, refuse_unknown, restore
from gtm.store.cluster_server import end_left_behind
from gtm.store.state import bring_up_to_date

# A new cluster before anything is in it, and how much larger rows are than in a dump.
_CLUSTER_BYTES, _DUMP_TIMES = 64 * 2**20, 8


def run(
    settings: Settings, file: Path, *, is_check: bool, fingerprint: str | None, out: Console
) -> None:
    """Restore the backup, or only look whether that can be done."""
    with BackupReader.open(file) as backup:
        if fingerprint is not None and fingerprint.strip().lower() != backup.fingerprint:
            raise damaged("it is not the one with that fingerprint")
        manifest = backup.manifest
        refuse_unknown(manifest.state, manifest.made_by)
        made = f"of {manifest.made_at:%Y-%m-%d %H:%M} UTC, version {manifest.made_by}"
        with out.status("Checking the backup …") as status:
            if is_check:
                backup.check()
                out.print(
                    Text(f"The backup {made}, is whole and can be restored here."), soft_wrap=True
                )
                out.print(Text(f"Fingerprint: {backup.fingerprint}"), soft_wrap=True)
                return
            data_dir = restore_into(settings, backup, status.update)
    out.print(Text(f"Restored into {data_dir}: the backup {made}."), soft_wrap=True)
    for note in _differences(settings, manifest):
        out.print(Text(note, style="yellow"), soft_wrap=True)
    out.print(Text("Start it with: gtm serve"), soft_wrap=True)


def restore_into(settings: Settings, backup: BackupReader, tell: Tell) -> Path:
    """Fill the data folder, which must not be there or be empty; return it. Blocking."""
    refuse_hosted(settings)
    data_dir = settings.gtm_data_dir.resolve()
    _refuse_occupied(data_dir)
    with told(data_dir):
        data_dir.parent.mkdir(parents=True, exist_ok=True)
        _refuse_full(data_dir, backup.manifest)
    with _stage(data_dir) as stage:
        # Every byte is looked at before a program gets to see any.
        tell("Checking and unpacking …")
        dump = stage / "state.dump"
        with told(stage):
            backup.unpack(backup.manifest.state.dump, dump)
            for file in backup.manifest.files:
                backup.unpack(file, _place(stage, file.path))
        tell("Restoring the state database …")
        _restore_state(stage / "postgres", backup.manifest.state, dump)
        with told(stage):
            dump.unlink()
            _sync(stage)
            _put(stage, data_dir)
    return data_dir


def _place(stage: Path, path: str) -> Path:
    """Return where a file of the backup goes; the database's own folder is made, not unpacked."""
    inside = path.removeprefix(DATA)
    if inside == path or inside.split("/")[0] in {"postgres", "state.dump"}:
        raise damaged(f"{path!r} in it does not belong there")
    return stage / inside


def _restore_state(directory: Path, state: State, dump: Path) -> None:
    cluster = Cluster.start(directory)
    try:
        restore(access_of(cluster), dump, state.roles)
        # What a later version adds, and the passwords of this machine.
        bring_up_to_date(cluster)
    finally:
        cluster.stop()


@contextmanager
def _stage(data_dir: Path) -> Iterator[Path]:
    """A folder beside the data folder, to be renamed to it."""
    outer = data_dir.with_name(f".{data_dir.name}.restoring")
    stage = outer / "data"
    with private_stage(
        stage,
        outer / "lock",
        busy="Another restore into this folder is running.",
        clear=lambda: end_left_behind(stage / "postgres" / "data"),
    ):
        try:
            yield stage
        finally:
            shutil.rmtree(outer, ignore_errors=True)


def _put(stage: Path, data_dir: Path) -> None:
    """Give the whole folder its name; one that others have filled meanwhile stays theirs."""
    try:
        # Takes the place of an empty folder, and of nothing else.
        stage.rename(data_dir)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
            raise _occupied(data_dir) from error
        raise
    sync_folder(data_dir.parent)


def _sync(folder: Path) -> None:
    """Put the names in all folders on the disk; the files are."""
    for place, _, _ in os.walk(folder):
        sync_folder(Path(place))


def _refuse_occupied(data_dir: Path) -> None:
    with told(data_dir):
        if data_dir.exists() and (not data_dir.is_dir() or any(data_dir.iterdir())):
            raise _occupied(data_dir)
    if data_dir.is_mount():
        raise BackupError(
            f"{data_dir} is a disk of its own, and can't be put in place at once.",
            hint="Set GTM_DATA_DIR to a folder on it.",
        )


def _refuse_full(data_dir: Path, manifest: Manifest) -> None:
    needed = manifest.size + _DUMP_TIMES * manifest.state.dump.size + _CLUSTER_BYTES
    free = shutil.disk_usage(data_dir.parent).free
    if needed > free:
        raise BackupError(
            f"The restored folder needs {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB are free.",
            hint="Free some space, or set GTM_DATA_DIR to a folder on another disk.",
        )


def _occupied(data_dir: Path) -> OccupiedError:
    return OccupiedError(
        f"{data_dir} is not empty, and nothing is ever overwritten.",
        hint="Set GTM_DATA_DIR to a new folder, or move this one away.",
    )


def _differences(settings: Settings, manifest: Manifest) -> Iterator[str]:
    """Say what else this machine needs to answer as the other did."""
    yield from absences(manifest)
    if manifest.warehouse != warehouse_of(settings):
        yield f"Here, GTM_WAREHOUSE={settings.gtm_warehouse} looks for them somewhere else."
