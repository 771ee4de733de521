"""A backup as a file: a zip archive, written whole or not at all, and checked to the last byte."""

from __future__ import annotations

import fcntl
import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

from gtm.private_files import sync_folder
from gtm.store.backup_errors import BackupBusyError, OccupiedError, damaged, told
from gtm.store.backup_manifest import KeptFile, Manifest, read_manifest

_MANIFEST: Final = "manifest.json"
_MAX_MANIFEST_BYTES = 64 * 2**20
_CHUNK_BYTES = 2**20
# Most of it is compressed already; a higher level takes thrice the time for a twentieth less.
_LEVEL = 1
# What the archive's reader raises, as bytes that were changed lead it.
_NOT_AS_WRITTEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


class BackupWriter:
    """A backup that is being written; what is added is in it when the block is through."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @classmethod
    @contextmanager
    def open(cls, target: Path) -> Iterator[Self]:
        """Write a new file that only its owner can read. Raises OccupiedError and BackupError."""
        if target.exists():
            raise _exists(target)
        draft = target.with_name(f".{target.name}.partial")
        with told(target), open(_locked(draft), "w+b") as file:
            try:
                file.truncate()
                with zipfile.ZipFile(
                    file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL
                ) as archive:
                    yield cls(archive)
                file.flush()
                os.fsync(file.fileno())
                _name(draft, target)
            finally:
                draft.unlink(missing_ok=True)
            sync_folder(target.parent)

    def add(self, path: str, source: Path) -> KeptFile:
        """Add a file under a path, and return what the manifest says of it."""
        digest, size = hashlib.sha256(), 0
        with told(source):
            content = source.open("rb")
        with content, self._archive.open(_entry(path), "w", force_zip64=True) as entry:
            while chunk := content.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
        return KeptFile(path=path, size=size, sha256=digest.hexdigest())

    def seal(self, manifest: Manifest) -> str:
        """Say what is in it; return the fingerprint of the whole."""
        content = manifest.model_dump_json(indent=1).encode()
        self._archive.writestr(_entry(_MANIFEST), content)
        return hashlib.sha256(content).hexdigest()


class BackupReader:
    """A backup that is read; every byte is held to its checksum on the way."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        content = b"".join(self._chunks(_MANIFEST, _MAX_MANIFEST_BYTES))
        # Whoever changes a file has to change its checksum there; this tells even that.
        self.fingerprint = hashlib.sha256(content).hexdigest()
        self.manifest = read_manifest(content)
        told_of = [_MANIFEST, *(file.path for file in self._kept())]
        if len(set(told_of)) != len(told_of) or sorted(told_of) != sorted(archive.namelist()):
            raise damaged("it does not hold the files it says it holds")

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Self]:
        """Read a backup. Raises BackupDamagedError and BackupNewerError."""
        with told(path):
            try:
                with zipfile.ZipFile(path) as archive:
                    yield cls(archive)
            except _NOT_AS_WRITTEN as error:
                raise damaged("it is no backup, or was cut off") from error

    def check(self) -> None:
        """Hold every file to its checksum."""
        for file in self._kept():
            for _ in self._content(file):
                pass

    def unpack(self, file: KeptFile, target: Path) -> None:
        """Write a file of the backup as a new one that only its owner can read."""
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as output:
            for chunk in self._content(file):
                output.write(chunk)
            output.flush()
            os.fsync(output.fileno())

    def _kept(self) -> tuple[KeptFile, ...]:
        return (self.manifest.state.dump, *self.manifest.files)

    def _content(self, file: KeptFile) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        for chunk in self._chunks(file.path, file.size):
            digest.update(chunk)
            size += len(chunk)
            yield chunk
        if size != file.size or digest.hexdigest() != file.sha256:
            raise damaged(f"{file.path!r} in it is not as it was written")

    def _chunks(self, path: str, most: int) -> Iterator[bytes]:
        """Yield an entry's content; no more than it may hold, whatever it unpacks to."""
        try:
            with self._archive.open(path) as entry:
                while chunk := entry.read(_CHUNK_BYTES):
                    most -= len(chunk)
                    if most < 0:
                        raise damaged(f"{path!r} in it is longer than it was")
                    yield chunk
        except KeyError as error:
            raise damaged(f"{path!r} is missing in it") from error
        except _NOT_AS_WRITTEN as error:
            raise damaged(f"{path!r} in it is not as it was written") from error


def _locked(draft: Path) -> int:
    """Open what a killed backup may have left; of two that write at once, one is refused."""
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The other may have ended in between: then this is its finished file, under its own name.
        if draft.exists() and os.path.samestat(os.fstat(descriptor), draft.stat()):
            return descriptor
    except BlockingIOError:
        pass
    os.close(descriptor)
    raise BackupBusyError(
        "Another backup is being written to the same file.", hint="Wait for it to end."
    )


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _name(draft: Path, target: Path) -> None:
    try:
        # A link never replaces a file, as renaming would.
        os.link(draft, target)
    except FileExistsError as error:
        raise _exists(target) from error
    except OSError:
        # File systems of memory sticks have no links.
        if target.exists():
            raise _exists(target) from None
        draft.rename(target)


def _exists(target: Path) -> OccupiedError:
    return OccupiedError(
        f"{target} is there already.", hint="Choose another name: a backup never replaces a file."
    )
