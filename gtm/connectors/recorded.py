"""Loads that leave a line in the audit trail, whatever becomes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from anyio import CancelScope, get_cancelled_exc_class

from gtm.audit.base import AuditEvent, AuditTrail, Outcome
from gtm.clock import Clock
from gtm.connectors.files import FileLoader, SourceName
from gtm.connectors.reports import LoadReport
from gtm.context import TenantContext
from gtm.errors import GtmError


class RecordedLoader:
    """Loads files for people, who are recorded; what is loaded is in the loader's own journal."""

    def __init__(self, loader: FileLoader, trail: AuditTrail, clock: Clock) -> None:
        self._loader = loader
        self._trail = trail
        self._clock = clock

    async def load(
        self,
        tenant: TenantContext,
        path: Path,
        *,
        source: SourceName | None = None,
        object_name: str | None = None,
    ) -> LoadReport:
        """Load a file, all or nothing. Raises LoadRejectedError and AuditUnavailableError."""
        event = AuditEvent(
            at=self._clock.now(),
            action="load",
            tenant_id=tenant.tenant_id,
            user_id=tenant.user_id,
            door=tenant.door,
            outcome="error",
            code=GtmError.code,
            detail={"file": path.name, "source": source},
        )
        try:
            report = await self._loader.load(tenant, path, source=source, object_name=object_name)
            detail = {"file": path.name, "source": report.source, "rows": report.rows_loaded}
            event = replace(event, outcome="ok", code=None, target=report.load_id, detail=detail)
        except GtmError as error:
            outcome: Outcome = "refused" if error.status_code < 500 else "error"
            event = replace(event, outcome=outcome, code=error.code)
            raise
        except get_cancelled_exc_class():
            event = replace(event, outcome="cancelled", code=None)
            raise
        finally:
            with CancelScope(shield=True):
                await self._trail.record(event)
        return report
