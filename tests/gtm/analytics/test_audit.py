"""The audit file only grows, a line a query, and says so when it can't."""

from __future__ import annotations

import asyncio
import json
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


async def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    await AuditFile(tmp_path / "audit.jsonl").write(ENTRY)
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o077 == 0


async def test_a_log_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").mkdir()
    with pytest.raises(AuditUnavailableError):
        await AuditFile(tmp_path / "audit.jsonl").write(ENTRY)
