"""Each view's query beside the naive query over the nested export, at two sizes."""

from __future__ import annotations

import shutil
from pathlib import Path

import anyio.to_thread
import duckdb

from bench.measure import Figure, time_async
from bench.world import TENANT, loaded_services
from gtm.bootstrap import Services
from gtm.warehouse.base import QueryLimits

SQL = Path(__file__).parent / "sql"
SIZES = (100_000, 1_000_000)
TIMES, NAIVE_TIMES = 20, 1
LIMITS = QueryLimits(
    timeout_seconds=60, max_rows=100_000, max_result_bytes=1 << 28, max_bytes_billed=1 << 40
)


async def measure() -> list[Figure]:
    """Load each size once and time all views on it."""
    figures = []
    for events in SIZES:
        async with loaded_services(events=events) as services:
            figures += await _time_views(services, events)
    return figures


async def _time_views(services: Services, events: int) -> list[Figure]:
    ours = {
        path.stem: await _time_view(services, path) for path in sorted((SQL / "views").iterdir())
    }
    warehouse_file = services.settings.gtm_data_dir / "warehouse" / f"{TENANT.dataset}.duckdb"
    await services.warehouse.close()
    naive_file = warehouse_file.with_name("naive.duckdb")
    shutil.copy(warehouse_file, naive_file)
    figures = []
    with duckdb.connect(str(naive_file), config={"threads": 2}) as connection:
        connection.execute("SET schema = 'tenant_acme_raw'")
        for view, p95 in ours.items():
            text = (SQL / "naive" / f"{view}.sql").read_text(encoding="utf-8")
            naive = await time_async(
                lambda text=text: anyio.to_thread.run_sync(_run, connection, text),  # type: ignore[misc]
                times=NAIVE_TIMES,
            )
            goal = "≤ 50 ms" if events == max(SIZES) else ""
            what = f"{view}, {events:,} events, p95"
            figures.append(Figure("views", what, p95, "ms", naive.p50, "naive nested", goal))
    return figures


async def _time_view(services: Services, path: Path) -> float:
    scoped = services.guard.check(TENANT, path.read_text(encoding="utf-8"))
    timed = await time_async(
        lambda: services.warehouse.query(TENANT, scoped, limits=LIMITS), times=TIMES
    )
    return timed.p95


def _run(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    connection.execute(text).fetchall()
