"""The hosted warehouse: Google BigQuery through its official client, two datasets a tenant."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TypeVar

import pyarrow as pa
from anyio import CapacityLimiter, Lock, to_thread
from google.auth.credentials import Credentials
from google.cloud import bigquery

from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import NotPermittedError, QueryTimeoutError, WarehouseBusyError
from gtm.warehouse.base import (
    Column,
    Landing,
    LandingTable,
    Partition,
    QueryEstimate,
    QueryLimits,
    QueryResult,
    ScopedSql,
)
from gtm.warehouse.bigquery_datasets import drop_datasets, make_datasets
from gtm.warehouse.bigquery_errors import API_ERRORS, call_error
from gtm.warehouse.bigquery_identity import Clients, find_credentials
from gtm.warehouse.bigquery_jobs import (
    JobStoppedError,
    Planned,
    Session,
    Switch,
)
from gtm.warehouse.bigquery_load import Loader, drop_left_behind, landed
from gtm.warehouse.bigquery_models import Builder
from gtm.warehouse.bigquery_parameters import ParameterizedSql, lift_parameters
from gtm.warehouse.bigquery_project import BigQueryProject
from gtm.warehouse.bigquery_sql import last_modified
from gtm.warehouse.bigquery_tables import KnownTables, ViewSources
from gtm.warehouse.bigquery_types import columns_of
from gtm.warehouse.caps import refuse_over_budget
from gtm.warehouse.stoppable import run_stoppable

_THREADS = 64
_MARK_KEPT = timedelta(seconds=5)
_MARK_LENGTH = 16
_PATIENCE_SECONDS = 10.0

T = TypeVar("T")


@dataclass(slots=True)
class _Tenant:
    """What this process knows of one tenant."""

    writing: Lock = field(default_factory=Lock)
    has_datasets: bool = False
    writes: int = 0
    mark: tuple[str, datetime] | None = None


class BigQueryWarehouse:
    """The warehouse port on BigQuery."""

    def __init__(
        self,
        place: BigQueryProject,
        *,
        sources: ViewSources,
        clock: Clock,
        credentials: Credentials | None = None,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        """Find credentials unless they are given; `sources` tells what each view reads."""
        self._place = place
        self._clients = Clients(place, credentials or find_credentials(place))
        self._known = KnownTables(place.project, sources)
        self._clock = clock
        self._patience = patience_seconds
        self._tenants: dict[str, _Tenant] = {}
        self._limiter = CapacityLimiter(_THREADS)

    async def query(
        self, tenant: TenantContext, sql: ScopedSql, *, limits: QueryLimits
    ) -> QueryResult:
        """Run a scoped query read-only. Raises the query errors of `gtm.errors`."""
        text = _own(tenant, sql)
        switch = Switch()
        started = time.perf_counter()

        def work() -> QueryResult:
            session = self._reader(tenant, switch)
            planned = self._planned(session, text)
            refuse_over_budget(planned.bytes_processed, limits, is_estimated=False)
            ran = session.run(text, limits)
            return QueryResult(
                columns=ran.columns,
                rows=ran.rows,
                bytes_processed=ran.bytes_processed,
                is_bytes_estimated=False,
                duration_ms=(time.perf_counter() - started) * 1000,
                job_id=ran.job_id,
                size_bytes=ran.size_bytes,
            )

        return await self._run(tenant, work, switch, timeout_seconds=limits.timeout_seconds)

    async def estimate(self, tenant: TenantContext, sql: ScopedSql) -> QueryEstimate:
        """Check that a query would run, and say what it would read."""
        text = _own(tenant, sql)
        switch = Switch()

        def work() -> QueryEstimate:
            planned = self._planned(self._reader(tenant, switch), text)
            tables = (f"{t.dataset}.{t.table}" for t in planned.referenced)
            raw = tenant.raw_dataset + "."
            return QueryEstimate(
                planned.bytes_processed, tuple(name for name in tables if name.startswith(raw))
            )

        return await self._run(tenant, work, switch)

    async def load(
        self, tenant: TenantContext, table: LandingTable, partitions: Iterable[Partition]
    ) -> None:
        """Replace partitions or records of a landing table, all or none; read lazily."""
        await self.load_together(tenant, [Landing(table, partitions)])

    async def load_together(self, tenant: TenantContext, landings: Sequence[Landing]) -> None:
        """Load several tables in the order given, all or none of them."""
        switch = Switch()

        def work() -> None:
            Loader(self._writer(tenant, switch)).load(landings)

        await self._write(tenant, work, switch)

    async def landed(
        self, tenant: TenantContext, table: LandingTable, columns: Sequence[str]
    ) -> pa.Table:
        """Return columns of every row of a landing table; no rows when it is not there."""
        switch = Switch()

        def work() -> pa.Table:
            return landed(self._writer(tenant, switch), table, columns)

        return await self._run(tenant, work, switch)

    async def transform(self, tenant: TenantContext, statements: Sequence[str]) -> None:
        """Run model statements (BigQuery SQL, tables qualified by dataset), all or none."""
        switch = Switch()

        def work() -> None:
            Builder(self._writer(tenant, switch)).build(statements)

        await self._write(tenant, work, switch)

    async def view_columns(self, tenant: TenantContext) -> Mapping[str, tuple[Column, ...]]:
        """Return the columns of each view in the tenant's dataset."""

        switch = Switch()

        def work() -> dict[str, tuple[Column, ...]]:
            session = self._reader(tenant, switch)
            client, calls = session.client, session.calls
            dataset = bigquery.DatasetReference(client.project, tenant.dataset)
            columns = {}
            for item in client.list_tables(dataset, **calls):
                switch.check()
                if item.table_type == "VIEW":
                    view = client.get_table(item.reference, **calls)
                    columns[item.table_id] = columns_of(view.schema)
            return columns

        return await self._run(tenant, work, switch)

    async def data_version(self, tenant: TenantContext) -> str:
        """Return a mark of when the tenant's tables were last written.

        BigQuery is asked at most every few seconds: a write of this process is seen at once, one
        of another process that much later.
        """
        held, now = self._held(tenant), self._clock.now()
        if held.mark is not None and held.mark[1] > now:
            return held.mark[0]
        writes, switch = held.writes, Switch()
        mark = await self._run(tenant, lambda: self._mark(tenant, switch), switch)
        if writes == held.writes:
            held.mark = (mark, now + _MARK_KEPT)
        return mark

    async def provision(self, tenant: TenantContext) -> None:
        """Make the tenant's datasets and the access to them; what is there stays."""
        await self._write(tenant, lambda: None, Switch())

    async def drop(self, tenant: TenantContext) -> None:
        """Delete the tenant's datasets with all that is in them, for good."""
        held, switch = self._held(tenant), Switch()

        def work() -> None:
            session = self._writer(tenant, switch)
            drop_datasets(session.client, tenant, session.calls)

        async with held.writing:
            # Also when it fails half-way: whoever loads again has to make them anew.
            held.has_datasets = False
            held.writes += 1
            held.mark = None
            await self._run(tenant, work, switch)

    async def close(self) -> None:
        """Close every connection; a later call opens them again. Safe to repeat."""
        await to_thread.run_sync(self._clients.close)

    def _reader(self, tenant: TenantContext, switch: Switch) -> Session:
        return Session(self._clients.reader(tenant), tenant, switch, patience=self._patience)

    def _writer(self, tenant: TenantContext, switch: Switch) -> Session:
        return Session(self._clients.writer(), tenant, switch, patience=self._patience)

    def _planned(self, session: Session, text: ParameterizedSql) -> Planned:
        planned = session.dry_run(text)
        self._known.check(session.tenant, planned.referenced)
        return planned

    def _mark(self, tenant: TenantContext, switch: Switch) -> str:
        times = self._writer(tenant, switch).script([last_modified(tenant)])
        lines = sorted(repr(row.values()) for row in times)
        return sha256("\n".join(lines).encode()).hexdigest()[:_MARK_LENGTH]

    def _held(self, tenant: TenantContext) -> _Tenant:
        return self._tenants.setdefault(tenant.dataset, _Tenant())

    async def _write(self, tenant: TenantContext, work: Callable[[], None], switch: Switch) -> None:
        held = self._held(tenant)

        def prepared() -> None:
            if not held.has_datasets:
                client = self._clients.writer()
                make_datasets(client, self._place, tenant)
                drop_left_behind(client, tenant, self._clock.now())
                held.has_datasets = True
            work()

        async with held.writing:
            try:
                await self._run(tenant, prepared, switch)
            finally:
                # After the commit: an answer that was read before it must not count as newer.
                held.writes += 1
                held.mark = None

    async def _run(
        self,
        tenant: TenantContext,
        work: Callable[[], T],
        switch: Switch,
        *,
        timeout_seconds: float | None = None,
    ) -> T:
        try:
            return await run_stoppable(
                work, switch.turn_off, timeout_seconds=timeout_seconds, limiter=self._limiter
            )
        except JobStoppedError as error:
            if timeout_seconds is None:
                raise WarehouseBusyError("The work was stopped.", hint="Try again.") from error
            raise QueryTimeoutError(
                f"The query was stopped after {timeout_seconds:g} seconds, the limit "
                "(QUERY_TIMEOUT_SECONDS).",
                hint="Ask for a shorter period, or a daily view instead of a session-level one.",
            ) from error
        except API_ERRORS as error:
            raise call_error(error, tenant) from error


def _own(tenant: TenantContext, scoped: ScopedSql) -> ParameterizedSql:
    if scoped.dataset != tenant.dataset:
        raise NotPermittedError("The query was scoped for another workspace.")
    return lift_parameters(scoped.text)
