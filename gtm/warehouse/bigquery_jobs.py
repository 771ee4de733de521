"""Jobs: dry run, run, wait, stop. Everything here blocks and belongs in a thread."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from google.cloud import bigquery
from google.cloud.bigquery.retry import DEFAULT_RETRY
from google.cloud.bigquery.table import RowIterator

from gtm.context import TenantContext
from gtm.errors import QueryRejectedError
from gtm.warehouse.base import Column, QueryLimits, Row
from gtm.warehouse.bigquery_errors import job_error
from gtm.warehouse.bigquery_labels import labels_of
from gtm.warehouse.bigquery_parameters import ParameterizedSql
from gtm.warehouse.bigquery_tables import TableName
from gtm.warehouse.bigquery_types import cell, columns_of, size_of
from gtm.warehouse.caps import refuse_over_rows, refuse_over_size

_FIRST_WAIT_SECONDS = 0.01
_LONGEST_WAIT_SECONDS = 0.5
_PAGE_ROWS = 10_000
_LEAST_CALL_SECONDS = 5.0

Job = bigquery.QueryJob | bigquery.LoadJob


class JobStoppedError(Exception):
    """The work was stopped from outside; never leaves the warehouse."""


class Switch:
    """Stops blocking work from another thread: what waits hears it at once."""

    def __init__(self) -> None:
        self._off = threading.Event()

    @property
    def is_off(self) -> bool:
        """Whether the work is to stop."""
        return self._off.is_set()

    def turn_off(self) -> None:
        """Stop the work. May be repeated."""
        self._off.set()

    def check(self) -> None:
        """Raise JobStoppedError if the work is to stop."""
        if self._off.is_set():
            raise JobStoppedError

    def sleep(self, seconds: float) -> bool:
        """Wait; return at once, and True, when the work is to stop."""
        return self._off.wait(seconds)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a dry run tells."""

    bytes_processed: int
    referenced: tuple[TableName, ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """A finished query: what came back, and what it cost."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    size_bytes: int
    bytes_processed: int
    job_id: str


class Session:
    """Work for one tenant under one identity, until it is done or stopped."""

    def __init__(
        self, client: bigquery.Client, tenant: TenantContext, switch: Switch, *, patience: float
    ) -> None:
        """Keep trying a call that can be tried again for `patience` seconds."""
        self.client = client
        self.tenant = tenant
        self.switch = switch
        self.calls: dict[str, Any] = {
            "retry": DEFAULT_RETRY.with_timeout(patience),
            "timeout": max(patience, _LEAST_CALL_SECONDS),
        }

    def dry_run(self, sql: ParameterizedSql) -> Planned:
        """Return what a query would read; raises QueryRejectedError unless it is a SELECT."""
        config = self._config(sql.values)
        config.dry_run = True
        # An answer from the cache would come without the tables it was made from.
        config.use_query_cache = False
        job = self._begin(sql.text, config)
        if job.statement_type != "SELECT":
            raise QueryRejectedError("Only SELECT queries may run.", hint="Write one SELECT.")
        names = [TableName(t.project, t.dataset_id, t.table_id) for t in job.referenced_tables]
        return Planned(job.total_bytes_processed or 0, tuple(names))

    def run(self, sql: ParameterizedSql, limits: QueryLimits) -> Ran:
        """Run a SELECT to its end within its limits."""
        config = self._config(sql.values)
        config.maximum_bytes_billed = limits.max_bytes_billed
        config.job_timeout_ms = int(limits.timeout_seconds * 1000)
        job = self._begin(sql.text, config)
        self.wait_for(job)
        page_size = min(_PAGE_ROWS, limits.max_rows + 1)
        result = job.result(page_size=page_size, job_retry=None, **self.calls)
        rows, size = _fetch(result, limits, self.switch)
        return Ran(
            columns=columns_of(result.schema),
            rows=rows,
            size_bytes=size,
            bytes_processed=job.total_bytes_processed or 0,
            job_id=job.job_id,
        )

    def script(self, statements: Sequence[str]) -> RowIterator:
        """Run statements as one job, which BigQuery carries to its end whatever becomes of us."""
        # Without a default dataset: a name that is not qualified must not find a table by chance.
        config = bigquery.QueryJobConfig(use_legacy_sql=False, labels=labels_of(self.tenant))
        job = self._begin(";\n".join(statements), config)
        self.wait_for(job)
        return job.result(job_retry=None, **self.calls)

    def wait_for(self, job: Job) -> None:
        """Wait for a job; cancel it when the work is to stop. Raises what its failure means."""
        pause = _FIRST_WAIT_SECONDS
        while not job.done(**self.calls):
            if self.switch.sleep(pause):
                job.cancel(**self.calls)
                raise JobStoppedError
            pause = min(pause * 2, _LONGEST_WAIT_SECONDS)
        failure = job.error_result
        if failure:
            raise job_error(failure.get("reason", ""), failure.get("message", ""), self.tenant)

    def _begin(self, text: str, config: bigquery.QueryJobConfig) -> bigquery.QueryJob:
        self.switch.check()
        # Our id from the start, so that trying again after a lost answer inserts no second job.
        job_id = f"gtm_{uuid.uuid4().hex}"
        return self.client.query(
            text, job_config=config, job_id=job_id, job_retry=None, **self.calls
        )

    def _config(self, values: Sequence[str]) -> bigquery.QueryJobConfig:
        named = enumerate(values, start=1)
        return bigquery.QueryJobConfig(
            use_legacy_sql=False,
            default_dataset=bigquery.DatasetReference(self.client.project, self.tenant.dataset),
            labels=labels_of(self.tenant),
            query_parameters=[
                bigquery.ScalarQueryParameter(f"p{number}", "STRING", value)
                for number, value in named
            ],
        )


def _fetch(result: RowIterator, limits: QueryLimits, switch: Switch) -> tuple[tuple[Row, ...], int]:
    refuse_over_rows(result.total_rows or 0, limits)
    rows: list[Row] = []
    size = 0
    for page in result.pages:
        switch.check()
        for found in page:
            row = tuple(map(cell, found.values(), result.schema))
            size += sum(size_of(value) for value in row)
            rows.append(row)
        refuse_over_size(size, limits)
    return tuple(rows), size
