"""Setting sources up, checking what has arrived of them, and connecting those that need a token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pydantic import SecretStr

from gtm.connectors.hubspot.account import HubSpotAccounts
from gtm.connectors.integrations.base import Integration
from gtm.connectors.integrations.register import IntegrationRegister
from gtm.connectors.journal import LoadJournal
from gtm.connectors.reports import LoadReport, LoadState
from gtm.context import TenantContext
from gtm.errors import NotFoundError
from gtm.models.model import Source
from gtm.secrets.store import SecretStore
from gtm.semantics.result import SourceFreshness

HUBSPOT, ACCESS_TOKEN = "hubspot", "access_token"

_NOTHING_YET = {
    Source.GA4: "Nothing has arrived yet. The first export comes within about a day.",
    Source.GSC: "Nothing has arrived yet. The first export comes within about two days.",
    Source.HUBSPOT: "Nothing has arrived yet. Upload an export of HubSpot.",
}
_ONLY_SAMPLE = "Only sample data is here so far."

Reach = Callable[[TenantContext], Awaitable[tuple[SourceFreshness, ...]]]


class Integrations:
    """The integrations of workspaces. Tokens go into the secret store, and nowhere else."""

    def __init__(
        self,
        register: IntegrationRegister,
        *,
        secrets: SecretStore,
        hubspot: HubSpotAccounts,
        reach: Reach,
        journal: LoadJournal,
    ) -> None:
        self._register = register
        self._secrets = secrets
        self._hubspot = hubspot
        self._reach = reach
        self._journal = journal

    async def all(self, tenant: TenantContext) -> tuple[Integration, ...]:
        """Return every source, set up or not."""
        return await self._register.all(tenant)

    async def set_up(
        self, tenant: TenantContext, source: Source, config: dict[str, Any]
    ) -> Integration:
        """Note how a source is set up; it waits for its first data. Raises NotPermittedError."""
        async with self._register.changing(tenant) as connection:
            return await self._register.set_up(connection, tenant, source, config)

    async def verify(
        self, tenant: TenantContext, source: Source
    ) -> tuple[Integration, SourceFreshness]:
        """Look what has arrived; only data that is no sample makes a source connected.

        Raises IntegrationNotFoundError and NotPermittedError.
        """
        await self._register.require(tenant, source)
        freshness, loaded_at = await self._arrived(tenant, source)
        missing = await self._missing(tenant, source, freshness.through)
        async with self._register.changing(tenant) as connection:
            moved = await self._register.move(
                connection,
                tenant,
                source,
                status="connected" if missing is None else "pending",
                error_message=missing,
                last_sync=loaded_at,
            )
        return moved, freshness

    async def connect_hubspot(self, tenant: TenantContext, token: SecretStr) -> Integration:
        """Check a token with HubSpot, and keep it sealed; without an answer nothing is kept.

        Raises HubSpotTokenRefusedError, HubSpotUnavailableError, NotPermittedError and
        SecretKeyRetiredError.
        """
        account = await self._hubspot.account_of(token)
        sealed = await self._secrets.seal(
            tenant.tenant_id, provider=HUBSPOT, field=ACCESS_TOKEN, value=token
        )
        async with self._register.changing(tenant) as connection:
            await self._secrets.keep(connection, sealed)
            return await self._register.set_up(connection, tenant, Source.HUBSPOT, asdict(account))

    async def loaded(self, tenant: TenantContext, report: LoadReport) -> None:
        """Note that a load brought data of a source that is set up."""
        if report.source is None or report.finished_at is None:
            return
        if report.state is LoadState.BUILT:
            await self._register.landed(tenant, report.source, report.finished_at)

    async def disconnect(self, tenant: TenantContext, source: Source) -> None:
        """Forget how a source was set up, and its secrets; the data that came stays.

        Raises IntegrationNotFoundError and NotPermittedError.
        """
        async with self._register.changing(tenant) as connection:
            await self._secrets.forget(connection, tenant.tenant_id, source.value.lower())
            await self._register.remove(connection, tenant, source)

    async def close(self) -> None:
        """Close the connections to the sources."""
        await self._hubspot.close()

    async def _arrived(
        self, tenant: TenantContext, source: Source
    ) -> tuple[SourceFreshness, datetime | None]:
        """Return how far a source's data reaches, and when a load of it last ended."""
        nothing = SourceFreshness(source=source, through=None, final_through=None)
        try:
            found = {item.source: item for item in await self._reach(tenant)}
            return found.get(source, nothing), await self._loaded_at(tenant, source)
        except NotFoundError:
            # Nothing was ever loaded: there is no view to ask.
            return nothing, None

    async def _missing(
        self, tenant: TenantContext, source: Source, through: date | None
    ) -> str | None:
        """Return what is missing for a source to be connected; None when nothing is."""
        if through is None:
            return _NOTHING_YET[source]
        return _ONLY_SAMPLE if await self._register.is_sample(tenant, through) else None

    async def _loaded_at(self, tenant: TenantContext, source: Source) -> datetime | None:
        ends = [
            report.finished_at
            for report in await self._journal.reports(tenant)
            if report.source is source and report.state is LoadState.BUILT
        ]
        return max((end for end in ends if end is not None), default=None)
