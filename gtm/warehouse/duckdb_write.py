"""Writing to a tenant's file: partitions and records of landing tables, and the models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa
from duckdb.sqltypes import DuckDBPyType
from sqlglot import exp

from gtm.warehouse.base import Landing, LandingTable, Partition
from gtm.warehouse.duckdb_file import CATALOG, TenantFile
from gtm.warehouse.duckdb_read import Switch
from gtm.warehouse.duckdb_sql import Statement
from gtm.warehouse.duckdb_tables import SUFFIX_COLUMN
from gtm.warehouse.duckdb_types import child_types, is_wide_integer
from gtm.warehouse.rows import fitted

_INCOMING = "_incoming"


def load(file: TenantFile, landings: Sequence[Landing], *, dataset: str, switch: Switch) -> None:
    """Replace partitions or records in one transaction. Blocks; the parts are read here."""
    with file.writer() as cursor:
        switch.watch(cursor)
        try:
            cursor.execute(_sql("CREATE SCHEMA IF NOT EXISTS", _name(CATALOG, dataset)))
            for landing in landings:
                table = landing.table
                target = _name(CATALOG, dataset, table.name)
                switch.watch(cursor)
                _fit_table(cursor, table, target)
                _replace(cursor, table, _Incoming(table, landing.parts), target)
        finally:
            switch.watch(None)


def landed(
    file: TenantFile, table: LandingTable, columns: Sequence[str], *, dataset: str, switch: Switch
) -> pa.Table:
    """Return columns of a landing table in its declared types. Blocks."""
    wanted = pa.schema([table.schema.field(name) for name in columns])
    with file.reader() as cursor:
        switch.watch(cursor)
        try:
            stored = cursor.sql(_sql("FROM", _name(CATALOG, dataset, table.name)))
            # A table of an earlier version may lack what this one added.
            known = [name for name in columns if name in stored.columns]
            rows = stored.select(*(_name(name) for name in known)).to_arrow_table()
            return fitted(rows, wanted)
        except duckdb.CatalogException:
            return wanted.empty_table()
        finally:
            switch.watch(None)


class _Incoming:
    """Partitions as one stream, which lets go of what has been read.

    One insert keeps all threads busy; each one that ends waits for its last rows to be packed.
    """

    def __init__(self, table: LandingTable, partitions: Iterable[Partition]) -> None:
        self._table = table
        self._partitions = partitions
        # In order, each once.
        self.keys: dict[str, None] = {}
        self.failure: Exception | None = None

    def reader(self) -> pa.RecordBatchReader:
        """Return the stream, to be read once."""
        return pa.RecordBatchReader.from_batches(_landed(self._table).schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for partition in self._partitions:
                self.keys[partition.key] = None
                yield from self._rows(partition).to_batches()
        except Exception as error:
            # The engine turns what a stream raises into an error of its own.
            self.failure = error
            raise

    def _rows(self, partition: Partition) -> pa.Table:
        rows = _whole(fitted(partition.rows, self._table.schema))
        return _suffixed(rows, partition.key) if self._table.is_sharded else rows


def _replace(
    cursor: duckdb.DuckDBPyConnection, table: LandingTable, incoming: _Incoming, target: str
) -> None:
    newest = cursor.execute(_sql("SELECT MAX(rowid) FROM", target)).fetchall()[0][0]
    cursor.register(_INCOMING, incoming.reader())
    try:
        cursor.execute(_sql("INSERT INTO", target, "BY NAME SELECT * FROM", _INCOMING))
    except duckdb.Error:
        if incoming.failure is not None:
            raise incoming.failure from None
        raise
    cursor.unregister(_INCOMING)
    if newest is not None and incoming.keys:
        _delete(cursor, table, list(incoming.keys), target=target, newest=newest)


def _delete(
    cursor: duckdb.DuckDBPyConnection,
    table: LandingTable,
    partitions: Sequence[str],
    *,
    target: str,
    newest: int,
) -> None:
    """Delete the rows that were there before, told by their row number, and are replaced."""
    if table.key:
        _delete_keys(cursor, table.key, target=target, newest=newest)
        return
    column = SUFFIX_COLUMN if table.is_sharded else table.partition_column
    delete = _sql("DELETE FROM", target, "WHERE rowid <= ?")
    if column is None:
        cursor.execute(delete, [newest])
        return
    among = ", ".join("?" if table.is_sharded else "CAST( ? AS DATE)" for _ in partitions)
    cursor.execute(_sql(delete, "AND", _name(column), "IN (", among, ")"), [newest, *partitions])


def _delete_keys(
    cursor: duckdb.DuckDBPyConnection, key: Sequence[str], *, target: str, newest: int
) -> None:
    """Delete the rows whose key has come anew; rows of one load never replace each other."""
    names = [_name(column) for column in key]
    incoming = _sql("SELECT DISTINCT", ", ".join(names), "FROM", target, "WHERE rowid > ?")
    same = [_sql(_name("old", c), "IS NOT DISTINCT FROM", _name("new", c)) for c in key]
    where = _sql("WHERE old.rowid <= ? AND", " AND ".join(same))
    delete = _sql("DELETE FROM", target, "AS old USING (", incoming, ") AS new", where)
    cursor.execute(delete, [newest, newest])


def _suffixed(rows: pa.Table, suffix: str) -> pa.Table:
    return rows.append_column(SUFFIX_COLUMN, pa.repeat(pa.scalar(suffix), rows.num_rows))


def _whole(rows: pa.Table) -> pa.Table:
    """Bring the records of a slice to offset 0, where DuckDB reads them; nothing is copied."""
    columns = [
        pa.chunked_array([_at_start(chunk) for chunk in column.chunks], type=column.type)
        for column in rows.columns
    ]
    return pa.Table.from_arrays(columns, schema=rows.schema)


def _at_start(values: pa.Array) -> pa.Array:
    """Return records anew from their fields, which may be slices; other values as they are."""
    if not pa.types.is_struct(values.type) or not values.type.num_fields:
        return values
    fields = [_at_start(field) for field in values.flatten()]
    mask = values.is_null() if values.null_count else None
    return pa.StructArray.from_arrays(fields, fields=list(values.type), mask=mask)


def _fit_table(cursor: duckdb.DuckDBPyConnection, table: LandingTable, target: str) -> None:
    """Create the landing table, or add the columns it lacks."""
    cursor.register(_INCOMING, _landed(table))
    cursor.execute(
        _sql("CREATE TABLE IF NOT EXISTS", target, "AS SELECT * FROM", _INCOMING, "LIMIT 0")
    )
    stored = cursor.sql(_sql("FROM", target))
    incoming = cursor.sql(_sql("FROM", _INCOMING))
    there = dict(zip(map(str.lower, stored.columns), stored.types, strict=True))
    for path, of in _missing(list(zip(incoming.columns, incoming.types, strict=True)), there):
        cursor.execute(_sql("ALTER TABLE", target, "ADD COLUMN", _name(*path), str(of)))
    cursor.unregister(_INCOMING)


def _landed(table: LandingTable) -> pa.Table:
    rows = table.schema.empty_table()
    return _suffixed(rows, "") if table.is_sharded else rows


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
