"""Share links: whoever holds one sees what a dashboard last showed, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol

from gtm.auth.held_tokens import draw
from gtm.charts.spec import ChartSpec
from gtm.context import TenantContext, UserId
from gtm.dashboards.base import ChartId, DashboardId, Place
from gtm.errors import ConflictError, NotFoundError

ShareId = NewType("ShareId", str)

PREFIX = "gtm_shr_"


class TooManySharesError(ConflictError):
    """The dashboard is shared as often as it may be."""

    code = "too_many_shares"


@dataclass(frozen=True, slots=True)
class Share:
    """A link to a dashboard; its token is known to whoever was given it, not to us."""

    id: ShareId
    created_by: UserId
    created_at: datetime
    expires_at: datetime | None
    last_opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class SharedChart:
    """A chart as it is shown to whoever holds a link."""

    id: ChartId
    spec: ChartSpec
    refreshed_at: datetime


@dataclass(frozen=True, slots=True)
class SharedDashboard:
    """A dashboard as it is shown to whoever holds a link: no SQL, and nobody's name."""

    name: str
    workspace_name: str
    charts: tuple[SharedChart, ...]


class ShareStore(Protocol):
    """Links to dashboards, made and revoked by admins."""

    async def shares(
        self,
        tenant: TenantContext,
        dashboard_id: DashboardId,
        *,
        limit: int,
        after: Place | None = None,
    ) -> tuple[Share, ...]:
        """Return a dashboard's links, the latest first; also those that have expired."""
        ...

    async def add(
        self,
        tenant: TenantContext,
        dashboard_id: DashboardId,
        *,
        token: str,
        expires_at: datetime | None,
    ) -> Share:
        """Let a token open a dashboard. Raises NotFoundError and TooManySharesError."""
        ...

    async def revoke(
        self, tenant: TenantContext, dashboard_id: DashboardId, share_id: ShareId
    ) -> None:
        """End a link. Raises NotFoundError."""
        ...

    async def open(self, token: str) -> SharedDashboard:
        """Return what a token shows.

        Raises NotFoundError, the same for unknown, revoked and expired ones, and where the
        dashboard or its workspace is gone.
        """
        ...


def new_token() -> str:
    """Return a token for a link."""
    return draw(PREFIX)


def no_such_share() -> NotFoundError:
    """Return what is said of a link that does not open anything."""
    return NotFoundError(
        "This link does not lead to a dashboard (any more).",
        hint="Ask whoever sent it for a new one.",
    )
