"""The audit file only grows, a line a query, and says so when it can't."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gtm.analytics.audit import AuditEntry, AuditFile
from gtm.errors import AuditUnavailableError

ENTRY = AuditEntry(
    at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    tenant_id="acme",
    user_id="ann",
    caller="web",
    kind="run_sql",
    sql="SELECT 'two\nlines — ü'",
    views=("vw_sessions",),
    rows=3,
    bytes_processed=10,
    duration_ms=1.5,
    outcome="ok",
)
WRITER = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from gtm.analytics.audit import AuditFile
from tests.gtm.analytics.test_audit import ENTRY

async def main():
    log = AuditFile(Path(sys.argv[1]), max_bytes=20_000)
    for at in range(100):
        await log.write(replace(ENTRY, caller=sys.argv[2], rows=at, sql="x" * 2_000))

asyncio.run(main())
"""


async def test_an_entry_is_one_line_of_json(tmp_path: Path) -> None:
    log = AuditFile(tmp_path / "state" / "audit.jsonl")
    await log.write(ENTRY)
    await log.write(replace(ENTRY, outcome="error", code="query_rejected"))
    lines = (tmp_path / "state" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = [json.loads(line) for line in lines]
    assert first["at"] == "2026-11-22T09:00:00.000+00:00"
    assert first["sql"] == ENTRY.sql
    assert (first["outcome"], first["code"]) == ("ok", None)
    assert (second["outcome"], second["code"]) == ("error", "query_rejected")


async def test_entries_written_at_once_stay_whole(tmp_path: Path) -> None:
    log = AuditFile(tmp_path / "audit.jsonl")
    long = replace(ENTRY, sql="x" * 5_000)
    await asyncio.gather(*(log.write(long) for _ in range(20)))
    lines = (tmp_path / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["sql"] for line in lines] == [long.sql] * 20


async def test_two_processes_write_whole_lines_and_lose_none(tmp_path: Path) -> None:
    """Each sets full files aside under the other's hands."""
    path = tmp_path / "audit.jsonl"
    writers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, str(path), name)
        for name in ("a", "b")
    ]
    assert [await writer.wait() for writer in writers] == [0, 0]
    files = _files(tmp_path)
    assert len(files) > 3
    entries = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    for name in ("a", "b"):
        own = [entry["rows"] for entry in entries if entry["caller"] == name]
        assert sorted(own) == list(range(100))
    for file in files:
        assert file.stat().st_size < 20_000 + 3_000


async def test_a_line_waits_for_whoever_holds_the_file(tmp_path: Path) -> None:
    log = AuditFile(tmp_path / "audit.jsonl")
    await log.write(ENTRY)
    with (tmp_path / "audit.jsonl").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        writing = asyncio.create_task(log.write(replace(ENTRY, rows=7)))
        # The loop goes on: the wait is a thread's.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not writing.done()
        fcntl.flock(other, fcntl.LOCK_UN)
    await writing
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert [json.loads(line)["rows"] for line in lines] == [3, 7]


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def test_a_full_file_is_set_aside_with_the_next_number(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    log = AuditFile(path, max_bytes=1)
    for rows in range(3):
        await log.write(replace(ENTRY, rows=rows))
    assert not path.exists()
    kept = [tmp_path / f"audit.{number}.jsonl" for number in (1, 2, 3)]
    assert [json.loads(file.read_text())["rows"] for file in kept] == [0, 1, 2]
    assert {file.stat().st_mode & 0o077 for file in kept} == {0}


async def test_half_a_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a full disk: the error is raised, and the next line starts at its own beginning."""
    path = tmp_path / "audit.jsonl"
    log, write = AuditFile(path), os.write
    await log.write(ENTRY)
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda descriptor, line: write(descriptor, line[:10]))
        with pytest.raises(AuditUnavailableError):
            await log.write(ENTRY)
    await log.write(ENTRY)
    assert [json.loads(line)["rows"] for line in path.read_text().splitlines()] == [3, 3]


async def test_a_removed_file_is_made_anew(tmp_path: Path) -> None:
    log = AuditFile(tmp_path / "audit.jsonl")
    await log.write(ENTRY)
    (tmp_path / "audit.jsonl").unlink()
    await log.write(ENTRY)
    assert len((tmp_path / "audit.jsonl").read_text().splitlines()) == 1


async def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    await AuditFile(tmp_path / "audit.jsonl").write(ENTRY)
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0


async def test_a_log_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    with pytest.raises(AuditUnavailableError):
        await AuditFile(tmp_path / "audit.jsonl").write(ENTRY)
