"""Sample data on request: loaded into an empty workspace in the background."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Protocol

from gtm.clock import Clock
from gtm.connectors.journal import LoadJournal
from gtm.connectors.reports import LoadState
from gtm.context import Role, TenantContext, UserId
from gtm.errors import ConflictError, GtmError, NotFoundError
from gtm.semantics.result import SourceFreshness
from gtm.tenants.base import WorkspaceDirectory
from gtm.tenants.rounds import Rounds
from gtm.tenants.sample_states import MAX_ATTEMPTS, SampleStates, WaitingSample

logger = logging.getLogger(__name__)

# Whose loads these are, in their reports.
SAMPLER = UserId("sample")
_RETRY_SECONDS = 30.0
_LANDED = {LoadState.LANDING, LoadState.LANDED, LoadState.BUILT}

Freshness = Callable[[TenantContext], Awaitable[Sequence[SourceFreshness]]]


class WorkspaceNotEmptyError(ConflictError):
    """The workspace has data of its own."""

    code = "workspace_not_empty"


class LoadSample(Protocol):
    """Loads the sample into a workspace."""

    async def __call__(
        self, tenant: TenantContext, *, until: date, is_wanted: Callable[[], Awaitable[bool]]
    ) -> bool:
        """Load all of it up to a day; return False when it was no longer wanted on the way."""
        ...


@dataclass(frozen=True, slots=True)
class SampleWork:
    """How a sample comes into a workspace and out of it again."""

    load: LoadSample
    # Takes all data away and makes the empty views anew.
    clear: Callable[[TenantContext], Awaitable[None]]
    # Called when what questions read has changed.
    changed: Callable[[TenantContext], None]
    freshness: Freshness
    journal: LoadJournal


class Sampler:
    """Loads samples one after the other; what a stopped process left is begun anew."""

    def __init__(
        self,
        directory: WorkspaceDirectory,
        states: SampleStates,
        work: SampleWork,
        clock: Clock,
        *,
        retry_seconds: float = _RETRY_SECONDS,
    ) -> None:
        self._directory = directory
        self._states = states
        self._work = work
        self._clock = clock
        self._rounds = Rounds(self.load_waiting, name="sampling", retry_seconds=retry_seconds)

    async def request(self, tenant: TenantContext) -> None:
        """Ask for the sample in an empty workspace; harmless while it is being loaded.

        Raises WorkspaceNotEmptyError, NotFoundError, NotPermittedError.
        """
        standing = await self._directory.standing(tenant.user_id, tenant.tenant_id)
        if standing.sample_status == "loading":
            return
        if standing.sample_status == "ready" or await self._has_data(tenant):
            raise WorkspaceNotEmptyError(
                "This workspace has data already.", hint="Make another one for the sample."
            )
        until = self._clock.today() - timedelta(days=1)
        await self._states.request(tenant.user_id, tenant.tenant_id, until)
        self.wake()

    def wake(self) -> None:
        """Say that a sample may be waiting to be loaded."""
        self._rounds.wake()

    async def run(self) -> None:
        """Load what a stopped process left and what is asked for from now on, until cancelled."""
        await self._rounds.run()

    async def load_waiting(self) -> bool:
        """Load every sample that waits; return whether none is to be tried again."""
        return all([await self._is_over(waiting) for waiting in await self._states.waiting()])

    async def _is_over(self, waiting: WaitingSample) -> bool:
        tenant = waiting.workspace.context(SAMPLER, Role.OWNER)
        attempt = await self._states.begin(tenant.tenant_id)
        if attempt is None:
            return True
        if attempt > MAX_ATTEMPTS:
            await self._give_up(tenant, "interrupted")
            return True
        is_wanted = partial(self._states.is_wanted, tenant.tenant_id)
        try:
            is_loaded = await self._work.load(tenant, until=waiting.until, is_wanted=is_wanted)
        except Exception as error:
            # Whatever the engine or the disk says: the others must not wait for this one.
            logger.exception("sample_failed", extra={"tenant_id": tenant.tenant_id})
            if isinstance(error, GtmError) and error.can_retry:
                return False
            await self._give_up(tenant, error.code if isinstance(error, GtmError) else "failed")
            return True
        self._work.changed(tenant)
        if is_loaded:
            await self._states.end(tenant.tenant_id, at=self._clock.now())
            logger.info("sample_loaded", extra={"tenant_id": tenant.tenant_id})
        return True

    async def _give_up(self, tenant: TenantContext, code: str) -> None:
        """Leave nothing of the sample behind, unless somebody has loaded data beside it."""
        is_cleared = False
        try:
            if not await self._has_own_data(tenant):
                await self._work.clear(tenant)
                is_cleared = True
        except Exception:
            logger.exception("sample_not_cleared", extra={"tenant_id": tenant.tenant_id})
        self._work.changed(tenant)
        await self._states.fail(tenant.tenant_id, code, at=self._clock.now(), is_cleared=is_cleared)

    async def _has_data(self, tenant: TenantContext) -> bool:
        if await self._has_own_data(tenant):
            return True
        try:
            found = await self._work.freshness(tenant)
        except NotFoundError:
            return False
        return any(source.through is not None for source in found)

    async def _has_own_data(self, tenant: TenantContext) -> bool:
        """Whether a load that is not the sample's has brought anything, or is about to."""
        reports = await self._work.journal.reports(tenant)
        return any(report.user_id != SAMPLER and report.state in _LANDED for report in reports)
