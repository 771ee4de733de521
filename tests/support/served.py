"""`gtm serve` as a person starts it: its processes, its port, and people who can sign in."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx

from gtm.store.cluster_server import free_port
from tests.support.cluster import server_of
from tests.support.people import PASSWORD

GTM = Path(sys.executable).with_name("gtm")
T = TypeVar("T")

_PAUSE = threading.Event()
# What a test does in a second would be a person's hour.
_LIMITS = ("USER", "WORKSPACE", "QUESTIONS", "WORKSPACE_QUESTIONS", "CLIENT", "PASSWORDS")


@dataclass(frozen=True, slots=True)
class Served:
    """A server under its supervisor, the process that was started."""

    process: subprocess.Popen[bytes]
    port: int
    data_dir: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> int:
        """The number of the process that answers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(waited_for(lambda: children.read_text().split())[0])

    def database(self) -> int:
        """The number of the PostgreSQL that the application runs."""
        return server_of(self.data_dir / "postgres")

    @contextmanager
    def signed_in(self, email: str) -> Iterator[httpx.Client]:
        """A client of somebody who has signed in."""
        with httpx.Client(base_url=self.url, timeout=180) as client:
            reply = client.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
            assert reply.status_code == 200, reply.text
            client.headers["authorization"] = f"Bearer {reply.json()['access_token']}"
            yield client

    def wait_until_ready(self) -> None:
        with httpx.Client(base_url=self.url, timeout=180) as client:

            def is_ready() -> bool:
                assert self.process.poll() is None, "it did not start"
                with suppress(httpx.TransportError):
                    return client.get("/readyz").status_code == 200
                return False

            waited_for(is_ready)


@contextmanager
def serving(data_dir: Path, *, port: int = 0) -> Iterator[Served]:
    """Serve a data folder; whatever is left of it at the end is killed."""
    port = port or free_port()
    limits = {f"RATE_LIMIT_{name}": "1000000/minute" for name in _LIMITS}
    environment = {**os.environ, **limits, "GTM_DATA_DIR": str(data_dir), "GTM_LOG_LEVEL": "error"}
    with subprocess.Popen(
        [GTM, "serve", f"--port={port}"],
        cwd=data_dir.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
    ) as process:
        served = Served(process, port, data_dir)
        try:
            served.wait_until_ready()
            yield served
        finally:
            process.terminate()


def waited_for(ask: Callable[[], T], *, seconds: float = 240) -> T:
    """Ask until the answer is something."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, "nothing came"
        _PAUSE.wait(0.02)
    return answer


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody took leave of has no working folder."""
    return not Path(f"/proc/{pid}/cwd").exists()
