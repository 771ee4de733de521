"""Serving from the command line: binding the port, running uvicorn, saying when it is ready."""

from __future__ import annotations

import gc
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn
from uvicorn.importer import import_from_string

from gtm import telemetry
from gtm.cli.supervised import Parent
from gtm.errors import ConfigurationError, GtmError
from gtm.settings import Settings

logger = logging.getLogger(__name__)

# The application sits above this package, so it is named and not imported.
_FACTORY = "app:create_app"
# Open streams get this long to end before they are cut.
_GRACE_SECONDS = 2
_START_TIMEOUT_SECONDS = 60.0
_BACKLOG = 2048


class ServerFailedError(GtmError):
    """The server inside this process did not start."""

    code = "server_failed"


class _Server(uvicorn.Server):
    """A uvicorn server that says when it takes requests."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then report."""
        await super().startup(sockets=sockets)
        if self.started:
            self._on_ready()


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything slow happens. Raises ConfigurationError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's delay off only for sockets that name their protocol; with it, an event
    # of a stream would wait 40 ms for the client to acknowledge the one before.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigurationError(
            f"Port {port} on {host} can't be used: {reason}.",
            hint=f"Stop what uses it, or choose another: --port {port + 1}",
        ) from error
    return listener


def listen(settings: Settings, parent: Parent | None) -> socket.socket:
    """Return the socket of the server before this one, or take the port of the settings."""
    if parent is not None and parent.listener is not None:
        return parent.listener
    listener = bind(settings.gtm_host, settings.gtm_port)
    if parent is not None:
        parent.keep(listener)
    return listener


def at_address(settings: Settings, *, host: str | None, port: int | None) -> Settings:
    """Return the settings for serving at another address; the public URLs follow it."""
    new_host, new_port = host or settings.gtm_host, settings.gtm_port if port is None else port
    if (new_host, new_port) == (settings.gtm_host, settings.gtm_port):
        return settings
    own = f"http://{settings.gtm_host}:{settings.gtm_port}"
    url = f"http://[{new_host}]:{new_port}" if ":" in new_host else f"http://{new_host}:{new_port}"
    changes: dict[str, object] = {"gtm_host": new_host, "gtm_port": new_port}
    # A public URL that was set on purpose stays; one that only named the old address moves.
    for name in ("api_base_url", "frontend_url"):
        if getattr(settings, name).rstrip("/") == own:
            changes[name] = url
    return settings.model_copy(update=changes)


def serve(
    settings: Settings,
    listener: socket.socket,
    on_ready: Callable[[], None],
    *,
    parent: Parent | None = None,
) -> None:
    """Serve until interrupted; the log goes to standard error.

    `on_ready` is for whoever started the command, and not called again when a supervisor has.
    """
    telemetry.configure_logging(settings.gtm_log_level, is_json=settings.gtm_env == "production")
    if parent is not None and parent.has_restarted:
        logger.error("server_died", extra={"exit_code": parent.last})

    def ready() -> None:
        spare_from_collection()
        if parent is not None:
            parent.tell_ready()
        if parent is not None and parent.has_restarted:
            logger.warning("server_restarted")
        else:
            on_ready()

    server = _Server(_config(settings), ready)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        # uvicorn has shut down already and hands the signal on.
        return
    finally:
        listener.close()
    if not server.started:
        raise ServerFailedError("The server did not start.", hint="The reason is logged above.")


def spare_from_collection() -> None:
    """Keep what a start has made out of later collections, each of which held requests up.

    For a process of its own: what is kept stays as long as the process.
    """
    gc.collect()
    gc.freeze()


@contextmanager
def background_server(settings: Settings) -> Iterator[str]:
    """Serve from a thread of this process on a free loopback port; yields the base URL."""
    telemetry.configure_logging("error", is_json=False)
    listener = bind("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    changes = {"gtm_host": "127.0.0.1", "gtm_port": port, "api_base_url": url, "frontend_url": url}
    begun, failures = threading.Event(), list[Exception]()
    server = _Server(_config(settings.model_copy(update=changes)), begun.set)

    def run() -> None:
        try:
            server.run(sockets=[listener])
        except (Exception, SystemExit) as error:  # noqa: BLE001 - handed to the waiting thread
            failures.append(error if isinstance(error, Exception) else RuntimeError("exit"))
        finally:
            begun.set()

    thread = threading.Thread(target=run, name="gtm-server", daemon=True)
    thread.start()
    begun.wait(_START_TIMEOUT_SECONDS)
    try:
        if failures and isinstance(failures[0], GtmError):
            raise failures[0]
        if not server.started:
            raise ServerFailedError("The server did not start.", hint="Run: gtm doctor")
        yield url
    finally:
        server.should_exit = True
        thread.join(_GRACE_SECONDS + 5)
        listener.close()


def _config(settings: Settings) -> uvicorn.Config:
    create_app = _import_factory()
    return uvicorn.Config(
        partial(create_app, settings),
        factory=True,
        host=settings.gtm_host,
        port=settings.gtm_port,
        log_config=None,
        access_log=False,
        server_header=False,
        # FORWARDED_HOPS decides whom to believe; uvicorn would believe whoever calls locally.
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        lifespan="on",
        ws="none",
    )


def _import_factory() -> Callable[[Settings], object]:
    """Import the application; what an import makes stays, so collecting meanwhile is waste."""
    gc.disable()
    try:
        create_app: Callable[[Settings], object] = import_from_string(_FACTORY)
    finally:
        gc.enable()
    return create_app
