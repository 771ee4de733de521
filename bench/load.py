"""A load of equal requests over a few connections, from a client that costs next to nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.measure import Timing, timing

_LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent again and again."""

    url: str
    path: str
    method: str = "GET"
    token: str | None = None
    body: str | None = None

    def bytes(self) -> bytes:
        """Return it as it goes over the wire."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {urlsplit(self.url).netloc}"]
        if self.token is not None:
            lines.append(f"Authorization: Bearer {self.token}")
        content = (self.body or "").encode()
        if self.body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        return "\r\n".join([*lines, "", ""]).encode() + content


@dataclass(frozen=True, slots=True)
class Load:
    """How many answers a second came, and how long each took."""

    per_second: float
    timing: Timing


async def run(request: Request, *, connections: int, times: int) -> Load:
    """Send it so many times in all, each connection one after the other."""
    spent: list[float] = []
    started = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_repeat(request, times // connections, spent))
    return Load(len(spent) / (time.perf_counter() - started), timing(spent))


def together(loads: Sequence[Load]) -> Load:
    """Return the middle of several runs."""
    ordered = sorted(loads, key=lambda load: load.per_second)
    return ordered[len(ordered) // 2]


async def _repeat(request: Request, times: int, spent: list[float]) -> None:
    address = urlsplit(request.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    sent = request.bytes()
    try:
        for _ in range(times):
            started = time.perf_counter()
            writer.write(sent)
            await _answer(reader, request)
            spent.append((time.perf_counter() - started) * 1000)
    finally:
        writer.close()
        await writer.wait_closed()


async def _answer(reader: asyncio.StreamReader, request: Request) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    if lines[0].split()[1] != b"200":
        raise RuntimeError(f"{request.path}: {lines[0].decode()}")
    length = next(line for line in lines if line.lower().startswith(_LENGTH))
    await reader.readexactly(int(length[len(_LENGTH) :]))
