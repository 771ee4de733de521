"""The server's side of its supervisor: a `gtm` that runs in a process which is watched over."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from gtm.cli import supervising

COMMANDS: Final = frozenset({"serve", "demo"})
# A graceful end takes seconds; what hangs is ended hard.
_END_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Parent:
    """The process that started this one, keeps its port, and starts another when it dies.

    `listener` is the socket of the server before, and `last` says how that one ended.
    """

    channel: socket.socket
    listener: socket.socket | None
    last: str

    @property
    def has_restarted(self) -> bool:
        """Whether another server ran before this one."""
        return self.last != supervising.FIRST

    def keep(self, listener: socket.socket) -> None:
        """Hand over the listening socket: the port stays taken when this process dies."""
        socket.send_fds(self.channel, [supervising.LISTENS], [listener.fileno()])

    def tell_ready(self) -> None:
        """Say that requests are taken: from now on a server that dies is replaced."""
        self.channel.sendall(supervising.IS_READY)

    def follow(self) -> None:
        """End when the parent does, were it killed: nobody else would stop this process."""
        threading.Thread(target=self._follow, name="gtm-parent", daemon=True).start()

    def _follow(self) -> None:
        try:
            while self.channel.recv(1):
                pass
        except OSError:
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(_END_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)


def hand_over(arguments: list[str]) -> NoReturn:
    """Become the supervisor of a `gtm` with these arguments; nothing of this process stays."""
    interpreter = sys.executable
    server = [interpreter, "-P", "-c", "from gtm.cli.supervised import main; main()"]
    # Without `site`: no package is needed, and its start would be a third of the memory.
    program = [interpreter, "-I", "-S", str(Path(supervising.__file__).resolve())]
    os.execv(interpreter, [*program, *server, supervising.SEPARATOR, *arguments])  # noqa: S606


def parent_of(words: Sequence[str]) -> Parent:
    """Return the parent by the words it started us with; no child of ours gets its sockets."""
    channel, listener, last = words
    inherited = socket.socket(fileno=int(channel))
    inherited.set_inheritable(False)
    return Parent(inherited, None if listener == supervising.NONE else _listener(listener), last)


def _listener(descriptor: str) -> socket.socket:
    found = socket.socket(fileno=int(descriptor))
    # By name, as `serving.bind` makes it: not every system tells the protocol of a socket.
    listener = socket.socket(found.family, found.type, socket.IPPROTO_TCP, fileno=found.detach())
    listener.set_inheritable(False)
    return listener


def main() -> None:
    """Run the command line under a supervisor."""
    # Whose imports are slow; the supervisor's own start passes through this module.
    from gtm.cli import commands

    parent = parent_of(sys.argv[1:4])
    sys.argv = ["gtm", *sys.argv[4:]]
    parent.follow()
    commands.main(parent)
