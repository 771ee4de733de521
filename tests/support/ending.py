"""Two workspaces with data and sessions, and what takes deleted ones away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg import sql

from agents.sessions import open_sessions
from gtm.clock import Clock
from gtm.context import Role, TenantContext, UserId
from gtm.store.agent_sessions import forget_sessions
from gtm.store.database import Database
from gtm.tenants.base import Workspace
from gtm.tenants.deletion import Deletions
from gtm.tenants.leftovers import Leftovers
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from gtm.tenants.purging import Purger, Step
from gtm.warehouse.base import Partition, Warehouse
from tests.support.serving import StillClock
from tests.support.state import OwnedUrls
from tests.support.warehouses import EVENTS, rows

ANA, GUS = (UserId(str(UUID(int=number))) for number in (1, 2))
OWNERS = {"acme": ANA, "globex": GUS}
# Its name begins as Acme's does; it has no owner.
NEIGHBOUR = "acme-2"
GRACE = timedelta(days=30)
CONVERSATION = """
insert into app.conversations (id, tenant_id, user_id, title, created_at, updated_at)
values (%(tenant)s, %(tenant)s, %(user)s, %(secret)s, now(), now())
"""
TURN = "insert into app.turns values (%(tenant)s, 1, 't', to_json(%(secret)s::text))"


def context_of(slug: str) -> TenantContext:
    """Return the owner of a workspace."""
    return Workspace.named(slug, slug.title()).context(OWNERS.get(slug, ANA), Role.OWNER)


@dataclass
class Ending:
    """The state database and a warehouse, and what happens at the end of a workspace."""

    urls: OwnedUrls
    warehouse: Warehouse
    scratch_dir: Path
    clock: StillClock = field(default_factory=StillClock)

    def __post_init__(self) -> None:
        self.database = Database(self.urls)
        self.directory = PostgresWorkspaceDirectory(self.database)
        self.deletions = Deletions(self.database, self.clock, grace=GRACE)

    def purger(self, change: Callable[[Sequence[Step]], Sequence[Step]] = tuple) -> Purger:
        """Return the purger; `change` alters its steps."""
        return purger_of(
            self.database, self.warehouse, self.clock, scratch_dir=self.scratch_dir, change=change
        )

    async def fill(self) -> None:
        """Give each workspace a member, data, a conversation and what the agents remember."""
        sessions = open_sessions(self.urls.worker)
        for slug in ("acme", "globex", NEIGHBOUR):
            tenant = context_of(slug)
            await self.directory.add(Workspace.named(slug, slug.title()))
            if slug in OWNERS:
                await self.directory.set_member(tenant.tenant_id, tenant.user_id, Role.OWNER)
            await self.warehouse.load(tenant, EVENTS, [Partition("20260101", rows(len(slug)))])
            told = {"tenant": slug, "user": tenant.user_id, "secret": f"secret of {slug}."}
            with psycopg.connect(self.urls.owner) as connection:
                connection.execute(CONVERSATION, told)
                connection.execute(TURN, told)
            await sessions.create_session(
                app_name="gtm",
                user_id=f"{slug}:{tenant.user_id}",
                session_id=slug,
                state={"user:secret": f"secret of {slug}."},
            )
        await sessions.close()

    async def delete(self, slug: str = "acme", *, days_ago: float = 31) -> None:
        """Delete a workspace so long ago."""
        now = self.clock.time
        self.clock.time = now - timedelta(days=days_ago)
        await self.deletions.delete(OWNERS[slug], context_of(slug).tenant_id, confirm=slug)
        self.clock.time = now

    async def values(self, slug: str) -> list[object]:
        """Return what a workspace's warehouse holds."""
        found = await self.warehouse.landed(context_of(slug), EVENTS, ["value"])
        return list(found["value"].to_pylist())

    async def assert_gone(self) -> None:
        """Nothing of Acme is left, and all of the others."""
        assert await self.values("acme") == []
        assert "secret of acme." not in everything_in(self.urls.owner)
        await self.assert_others_whole()

    async def assert_others_whole(self) -> None:
        """Neither workspace beside Acme has lost anything."""
        for slug in ("globex", NEIGHBOUR):
            assert await self.values(slug) == [len(slug)]
            # The conversation, its turn, and the agents' state.
            assert everything_in(self.urls.owner).count(f"secret of {slug}.") == 3
        members = await self.directory.members(context_of("globex").tenant_id)
        assert members == ((GUS, Role.OWNER),)

    async def close(self) -> None:
        """Close the connections."""
        await self.database.close()


def purger_of(
    database: Database,
    warehouse: Warehouse,
    clock: Clock,
    *,
    scratch_dir: Path,
    change: Callable[[Sequence[Step]], Sequence[Step]] = tuple,
) -> Purger:
    """Return a purger with the steps that the product gives it."""

    async def forget(tenant: TenantContext) -> None:
        await forget_sessions(database, tenant.tenant_id)

    steps = change((warehouse.drop, forget))
    return Purger(database, clock, steps, leftovers=Leftovers(scratch_dir, clock))


def everything_in(url: str) -> str:
    """Return every row of every table of the product, as one text."""
    found = []
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables"
            " where schemaname in ('app', 'private', 'agents') order by 1, 2"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("select row_to_json(t)::text from {}.{} as t").format(
                sql.Identifier(schema), sql.Identifier(table)
            )
            found += [row[0] for row in connection.execute(query).fetchall()]
    return "\n".join(found)
