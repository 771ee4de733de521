"""A process that purges or loads a sample and stops at a point, to be killed there.

Run as `python -m tests.support.killed_lifecycle FOLDER API_URL WORKER_URL POINT`: it prints
`reached` and then waits.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from gtm.bootstrap import build_services
from gtm.context import TenantContext
from gtm.demo import filling
from gtm.models.builder import build
from gtm.settings import Settings
from gtm.store.database import Database, DatabaseUrls
from gtm.tenants.purging import Step
from gtm.tenants.sample_states import SampleStates
from gtm.tenants.sampling import LoadSample
from gtm.warehouse import duckdb_write
from gtm.warehouse.base import Landing
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.ending import purger_of
from tests.support.killed import stop_here
from tests.support.sampling import SmallDraw, sampler_of
from tests.support.serving import NOW, StillClock

PURGE_POINTS = (
    "before anything is gone",
    "with the file half gone",
    "when the data is gone",
    "when all but the rows is gone",
)
SAMPLE_POINTS = (
    "while it is drawn",
    "between two files",
    "in the middle of landing",
    "in the middle of the build",
    "before it is called ready",
)
# A deleted workspace is due by then.
LATER = NOW + timedelta(days=60)


def settings_of(folder: Path, urls: DatabaseUrls) -> Settings:
    """Return embedded settings with the state in a database that another process has made."""
    return Settings(
        _env_file=None,
        database_url=SecretStr(urls.api),
        database_worker_url=SecretStr(urls.worker),
        gtm_data_dir=folder,
    )


async def _stop(_tenant: TenantContext) -> None:
    stop_here()


async def _purge(folder: Path, urls: DatabaseUrls, point: str) -> None:
    warehouse = DuckDBWarehouse(
        folder / "warehouse", project="gtm-local", memory_limit_mb=256, threads=1
    )
    places = {"before anything is gone": 0, "when the data is gone": 1}

    def change(steps: Sequence[Step]) -> Sequence[Step]:
        if point == "with the file half gone":
            return steps
        at = places.get(point, len(steps))
        return (*steps[:at], _stop, *steps[at:])

    if point == "with the file half gone":
        shutil.rmtree = lambda *_: stop_here()  # type: ignore[assignment]  # this process ends here
    database = Database(urls)
    purger = purger_of(
        database, warehouse, StillClock(LATER), scratch_dir=folder / "scratch", change=change
    )
    await purger.purge_due()


class _SecondCall:
    """Stops at the second call, when the first file is in."""

    def __init__(self, ask: Callable[[], Awaitable[bool]]) -> None:
        self._ask = ask
        self._calls = 0

    async def __call__(self) -> bool:
        self._calls += 1
        if self._calls > 1:
            stop_here()
        return await self._ask()


def _between_files(load: LoadSample) -> LoadSample:
    async def stopping(
        tenant: TenantContext, *, until: date, is_wanted: Callable[[], Awaitable[bool]]
    ) -> bool:
        return await load(tenant, until=until, is_wanted=_SecondCall(is_wanted))

    return stopping


def _stop_in_landing() -> None:
    load_together = DuckDBWarehouse.load_together

    async def stopping(
        self: DuckDBWarehouse, tenant: TenantContext, landings: Sequence[Landing]
    ) -> None:
        if landings[0].table.name == "events_":
            first, *others = landings
            landings = [Landing(first.table, _stopped(first)), *others]
        await load_together(self, tenant, landings)

    DuckDBWarehouse.load_together = stopping  # type: ignore[method-assign]  # this process ends here


def _stopped(landing: Landing) -> Any:
    parts = list(landing.parts)
    yield from parts[:1]
    if parts:
        stop_here()


def _stop_in_build() -> None:
    run, seen = duckdb_write._narrowed, 0

    def counting(*arguments: Any) -> str:
        nonlocal seen
        seen += 1
        if seen == 12:
            stop_here()
        return run(*arguments)

    async def stopping(*arguments: Any, **options: Any) -> None:
        duckdb_write._narrowed = counting  # type: ignore[assignment]  # this process ends here
        await build(*arguments, **options)

    vars(filling)["build"] = stopping


class _StoppingDraw(SmallDraw):
    def __call__(self, *arguments: Any, **options: Any) -> list[Path]:
        drawn = super().__call__(*arguments, **options)
        stop_here()
        return drawn


async def _sample(folder: Path, urls: DatabaseUrls, point: str) -> None:
    services = build_services(settings_of(folder, urls), clock=StillClock())
    if point == "in the middle of landing":
        _stop_in_landing()
    if point == "in the middle of the build":
        _stop_in_build()
    if point == "before it is called ready":
        SampleStates.end = lambda *_, **__: stop_here()  # type: ignore[assignment,method-assign]
    draw = _StoppingDraw() if point == "while it is drawn" else SmallDraw()
    around = _between_files if point == "between two files" else (lambda load: load)
    await sampler_of(services, draw, around=around).load_waiting()


async def _main(folder: Path, urls: DatabaseUrls, point: str) -> None:
    await (_purge if point in PURGE_POINTS else _sample)(folder, urls, point)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), DatabaseUrls(sys.argv[2], sys.argv[3]), sys.argv[4]))
