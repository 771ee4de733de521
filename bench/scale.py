"""Loading and asking at growing sizes: until the views answer, peak memory, governed queries."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import anyio.to_thread
import duckdb
import yaml

from bench.measure import Figure, time_async
from bench.world import TENANT, generate_files, settings_for
from gtm.bootstrap import Services, build_services
from gtm.cli.serving import spare_from_collection
from gtm.clock import SystemClock
from gtm.semantics.compiler import Compiler
from gtm.semantics.query import MetricQuery
from gtm.warehouse.base import QueryLimits

SIZES = (100_000, 1_000_000, 10_000_000)
# The naive query over the nested export takes seconds at a million events and minutes at ten.
NAIVE_UP_TO = 1_000_000
LOAD_GOALS = {1_000_000: ("≤ 15 s", "≤ 1,500 MB")}
QUERY_GOALS = {1_000_000: "≤ 50 ms", 10_000_000: "≤ 100 ms"}
TIMES = 60
KILOBYTES = 1024
HERE = Path(__file__).parent
LIMITS = QueryLimits(
    timeout_seconds=60, max_rows=100_000, max_result_bytes=1 << 28, max_bytes_billed=1 << 40
)


async def measure() -> list[Figure]:
    """Draw, load and ask each size; then say how much the slower grew."""
    figures: list[Figure] = []
    asked: dict[int, dict[str, float]] = {}
    for events in SIZES:
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary)
            try:
                figures += _load(directory, events)
            except subprocess.CalledProcessError as error:
                # What can't be loaded is said and not measured; the other figures stand.
                last = (error.stderr or "").strip().splitlines()[-1:]
                print(f"{events:,} events could not be loaded: {' '.join(last)}", flush=True)
                continue
            services = build_services(settings_for(directory / "data"))
            # As the server does once it has started.
            spare_from_collection()
            try:
                asked[events] = await _ask(services)
                figures += _query_figures(asked[events], events)
                if events <= NAIVE_UP_TO:
                    figures += await _beside_naive(services, events)
            finally:
                await services.close()
    return [*figures, *_growth(asked)]


def _load(directory: Path, events: int) -> list[Figure]:
    """Load in a process of its own, for its peak memory."""
    started = time.perf_counter()
    paths = generate_files(directory / "files", events=events)
    generated = time.perf_counter() - started
    bare = _bare_seconds(paths[0], directory)
    command = [sys.executable, "-m", "bench.scale", str(directory / "data"), *map(str, paths)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    rows, seconds, peak = found["rows"], found["seconds"], found["peak_mb"]
    size = f"{events:,} events"
    time_goal, memory_goal = LOAD_GOALS.get(events, ("", ""))
    shutil.rmtree(directory / "files")
    return [
        Figure(
            "load", f"{size} until the views answer", seconds, "s", bare, "bare copy", time_goal
        ),
        Figure("load", f"{size}, rate", rows / seconds, "rows/s", rows / bare, "bare copy"),
        Figure("load", f"{size}, peak memory", peak, "MB", goal=memory_goal),
        Figure("load", f"{size} generated", rows / generated, "rows/s"),
    ]


def _bare_seconds(path: Path, directory: Path) -> float:
    started = time.perf_counter()
    bare = directory / "bare.duckdb"
    with duckdb.connect(str(bare), config={"threads": 2}) as connection:
        connection.execute("CREATE TABLE events AS SELECT * FROM read_parquet($1)", [str(path)])
    seconds = time.perf_counter() - started
    bare.unlink()
    return seconds


async def _ask(services: Services) -> dict[str, float]:
    """Return the p95 of each governed query, compiled and guarded but not from the cache."""
    compiler = Compiler(services.catalog)
    texts: dict[str, Any] = yaml.safe_load((HERE / "queries.yml").read_text(encoding="utf-8"))
    found = {}
    for name, fields in texts.items():
        query = MetricQuery.model_validate(fields)
        found[name] = (
            await time_async(partial(_answer, services, compiler, query), times=TIMES)
        ).p95
    return found


async def _answer(services: Services, compiler: Compiler, query: MetricQuery) -> None:
    compiled = compiler.compile(query, SystemClock().today())
    for text in (compiled.sql, compiled.totals_sql):
        if text is not None:
            scoped = services.guard.check(TENANT, text)
            await services.warehouse.query(TENANT, scoped, limits=LIMITS)


def _query_figures(asked: dict[str, float], events: int) -> Iterator[Figure]:
    goal = QUERY_GOALS.get(events, "")
    for name, p95 in asked.items():
        yield Figure("query", f"{name}, {events:,} events, p95", p95, "ms", goal=goal)


def _growth(asked: dict[int, dict[str, float]]) -> Iterator[Figure]:
    """Say how many times slower each query is at ten times the events."""
    for smaller, larger in pairwise(asked):
        for name, p95 in asked[larger].items():
            what = f"{name}, {larger:,} events beside {smaller:,}"
            goal = "ratio < 2" if larger == max(SIZES) else ""
            yield Figure(
                "growth", what, p95, "ms", asked[smaller][name], f"{smaller:,} events", goal
            )


async def _beside_naive(services: Services, events: int) -> list[Figure]:
    """Time plain questions of the views beside the same over the nested export."""
    ours = {path.stem: await _time_view(services, path) for path in _files("views")}
    warehouse_file = services.settings.gtm_data_dir / "warehouse" / f"{TENANT.dataset}.duckdb"
    await services.warehouse.close()
    naive_file = warehouse_file.with_name("naive.duckdb")
    shutil.copy(warehouse_file, naive_file)
    figures = []
    with duckdb.connect(str(naive_file), config={"threads": 2}) as connection:
        connection.execute("SET schema = 'tenant_acme_raw'")
        for view, p95 in ours.items():
            text = (HERE / "sql" / "naive" / f"{view}.sql").read_text(encoding="utf-8")
            naive = await time_async(partial(_run, connection, text), times=1)
            what = f"{view}, {events:,} events, p95"
            figures.append(Figure("views", what, p95, "ms", naive.p50, "naive nested"))
    return figures


def _files(folder: str) -> Sequence[Path]:
    return sorted((HERE / "sql" / folder).iterdir())


async def _time_view(services: Services, path: Path) -> float:
    scoped = services.guard.check(TENANT, path.read_text(encoding="utf-8"))
    timed = await time_async(
        partial(services.warehouse.query, TENANT, scoped, limits=LIMITS), times=TIMES
    )
    return timed.p95


async def _run(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    await anyio.to_thread.run_sync(lambda: connection.execute(text).fetchall())


async def _load_once(data_dir: Path, paths: Sequence[Path]) -> None:
    """Load GA4's file, timed with its peak memory, then the rest."""
    services = build_services(settings_for(data_dir))
    with suppress(ImportError):
        # Only development installs have it, where pyarrow imports it on first use.
        import_module("pandas")
    started = time.perf_counter()
    report = await services.loader.load(TENANT, paths[0], source="ga4")
    seconds = time.perf_counter() - started
    peak = _peak_kilobytes() / KILOBYTES
    for path in paths[1:]:
        await services.loader.load(TENANT, path)
    await services.close()
    print(json.dumps({"rows": report.rows_loaded, "seconds": seconds, "peak_mb": peak}))


def _peak_kilobytes() -> int:
    """The most memory of this process; `getrusage` counts its parent's at the fork too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


if __name__ == "__main__":
    asyncio.run(_load_once(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
