"""A process that loads a file and stops at a point, to be killed there.

Run as `python -m tests.support.killed FOLDER FILE POINT`: it prints `reached` and then waits.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gtm.connectors.files import FileLoader
from gtm.connectors.journal import LoadJournal
from gtm.connectors.reports import LoadReport, LoadState
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.warehouse import duckdb_write
from gtm.warehouse.base import Landing, Partition
from gtm.warehouse.duckdb import DuckDBWarehouse

ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("ana"), Role.OWNER)


def open_warehouse(folder: Path) -> DuckDBWarehouse:
    """Open the workspace's warehouse in a folder."""
    return DuckDBWarehouse(folder, project="gtm-local", memory_limit_mb=512, threads=2)


def stop_here() -> None:
    """Say that the point is reached and wait for the end."""
    sys.stdout.write("reached\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(1)


class _Landings(DuckDBWarehouse):
    """Stops while rows of a table come in: some are in, some are not."""

    table = 0
    after_parts = 1

    async def load_together(self, tenant: TenantContext, landings: Sequence[Landing]) -> None:
        if len(landings) > 1:
            landings = list(landings)
            stopped = landings[self.table]
            landings[self.table] = replace(stopped, parts=self._parts(stopped.parts))
        await super().load_together(tenant, landings)

    def _parts(self, parts: Iterable[Partition]) -> Iterator[Partition]:
        for number, part in enumerate(parts):
            if number == self.after_parts:
                stop_here()
            yield part
        stop_here()


class _SecondTable(_Landings):
    """Stops when the first table is in and the second is not."""

    table = 1
    after_parts = 0


def _at_statement(number: int) -> Callable[[], None]:
    """Stop before a statement of the build, when those before it have run."""
    run = duckdb_write._narrowed
    seen = 0

    def stopping(*arguments: Any) -> str:
        nonlocal seen
        seen += 1
        if seen == number:
            stop_here()
        return run(*arguments)

    def patch() -> None:
        duckdb_write._narrowed = stopping  # type: ignore[assignment]  # this process ends here

    return patch


def _before_built() -> None:
    """Stop when all is built, and only the report does not say so."""
    write = LoadJournal.write

    async def stopping(self: LoadJournal, tenant: TenantContext, report: LoadReport) -> LoadReport:
        if report.state is LoadState.BUILT:
            stop_here()
        return await write(self, tenant, report)

    LoadJournal.write = stopping  # type: ignore[method-assign]  # this process ends here


def _nothing() -> None:
    return None


# Where a load stops, and whether its rows are in by then.
POINTS: dict[str, tuple[type[DuckDBWarehouse], Callable[[], None], bool]] = {
    "in the middle of landing": (_Landings, _nothing, False),
    "between two tables": (_SecondTable, _nothing, False),
    "between landing and build": (DuckDBWarehouse, _at_statement(1), True),
    "in the middle of the build": (DuckDBWarehouse, _at_statement(12), True),
    "before the report is closed": (DuckDBWarehouse, _before_built, True),
}


async def _load(folder: Path, file: Path, point: str) -> None:
    kind, prepare, _ = POINTS[point]
    prepare()
    warehouse = kind(folder, project="gtm-local", memory_limit_mb=512, threads=2)
    await FileLoader(warehouse).load(ACME, file)


if __name__ == "__main__":
    asyncio.run(_load(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
