"""The BigQuery stand-in on a loopback port, and the adapter with the real client towards it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from gtm.clock import Clock
from gtm.warehouse.bigquery import BigQueryWarehouse
from gtm.warehouse.bigquery_project import BigQueryProject
from sandbox.bigquery_rest.app import BigQueryRest
from tests.support.serving import StillClock

PROJECT = "gtm-local"
HOST = "127.0.0.1"


@dataclass(frozen=True)
class StandIn:
    """A running stand-in, and where it is."""

    rest: BigQueryRest
    place: BigQueryProject

    def warehouse(
        self, sources: Mapping[str, frozenset[str]], clock: Clock | None = None
    ) -> BigQueryWarehouse:
        """Return the adapter, which speaks to the stand-in through Google's client."""
        return BigQueryWarehouse(
            self.place, sources=sources, clock=clock or StillClock(), patience_seconds=0.2
        )


def place_at(port: int) -> BigQueryProject:
    """Return the stand-in's project at a port."""
    return BigQueryProject(
        project=PROJECT,
        location="US",
        account_pattern="gtm-{tenant}",
        endpoint=f"http://{HOST}:{port}",
    )


@contextmanager
def bigquery_stand_in(clock: Clock | None = None) -> Iterator[StandIn]:
    """Serve a stand-in from a thread of its own: the client under test blocks."""
    with socket.create_server((HOST, 0)) as listener:
        place = place_at(listener.getsockname()[1])
        rest = BigQueryRest(
            PROJECT,
            owner=place.app_account,
            clock=clock or StillClock(),
            environment="demo",
            host=HOST,
            memory_limit_mb=256,
        )
        config = uvicorn.Config(rest.app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield StandIn(rest, place)
        finally:
            rest.close()
            server.should_exit = True
            thread.join()
