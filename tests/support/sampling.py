"""A workspace that asks for a sample, which is a handful of sessions here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from gtm.bootstrap import Services, build_services
from gtm.context import Role, TenantContext, UserId
from gtm.demo.filling import Draw, Filler
from gtm.demo.on_request import SampleOnRequest
from gtm.demo.workspaces import DemoWorkspace
from gtm.models.landing.hubspot import CONTACTS
from gtm.tenants.base import Standing, Workspace
from gtm.tenants.provisioning import preparing
from gtm.tenants.sample_states import SampleStates
from gtm.tenants.sampling import LoadSample, Sampler, SampleWork
from gtm.warehouse.base import Warehouse
from tests.support.exports import write_events
from tests.support.serving import StillClock, settings_at

EVE, BEN = (UserId(str(UUID(int=number))) for number in (7, 8))
SESSIONS, CONTACTS_DRAWN = 2, 3


@dataclass
class SmallDraw:
    """Draws two days of events and a few contacts instead of half a year."""

    drawn: list[date] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    def __call__(
        self, workspace: DemoWorkspace, *, until: date, events: int, seed: int, directory: Path
    ) -> list[Path]:
        del workspace, events, seed
        self.drawn.append(until)
        if self.failures:
            raise self.failures.pop(0)
        days = (until - timedelta(days=1), until)
        path = directory / "ga4_events.ndjson"
        write_events(path, campaign="made-up", sessions=SESSIONS, days=days)
        contacts = [{"id": str(number), "archived": False} for number in range(CONTACTS_DRAWN)]
        records = directory / "hubspot_contacts.parquet"
        pq.write_table(pa.Table.from_pylist(contacts, schema=CONTACTS.schema), records)
        return [path, records]


class KilledError(BaseException):
    """The process ends here."""


Around = Callable[[LoadSample], LoadSample]


def sampler_of(
    services: Services,
    draw: Draw,
    *,
    warehouse: Warehouse | None = None,
    around: Around = lambda load: load,
) -> Sampler:
    """Return the product's sampler with another draw; `around` is done about each load."""
    warehouse = warehouse or services.warehouse

    async def clear(tenant: TenantContext) -> None:
        await services.warehouse.drop(tenant)
        await preparing(services.warehouse)(tenant)

    filler = Filler(warehouse, services.loader, scratch_dir=services.scratch_dir, draw=draw)
    work = SampleWork(
        load=around(SampleOnRequest(filler)),
        clear=clear,
        changed=services.analytics.data_changed,
        freshness=services.analytics.freshness,
        journal=services.loader.journal,
    )
    states = SampleStates(services.state.database)
    return Sampler(services.workspaces, states, work, services.clock, retry_seconds=0)


@dataclass
class Sampling:
    """A workspace of Eve's, whose views are there, and who loads its sample."""

    services: Services
    draw: SmallDraw
    sampler: Sampler
    workspace: Workspace

    @property
    def tenant(self) -> TenantContext:
        """Eve in her workspace."""
        return self.workspace.context(EVE, Role.OWNER)

    async def standing(self) -> Standing:
        """Return how the workspace stands."""
        return await self.services.workspaces.standing(EVE, self.tenant.tenant_id)

    async def contacts(self) -> int:
        """Return how many contacts there are."""
        found = await self.services.warehouse.landed(self.tenant, CONTACTS, ["id"])
        return int(found.num_rows)

    async def sessions(self) -> object:
        """Return how many sessions the views show."""
        text = "SELECT SUM(sessions) AS n FROM vw_sessions_daily"
        found = await self.services.analytics.run_sql(self.tenant, text, caller="web")
        return found.table.rows[0][0]

    async def is_whole(self) -> bool:
        """Whether the views show all of the sample, once."""
        return await self.sessions() == 2 * SESSIONS and await self.contacts() == CONTACTS_DRAWN


@asynccontextmanager
async def sampling_at(
    folder: Path, *, clock: StillClock | None = None, has_views: bool = True
) -> AsyncIterator[Sampling]:
    """Yield the workspace; a folder that is opened again has the one it had.

    Its views take a while to make, and a sample makes them where they are not.
    """
    services = build_services(settings_at(folder), clock=clock or StillClock())
    try:
        draw = SmallDraw()
        workspace = await services.workspaces.own_or_create(EVE, "First")
        if has_views:
            await services.provisioner.prepare_waiting()
        else:
            await services.workspaces.mark_provisioned(workspace.tenant_id)
        yield Sampling(services, draw, sampler_of(services, draw), workspace)
    finally:
        await services.close()
