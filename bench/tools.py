"""A tool call over MCP HTTP beside a bare FastMCP tool with the same SQL on the same engine."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial

from fastmcp import Client

from bench.measure import Figure, time_pair
from bench.start import running
from bench.world import demo_server

TIMES = 150
SQL = (
    "SELECT source, SUM(sessions) AS sessions FROM vw_sessions_daily "
    "GROUP BY source ORDER BY sessions DESC LIMIT 10"
)
QUERY = {"metrics": ["sessions"], "dimensions": ["source"], "limit": 10, "time": "last_30_days"}
CALLS = (("run_sql", {"sql": SQL}), ("query_metrics", {"query": QUERY}))


async def measure() -> list[Figure]:
    """Time run_sql and query_metrics beside the floor, call by call in turn."""
    figures = []
    async with demo_server() as demo:
        copy = demo.data_dir / "bare.duckdb"
        shutil.copy(demo.data_dir / "warehouse" / "tenant_acme.duckdb", copy)
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
                p50_goal = "ratio ≤ 1.5" if name == "run_sql" else ""
                for what, a, b, goal in (
                    ("p50", mine.p50, reference.p50, p50_goal),
                    ("p95", mine.p95, reference.p95, ""),
                ):
                    figures.append(Figure("tools", f"{name} {what}", a, "ms", b, "bare tool", goal))
    return figures
