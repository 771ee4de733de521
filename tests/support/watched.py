"""A server of a few lines under the real supervisor, to be killed in every way.

Run as `python -m tests.support.watched CHANNEL LISTENER LAST MANNER`: every connection is told the
process's number and how the server before it ended.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gtm.cli import serving, supervised, supervising

ROOT = Path(__file__).parents[2]
REFUSED = 2


@dataclass(frozen=True, slots=True)
class Supervised:
    """A supervisor in a process of its own, and the port its server listens on."""

    process: subprocess.Popen[str]
    port: int

    def ask(self) -> tuple[int, str]:
        """Return the number of the process that answers, and how the one before it ended."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as client:
            number, _, last = client.makefile().readline().strip().partition(" ")
        return int(number), last


@contextmanager
def running(manner: str = "ordinary") -> Iterator[Supervised]:
    """Run a server of a manner; nothing of it is left at the end."""
    server = [sys.executable, "-m", "tests.support.watched"]
    program = [sys.executable, "-I", "-S", supervising.__file__]
    with subprocess.Popen(
        [*program, *server, supervising.SEPARATOR, manner],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        try:
            yield Supervised(process, int(said or 0))
        finally:
            process.terminate()


def _serve(parent: supervised.Parent, manner: str) -> None:
    if manner == "refuses" or (manner == "refuses later" and parent.has_restarted):
        sys.exit(REFUSED)
    if manner == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if manner == "unheard" and not parent.has_restarted:
        os.kill(os.getppid(), signal.SIGSTOP)
        # More than is heard at once.
        parent.channel.sendall(bytes(1024))
    listener = parent.listener
    if listener is None:
        listener = serving.bind("127.0.0.1", 0)
        parent.keep(listener)
    if manner == "killed at its start" and not _was_here():
        os.kill(os.getpid(), signal.SIGKILL)
    if not parent.has_restarted:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
    parent.tell_ready()
    while True:
        client, _ = listener.accept()
        client.sendall(f"{os.getpid()} {parent.last}\n".encode())
        client.close()


def _was_here() -> bool:
    """Whether this is not the first server of its supervisor."""
    mark = Path(f"/tmp/gtm-watched-{os.getppid()}")  # noqa: S108 - one number, one test
    if mark.exists():
        mark.unlink()
        return True
    mark.touch()
    return False


if __name__ == "__main__":
    watcher = supervised.parent_of(sys.argv[1:4])
    watcher.follow()
    _serve(watcher, sys.argv[4])
