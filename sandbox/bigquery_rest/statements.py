"""Runs the SQL of a job: a SELECT, or a script of statements and transactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from gtm.errors import GtmError
from gtm.sql.pipes import read_statements
from gtm.warehouse.duckdb_read import Switch
from sandbox.bigquery_rest.access import Access
from sandbox.bigquery_rest.catalog import Catalog, TableId, table_reference
from sandbox.bigquery_rest.engine import Answer, Engine
from sandbox.bigquery_rest.errors import ApiRefusal, invalid_query, not_built
from sandbox.bigquery_rest.naming import Naming, with_parameters
from sandbox.bigquery_rest.tables import Tables

_ROW_STATEMENTS = (exp.Insert, exp.Delete, exp.Update, exp.Merge)
# BigQuery lists no more.
_MOST_REFERENCED = 50


@dataclass(frozen=True, slots=True)
class Request:
    """A query as a job asks for it."""

    sql: str
    identity: str
    default_dataset: str | None
    parameters: Mapping[str, Mapping[str, Any]]
    max_bytes_billed: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a query came to."""

    statement_type: str
    answer: Answer
    bytes_processed: int = 0
    referenced: tuple[Mapping[str, str], ...] = field(default=())


class Statements:
    """Checks and runs SQL for one request after another."""

    def __init__(self, catalog: Catalog, access: Access, engine: Engine) -> None:
        self._catalog = catalog
        self._access = access
        self._engine = engine
        self._tables = Tables(catalog, access, engine)

    def plan(self, request: Request) -> Outcome:
        """Say what a query would do, as a dry run does."""
        trees = _parse(request)
        if len(trees) == 1 and isinstance(trees[0], exp.Query):
            return self._planned(trees[0], request)[0]
        return Outcome(_script_type(trees), Answer([], []))

    def run(self, request: Request, switch: Switch) -> Outcome:
        """Run a query or a script to its end."""
        trees = _parse(request)
        if len(trees) == 1 and isinstance(trees[0], exp.Query):
            return self._select(trees[0], request, switch)
        return self._script(trees, request, switch)

    def _planned(self, tree: exp.Query, request: Request) -> tuple[Outcome, frozenset[str]]:
        read = self._naming(request).resolve(tree)
        fields, size = self._engine.plan(tree, read.datasets)
        tables = [table_reference(self._catalog, of) for of in read.beneath]
        referenced = tuple(tables[:_MOST_REFERENCED])
        return Outcome("SELECT", Answer(fields, []), size, referenced), read.datasets

    def _select(self, tree: exp.Query, request: Request, switch: Switch) -> Outcome:
        planned, datasets = self._planned(tree, request)
        cap = request.max_bytes_billed
        if cap is not None and planned.bytes_processed > cap:
            raise ApiRefusal(
                400,
                "bytesBilledLimitExceeded",
                f"Query exceeded limit for bytes billed: {cap}. "
                f"{planned.bytes_processed} or higher required.",
            )
        answer = self._engine.select(tree, datasets, switch)
        return Outcome("SELECT", answer, planned.bytes_processed, planned.referenced)

    def _script(self, trees: Sequence[exp.Expr], request: Request, switch: Switch) -> Outcome:
        naming = self._naming(request)
        answer = Answer([], [])
        transaction: list[exp.Expr] | None = None
        for tree in trees:
            if isinstance(tree, exp.Transaction):
                transaction = []
            elif isinstance(tree, exp.Commit):
                self._rows(transaction or (), request, naming, switch)
                transaction = None
            elif transaction is not None:
                transaction.append(_only_rows(tree))
            elif isinstance(tree, exp.Query):
                answer = self._select(tree, request, switch).answer
            elif isinstance(tree, _ROW_STATEMENTS):
                self._rows([tree], request, naming, switch)
            else:
                self._tables.define(tree, naming, request.identity, switch)
        return Outcome(_script_type(trees), answer)

    def _rows(
        self, trees: Sequence[exp.Expr], request: Request, naming: Naming, switch: Switch
    ) -> None:
        """Change rows, all or none; a script that ends without a commit changes none."""
        targets: dict[TableId, None] = {}
        for tree in trees:
            target = tree.find(exp.Table)
            if target is None:
                raise invalid_query("Syntax error: a table is missing")
            naming.resolve(tree, but=target)
            of = naming.qualify(target)
            self._access.require(request.identity, of.dataset, "WRITER")
            self._catalog.table(of)
            targets[of] = None
        if not targets:
            return
        owners = {of.dataset.removesuffix("_raw") for of in targets}
        if len(owners) > 1:
            raise not_built("transactions over several tenants")
        self._engine.execute(trees, next(iter(targets)).dataset, switch)
        for of in targets:
            self._catalog.touch(of)

    def _naming(self, request: Request) -> Naming:
        return Naming(self._catalog, self._access, request.identity, request.default_dataset)


def _parse(request: Request) -> list[exp.Expr]:
    try:
        trees = read_statements(request.sql)
    except (SqlglotError, GtmError) as error:
        raise invalid_query("Syntax error: " + str(error).split("\n", maxsplit=1)[0]) from error
    if not trees:
        raise invalid_query("Syntax error: Unexpected end of script")
    for tree in trees:
        with_parameters(tree, request.parameters)
    return trees


def _only_rows(tree: exp.Expr) -> exp.Expr:
    if not isinstance(tree, _ROW_STATEMENTS):
        raise invalid_query(
            "DDL statements are not supported in a transaction, except for those creating or "
            "dropping temporary tables or temporary functions."
        )
    return tree


def _script_type(trees: Sequence[exp.Expr]) -> str:
    if len(trees) > 1:
        return "SCRIPT"
    tree = trees[0]
    if isinstance(tree, exp.Create):
        stored = "_AS_SELECT" if tree.kind == "TABLE" and tree.expression is not None else ""
        return f"CREATE_{tree.kind}{stored}"
    return f"DROP_{tree.kind}" if isinstance(tree, exp.Drop) else tree.key.upper()
