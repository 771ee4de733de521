"""Share links in PostgreSQL: kept as the admin who makes them, opened as the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, LiteralString
from uuid import uuid4

import psycopg
from psycopg.rows import class_row

from gtm.auth.held_tokens import hash_of
from gtm.charts.spec import ChartSpec
from gtm.clock import Clock
from gtm.context import TenantContext, UserId
from gtm.dashboards.base import ChartId, DashboardId, Place, no_such_dashboard
from gtm.dashboards.shares import (
    Share,
    SharedChart,
    SharedDashboard,
    ShareId,
    TooManySharesError,
    no_such_share,
)
from gtm.errors import NotPermittedError
from gtm.store.database import Database

_SHARES: Final[LiteralString] = """
select id, created_by::text as created_by, created_at, expires_at, last_opened_at
from app.shares where tenant_id = %(tenant)s and dashboard_id = %(dashboard)s
  and (%(after_at)s::timestamptz is null or (created_at, id) < (%(after_at)s, %(after_id)s))
order by created_at desc, id desc limit %(limit)s
"""
_EXISTS: Final[LiteralString] = """
select from app.dashboards where id = %(dashboard)s and tenant_id = %(tenant)s
"""
_ADD: Final[LiteralString] = """
insert into app.shares (id, tenant_id, dashboard_id, token_hash, created_by, created_at, expires_at)
values (%(id)s, %(tenant)s, %(dashboard)s, %(hash)s, %(user)s, %(now)s, %(expires_at)s)
"""
_REVOKE: Final[LiteralString] = """
delete from app.shares where id = %(id)s and dashboard_id = %(dashboard)s and tenant_id = %(tenant)s
"""
_OPEN: Final[LiteralString] = """
select shares.id, shares.dashboard_id, dashboards.name, tenants.name
from app.shares
inner join app.dashboards on dashboards.id = shares.dashboard_id
inner join app.tenants on tenants.id = shares.tenant_id
where shares.token_hash = %(hash)s and tenants.deleted_at is null
  and (shares.expires_at is null or shares.expires_at > %(now)s)
"""
_CHARTS: Final[LiteralString] = """
select id, title, chart_spec::text, refreshed_at
from app.charts where dashboard_id = %(dashboard)s order by y, x, created_at, id
"""
# Not at each look: many may hold the same link.
_OPENED: Final[LiteralString] = """
update app.shares set last_opened_at = %(now)s
where id = %(share)s
  and (last_opened_at is null or last_opened_at < %(now)s::timestamptz - interval '1 minute')
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_opened_at: datetime | None

    def share(self) -> Share:
        return Share(
            ShareId(self.id),
            UserId(self.created_by),
            self.created_at.astimezone(UTC),
            _utc(self.expires_at),
            _utc(self.last_opened_at),
        )


class PostgresShares:
    """Only admins see and make links; whoever opens one is nobody, so the service looks it up."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def shares(
        self,
        tenant: TenantContext,
        dashboard_id: DashboardId,
        *,
        limit: int,
        after: Place | None = None,
    ) -> tuple[Share, ...]:
        """Return a dashboard's links, the latest first. Raises NotFoundError."""
        values: Mapping[str, object] = {
            "tenant": tenant.tenant_id,
            "dashboard": dashboard_id,
            "limit": limit,
            "after_at": None if after is None else after.at,
            "after_id": None if after is None else after.id,
        }
        async with self._database.as_user(tenant.user_id) as connection:
            if (await connection.execute(_EXISTS, values)).rowcount == 0:
                raise no_such_dashboard()
            rows = await connection.cursor(row_factory=class_row(_Row)).execute(_SHARES, values)
            return tuple([row.share() async for row in rows])

    async def add(
        self,
        tenant: TenantContext,
        dashboard_id: DashboardId,
        *,
        token: str,
        expires_at: datetime | None,
    ) -> Share:
        """Let a token open a dashboard. Raises NotFoundError and TooManySharesError."""
        share = Share(
            ShareId(f"share_{uuid4().hex}"), tenant.user_id, self._clock.now(), expires_at, None
        )
        values: Mapping[str, object] = {
            "id": share.id,
            "tenant": tenant.tenant_id,
            "dashboard": dashboard_id,
            "hash": hash_of(token),
            "user": tenant.user_id,
            "now": share.created_at,
            "expires_at": expires_at,
        }
        with _limits():
            async with self._database.as_user(tenant.user_id) as connection:
                await connection.execute(_ADD, values)
        return share

    async def revoke(
        self, tenant: TenantContext, dashboard_id: DashboardId, share_id: ShareId
    ) -> None:
        """End a link. Raises NotFoundError."""
        values = {"id": share_id, "dashboard": dashboard_id, "tenant": tenant.tenant_id}
        async with self._database.as_user(tenant.user_id) as connection:
            if (await connection.execute(_REVOKE, values)).rowcount == 0:
                raise no_such_share()

    async def open(self, token: str) -> SharedDashboard:
        """Return what a token shows. Raises NotFoundError, whatever is wrong with it."""
        now = self._clock.now()
        async with self._database.as_service() as connection:
            found = await connection.execute(_OPEN, {"hash": hash_of(token), "now": now})
            row = await found.fetchone()
            if row is None:
                raise no_such_share()
            share_id, dashboard_id, name, workspace_name = row
            await connection.execute(_OPENED, {"share": share_id, "now": now})
            rows = await connection.execute(_CHARTS, {"dashboard": dashboard_id})
            charts = tuple([_shared(*chart) async for chart in rows])
        return SharedDashboard(name, workspace_name, charts)


def _shared(chart_id: str, title: str | None, spec: str, refreshed_at: datetime) -> SharedChart:
    chart = ChartSpec.model_validate_json(spec)
    if title is not None:
        chart = chart.model_copy(update={"title": title})
    return SharedChart(ChartId(chart_id), chart, refreshed_at.astimezone(UTC))


def _utc(time: datetime | None) -> datetime | None:
    return None if time is None else time.astimezone(UTC)


@contextmanager
def _limits() -> Iterator[None]:
    """Say in our words why the database keeps no link."""
    try:
        yield
    except psycopg.errors.CheckViolation as error:
        if error.diag.constraint_name != "shares_of_a_dashboard":
            raise
        raise TooManySharesError(
            "The dashboard has as many links as it may.", hint="Revoke one first."
        ) from error
    except psycopg.errors.ForeignKeyViolation as error:
        raise no_such_dashboard() from error
    except psycopg.errors.InsufficientPrivilege as error:
        # Their role has changed since the request came in.
        raise NotPermittedError("Only an owner or admin of the workspace may do this.") from error
