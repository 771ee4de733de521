"""Building models: one transaction where only rows change, staged and swapped where tables do."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

import sqlglot
from google.api_core.exceptions import NotFound
from google.cloud import bigquery
from sqlglot import exp
from sqlglot.errors import SqlglotError

from gtm.errors import UnsupportedSqlError
from gtm.warehouse import bigquery_sql as sql
from gtm.warehouse.bigquery_jobs import Session
from gtm.warehouse.bigquery_load import left_behind_if_unreachable
from gtm.warehouse.bigquery_parameters import ParameterizedSql
from gtm.warehouse.bigquery_stage import Stage

_MARK_BYTES = 4
_ROW_STATEMENTS = (exp.Insert, exp.Delete, exp.Update, exp.Merge)
_STATEMENTS = (exp.Create, exp.Drop, *_ROW_STATEMENTS)


class Builder:
    """Runs the statements of one build. Blocks; not for two threads at once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._client = session.client
        self._tenant = session.tenant
        self._dataset = bigquery.DatasetReference(
            session.client.project, session.tenant.raw_dataset
        )

    def build(self, texts: Sequence[str]) -> None:
        """Run model statements, all or none. The datasets are there already."""
        statements = [tree for text in texts if not _is_dataset(tree := _read(text))]
        if not statements:
            return
        tables = frozenset(table.table_id for table in self._client.list_tables(self._dataset))
        if all(_changes_rows_only(tree, tables) for tree in statements):
            rows = [text for tree in statements for text in _as_rows(tree)]
            self._run([sql.BEGIN, *rows, sql.COMMIT])
        else:
            self._stage_and_swap(statements, tables)

    def _stage_and_swap(self, statements: Sequence[exp.Expr], tables: frozenset[str]) -> None:
        stage = Stage(self._tenant, secrets.token_hex(_MARK_BYTES))
        try:
            self._run(list(stage.staging(statements, tables)))
            for view in stage.views():
                # A view that does not hold is found before anything is in place.
                self._session.dry_run(ParameterizedSql(sql.sql(view), ()))
            swaps = self._swaps(stage, tables)
            self._run([*swaps, *(sql.sql(tree) for tree in stage.last)])
        finally:
            with left_behind_if_unreachable():
                for staged in stage.names.values():
                    reference = self._dataset.table(staged)
                    self._client.delete_table(reference, not_found_ok=True, **self._session.calls)

    def _swaps(self, stage: Stage, tables: frozenset[str]) -> Iterator[str]:
        for name, staged in stage.names.items():
            target = sql.raw(self._tenant, name)
            if name in tables and self._storage(name) != self._storage(staged):
                # BigQuery replaces no table by one that is partitioned in another way.
                yield sql.drop(target)
            yield sql.copy(sql.raw(self._tenant, staged), target)

    def _storage(self, name: str) -> tuple[object, ...]:
        try:
            table = self._client.get_table(self._dataset.table(name))
        except NotFound:
            return ()
        partitioning = table.time_partitioning
        return (partitioning.field if partitioning else None, table.clustering_fields)

    def _run(self, statements: Sequence[str]) -> None:
        if statements:
            self._session.script(statements)


def _read(text: str) -> exp.Expr:
    try:
        tree = sqlglot.parse_one(text, dialect="bigquery")
    except SqlglotError as error:
        raise UnsupportedSqlError("A model's SQL can't be read.") from error
    if not isinstance(tree, _STATEMENTS):
        raise UnsupportedSqlError(
            f"A model can't run {tree.key.upper()}.", hint="Use CREATE, INSERT or DELETE."
        )
    return tree


def _is_dataset(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Create) and tree.kind == "SCHEMA"


def _changes_rows_only(tree: exp.Expr, tables: frozenset[str]) -> bool:
    if isinstance(tree, _ROW_STATEMENTS):
        return True
    is_refill = isinstance(tree, exp.Create) and tree.kind == "TABLE" and bool(tree.args["replace"])
    return is_refill and tree.this.name in tables and isinstance(tree.expression, exp.Query)


def _as_rows(tree: exp.Expr) -> Iterator[str]:
    """Yield a statement as one that a transaction may hold: tables are refilled, not replaced."""
    if isinstance(tree, exp.Create):
        target = tree.this
        yield sql.delete_all(target.copy())
        tree = exp.Insert(this=target.copy(), expression=tree.expression.copy())
    if isinstance(tree, exp.Insert):
        tree = _by_name(tree)
    yield sql.sql(tree)


def _by_name(insert: exp.Insert) -> exp.Insert:
    """Name the columns, so that a table with others is refused instead of filled askew."""
    select = insert.expression
    if isinstance(insert.this, exp.Schema) or not isinstance(select, exp.Query):
        return insert
    names = select.named_selects
    if not names or "*" in names or any(not name for name in names):
        return insert
    columns = [exp.to_identifier(name, quoted=True) for name in names]
    schema = exp.Schema(this=insert.this.copy(), expressions=columns)
    return exp.Insert(this=schema, expression=select.copy())
