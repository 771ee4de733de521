"""The state database: a transaction that acts as a user, beside the bare query of the owner."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from uuid import UUID

import psycopg

from bench.measure import Figure, time_pair
from gtm.context import UserId
from gtm.store.cluster import Cluster
from gtm.store.database import Database
from gtm.store.state import State, open_embedded

TIMES = 400
USER = UserId(str(UUID(int=7)))
LIST = """
select id, title, created_at, updated_at from app.conversations
where tenant_id = 't7' order by updated_at desc limit 20
"""
# The owner is above the policies, so it has to say whose rows are meant.
BARE = LIST.replace("where", f"where user_id = '{USER}' and")
SEED = """
insert into app.tenants (id, slug, name, bq_dataset)
select 't' || n, 't' || n, 'T', 'tenant_t' || n from generate_series(1, 500) as n;
insert into app.tenant_memberships (tenant_id, user_id, role)
select 't' || n, lpad(to_hex(m), 32, '0')::uuid, 'member'
from generate_series(1, 500) as n, unnest(array[n, n + 1, n + 2, n + 3]) as m;
insert into app.conversations (id, tenant_id, user_id, title, created_at, updated_at)
select 'c' || n || '-' || k, 't' || n, lpad(to_hex(n), 32, '0')::uuid, 'T', now(), now()
from generate_series(1, 500) as n, generate_series(1, 100) as k;
analyze;
"""


async def measure() -> list[Figure]:
    """Start a cluster twice, then time listing conversations both ways, in turn."""
    with tempfile.TemporaryDirectory() as temporary:
        started = time.perf_counter()
        state = open_embedded(Path(temporary) / "postgres")
        first = time.perf_counter() - started
        await state.close()
        started = time.perf_counter()
        state = open_embedded(Path(temporary) / "postgres")
        warm = time.perf_counter() - started
        try:
            listing = await _listing(state)
        finally:
            await state.close()
    return [
        Figure(
            "state", "embedded PostgreSQL, first start with migrations", first, "s", goal="≤ 4 s"
        ),
        Figure("state", "embedded PostgreSQL, warm start", warm, "s", goal="≤ 0.5 s"),
        *listing,
    ]


async def _listing(state: State) -> list[Figure]:
    cluster = state.cluster
    assert isinstance(cluster, Cluster)
    owner = cluster.url("postgres")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(SEED.encode())
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as bare:

        async def plain() -> None:
            rows = await (await bare.execute(BARE.encode())).fetchall()
            assert len(rows) == 20

        mine, reference = await time_pair(lambda: _as_user(state.database), plain, times=TIMES)
    of = "20 conversations of 50,000, as a user"
    return [
        Figure("state", f"{of}, p50", mine.p50, "ms", reference.p50, "bare query"),
        Figure("state", f"{of}, p95", mine.p95, "ms", reference.p95, "bare query"),
    ]


async def _as_user(database: Database) -> None:
    async with database.as_user(USER) as connection:
        rows = await (await connection.execute(LIST.encode())).fetchall()
        assert len(rows) == 20
