"""Where the stand-in's rows are: one embedded file for a tenant's two datasets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from gtm.errors import GtmError, QueryTooExpensiveError
from gtm.warehouse.base import Landing, LandingTable, Partition
from gtm.warehouse.duckdb_cost import CostBook
from gtm.warehouse.duckdb_errors import query_error
from gtm.warehouse.duckdb_file import CATALOG, TenantFile, file_name
from gtm.warehouse.duckdb_read import QueryStoppedError, Switch
from gtm.warehouse.duckdb_sql import translate_statement
from gtm.warehouse.duckdb_types import cells
from gtm.warehouse.duckdb_write import load, transform
from sandbox.bigquery_rest.catalog import TableId
from sandbox.bigquery_rest.errors import ApiRefusal, invalid, invalid_query, not_built
from sandbox.bigquery_rest.values import field_of

Json = dict[str, Any]

# The export tables that have one table a day; the engine keeps each kind in one.
_SHARD = re.compile(r"(events_|pseudonymous_users_|users_)((?:intraday_|fresh_)?\d{8})")
_UNKNOWN_COLUMN = re.compile(r'Referenced column "(?P<name>[^"]+)" not found')
_INCOMING = "_incoming"


@dataclass(frozen=True, slots=True)
class Answer:
    """A query's columns in REST form, and its rows."""

    fields: list[Json]
    rows: list[tuple[object, ...]]


class Engine:
    """Runs translated SQL. Safe for several threads."""

    def __init__(self, directory: Path | None, *, memory_limit_mb: int, threads: int) -> None:
        self._directory = directory
        self._memory_limit_mb = memory_limit_mb
        self._threads = threads
        self._lock = Lock()
        self._files: dict[str, TenantFile] = {}

    def close(self) -> None:
        """Close every file."""
        with self._lock:
            files, self._files = list(self._files.values()), {}
        for file in files:
            file.close()

    def select(self, tree: exp.Query, datasets: frozenset[str], switch: Switch) -> Answer:
        """Run a SELECT over the tables of one tenant."""
        text = _translated(tree)
        with _as_refusals(), self._file(datasets).reader() as cursor:
            try:
                switch.watch(cursor)
                return _fetch(cursor, text)
            finally:
                switch.watch(None)

    def plan(self, tree: exp.Query, datasets: frozenset[str]) -> tuple[list[Json], int]:
        """Return the columns a SELECT would give and the bytes it would read."""
        text = _translated(tree)
        with _as_refusals(), self._file(datasets).reader() as cursor:
            relation = cursor.sql(text)
            fields = [
                field_of(name, of)
                for name, of in zip(relation.columns, relation.types, strict=True)
            ]
            return fields, CostBook().estimate(cursor, text).bytes_processed

    def execute(self, statements: Sequence[exp.Expr], dataset: str, switch: Switch) -> None:
        """Run statements in one transaction."""
        with _as_refusals():
            texts = [translate_statement(tree.sql(dialect="bigquery")) for tree in statements]
            transform(self._file(frozenset({dataset})), texts, switch=switch)

    def make_dataset(self, name: str) -> None:
        """Make the schema that a dataset's tables are in."""
        tree = exp.Create(kind="SCHEMA", this=exp.table_("", db=name), exists=True)
        self.execute([tree], name, Switch())

    def drop_dataset(self, name: str) -> None:
        """Drop the schema that a dataset's tables are in, with all of them."""
        schema = _name(CATALOG, name)
        with _as_refusals(), self._file(frozenset({name})).writer() as cursor:
            cursor.execute(" ".join(("DROP SCHEMA IF EXISTS", schema, "CASCADE")))

    def make(self, of: TableId, schema: pa.Schema) -> None:
        """Make a table, or add the columns it lacks."""
        self._load(of, schema, None)

    def replace(self, of: TableId, rows: pa.Table) -> None:
        """Put rows in the place of all the rows of a table."""
        self._load(of, rows.schema, rows)

    def append(self, of: TableId, rows: pa.Table) -> None:
        """Add rows to a table."""
        base, _ = _physical(of)
        with _as_refusals(), self._file(frozenset({of.dataset})).writer() as cursor:
            cursor.register(_INCOMING, rows)
            target = _name(CATALOG, of.dataset, base)
            cursor.execute(" ".join(("INSERT INTO", target, "BY NAME SELECT * FROM", _INCOMING)))

    def read(self, of: TableId) -> pa.Table:
        """Return every row of a table that is no day shard."""
        with _as_refusals(), self._file(frozenset({of.dataset})).reader() as cursor:
            return cursor.sql(
                " ".join(("FROM", _name(CATALOG, of.dataset, of.table)))
            ).to_arrow_table()

    def drop(self, of: TableId, kind: str) -> None:
        """Take a table or view away; of a day shard, its rows."""
        base, suffix = _physical(of)
        if suffix is not None:
            gone = pa.table({"_": pa.nulls(0, pa.int64())})
            table = LandingTable(base, pa.schema([]), is_sharded=True)
            self._loaded(of, table, [Partition(suffix, gone.select([]))])
            return
        tree = exp.Drop(kind=kind, tables=[exp.table_(of.table, db=of.dataset, quoted=True)])
        self.execute([tree], of.dataset, Switch())

    def _load(self, of: TableId, schema: pa.Schema, rows: pa.Table | None) -> None:
        base, suffix = _physical(of)
        table = LandingTable(base, schema, is_sharded=suffix is not None)
        parts = [] if rows is None else [Partition(suffix or "all", rows)]
        self._loaded(of, table, parts)

    def _loaded(self, of: TableId, table: LandingTable, parts: Sequence[Partition]) -> None:
        file = self._file(frozenset({of.dataset}))
        with _as_refusals():
            load(file, [Landing(table, parts)], dataset=of.dataset, switch=Switch())

    def _file(self, datasets: frozenset[str]) -> TenantFile:
        owners = {name.removesuffix("_raw") for name in datasets} or {"none"}
        if len(owners) > 1:
            raise not_built("queries over the datasets of several tenants")
        (owner,) = owners
        with self._lock:
            if owner not in self._files:
                self._files[owner] = self._open(owner)
            return self._files[owner]

    def _open(self, owner: str) -> TenantFile:
        path = None
        if self._directory is not None:
            self._directory.mkdir(parents=True, exist_ok=True)
            path = self._directory / file_name(owner)
        return TenantFile.open(path, memory_limit_mb=self._memory_limit_mb, threads=self._threads)


def _physical(of: TableId) -> tuple[str, str | None]:
    shard = _SHARD.fullmatch(of.table)
    return (shard[1], shard[2]) if shard else (of.table, None)


def _translated(tree: exp.Query) -> str:
    # The translator takes statements; a SELECT is what a view would keep.
    view = exp.Create(this=exp.table_("asked", db="stand_in"), kind="VIEW", expression=tree)
    with _as_refusals():
        query = translate_statement(view.sql(dialect="bigquery")).query
    if query is None:
        raise invalid_query("Syntax error: expected one SELECT")
    return query


def _fetch(cursor: duckdb.DuckDBPyConnection, text: str) -> Answer:
    relation = cursor.sql(text)
    types = relation.types
    fields = [field_of(name, of) for name, of in zip(relation.columns, types, strict=True)]
    rows: list[tuple[object, ...]] = []
    for batch in relation.to_arrow_reader():
        values = [cells(column, of) for column, of in zip(batch.columns, types, strict=True)]
        rows.extend(zip(*values, strict=True))
    return Answer(fields, rows)


@contextmanager
def _as_refusals() -> Iterator[None]:
    """Say in BigQuery's words what the engine or the translator refuses."""
    try:
        yield
    except duckdb.InterruptException as error:
        raise QueryStoppedError from error
    except duckdb.Error as error:
        raise _refusal(query_error(error), str(error)) from error
    except pa.ArrowInvalid as error:
        raise invalid(f"Error while reading data: {error}") from error
    except GtmError as error:
        raise _refusal(error, "") from error


def _refusal(error: GtmError, engine_text: str) -> ApiRefusal:
    unknown = _UNKNOWN_COLUMN.search(engine_text)
    if unknown is not None:
        guess = f"; Did you mean {error.nearest[0]}?" if error.nearest else ""
        return invalid_query(f"Unrecognized name: {unknown['name']}{guess} at [1:8]")
    if isinstance(error, QueryTooExpensiveError):
        return ApiRefusal(400, "resourcesExceeded", "Resources exceeded during query execution")
    return invalid_query(error.message)


def _name(*parts: str) -> str:
    return ".".join(exp.to_identifier(part, quoted=True).sql("duckdb") for part in parts)
