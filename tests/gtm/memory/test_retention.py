"""What was not answered is forgotten by the work that purges workspaces, hour by hour."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gtm.bootstrap import build_services
from gtm.context import Role, TenantContext
from gtm.errors import WarehouseBusyError
from gtm.tenants.base import Workspace
from gtm.tenants.leftovers import Leftovers
from gtm.tenants.purging import Purger
from tests.support.people import add_people
from tests.support.serving import StillClock, settings_at


async def test_the_purger_of_the_product_forgets_what_is_too_old(tmp_path: Path) -> None:
    settings, clock = settings_at(tmp_path), StillClock()
    ids = await add_people(settings, clock)
    services = build_services(settings, clock=clock)
    ana = Workspace.named("acme", "").context(ids["ana@acme.test"], Role.OWNER)
    unanswered = services.memory.unanswered
    await unanswered.note(ana, "what is our ARR", outcome="refuse")
    clock.time += timedelta(days=90)
    assert await services.purger.purge_due()
    assert len(await unanswered.page(ana, limit=9)) == 1
    clock.time += timedelta(days=1)
    assert await services.purger.purge_due()
    assert await unanswered.page(ana, limit=9) == ()
    await services.close()


async def test_it_is_swept_whether_or_not_a_workspace_can_be_purged(tmp_path: Path) -> None:
    settings, clock = settings_at(tmp_path), StillClock()
    ids = await add_people(settings, clock)
    services = build_services(settings, clock=clock)
    ana = ids["ana@acme.test"]
    acme = Workspace.named("acme", "").tenant_id
    await services.deletions.delete(ana, acme, confirm="acme")
    clock.time += timedelta(days=365)
    swept: list[str] = []

    async def fail(_tenant: TenantContext) -> None:
        raise WarehouseBusyError("It is held.")

    async def sweep() -> None:
        swept.append("once")

    purger = Purger(
        services.state.database,
        clock,
        [fail],
        leftovers=Leftovers(tmp_path / "scratch", clock),
        sweep=sweep,
    )
    assert not await purger.purge_due()
    assert swept == ["once"]

    async def broken() -> None:
        raise WarehouseBusyError("It is held.")

    purger = Purger(
        services.state.database,
        clock,
        [],
        leftovers=Leftovers(tmp_path / "scratch", clock),
        sweep=broken,
    )
    with pytest.raises(WarehouseBusyError):
        await purger.purge_due()
    # The workspaces were purged before.
    async with services.state.database.as_service() as connection:
        rows = await connection.execute("select id from app.tenants order by id")
        assert await rows.fetchall() == [("globex",)]
    await services.close()
