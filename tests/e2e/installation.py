"""An installation as a person starts it, and starts again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "web" / "dist"


@dataclass
class Installation:
    """A data folder and the server on it; the port stays the same over restarts."""

    folder: Path
    command: tuple[str, ...]
    port: int = field(default_factory=lambda: _free_port())
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and return once it says where it is."""
        if not (DIST / "index.html").is_file():
            pytest.fail("The web UI is not built. Run: make web", pytrace=False)
        environment = {"GTM_DATA_DIR": str(self.folder / "data"), "GTM_WEB_DIR": str(DIST)}
        self.process = subprocess.Popen(
            [str(Path(sys.executable).parent / "gtm"), *self.command, f"--port={self.port}"],
            cwd=self.folder,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        _wait_until_served(self.process, self.url)

    def stop(self) -> None:
        """End the server as a person does."""
        if self.process is None:
            return
        self.process.terminate()
        self.process.wait(timeout=30)
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_served(process: subprocess.Popen[str], url: str) -> None:
    """Read the output up to the address, and go on draining it so that it never blocks."""
    assert process.stdout is not None
    seen: list[str] = []
    for line in process.stdout:
        seen.append(line)
        if url in line:
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return
    pytest.fail(f"The server did not start:\n{''.join(seen)}", pytrace=False)
