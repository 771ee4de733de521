"""Loading: everything is staged beside its table first, then one job puts it in place."""

from __future__ import annotations

import io
import logging
import secrets
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
from google.api_core.exceptions import NotFound
from google.cloud import bigquery
from google.cloud.bigquery.format_options import ParquetOptions
from sqlglot import exp

from gtm.context import TenantContext
from gtm.warehouse import bigquery_sql as sql
from gtm.warehouse.base import Landing, LandingTable, Partition
from gtm.warehouse.bigquery_errors import API_ERRORS
from gtm.warehouse.bigquery_jobs import Session
from gtm.warehouse.bigquery_labels import labels_of
from gtm.warehouse.bigquery_stage import STAGED
from gtm.warehouse.bigquery_types import landing_schema, merged
from gtm.warehouse.rows import fitted

logger = logging.getLogger(__name__)

# A wildcard needs one table to match, and takes its columns from the newest one.
TEMPLATE_SHARD = "00000000"
_MARK_BYTES = 4
_MOST_CLUSTERING = 4
_MOST_WAITING_JOBS = 8
_ROWS_PER_JOB = 500_000
_LEFT_BEHIND = timedelta(days=1)


@dataclass(slots=True)
class _Staged:
    """A staged table: where it goes, and which parts are in it."""

    landing: LandingTable
    name: str
    target: str
    parts: list[str] = field(default_factory=list)


class Loader:
    """One load of a tenant. Blocks; not for two threads at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._client = session.client
        self._tenant = session.tenant
        self._mark = secrets.token_hex(_MARK_BYTES)
        self._staged: dict[str, _Staged] = {}
        self._jobs: deque[bigquery.LoadJob] = deque()

    def load(self, landings: Sequence[Landing]) -> None:
        """Replace what the parts name, all or none; a part is read when its turn has come."""
        try:
            for landing in landings:
                self._stage(landing)
            self._finish_jobs(0)
            for landing in landings:
                self._fit(landing.table)
            self._swap()
        finally:
            self._clean_up()

    def _stage(self, landing: Landing) -> None:
        waiting: list[pa.Table] = []
        rows = 0
        for part in landing.parts:
            self._session.switch.check()
            staged = self._place(landing.table, part)
            staged.parts.append(part.key)
            waiting.append(fitted(part.rows, landing.table.schema))
            rows += part.rows.num_rows
            if landing.table.is_sharded or rows >= _ROWS_PER_JOB:
                self._upload(staged, waiting)
                waiting, rows = [], 0
        if waiting:
            self._upload(staged, waiting)

    def _place(self, table: LandingTable, part: Partition) -> _Staged:
        target = table.name + part.key if table.is_sharded else table.name
        if target not in self._staged:
            name = f"{STAGED}{self._mark}_{target}"
            self._staged[target] = _Staged(table, name, target)
        return self._staged[target]

    def _upload(self, staged: _Staged, tables: Sequence[pa.Table]) -> None:
        buffer = io.BytesIO()
        pq.write_table(pa.concat_tables(tables), buffer, compression="zstd")
        parquet = ParquetOptions()  # type: ignore[no-untyped-call]  # the SDK's own gap
        parquet.enable_list_inference = True
        config = bigquery.LoadJobConfig(
            source_format=bigquery.SourceFormat.PARQUET,
            write_disposition=bigquery.WriteDisposition.WRITE_APPEND,
            schema=landing_schema(staged.landing.schema),
            parquet_options=parquet,
            labels=labels_of(self._tenant),
        )
        size = buffer.tell()
        buffer.seek(0)
        job = self._client.load_table_from_file(
            buffer, self._reference(staged.name), size=size, job_config=config
        )
        self._jobs.append(job)
        self._finish_jobs(_MOST_WAITING_JOBS)

    def _finish_jobs(self, most_waiting: int) -> None:
        while len(self._jobs) > most_waiting:
            self._session.wait_for(self._jobs.popleft())

    def _fit(self, landing: LandingTable) -> None:
        """Make the landing table, or add the columns it lacks."""
        wanted = landing_schema(landing.schema)
        name = landing.name + (TEMPLATE_SHARD if landing.is_sharded else "")
        reference = self._reference(name)
        try:
            table = self._client.get_table(reference)
        except NotFound:
            self._client.create_table(_new_table(reference, landing, wanted), exists_ok=True)
            return
        schema = merged(table.schema, wanted)
        if schema == list(table.schema):
            return
        if landing.is_sharded:
            # Made anew: a wildcard's columns are those of the table that was made last.
            self._client.delete_table(reference, not_found_ok=True)
            self._client.create_table(_new_table(reference, landing, schema))
            return
        table.schema = schema
        self._client.update_table(table, ["schema"])

    def _swap(self) -> None:
        statements = [*self._copies(), *self._refills()]
        if statements:
            self._session.script(statements)

    def _copies(self) -> Iterator[str]:
        for staged in self._staged.values():
            if staged.landing.is_sharded:
                yield sql.copy(self._table(staged.name), self._table(staged.target))

    def _refills(self) -> Iterator[str]:
        staged_tables = [s for s in self._staged.values() if not s.landing.is_sharded]
        if not staged_tables:
            return
        yield sql.BEGIN
        for staged in staged_tables:
            landing = staged.landing
            source, target = self._table(staged.name), self._table(staged.target)
            if landing.key:
                yield sql.delete_keys(target, landing.key, source)
            elif landing.partition_column:
                days = dict.fromkeys(staged.parts)
                yield sql.delete_days(target, landing.partition_column, days)
            else:
                yield sql.delete_all(target)
            yield sql.insert(source, target, landing.schema.names)
        yield sql.COMMIT

    def _clean_up(self) -> None:
        calls = self._session.calls
        with left_behind_if_unreachable():
            for job in self._jobs:
                job.cancel(**calls)
            for staged in self._staged.values():
                reference = self._reference(staged.name)
                self._client.delete_table(reference, not_found_ok=True, **calls)

    def _table(self, name: str) -> exp.Table:
        return sql.raw(self._tenant, name)

    def _reference(self, name: str) -> bigquery.TableReference:
        return _reference(self._client, self._tenant, name)


def clustering(landing: LandingTable) -> tuple[str, ...]:
    """Return the columns by which records are kept together; BigQuery takes four."""
    return landing.key[:_MOST_CLUSTERING]


@contextmanager
def left_behind_if_unreachable() -> Iterator[None]:
    """Let staged tables be when BigQuery does not answer: the error before is the one to tell."""
    try:
        yield
    except API_ERRORS:
        logger.warning("staged_tables_left_behind", exc_info=True)


def drop_left_behind(client: bigquery.Client, tenant: TenantContext, now: datetime) -> None:
    """Drop staged tables of a process that died in the middle of a load or build."""
    dataset = bigquery.DatasetReference(client.project, tenant.raw_dataset)
    for table in client.list_tables(dataset):
        is_old = table.created is not None and table.created < now - _LEFT_BEHIND
        if table.table_id.startswith(STAGED) and is_old:
            client.delete_table(table.reference, not_found_ok=True)


def landed(session: Session, table: LandingTable, columns: Sequence[str]) -> pa.Table:
    """Return columns of a landing table in its declared types; no rows when it is not there."""
    wanted = pa.schema([table.schema.field(name) for name in columns])
    stored = _stored_columns(session.client, session.tenant, table)
    known = [column for column in columns if column in stored]
    if not known:
        return wanted.empty_table()
    name = table.name + ("*" if table.is_sharded else "")
    select = exp.select(*(exp.column(column, quoted=True) for column in known))
    rows = session.script([sql.sql(select.from_(sql.raw(session.tenant, name)))])
    return pa.Table.from_pylist([dict(row.items()) for row in rows], schema=wanted)


def _stored_columns(
    client: bigquery.Client, tenant: TenantContext, table: LandingTable
) -> frozenset[str]:
    name = table.name + (TEMPLATE_SHARD if table.is_sharded else "")
    try:
        stored = client.get_table(_reference(client, tenant, name))
    except NotFound:
        return frozenset()
    return frozenset(field.name for field in stored.schema)


def _reference(
    client: bigquery.Client, tenant: TenantContext, name: str
) -> bigquery.TableReference:
    dataset = bigquery.DatasetReference(client.project, tenant.raw_dataset)
    return bigquery.TableReference(dataset, name)


def _new_table(
    reference: bigquery.TableReference,
    landing: LandingTable,
    schema: Sequence[bigquery.SchemaField],
) -> bigquery.Table:
    table = bigquery.Table(reference, schema=schema)
    if landing.partition_column:
        table.time_partitioning = bigquery.TimePartitioning(field=landing.partition_column)
    if landing.key:
        table.clustering_fields = list(clustering(landing))
    return table
