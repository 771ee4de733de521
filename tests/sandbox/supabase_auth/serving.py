"""The stand-in on a port of this machine, for clients that want a real connection."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from gtm.clock import SystemClock
from sandbox.supabase_auth.app import SupabaseAuth

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Served:
    """A stand-in that answers, and where."""

    auth: SupabaseAuth
    url: str


@contextmanager
def served(directory: Path) -> Iterator[Served]:
    """Serve a stand-in from a thread of its own, by the machine's clock as the clients go by it."""
    with socket.create_server((HOST, 0)) as listener:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        auth = SupabaseAuth(
            directory, base_url=url, clock=SystemClock(), environment="demo", host=HOST
        )
        root = Starlette(routes=[Mount("/auth/v1", app=auth.app)])
        config = uvicorn.Config(root, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield Served(auth, url)
        finally:
            server.should_exit = True
            thread.join()
            auth.close()
