"""Keeps a server running: started again when it dies, stopped when asked. Run as a program.

It imports next to nothing, so it stays small, and it holds the listening socket that the server
(`gtm.cli.supervised`) has bound: clients wait in its queue while another server starts.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress

# What a server says: that it listens (the socket comes along), and that it takes requests.
LISTENS, IS_READY = b"L", b"R"
# What a server is told of the one before it: how it ended, or that none ever took requests; and
# which socket that one has left.
FIRST = "first"
NONE = "-1"
# Between the words that start a server and those meant for it.
SEPARATOR = "--"

_STOPPING = {
    signal.SIGINT: signal.SIGINT,
    signal.SIGTERM: signal.SIGTERM,
    signal.SIGHUP: signal.SIGTERM,
}
# A server has streams to end and a database to stop.
_STOP_SECONDS = 30.0
# One that lived so long had nothing wrong with its start.
_CALM_SECONDS = 60.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 30.0
_CHUNK = 64


def pause_seconds(failures: int) -> float:
    """How long to wait after so many short lives in a row; the first one costs nothing."""
    if failures <= 1:
        return 0.0
    return min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 2, 10))


class Supervisor:
    """Starts servers one after the other, until it is asked to stop or one refuses to start."""

    def __init__(self, program: Sequence[str], arguments: Sequence[str]) -> None:
        self._program = program
        self._arguments = arguments
        self._asked: list[int] = []
        self._listener: int | None = None
        self._was_ready = False
        self._wakes, wakeup = os.pipe()
        for end in (self._wakes, wakeup):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in _STOPPING:
            # Who started us with `nohup` wants the end of the terminal to be ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda number, _: self._asked.append(number))

    def run(self) -> int:
        """Return the exit code: 0 after a request to stop, else that of a start that failed."""
        failures, last = 0, FIRST
        while True:
            began = time.monotonic()
            code = self._one_life(last)
            if self._asked:
                return 0
            if not self._was_ready and code >= 0:
                # It said why; to try again would only say it again.
                return code
            failures = 1 if time.monotonic() - began > _CALM_SECONDS else failures + 1
            # A start that never came to its end is made as if it were the first.
            last = str(code) if self._was_ready else FIRST
            if not self._rest(pause_seconds(failures), code):
                return 0

    def _one_life(self, last: str) -> int:
        """Run a server to its end; return its exit code, negative when a signal ended it."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                handed = [theirs.fileno()]
                if self._listener is not None:
                    handed.append(self._listener)
                for descriptor in handed:
                    os.set_inheritable(descriptor, True)  # noqa: FBT003 - takes no keywords
                words = (str(theirs.fileno()), self._inherited(), last)
                pid = os.posix_spawn(
                    self._program[0],
                    [*self._program, *words, *self._arguments],
                    os.environ,  # noqa: TID251 - handed on as it came
                    # The terminal's Ctrl-C comes here, and is passed on once.
                    setsid=True,
                )
            return self._await_end(pid, ours)

    def _await_end(self, pid: int, channel: socket.socket) -> int:
        heard, deadline = 0, None
        watched: list[socket.socket | int] = [self._wakes, channel]
        while True:
            for ended, code in _ended_children():
                if ended == pid:
                    self._hear_out(channel)
                    return code
            if len(self._asked) > heard:
                # Once is a request, twice is an order.
                deadline = time.monotonic() + (0.0 if heard else _STOP_SECONDS)
                heard = len(self._asked)
                self._drop_listener()
                _send(pid, _STOPPING[signal.Signals(self._asked[0])])
            if deadline is not None and time.monotonic() >= deadline:
                _send(pid, signal.SIGKILL)
                deadline = None
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            readable, _, _ = select.select(watched, [], [], left)
            if channel in readable and not self._hear(channel):
                watched.remove(channel)
            self._drain()

    def _hear_out(self, channel: socket.socket) -> None:
        """Take in the last words of one that has ended: it may have died with them unheard."""
        while select.select([channel], [], [], 0)[0] and self._hear(channel):
            pass

    def _hear(self, channel: socket.socket) -> bool:
        """Take in what the server says; return whether there may be more."""
        try:
            said, descriptors, _, _ = socket.recv_fds(channel, _CHUNK, 1)
        except ConnectionError:
            return False
        if descriptors:
            self._listener = descriptors[0]
        self._was_ready = self._was_ready or IS_READY in said
        return bool(said)

    def _rest(self, seconds: float, code: int) -> bool:
        """Wait before another start; return whether there is to be one."""
        if seconds:
            sys.stderr.write(
                f"The server ended with code {code}; it is started again in {seconds:g} s.\n"
            )
        deadline = time.monotonic() + seconds
        while not self._asked and (left := deadline - time.monotonic()) > 0:
            select.select([self._wakes], [], [], left)
            self._drain()
            list(_ended_children())
        return not self._asked

    def _inherited(self) -> str:
        return NONE if self._listener is None else str(self._listener)

    def _drop_listener(self) -> None:
        """Let go of the port, so that nobody waits for a server that will not come."""
        listener, self._listener = self._listener, None
        if listener is not None:
            os.close(listener)

    def _drain(self) -> None:
        with suppress(BlockingIOError):
            while os.read(self._wakes, _CHUNK):
                pass


def _ended_children() -> Iterator[tuple[int, int]]:
    """Take leave of every child that has ended; as the first process we inherit others' too."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            yield pid, os.waitstatus_to_exitcode(status)


def _send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


if __name__ == "__main__":
    split = sys.argv.index(SEPARATOR)
    ended = Supervisor(sys.argv[1:split], sys.argv[split + 1 :]).run()
    sys.stderr.flush()
    # At once: while the interpreter winds up, one more Ctrl-C would be what it ends with.
    os._exit(ended)
