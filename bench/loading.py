"""Loading a native export until the views answer, beside the engine's bare copy of the file."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from bench.measure import Figure
from bench.world import TENANT, generate_files, settings_for
from gtm.bootstrap import build_services

SIZES = (100_000, 1_000_000)
MEGABYTE = 1024


async def measure() -> list[Figure]:
    """Load each size in a process of its own, for its peak memory."""
    figures = []
    for events in SIZES:
        with tempfile.TemporaryDirectory() as temporary:
            directory = Path(temporary)
            started = time.perf_counter()
            path = generate_files(directory / "files", events=events)[0]
            generated = time.perf_counter() - started
            bare = _bare_seconds(path, directory)
            loaded = _load_apart(path, directory / "data")
            rows, seconds = loaded["rows"], loaded["seconds"]
            goals = ("≤ 15 s", "≤ 1,500 MB") if events == max(SIZES) else ("", "")
            figures += [
                Figure(
                    "load",
                    f"{events:,} events until the views answer",
                    seconds,
                    "s",
                    bare,
                    "bare copy",
                    goals[0],
                ),
                Figure(
                    "load",
                    f"{events:,} events, rate",
                    rows / seconds,
                    "rows/s",
                    rows / bare,
                    "bare copy",
                ),
                Figure(
                    "load",
                    f"{events:,} events, peak memory",
                    loaded["peak_mb"],
                    "MB",
                    goal=goals[1],
                ),
                Figure("load", f"{events:,} events generated", rows / generated, "rows/s"),
            ]
    return figures


def _bare_seconds(path: Path, directory: Path) -> float:
    started = time.perf_counter()
    with duckdb.connect(str(directory / "bare.duckdb"), config={"threads": 2}) as connection:
        connection.execute("CREATE TABLE events AS SELECT * FROM read_parquet($1)", [str(path)])
    return time.perf_counter() - started


def _load_apart(path: Path, data_dir: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.loading", str(path), str(data_dir)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


async def _load_once(path: Path, data_dir: Path) -> None:
    services = build_services(settings_for(data_dir))
    started = time.perf_counter()
    report = await services.loader.load(TENANT, path, source="ga4")
    seconds = time.perf_counter() - started
    await services.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    print(json.dumps({"rows": report.rows_loaded, "seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    asyncio.run(_load_once(Path(sys.argv[1]), Path(sys.argv[2])))
