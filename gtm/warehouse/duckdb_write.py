"""Writing to a tenant's file: whole partitions of landing tables, and the models built on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from gtm.warehouse.base import LandingTable, Partition
from gtm.warehouse.duckdb_file import CATALOG, TenantFile
from gtm.warehouse.duckdb_read import Switch
from gtm.warehouse.duckdb_sql import Statement
from gtm.warehouse.duckdb_tables import SUFFIX_COLUMN
from gtm.warehouse.duckdb_types import child_types, is_wide_integer

_INCOMING = "_incoming"


def load(
    file: TenantFile,
    table: LandingTable,
    partitions: Iterable[Partition],
    *,
    dataset: str,
    switch: Switch,
) -> None:
    """Replace whole partitions in one transaction. Blocks; the iterable is read in this thread."""
    target = _name(CATALOG, dataset, table.name)
    with file.writer() as cursor:
        switch.watch(cursor)
        try:
            cursor.execute(_sql("CREATE SCHEMA IF NOT EXISTS", _name(CATALOG, dataset)))
            _fit_table(cursor, table, target)
            for partition in partitions:
                switch.watch(cursor)
                _replace_partition(cursor, table, partition, target)
        finally:
            switch.watch(None)


def _fit_table(cursor: duckdb.DuckDBPyConnection, table: LandingTable, target: str) -> None:
    """Create the landing table, or add the columns it lacks."""
    cursor.register(_INCOMING, _with_suffix(table, table.schema.empty_table(), ""))
    cursor.execute(
        _sql("CREATE TABLE IF NOT EXISTS", target, "AS SELECT * FROM", _INCOMING, "LIMIT 0")
    )
    stored = cursor.sql(_sql("FROM", target))
    incoming = cursor.sql(_sql("FROM", _INCOMING))
    there = dict(zip(map(str.lower, stored.columns), stored.types, strict=True))
    for path, of in _missing(list(zip(incoming.columns, incoming.types, strict=True)), there):
        cursor.execute(_sql("ALTER TABLE", target, "ADD COLUMN", _name(*path), str(of)))
    cursor.unregister(_INCOMING)


def _missing(
    wanted: Sequence[tuple[str, DuckDBPyType]], there: Mapping[str, DuckDBPyType]
) -> Iterator[tuple[tuple[str, ...], DuckDBPyType]]:
    """Yield columns, and fields of records, that a stored table lacks."""
    for name, of in wanted:
        stored = there.get(name.lower())
        if stored is None:
            yield (name,), of
            continue
        inner: tuple[str, ...] = ()
        while of.id == "list" and stored.id == "list":
            of, stored = child_types(of)["element"], child_types(stored)["element"]
            inner = (*inner, "element")
        if of.id == "struct" and stored.id == "struct":
            fields = {field.lower(): kind for field, kind in child_types(stored).items()}
            for path, kind in _missing(list(child_types(of).items()), fields):
                yield (name, *inner, *path), kind


def _replace_partition(
    cursor: duckdb.DuckDBPyConnection, table: LandingTable, partition: Partition, target: str
) -> None:
    if table.is_sharded:
        column = SUFFIX_COLUMN
    elif table.partition_column is not None:
        column = table.partition_column
    else:
        column = None
    if column is None:
        cursor.execute(_sql("DELETE FROM", target))
    else:
        condition = _sql(_name(column), "= ?")
        cursor.execute(_sql("DELETE FROM", target, "WHERE", condition), [partition.key])
    cursor.register(_INCOMING, _with_suffix(table, partition.rows, partition.key))
    cursor.execute(_sql("INSERT INTO", target, "BY NAME SELECT * FROM", _INCOMING))
    cursor.unregister(_INCOMING)


def _with_suffix(table: LandingTable, rows: pa.Table, suffix: str) -> pa.Table:
    if not table.is_sharded:
        return rows
    return rows.append_column(SUFFIX_COLUMN, pa.repeat(pa.scalar(suffix), rows.num_rows))


def transform(file: TenantFile, statements: Sequence[Statement], *, switch: Switch) -> None:
    """Run translated statements in one transaction. Blocks."""
    with file.writer() as cursor:
        switch.watch(cursor)
        try:
            for statement in statements:
                switch.watch(cursor)
                cursor.execute(_narrowed(cursor, statement))
        finally:
            switch.watch(None)


def _narrowed(cursor: duckdb.DuckDBPyConnection, statement: Statement) -> str:
    """Store sums and counts as BigQuery does, in 64 bits."""
    if statement.query is None:
        return statement.sql
    relation = cursor.sql(statement.query)
    wide = [
        _name(name)
        for name, of in zip(relation.columns, relation.types, strict=True)
        if is_wide_integer(of)
    ]
    if not wide:
        return statement.sql
    casts = ", ".join(_sql("CAST(", name, "AS BIGINT) AS", name) for name in wide)
    return _sql(
        statement.head, "SELECT * REPLACE (", casts, ") FROM (", statement.query, ") AS _stored"
    )


def _sql(*parts: str) -> str:
    return " ".join(parts)


def _name(*parts: str) -> str:
    return ".".join(exp.to_identifier(part, quoted=True).sql("duckdb") for part in parts)
