"""Backups of a few small files, written and opened."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gtm.store.backup_file import BackupReader, BackupWriter
from gtm.store.backup_manifest import Manifest, State, own_version

FILES = {"data/keys/internal.pem": b"a key", "data/warehouse/acme.duckdb": b"rows " * 500}
DUMP = b"the dump"


def write_backup(target: Path, files: Mapping[str, bytes] = FILES) -> str:
    """Write a backup of files by their paths; return its fingerprint."""
    with BackupWriter.open(target) as writer:
        kept = {}
        for path, content in {"state.dump": DUMP, **files}.items():
            source = target.with_name("source")
            source.write_bytes(content)
            kept[path] = writer.add(path, source)
        dump = kept.pop("state.dump")
        state = State(postgresql=18, migrations=(), roles=(), dump=dump)
        return writer.seal(
            Manifest(
                made_by=own_version(),
                made_at=datetime(2026, 11, 22, tzinfo=UTC),
                state=state,
                warehouse="files",
                key_ring="files",
                files=tuple(kept.values()),
            )
        )


def contents(backup: Path, folder: Path) -> dict[str, bytes]:
    """Unpack a backup into a new folder, and return the files by their paths."""
    with BackupReader.open(backup) as reader:
        found = {}
        for file in (reader.manifest.state.dump, *reader.manifest.files):
            reader.unpack(file, folder / file.path)
            found[file.path] = (folder / file.path).read_bytes()
    return found


def rewrite(backup: Path, changes: Mapping[str, bytes | None]) -> None:
    """Write a backup anew, as an archive without a fault, with other entries (None: without)."""
    entries = _entries(backup)
    for path, content in changes.items():
        if content is None:
            del entries[path]
        else:
            entries[path] = content
    with zipfile.ZipFile(backup, "w") as archive:
        for path, content in entries.items():
            archive.writestr(path, content)


def rewrite_manifest(backup: Path, **changes: Any) -> None:
    """Let a backup say something else of itself."""
    manifest = json.loads(_entries(backup)["manifest.json"])
    rewrite(backup, {"manifest.json": json.dumps({**manifest, **changes}).encode()})


def told_of(path: str, content: bytes) -> dict[str, Any]:
    """What a manifest says of a file."""
    digest = hashlib.sha256(content).hexdigest()
    return {"path": path, "size": len(content), "sha256": digest}


def _entries(backup: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(backup) as archive:
        return {path: archive.read(path) for path in archive.namelist()}
