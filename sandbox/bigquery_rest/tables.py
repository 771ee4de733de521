"""Makes and drops tables and views, by SQL and by the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from sqlglot import exp

from gtm.warehouse.duckdb_read import Switch
from sandbox.bigquery_rest.access import Access
from sandbox.bigquery_rest.catalog import Catalog, Json, Table, TableId
from sandbox.bigquery_rest.engine import Engine
from sandbox.bigquery_rest.errors import (
    ApiRefusal,
    already_there,
    invalid,
    invalid_query,
    not_built,
)
from sandbox.bigquery_rest.naming import Naming
from sandbox.bigquery_rest.values import arrow_schema


class Tables:
    """Keeps catalogue and engine in step."""

    def __init__(self, catalog: Catalog, access: Access, engine: Engine) -> None:
        self._catalog = catalog
        self._access = access
        self._engine = engine

    def define(self, tree: exp.Expr, naming: Naming, identity: str, switch: Switch) -> None:
        """Run one CREATE or DROP."""
        target = tree.find(exp.Table)
        if target is None or not isinstance(tree, exp.Create | exp.Drop):
            raise not_built(tree.key.upper())
        of = naming.qualify(target)
        dataset = self._access.require(identity, of.dataset, "WRITER")
        there = dataset.tables.get(of.table)
        if isinstance(tree, exp.Drop):
            if there is not None or not tree.args.get("exists"):
                self.remove(of)
            return
        if there is not None and not tree.args.get("replace"):
            raise already_there("Table", self._catalog.full_name(of))
        if tree.kind == "VIEW":
            self._view(tree, of, naming, switch)
        elif tree.args.get("clone") is not None:
            self._copy(tree, of, naming, there)
        elif isinstance(tree.expression, exp.Query):
            self._table_as(tree, of, naming, switch, there)
        else:
            raise not_built("CREATE " + str(tree.kind))

    def insert(self, of: TableId, body: Mapping[str, Any]) -> Table:
        """Make an empty table as the API asks for it."""
        if of.table in self._catalog.dataset(of.dataset).tables:
            raise already_there("Table", self._catalog.full_name(of))
        fields = _fields(body)
        self._engine.make(of, arrow_schema(fields))
        return self._catalog.put(
            of,
            fields,
            partitioning=body.get("timePartitioning"),
            clustering=tuple((body.get("clustering") or {}).get("fields", ())),
        )

    def widen(self, of: TableId, body: Mapping[str, Any]) -> Table:
        """Add the columns that a new schema has more than the table's."""
        table = self._catalog.table(of)
        if "schema" in body:
            fields = _fields(body)
            kept = {field["name"] for field in fields}
            lost = next((f["name"] for f in table.schema if f["name"] not in kept), None)
            if lost is not None:
                name = self._catalog.full_name(of)
                raise invalid(
                    f"Provided Schema does not match Table {name}. Field {lost} is missing"
                )
            self._engine.make(of, arrow_schema(fields))
            self._catalog.touch(of, fields)
        return table

    def write(self, of: TableId, rows: pa.Table, fields: Sequence[Json], disposition: str) -> None:
        """Put the rows of a load job into a table."""
        there = self._catalog.dataset(of.dataset).tables.get(of.table)
        if there is None:
            self._catalog.put(of, fields)
        if disposition == "WRITE_APPEND" and there is not None:
            self._engine.append(of, rows)
        elif disposition in {"WRITE_TRUNCATE", "WRITE_APPEND"}:
            self._engine.replace(of, rows)
        else:
            raise not_built(disposition)
        self._catalog.touch(of, fields)

    def remove(self, of: TableId) -> None:
        """Take a table or view away."""
        table = self._catalog.table(of)
        self._engine.drop(of, table.kind)
        self._catalog.remove(of)

    def _view(self, tree: exp.Create, of: TableId, naming: Naming, switch: Switch) -> None:
        select = _query(tree)
        text = select.sql(dialect="bigquery")
        read = naming.resolve(select)
        fields, _ = self._engine.plan(select, read.datasets)
        self._engine.execute([tree], of.dataset, switch)
        self._catalog.put(of, fields, sql=text, reads=read.named)

    def _copy(self, tree: exp.Create, of: TableId, naming: Naming, there: Table | None) -> None:
        source = self._catalog.table(naming.qualify(tree.args["clone"].this))
        self._check_storage(there, source.partitioning, source.clustering)
        self._engine.replace(of, self._engine.read(source.id).cast(arrow_schema(source.schema)))
        self._catalog.put(
            of, source.schema, partitioning=source.partitioning, clustering=source.clustering
        )

    def _table_as(
        self,
        tree: exp.Create,
        of: TableId,
        naming: Naming,
        switch: Switch,
        there: Table | None,
    ) -> None:
        partitioning, clustering = _storage(tree)
        self._check_storage(there, partitioning, clustering)
        select = _query(tree)
        read = naming.resolve(select)
        fields, _ = self._engine.plan(select, read.datasets)
        self._engine.execute([tree], of.dataset, switch)
        self._catalog.put(of, fields, partitioning=partitioning, clustering=clustering)

    def _check_storage(
        self, there: Table | None, partitioning: Json | None, clustering: tuple[str, ...]
    ) -> None:
        if there is None:
            return
        if there.partitioning != partitioning or there.clustering != clustering:
            raise ApiRefusal(
                400,
                "invalidQuery",
                "Cannot replace a table with a different partitioning spec. Instead, DROP the "
                "table, and then recreate it.",
            )


def _fields(body: Mapping[str, Any]) -> list[Json]:
    fields = (body.get("schema") or {}).get("fields")
    if not isinstance(fields, list):
        raise invalid("Schema is missing.")
    return [_completed(field) for field in fields]


def _completed(field: Json) -> Json:
    kept = {"mode": "NULLABLE", **field}
    if "fields" in field:
        kept["fields"] = [_completed(inner) for inner in field["fields"]]
    return kept


def _query(tree: exp.Create) -> exp.Query:
    if not isinstance(tree.expression, exp.Query):
        raise invalid_query("Syntax error: expected a SELECT")
    return tree.expression


def _storage(tree: exp.Create) -> tuple[Json | None, tuple[str, ...]]:
    """Read PARTITION BY and CLUSTER BY."""
    properties = tree.args.get("properties") or exp.Properties()
    partition = properties.find(exp.PartitionedByProperty)
    cluster = properties.find(exp.ClusterProperty)
    column = partition.find(exp.Column, exp.Identifier) if partition is not None else None
    names = tuple(column.name for column in cluster.expressions) if cluster is not None else ()
    return ({"type": "DAY", "field": column.name} if column is not None else None), names
