"""`gtm backup`: everything of an embedded installation in one file, also while a server runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.filesize import decimal
from rich.text import Text

from gtm.cli.backup_contents import Kind, Source, copy, sources
from gtm.cli.backup_stage import private_stage
from gtm.clock import Clock, SystemClock
from gtm.errors import ConfigurationError
from gtm.settings import Settings
from gtm.store.backup_errors import BackupBusyError, BackupError, told
from gtm.store.backup_file import BackupWriter
from gtm.store.backup_manifest import HERE, KeptFile, Manifest, State, own_version
from gtm.store.cluster_dump import describe, dump, owners_access
from gtm.store.quiet_files import mark

DATA = "data/"
_DUMP = "state.dump"

Tell = Callable[[str], None]


def run(settings: Settings, target: Path, out: Console) -> None:
    """Write the backup, and say what it is and what it lacks."""
    target = target.absolute()
    with out.status("Looking at the data folder …") as status:
        made = Backup(settings, SystemClock(), status.update).write(target)
    size = decimal(target.stat().st_size)
    files = len(made.manifest.files) + 1
    out.print(Text(f"Saved to {target}: {files} files, {size}."), soft_wrap=True)
    out.print(Text(f"Fingerprint: {made.fingerprint}"), soft_wrap=True)
    for note in notes(made.manifest):
        out.print(Text(note, style="dim"), soft_wrap=True)


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written; its fingerprint tells it from any other."""

    manifest: Manifest
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Backup:
    """The making of a backup: all of it, or no file."""

    settings: Settings
    clock: Clock
    tell: Tell

    def write(self, target: Path) -> Made:
        """Write the file. Blocking. Raises BackupError and ConfigurationError."""
        refuse_hosted(self.settings)
        data_dir = self.settings.gtm_data_dir.resolve()
        if not (data_dir / "postgres" / "data").is_dir():
            raise BackupError(
                f"There is no installation in {data_dir}.",
                hint="Set GTM_DATA_DIR to the folder that a server has used.",
            )
        if target.resolve().is_relative_to(data_dir):
            raise BackupError(
                "The backup would be inside the folder it is of.", hint="Choose another place."
            )
        with BackupWriter.open(target) as writer, _stage(data_dir) as stage:
            return self._write(writer, data_dir, stage)

    def _write(self, writer: BackupWriter, data_dir: Path, stage: Path) -> Made:
        with told(data_dir):
            found = sources(data_dir)
        plain = [source.file for source in found if source.kind is Kind.PLAIN]
        before = mark(plain)
        # The database first: what it speaks of, such as people and datasets, is older than that.
        state = self._state(writer, data_dir / "postgres", stage)
        files = tuple(self._files(writer, found, stage))
        if mark(plain) != before:
            # Keys that were changed meanwhile may not open what the database was sealed with.
            raise BackupBusyError(
                "Keys or other small files were changed while the backup ran.", hint="Try again."
            )
        manifest = Manifest(
            made_by=own_version(),
            made_at=self.clock.now(),
            state=state,
            warehouse=warehouse_of(self.settings),
            key_ring=_key_ring(self.settings),
            files=files,
        )
        return Made(manifest, writer.seal(manifest))

    def _state(self, writer: BackupWriter, directory: Path, stage: Path) -> State:
        self.tell("Saving the state database …")
        file = stage / _DUMP
        with owners_access(directory) as access:
            dump(access, file)
            state = describe(access, writer.add(_DUMP, file))
        file.unlink()
        return state

    def _files(
        self, writer: BackupWriter, found: tuple[Source, ...], stage: Path
    ) -> Iterator[KeptFile]:
        for source in found:
            self.tell(f"Saving {source.path} …")
            with told(source.file):
                copied = copy(source, stage, self.settings, self.clock)
            if copied is not None:
                yield writer.add(DATA + source.path, copied)
                copied.unlink()


def refuse_hosted(settings: Settings) -> None:
    """Raise ConfigurationError where the state is in a database that is not ours to copy."""
    if settings.database_url is not None:
        raise ConfigurationError(
            "DATABASE_URL is set: backups are of an embedded database.",
            hint="Use the backups of the database's host, or unset DATABASE_URL.",
        )


def warehouse_of(settings: Settings) -> str:
    """Return where workspaces' data is, as a backup says it."""
    if settings.gtm_warehouse == "bigquery":
        return f"BigQuery, project {settings.google_cloud_project}"
    return HERE


def notes(manifest: Manifest) -> Iterator[str]:
    """Say what somebody who keeps or restores a backup has to know."""
    yield "It holds keys and personal data: keep it where nobody else can read it."
    yield "Settings (the environment, .env) are not part of it."
    yield from absences(manifest)


def absences(manifest: Manifest) -> Iterator[str]:
    """Say what belongs to the installation and is somewhere else."""
    if manifest.warehouse != HERE:
        yield f"The workspaces' data is not part of it: it is in {manifest.warehouse}."
    if manifest.key_ring != HERE:
        yield f"The keys of stored secrets are not part of it: they are in {manifest.key_ring}."


def _key_ring(settings: Settings) -> str:
    if settings.gtm_secret_keys is not None:
        return "the environment (GTM_SECRET_KEYS)"
    return HERE if settings.gtm_secret_manager is None else "Secret Manager"


def _stage(data_dir: Path) -> AbstractContextManager[Path]:
    """A private folder for copies, on the disk of the data."""
    scratch = data_dir / "scratch"
    return private_stage(
        scratch / "backup",
        scratch / "backup.lock",
        busy="Another backup of this data folder is running.",
    )
