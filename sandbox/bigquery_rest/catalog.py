"""What the stand-in's project holds: datasets with their access, tables and views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from gtm.clock import Clock
from sandbox.bigquery_rest.errors import already_there, not_found

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TableId:
    """A table of the one project there is."""

    dataset: str
    table: str


@dataclass(slots=True)
class Table:
    """A table, a day shard or a view; a view keeps its SQL and the tables that it names."""

    id: TableId
    schema: list[Json]
    created: int
    modified: int
    sql: str | None = None
    reads: tuple[TableId, ...] = ()
    partitioning: Json | None = None
    clustering: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """`VIEW` or `TABLE`."""
        return "TABLE" if self.sql is None else "VIEW"


@dataclass(slots=True)
class Dataset:
    """A dataset, and who may do what in it."""

    name: str
    location: str
    access: list[Json]
    created: int
    modified: int
    labels: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    tables: dict[str, Table] = field(default_factory=dict)


class Catalog:
    """The datasets of the project. Safe for several threads."""

    def __init__(self, project: str, clock: Clock) -> None:
        self.project = project
        self._clock = clock
        self._lock = RLock()
        self._last = 0
        self._datasets: dict[str, Dataset] = {}

    def tick(self) -> int:
        """Return the time in milliseconds; never the same twice."""
        with self._lock:
            self._last = max(int(self._clock.now().timestamp() * 1000), self._last + 1)
            return self._last

    def datasets(self) -> tuple[Dataset, ...]:
        """Return every dataset."""
        with self._lock:
            return tuple(self._datasets.values())

    def dataset(self, name: str) -> Dataset:
        """Return a dataset. Refuses a name that means none."""
        with self._lock:
            found = self._datasets.get(name)
        if found is None:
            raise not_found("Dataset", f"{self.project}:{name}")
        return found

    def add_dataset(self, name: str, *, location: str, access: Sequence[Json]) -> Dataset:
        """Add a dataset. Refuses a name that is taken."""
        with self._lock:
            if name in self._datasets:
                raise already_there("Dataset", f"{self.project}:{name}")
            now = self.tick()
            made = self._datasets[name] = Dataset(name, location, list(access), now, now)
            return made

    def remove_dataset(self, name: str) -> None:
        """Take a dataset out with its tables. Refuses a name that means none."""
        with self._lock:
            self.dataset(name)
            del self._datasets[name]

    def table(self, of: TableId) -> Table:
        """Return a table or view. Refuses a name that means none."""
        found = self.dataset(of.dataset).tables.get(of.table)
        if found is None:
            location = self.dataset(of.dataset).location
            raise not_found("Table", f"{self.full_name(of)} was not found in location {location}")
        return found

    def matching(self, dataset: str, prefix: str) -> tuple[Table, ...]:
        """Return the tables whose names begin so, the newest last."""
        with self._lock:
            tables = self.dataset(dataset).tables.values()
            found = [t for t in tables if t.kind == "TABLE" and t.id.table.startswith(prefix)]
        return tuple(sorted(found, key=lambda table: table.created))

    def put(self, of: TableId, schema: Sequence[Json], **changes: Any) -> Table:
        """Add a table, or put another in its place."""
        with self._lock:
            now = self.tick()
            made = Table(of, list(schema), now, now, **changes)
            self.dataset(of.dataset).tables[of.table] = made
            return made

    def touch(self, of: TableId, schema: Sequence[Json] | None = None) -> None:
        """Note that a table's rows or columns changed."""
        with self._lock:
            table = self.table(of)
            table.modified = self.tick()
            if schema is not None:
                table.schema = list(schema)

    def remove(self, of: TableId) -> None:
        """Take a table out. Refuses a name that means none."""
        with self._lock:
            self.table(of)
            del self.dataset(of.dataset).tables[of.table]

    def full_name(self, of: TableId) -> str:
        """Return a table's name as error messages write it."""
        return f"{self.project}:{of.dataset}.{of.table}"


def dataset_body(catalog: Catalog, dataset: Dataset) -> Json:
    """Return a dataset as the API writes it."""
    return {
        "kind": "bigquery#dataset",
        "id": f"{catalog.project}:{dataset.name}",
        "etag": str(dataset.modified),
        "datasetReference": {"projectId": catalog.project, "datasetId": dataset.name},
        "location": dataset.location,
        "access": dataset.access,
        "labels": dataset.labels,
        "description": dataset.description,
        "creationTime": str(dataset.created),
        "lastModifiedTime": str(dataset.modified),
    }


def table_body(catalog: Catalog, table: Table) -> Json:
    """Return a table or view as the API writes it."""
    body: Json = {
        "kind": "bigquery#table",
        "id": catalog.full_name(table.id),
        "etag": str(table.modified),
        "tableReference": table_reference(catalog, table.id),
        "type": table.kind,
        "schema": {"fields": table.schema},
        "creationTime": str(table.created),
        "lastModifiedTime": str(table.modified),
        "location": catalog.dataset(table.id.dataset).location,
    }
    if table.sql is not None:
        body["view"] = {"query": table.sql, "useLegacySql": False}
    if table.partitioning:
        body["timePartitioning"] = table.partitioning
    if table.clustering:
        body["clustering"] = {"fields": list(table.clustering)}
    return body


def table_reference(catalog: Catalog, of: TableId) -> Mapping[str, str]:
    """Return a table's name as the API writes it."""
    return {"projectId": catalog.project, "datasetId": of.dataset, "tableId": of.table}
