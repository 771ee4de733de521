"""From starting the process to being ready, beside a bare Starlette app under the same server."""

from __future__ import annotations

import asyncio
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from bench.measure import Figure

RUNS = 3
GTM = str(Path(sys.executable).with_name("gtm"))
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
app = Starlette(routes=[Route("/readyz", lambda request: PlainTextResponse("ok"))])
uvicorn.run(app, port=int(sys.argv[1]), log_level="error")
"""


async def measure() -> list[Figure]:
    """Start both servers in turn and wait for the first 200 on /readyz."""
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as directory:
        environment = {**os.environ, "GTM_DATA_DIR": directory, "GTM_LOG_LEVEL": "error"}
        await seconds_to_ready([GTM, "serve", "--port"], environment)  # makes keys and files
        for _ in range(RUNS):
            ours.append(await seconds_to_ready([GTM, "serve", "--port"], environment))
            bare.append(await seconds_to_ready([sys.executable, "-c", BARE], environment))
    return [
        Figure(
            "start",
            "process start to ready",
            statistics.median(ours),
            "s",
            statistics.median(bare),
            "bare Starlette",
            "≤ 5 s",
        )
    ]


async def seconds_to_ready(command: list[str], environment: dict[str, str]) -> float:
    """Start a server; return the seconds until it answers /readyz with 200."""
    started = time.perf_counter()
    async with running(command, environment):
        return time.perf_counter() - started


@asynccontextmanager
async def running(
    command: list[str], environment: dict[str, str], *, path: str = "/readyz"
) -> AsyncIterator[str]:
    """Run a server that takes its port as last argument; yield its address once `path` is 200."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *command, str(port), env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient() as client, asyncio.timeout(60):
            while not await _answers(client, url + path):
                await asyncio.sleep(0.01)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await client.get(url)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
