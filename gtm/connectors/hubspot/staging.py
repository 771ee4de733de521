"""Records on their way into the warehouse: kept on disk, each once, the newest version of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import duckdb
import pyarrow as pa

from gtm.connectors.hubspot.layout import LandedRow
from gtm.connectors.reports import Rejection
from gtm.connectors.statements import join, quoted
from gtm.models.landing.hubspot import ASSOCIATIONS, PROPERTY_HISTORY
from gtm.warehouse.base import LandingTable, Partition

_PART_ROWS = 10_000
_STORED = "_stored"
VERSION = "updated_at"
# By which columns a row is the same as another, where that is more than the key of its set.
_IDENTITIES: Mapping[str, tuple[str, ...]] = {
    ASSOCIATIONS.name: (*ASSOCIATIONS.key, "to_id"),
    PROPERTY_HISTORY.name: (*PROPERTY_HISTORY.key, "changed_at"),
}
_DAYS = ("created_at", "changed_at", "merged_at")
# Where a row of the file comes from; they do not land.
_ORIGIN = (pa.field("_record", pa.int64()), pa.field("_line", pa.int64()))


class Stage:
    """The rows of a file, `table` first of all; the other tables' rows belong to its records."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, table: LandingTable) -> None:
        self._connection = connection
        self._table = table
        self.tables: dict[str, LandingTable] = {}
        self._waiting: dict[str, list[dict[str, object]]] = defaultdict(list)
        self._add_table(table)

    def add(self, number: int, line: int, rows: Sequence[LandedRow]) -> None:
        """Take in what one record of the file becomes."""
        for row in rows:
            self._add_table(row.table)
            waiting = self._waiting[row.table.name]
            waiting.append({**row.values, "_record": number, "_line": line})
            if len(waiting) == _PART_ROWS:
                self._write(row.table)

    def add_batch(self, number: int, rows: pa.Table) -> None:
        """Take in rows of the first table whose records are numbered from `number` on."""
        numbers = pa.array(range(number, number + rows.num_rows), pa.int64())
        for origin in _ORIGIN:
            rows = rows.append_column(origin, numbers)
        self._insert(self._table, rows)

    def settle(self, stored: pa.Table | None) -> tuple[Rejection, ...]:
        """Leave the newest version of each record, unless the stored one is newer."""
        for table in self.tables.values():
            self._write(table)
        is_stale = "FALSE"
        if stored is not None:
            self._connection.register(_STORED, stored)
            is_stale = join("COALESCE(stored.", VERSION, "> rows.", VERSION, ", FALSE)")
        self._connection.execute(self._judged(is_stale, has_stored=stored is not None))
        if stored is not None:
            self._connection.unregister(_STORED)
        return tuple(
            Rejection(reason, field=VERSION if stored is not None else None, line=line, rows=count)
            for reason, count, line in self._connection.execute(
                "SELECT reason, COUNT(*), MIN(line) FROM scratch.judged "
                "WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason"
            ).fetchall()
        )

    def rows_in(self) -> int:
        """Return how many rows of the first table the file has."""
        return int(self._one("SELECT COUNT(*) FROM scratch.judged"))

    def counts(self) -> dict[str, int]:
        """Return how many rows of each table land."""
        return {
            name: int(self._one(join("SELECT COUNT(*) FROM (", self._chosen(table), ")")))
            for name, table in self.tables.items()
        }

    def days(self) -> tuple[date | None, date | None]:
        """Return the first and last day on which what lands was made."""
        column = next((name for name in _DAYS if name in self._table.schema.names), None)
        if column is None:
            return None, None
        days = join("SELECT CAST(MIN(", column, ") AS DATE), CAST(MAX(", column, ") AS DATE)")
        chosen = join(days, "FROM (", self._chosen(self._table), ")")
        first, last = self._connection.execute(chosen).fetchall()[0]
        return first, last

    def parts(self, table: LandingTable) -> Iterator[Partition]:
        """Yield the rows of a table that land."""
        batches = self._connection.sql(self._chosen(table)).to_arrow_reader(_PART_ROWS)
        for number, batch in enumerate(batches):
            rows = pa.Table.from_batches([batch]).cast(table.schema)
            yield Partition(f"part {number}", rows)

    def _add_table(self, table: LandingTable) -> None:
        if table.name not in self.tables:
            self.tables[table.name] = table
            empty = pa.schema([*table.schema, *_ORIGIN]).empty_table()
            self._connection.register("_rows", empty)
            self._connection.execute(
                join("CREATE TABLE", _scratch(table), "AS SELECT * FROM _rows")
            )
            self._connection.unregister("_rows")

    def _write(self, table: LandingTable) -> None:
        waiting = self._waiting.pop(table.name, [])
        if waiting:
            schema = pa.schema([*table.schema, *_ORIGIN])
            self._insert(table, pa.Table.from_pylist(waiting, schema=schema))

    def _insert(self, table: LandingTable, rows: pa.Table) -> None:
        self._connection.register("_rows", rows)
        self._connection.execute(
            join("INSERT INTO", _scratch(table), "BY NAME SELECT * FROM _rows")
        )
        self._connection.unregister("_rows")

    def _judged(self, is_stale: str, *, has_stored: bool) -> str:
        """Return the statement that says of each row of the first table why it does not land."""
        identity = ", ".join(join("rows.", quoted(name)) for name in _identity(self._table))
        has_version = VERSION in self._table.schema.names
        newest = join("rows.", VERSION, "DESC NULLS LAST,") if has_version else ""
        place = join(
            "ROW_NUMBER() OVER (PARTITION BY",
            identity,
            "ORDER BY",
            newest,
            "rows._record DESC,rows.rowid DESC)",
        )
        stored = (
            join("LEFT JOIN", _STORED, "AS stored ON stored.id = rows.id") if has_stored else ""
        )
        return join(
            "CREATE TABLE scratch.judged AS SELECT rows.rowid AS row, rows._record AS record,",
            "rows._line AS line, CASE WHEN",
            place,
            "> 1 THEN 'is in the file again, newer'",
            "WHEN",
            is_stale,
            "THEN 'is older than the stored one' END AS reason",
            "FROM",
            _scratch(self._table),
            "AS rows",
            stored,
        )

    def _chosen(self, table: LandingTable) -> str:
        names = ", ".join(quoted(name) for name in table.schema.names)
        taken = "FROM scratch.judged WHERE reason IS NULL )"
        select = join("SELECT", names, "FROM", _scratch(table))
        if table.name == self._table.name:
            return join(select, "WHERE rowid IN ( SELECT row", taken)
        identity = ", ".join(quoted(name) for name in _identity(table))
        once = join("QUALIFY ROW_NUMBER() OVER (PARTITION BY", identity, "ORDER BY rowid DESC) = 1")
        return join(select, "WHERE _record IN ( SELECT record", taken, once)

    def _one(self, sql: str) -> int:
        found: int = self._connection.execute(sql).fetchall()[0][0]
        return found


def _identity(table: LandingTable) -> tuple[str, ...]:
    return _IDENTITIES.get(table.name, table.key)


def _scratch(table: LandingTable) -> str:
    return "scratch." + quoted(table.name)
