"""The embedded warehouse: one locked-down DuckDB file a tenant, spoken to in BigQuery SQL."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import duckdb
import pyarrow as pa
from anyio import CancelScope, CapacityLimiter, Lock, to_thread

from gtm.context import TenantContext
from gtm.errors import NotFoundError, NotPermittedError, QueryTimeoutError, WarehouseBusyError
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
from gtm.warehouse.duckdb_cost import CostBook
from gtm.warehouse.duckdb_errors import query_error
from gtm.warehouse.duckdb_file import TenantFile, file_name, remove
from gtm.warehouse.duckdb_read import QueryStoppedError, Switch, estimate, run, view_columns
from gtm.warehouse.duckdb_sql import translate_query, translate_statement
from gtm.warehouse.duckdb_write import landed, load, transform
from gtm.warehouse.stoppable import run_stoppable

_READER_THREADS = 16
_MARK_BYTES = 8
# An estimate is about what is read, not about what comes back.
_ANY_ROWS = 2**62

T = TypeVar("T")


@dataclass(slots=True)
class _Tenant:
    """What this process holds for one tenant."""

    opening: Lock = field(default_factory=Lock)
    writing: Lock = field(default_factory=Lock)
    costs: CostBook = field(default_factory=CostBook)
    file: TenantFile | None = None
    # Drawn anew with every opening: while the file was closed another process may have written.
    opened: str = ""
    writes: int = 0


class DuckDBWarehouse:
    """The warehouse port on DuckDB; a directory of None keeps everything in memory."""

    def __init__(
        self, directory: Path | None, *, project: str, memory_limit_mb: int, threads: int
    ) -> None:
        self._directory = directory
        self._project = project
        self._memory_limit_mb = memory_limit_mb
        self._threads = threads
        self._tenants: dict[str, _Tenant] = {}
        self._limiter = CapacityLimiter(_READER_THREADS)

    async def query(
        self, tenant: TenantContext, sql: ScopedSql, *, limits: QueryLimits
    ) -> QueryResult:
        """Run a scoped query read-only. Raises the query errors of `gtm.errors`."""
        held, file = await self._existing(tenant)
        text = self._translate(tenant, sql, max_rows=limits.max_rows)
        switch = Switch()

        def work() -> QueryResult:
            return run(file, text, limits=limits, costs=held.costs, switch=switch)

        return await self._run(work, switch, timeout_seconds=limits.timeout_seconds)

    async def estimate(self, tenant: TenantContext, sql: ScopedSql) -> QueryEstimate:
        """Check that a query would run, and say what it would read."""
        held, file = await self._existing(tenant)
        text = self._translate(tenant, sql, max_rows=_ANY_ROWS)
        return await self._run(lambda: estimate(file, text, costs=held.costs), Switch())

    async def load(
        self, tenant: TenantContext, table: LandingTable, partitions: Iterable[Partition]
    ) -> None:
        """Replace partitions or records of a landing table, all or none; read lazily."""
        await self.load_together(tenant, [Landing(table, partitions)])

    async def load_together(self, tenant: TenantContext, landings: Sequence[Landing]) -> None:
        """Load several tables in the order given, all or none of them."""
        held, file = await self._existing(tenant, create=True)
        switch = Switch()

        def work() -> None:
            load(file, landings, dataset=tenant.raw_dataset, switch=switch)

        await self._write(held, work, switch)

    async def landed(
        self, tenant: TenantContext, table: LandingTable, columns: Sequence[str]
    ) -> pa.Table:
        """Return columns of every row of a landing table; no rows when it is not there."""
        try:
            _, file = await self._existing(tenant)
        except NotFoundError:
            return pa.schema([table.schema.field(name) for name in columns]).empty_table()
        switch = Switch()

        def work() -> pa.Table:
            return landed(file, table, columns, dataset=tenant.raw_dataset, switch=switch)

        return await self._run(work, switch)

    async def transform(self, tenant: TenantContext, statements: Sequence[str]) -> None:
        """Run model statements (BigQuery SQL, tables qualified by dataset), all or none."""
        held, file = await self._existing(tenant, create=True)
        translated = await to_thread.run_sync(
            lambda: [translate_statement(text) for text in statements]
        )
        switch = Switch()
        await self._write(held, lambda: transform(file, translated, switch=switch), switch)

    async def view_columns(self, tenant: TenantContext) -> Mapping[str, tuple[Column, ...]]:
        """Return the columns of each view in the tenant's dataset."""
        _, file = await self._existing(tenant)
        return await self._run(lambda: view_columns(file, dataset=tenant.dataset), Switch())

    async def data_version(self, tenant: TenantContext) -> str:
        """Return a mark that changes with every write to the tenant's file and every opening."""
        held, _ = await self._existing(tenant)
        return f"{held.opened}-{held.writes}"

    async def drop(self, tenant: TenantContext) -> None:
        """Delete the tenant's file with all that belongs to it, for good."""
        held = self._tenants.setdefault(tenant.dataset, _Tenant())
        path = self._path(tenant.dataset)
        async with held.writing, held.opening:
            file, held.file = held.file, None
            held.costs.forget()
            # Called off between closing and deleting, it would leave a file that nobody can open.
            with CancelScope(shield=True):
                await to_thread.run_sync(_removed, file, path)

    async def close(self) -> None:
        """Close every file; a later call opens it again. Safe to repeat."""
        for held in list(self._tenants.values()):
            async with held.opening:
                file, held.file = held.file, None
                held.costs.forget()
                if file is not None:
                    await to_thread.run_sync(file.close)

    def _translate(self, tenant: TenantContext, sql: ScopedSql, *, max_rows: int) -> str:
        if sql.dataset != tenant.dataset:
            raise NotPermittedError("The query was scoped for another workspace.")
        return translate_query(sql.text, dataset=tenant.dataset, max_rows=max_rows)

    async def _existing(
        self, tenant: TenantContext, *, create: bool = False
    ) -> tuple[_Tenant, TenantFile]:
        """Return the tenant's open file; without `create` it must be there already."""
        held = self._tenants.setdefault(tenant.dataset, _Tenant())
        if held.file is not None:
            return held, held.file
        async with held.opening:
            if held.file is None:
                file = await to_thread.run_sync(self._open, tenant.dataset, create)
                held.opened, held.file = secrets.token_hex(_MARK_BYTES), file
            return held, held.file

    def _open(self, dataset: str, create: bool) -> TenantFile:  # noqa: FBT001 - run_sync passes no keywords
        path = self._path(dataset)
        if not create and (path is None or not path.exists()):
            raise NotFoundError(
                "No data has been loaded into this workspace yet.",
                hint="Connect a source, or load an export with `gtm load`.",
            )
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        return TenantFile.open(path, memory_limit_mb=self._memory_limit_mb, threads=self._threads)

    def _path(self, dataset: str) -> Path | None:
        return None if self._directory is None else self._directory / file_name(dataset)

    async def _write(self, held: _Tenant, work: Callable[[], None], switch: Switch) -> None:
        async with held.writing:
            try:
                await self._run(work, switch)
            finally:
                # After the commit: an answer that was read before it must not count as newer.
                held.writes += 1
                held.costs.forget()

    async def _run(
        self, work: Callable[[], T], switch: Switch, *, timeout_seconds: float | None = None
    ) -> T:
        try:
            return await run_stoppable(
                work, switch.turn_off, timeout_seconds=timeout_seconds, limiter=self._limiter
            )
        except (QueryStoppedError, duckdb.InterruptException) as error:
            if timeout_seconds is None or not switch.is_off:
                raise WarehouseBusyError("The warehouse is closing.", hint="Try again.") from error
            raise QueryTimeoutError(
                f"The query was stopped after {timeout_seconds:g} seconds, the limit "
                "(QUERY_TIMEOUT_SECONDS).",
                hint="Ask for a shorter period, or a daily view instead of a session-level one.",
            ) from error
        except duckdb.Error as error:
            raise query_error(error) from error


def _removed(file: TenantFile | None, path: Path | None) -> None:
    if file is not None:
        file.close()
    if path is not None:
        remove(path)
