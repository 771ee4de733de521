"""What the tables that SQL names are: qualified, checked for access, followed through views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from sandbox.bigquery_rest.access import Access
from sandbox.bigquery_rest.catalog import Catalog, TableId
from sandbox.bigquery_rest.errors import access_denied, invalid_query
from sandbox.bigquery_rest.values import literal_of

_META = "__TABLES__"


@dataclass(frozen=True, slots=True)
class Read:
    """What a query reads: the names it writes, and the tables beneath them."""

    named: tuple[TableId, ...]
    beneath: tuple[TableId, ...]

    @property
    def datasets(self) -> frozenset[str]:
        """The datasets of all of them."""
        return frozenset(of.dataset for of in (*self.named, *self.beneath))


class Naming:
    """Resolves names for one identity."""

    def __init__(
        self, catalog: Catalog, access: Access, identity: str, default_dataset: str | None
    ) -> None:
        self._catalog = catalog
        self._access = access
        self._identity = identity
        self._default = default_dataset

    def resolve(self, tree: exp.Expr, *, but: exp.Table | None = None) -> Read:
        """Qualify every table that a tree reads, in place. Refuses what may not be read."""
        named: dict[TableId, None] = {}
        beneath: dict[TableId, None] = {}
        ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
        for table in list(tree.find_all(exp.Table)):
            if table is but or (not table.db and table.name.lower() in ctes):
                continue
            of = self.qualify(table)
            if of.table == _META:
                self._access.require(self._identity, of.dataset, "READER")
                table.replace(self._metadata(table, of.dataset))
                continue
            named[of] = None
            beneath |= dict.fromkeys(self._access.readable(self._identity, of))
        return Read(tuple(named), tuple(beneath))

    def qualify(self, table: exp.Table) -> TableId:
        """Name a table by dataset and table only, in place. Refuses other projects."""
        if not isinstance(table.this, exp.Identifier):
            raise invalid_query("Table-valued function not found")
        project = table.catalog
        if project and project != self._catalog.project:
            raise access_denied("Table", f"{project}:{table.db}.{table.name}", "query")
        dataset = table.db or self._default
        if not dataset:
            raise invalid_query(
                f'Table "{table.name}" must be qualified with a dataset (e.g. dataset.table).'
            )
        table.set("catalog", None)
        table.set("db", exp.to_identifier(dataset, quoted=True))
        return TableId(dataset, table.name)

    def _metadata(self, table: exp.Table, dataset: str) -> exp.Expr:
        """The tables of a dataset as rows, in the place of their pseudo table."""
        rows = [
            exp.Struct(
                expressions=[
                    exp.PropertyEQ(this=exp.to_identifier(name), expression=_value(value))
                    for name, value in (
                        ("dataset_id", dataset),
                        ("table_id", found.id.table),
                        ("creation_time", found.created),
                        ("last_modified_time", found.modified),
                        ("type", 1 if found.sql is None else 2),
                    )
                ]
            )
            for found in self._catalog.dataset(dataset).tables.values()
        ]
        alias = exp.TableAlias(this=exp.to_identifier(table.alias or _META))
        if not rows:
            return exp.Subquery(this=_no_metadata(), alias=alias)
        unnest = exp.Unnest(expressions=[exp.array(*rows)])
        return exp.Subquery(this=exp.select("*").from_(unnest), alias=alias)


def with_parameters(tree: exp.Expr, parameters: Mapping[str, Mapping[str, Any]]) -> None:
    """Put literals in the place of named parameters. Refuses a name without a value."""
    for parameter in list(tree.find_all(exp.Parameter)):
        given = parameters.get(parameter.name)
        if given is None:
            raise invalid_query(f"Query parameter '{parameter.name}' not found at [1:1]")
        parameter.replace(literal_of(given))


def _value(value: str | int) -> exp.Expr:
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)


def _no_metadata() -> exp.Select:
    names = ("dataset_id", "table_id", "creation_time", "last_modified_time", "type")
    columns = (exp.alias_(exp.null(), name) for name in names)
    return exp.select(*columns).where(exp.false())
