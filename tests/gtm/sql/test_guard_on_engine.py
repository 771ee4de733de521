"""What the guard accepts runs on the embedded engine."""

from __future__ import annotations

from pathlib import Path

from gtm.context import TenantContext
from gtm.errors import GtmError
from gtm.sql.guard import Guard
from gtm.warehouse.base import QueryLimits
from gtm.warehouse.duckdb import DuckDBWarehouse

_FIXTURES = Path(__file__).parents[2] / "fixtures"
_LIMITS = QueryLimits(
    timeout_seconds=20, max_rows=50_000, max_result_bytes=50_000_000, max_bytes_billed=10**12
)


def _accepted() -> list[tuple[str, str]]:
    cases: list[tuple[str, str]] = []
    for path in sorted((_FIXTURES / "guard" / "accept").glob("*.sql")):
        if path.stem == "bigquery_only":
            continue  # The embedded engine says of these that it can't run them.
        for block in path.read_text(encoding="utf-8").split("---- ")[1:]:
            name, _, sql = block.partition("\n")
            cases.append((f"{path.stem}: {name}", sql.strip()))
    return cases


async def test_every_accepted_query_runs(guard: Guard, acme: TenantContext) -> None:
    warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=1)
    script = (_FIXTURES / "semantics" / "warehouse.sql").read_text(encoding="utf-8")
    await warehouse.transform(acme, script.split(";\n"))
    failed: dict[str, str] = {}
    for name, sql in _accepted():
        try:
            await warehouse.query(acme, guard.check(acme, sql), limits=_LIMITS)
        except GtmError as error:
            failed[name] = error.message
    await warehouse.close()

    assert failed == {}
