"""A workspace of one view whose rows are given: the catalogue has to answer from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pyarrow as pa
from sqlglot import exp

from gtm.context import TenantContext
from gtm.semantics.catalog import Catalog
from gtm.semantics.compiler import CompiledQuery, Compiler
from gtm.semantics.query import MetricQuery
from gtm.sql.guard import Guard
from gtm.warehouse.base import LandingTable, Partition, QueryLimits
from gtm.warehouse.base import Row as Cells
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.evaluation import Row
from tests.support.reference import only

TODAY = date(2026, 11, 22)
LIMITS = QueryLimits(
    timeout_seconds=20, max_rows=50_000, max_result_bytes=50_000_000, max_bytes_billed=10**12
)
ARROW = {
    "STRING": pa.string(),
    "INT64": pa.int64(),
    "FLOAT64": pa.float64(),
    "BOOL": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us", tz="UTC"),
}


class OneView:
    """Compiles, guards and runs queries on one view."""

    def __init__(self, catalog: Catalog, view: str, tenant: TenantContext) -> None:
        self.view = view
        self.catalog = only(catalog, view)
        self._columns = catalog.views[view].columns
        self._warehouse = DuckDBWarehouse(None, project="gtm-local", memory_limit_mb=256, threads=1)
        self._compiler = Compiler(self.catalog)
        self._guard = Guard("gtm-local", frozenset({view}))
        self._tenant = tenant

    async def fill(self, rows: Sequence[Row]) -> None:
        schema = pa.schema([(name, ARROW[kind]) for name, kind in self._columns.items()])
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
        landing = LandingTable("data", schema)
        await self._warehouse.load(self._tenant, landing, [Partition("all", table)])
        create = exp.Create(
            kind="VIEW",
            this=exp.table_(self.view, db="tenant_acme"),
            expression=exp.select("*").from_("tenant_acme_raw.data"),
        )
        schema_made = "CREATE SCHEMA IF NOT EXISTS tenant_acme"
        await self._warehouse.transform(self._tenant, [schema_made, create.sql("bigquery")])

    def compile(self, query: MetricQuery) -> CompiledQuery:
        return self._compiler.compile(query, TODAY)

    async def run(self, sql: str) -> list[Cells]:
        scoped = self._guard.check(self._tenant, sql)
        return list((await self._warehouse.query(self._tenant, scoped, limits=LIMITS)).rows)

    async def close(self) -> None:
        await self._warehouse.close()
