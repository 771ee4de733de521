"""The server process of a cluster: started until it is ready, stopped, and found again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from gtm.store.cluster_errors import ClusterError, RemnantsError, explain, told
from gtm.store.cluster_folder import ClusterFolder
from gtm.store.cluster_programs import Programs
from gtm.store.cluster_watch import Watch

HOST = "127.0.0.1"

_SETTINGS = {
    "listen_addresses": HOST,
    "shared_buffers": "32MB",
    "max_connections": "60",
    # Statements and details hold what users wrote, and their secrets.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}
_POLL_SECONDS = 0.02
_FAST_STOP_SECONDS = 10.0
_KILL_SECONDS = 5.0

_PROCESSES = Path("/proc")
# What the server notes in postmaster.pid, from the first line on.
_PID_LINE, _PORT_LINE, _STATE_LINE = 0, 3, 7


class Server:
    """Runs `postgres` on a folder's data as a child of this process."""

    def __init__(
        self,
        programs: Programs,
        folder: ClusterFolder,
        settings: Mapping[str, str],
        *,
        timeout_seconds: float,
    ) -> None:
        self._programs = programs
        self._folder = folder
        self._timeout_seconds = timeout_seconds
        self._settings = {**_SETTINGS, **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self._watch: Watch | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self, port: int) -> None:
        """Start and wait until connections are accepted."""
        deadline = time.monotonic() + self._timeout_seconds
        with told(self._folder.path):
            end_left_behind(self._folder.data)
        while True:
            try:
                return self._start(port, deadline)
            except RemnantsError:
                # A killed server's processes end by themselves, some a little later.
                if time.monotonic() > deadline:
                    raise
                threading.Event().wait(_POLL_SECONDS)

    def _start(self, port: int, deadline: float) -> None:
        self._end_watch()
        with told(self._folder.path), self._folder.open_log() as log:
            position = log.tell()
            self._process = self._programs.postgres(
                self._folder.data, self._arguments(port), log=log
            )
        try:
            with told(self._folder.path):
                self._watch = Watch(self._process.pid)
            self._await_ready(self._process, position, deadline)
        except BaseException:
            self.stop()
            raise

    def _arguments(self, port: int) -> Sequence[str]:
        # Without a socket file: its path may be too long, and TCP does everywhere.
        arguments = ["-p", str(port), "-k", ""]
        for name, value in self._settings.items():
            arguments += ["-c", f"{name}={value}"]
        return arguments

    def _await_ready(
        self, process: subprocess.Popen[bytes], position: int, deadline: float
    ) -> None:
        # By the server's own word, as pg_ctl does: whoever answers on the port might be another.
        while _noted(self._folder.data) != (process.pid, "ready"):
            if time.monotonic() > deadline:
                raise ClusterError(
                    "The embedded PostgreSQL was not ready in time.",
                    hint=f"See {str(self._folder.log)!r}; after a crash it may need longer.",
                )
            with suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
                raise explain(self._folder.log_since(position), self._folder.path)

    def wait(self) -> None:
        """Wait until the process has ended."""
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """End the process: its connections are cut and all is written, or it is killed."""
        if self._process is not None:
            _end(self._process)
        self._end_watch()

    def _end_watch(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.end()


def _end(process: subprocess.Popen[bytes]) -> None:
    for number, seconds in _ways_to_end():
        with suppress(subprocess.TimeoutExpired):
            process.send_signal(number)
            process.wait(seconds)
            return


def free_port() -> int:
    """Return a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def noted_port(data: Path) -> int | None:
    """Return the port of the server that runs on the data; None when none is ready."""
    if _noted(data)[1] != "ready":
        return None
    with suppress(FileNotFoundError, ValueError, IndexError):
        return int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n")[_PORT_LINE])
    return None


def end_left_behind(data: Path) -> None:
    """End what outlived its application or its server, and forget a server that is gone.

    The number in the file may belong to anybody by now, and PostgreSQL would refuse to start; a
    query whose server was killed runs on to its end, and PostgreSQL would wait for it.
    """
    file = data / "postmaster.pid"
    if not file.exists() or not (_PROCESSES / "self").exists():
        return
    pid, _ = _noted(data)
    for number, seconds in _ways_to_end():
        _signal([pid], number, data, seconds)
    _signal(
        [int(place.name) for place in _PROCESSES.glob("[0-9]*")],
        signal.SIGKILL,
        data,
        _KILL_SECONDS,
    )
    file.unlink(missing_ok=True)


def _signal(pids: Sequence[int], number: signal.Signals, data: Path, seconds: float) -> None:
    ours = [pid for pid in pids if _serves(pid, data)]
    for pid in ours:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    deadline = time.monotonic() + seconds
    while any(_serves(pid, data) for pid in ours) and time.monotonic() < deadline:
        threading.Event().wait(_POLL_SECONDS)


def _ways_to_end() -> Sequence[tuple[signal.Signals, float]]:
    return ((signal.SIGINT, _FAST_STOP_SECONDS), (signal.SIGKILL, _KILL_SECONDS))


def _noted(data: Path) -> tuple[int, str]:
    """Who runs on the data and its state, as the server notes it; (0, "") when it does not."""
    with suppress(FileNotFoundError, ValueError):
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        pid = int(lines[_PID_LINE])
        return pid, lines[_STATE_LINE].strip() if len(lines) > _STATE_LINE else ""
    return 0, ""


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL that works in the data, as all of its processes do."""
    process = _PROCESSES / str(pid)
    try:
        program = (process / "exe").readlink().name.removesuffix(" (deleted)")
        return program == "postgres" and (process / "cwd").samefile(data)
    except OSError:
        return False
