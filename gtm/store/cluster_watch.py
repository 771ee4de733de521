"""What ends a cluster's server when the application is gone, however that came about."""

from __future__ import annotations

import subprocess

_SHELL = "/bin/sh"
# The pipe's other end is ours alone: it closes when this process ends, were it by kill -9. The
# system's own signal for that comes at the end of the thread that started the server, too.
_SCRIPT = 'read -r _; kill -INT "$0"'


class Watch:
    """A process of a megabyte that outlives this one by a moment, to stop the server cleanly."""

    def __init__(self, pid: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603  (our own script, and a number)
            [_SHELL, "-c", _SCRIPT, str(pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            # Out of reach of the terminal's Ctrl-C, as the server is.
            start_new_session=True,
        )

    def end(self) -> None:
        """Stop watching: the server's number may be somebody else's from here on."""
        self._process.kill()
        self._process.communicate()
