"""The stand-in's project: what each request of the API does, whatever brings it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pyarrow import ArrowException

from gtm.clock import Clock
from gtm.warehouse.duckdb_read import Switch
from sandbox.bigquery_rest.access import Access, Identities
from sandbox.bigquery_rest.catalog import Catalog, Dataset, Json, Table, TableId
from sandbox.bigquery_rest.engine import Engine
from sandbox.bigquery_rest.errors import ApiRefusal, invalid, not_built
from sandbox.bigquery_rest.jobs import Job, Jobs
from sandbox.bigquery_rest.statements import Outcome, Request, Statements
from sandbox.bigquery_rest.tables import Tables
from sandbox.bigquery_rest.uploads import Uploads
from sandbox.bigquery_rest.values import arrow_schema


class Project:
    """One project: its identities, datasets, tables and jobs. Blocks."""

    def __init__(
        self,
        project: str,
        *,
        owner: str,
        directory: Path | None,
        clock: Clock,
        memory_limit_mb: int,
        threads: int,
    ) -> None:
        self.catalog = Catalog(project, clock)
        self.identities = Identities(project, owner, clock)
        self.access = Access(self.catalog, owner)
        self.uploads = Uploads()
        self.jobs = Jobs(self.catalog)
        self._engine = Engine(directory, memory_limit_mb=memory_limit_mb, threads=threads)
        self._statements = Statements(self.catalog, self.access, self._engine)
        self._tables = Tables(self.catalog, self.access, self._engine)

    def close(self) -> None:
        """Stop the jobs and close the files."""
        self.jobs.close()
        self._engine.close()

    def insert_dataset(self, identity: str, body: Json) -> Dataset:
        """Make a dataset; whoever makes it owns it."""
        self.access.require_owner(identity)
        name = str((body.get("datasetReference") or {}).get("datasetId", ""))
        if not name.isidentifier():
            raise invalid(f'Invalid dataset ID "{name}".')
        access = body.get("access") or [
            {"role": "OWNER", "specialGroup": "projectOwners"},
            {"role": "OWNER", "userByEmail": identity},
        ]
        dataset = self.catalog.add_dataset(
            name, location=str(body.get("location") or "US"), access=access
        )
        self._engine.make_dataset(name)
        dataset.labels = dict(body.get("labels") or {})
        dataset.description = body.get("description")
        return dataset

    def patch_dataset(self, identity: str, name: str, body: Json, etag: str | None) -> Dataset:
        """Change a dataset, unless it has changed since it was read."""
        dataset = self.access.require(identity, name, "OWNER")
        _check_etag(etag, dataset.modified)
        if "access" in body:
            dataset.access = list(body["access"])
        if "labels" in body:
            dataset.labels = dict(body["labels"])
        dataset.modified = self.catalog.tick()
        return dataset

    def delete_dataset(self, identity: str, name: str, *, with_contents: bool) -> None:
        """Drop a dataset; one that holds anything only with its contents."""
        dataset = self.access.require(identity, name, "OWNER")
        if dataset.tables and not with_contents:
            message = f"Dataset {self.catalog.project}:{name} is still in use"
            raise ApiRefusal(400, "resourceInUse", message)
        self._engine.drop_dataset(name)
        self.catalog.remove_dataset(name)

    def insert_table(self, identity: str, dataset: str, body: Json) -> Table:
        """Make an empty table."""
        self.access.require(identity, dataset, "WRITER")
        name = str((body.get("tableReference") or {}).get("tableId", ""))
        if "view" in body or not name.isidentifier():
            raise not_built("views through tables.insert, or odd table names")
        return self._tables.insert(TableId(dataset, name), body)

    def patch_table(self, identity: str, of: TableId, body: Json, etag: str | None) -> Table:
        """Add columns to a table, unless it has changed since it was read."""
        self.access.require(identity, of.dataset, "WRITER")
        _check_etag(etag, self.catalog.table(of).modified)
        return self._tables.widen(of, body)

    def delete_table(self, identity: str, of: TableId) -> None:
        """Drop a table or view."""
        self.access.require(identity, of.dataset, "WRITER")
        self._tables.remove(of)

    def table(self, identity: str, of: TableId) -> Table:
        """Return a table or view."""
        self.access.require(identity, of.dataset, "READER")
        return self.catalog.table(of)

    def insert_job(self, identity: str, body: Json) -> Job:
        """Begin a query job."""
        query = (body.get("configuration") or {}).get("query")
        if query is None:
            raise not_built("jobs other than queries and loads")
        request = _request(identity, query)

        def work(switch: Switch) -> Outcome:
            return self._statements.run(request, switch)

        return self.jobs.start(identity, body, work)

    def plan(self, identity: str, query: Mapping[str, Any]) -> Outcome:
        """Dry-run a query."""
        return self._statements.plan(_request(identity, query))

    def insert_load(self, identity: str, body: Json, content: bytes) -> Job:
        """Begin a job that loads a Parquet file."""
        load = (body.get("configuration") or {}).get("load") or {}
        if load.get("sourceFormat") != "PARQUET":
            raise not_built("load formats other than Parquet")
        target = load.get("destinationTable") or {}
        of = TableId(str(target.get("datasetId")), str(target.get("tableId")))
        self.access.require(identity, of.dataset, "WRITER")

        def work(_switch: Switch) -> None:
            self._write(of, load, content)

        return self.jobs.start(identity, body, work)

    def _write(self, of: TableId, load: Mapping[str, Any], content: bytes) -> None:
        fields = (load.get("schema") or {}).get("fields")
        if not fields:
            raise not_built("load jobs without a schema")
        wanted = arrow_schema(fields)
        try:
            rows = pq.read_table(io.BytesIO(content)).cast(wanted)
        except (ArrowException, ValueError) as error:
            raise invalid(f"Error while reading data, error message: {error}") from error
        completed = [{"mode": "NULLABLE", **field} for field in fields]
        disposition = str(load.get("writeDisposition") or "WRITE_APPEND")
        self._tables.write(of, rows, completed, disposition)


def _request(identity: str, query: Mapping[str, Any]) -> Request:
    if query.get("useLegacySql", True):
        raise not_built("legacy SQL")
    dataset = (query.get("defaultDataset") or {}).get("datasetId")
    cap = query.get("maximumBytesBilled")
    named = {str(p.get("name")): p for p in query.get("queryParameters") or ()}
    return Request(
        sql=str(query.get("query") or ""),
        identity=identity,
        default_dataset=dataset,
        parameters=named,
        max_bytes_billed=int(cap) if cap is not None else None,
    )


def _check_etag(etag: str | None, modified: int) -> None:
    if etag not in {None, str(modified)}:
        raise ApiRefusal(412, "conditionNotMet", "Precondition Failed")
