"""A tool call over MCP HTTP beside a bare FastMCP tool with the same SQL on the same engine."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from pathlib import Path

from fastmcp import Client

from bench.measure import Figure, time_pair
from bench.start import running
from bench.world import demo_data, serve_demo

TIMES = 150
SQL = (
    "SELECT source, SUM(sessions) AS sessions FROM vw_sessions_daily "
    "GROUP BY source ORDER BY sessions DESC LIMIT 10"
)
QUERY = {"metrics": ["sessions"], "dimensions": ["source"], "limit": 10, "time": "last_30_days"}
CALLS = (("run_sql", {"sql": SQL}), ("query_metrics", {"query": QUERY}))


async def measure() -> list[Figure]:
    """Time run_sql and query_metrics beside the floor, call by call in turn.

    First every call runs its query, as the floor does; then equal calls are answered from the
    cache, as they are by default.
    """
    with demo_data() as data_dir:
        copy = data_dir / "bare.duckdb"
        shutil.copy(data_dir / "warehouse" / "tenant_acme.duckdb", copy)
        return [
            *await _beside_the_floor(data_dir, copy, "", QUERY_CACHE_TTL_SECONDS="0"),
            *await _beside_the_floor(data_dir, copy, " from the cache"),
        ]


async def _beside_the_floor(data_dir: Path, copy: Path, how: str, **settings: str) -> list[Figure]:
    figures = []
    async with serve_demo(data_dir, **settings) as demo:
        command = [sys.executable, "-m", "bench.bare_tool", str(copy)]
        async with (
            running(command, dict(os.environ)) as bare,
            Client(f"{demo.url}/mcp/bigquery", auth=demo.token) as ours,
            Client(f"{bare}/mcp") as floor,
        ):
            for name, arguments in CALLS:
                mine, reference = await time_pair(
                    partial(ours.call_tool, name, arguments),
                    partial(floor.call_tool, "run", {}),
                    times=TIMES,
                )
                p50_goal = "ratio ≤ 1.5" if name == "run_sql" and not how else ""
                for what, a, b, goal in (
                    ("p50", mine.p50, reference.p50, p50_goal),
                    ("p95", mine.p95, reference.p95, ""),
                ):
                    said = f"{name}{how} {what}"
                    figures.append(Figure("tools", said, a, "ms", b, "bare tool", goal))
    return figures
