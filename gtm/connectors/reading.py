"""Reading an export file set-wise: cast to the landing schema, checked, handed out day by day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.sqltypes import DuckDBPyType

from gtm.connectors.diagnosis import Problem, csv_rows, find_problems
from gtm.connectors.exports import Export, ShardName, shard_name
from gtm.connectors.formats import Format, nested_names, rejected, rows_of
from gtm.connectors.parquet import most_waiting
from gtm.connectors.probing import FileFields
from gtm.connectors.statements import join, quoted, text
from gtm.errors import LoadRejectedError

_MEMORY_LIMIT = "512MB"
# A native event takes kilobytes, and some batches are under way at once.
_BATCH_ROWS = 16_384
# A Parquet file is streamed when it is nearly in the order of its days: the models read by day.
_MOST_WAITING = 250_000
_STAGED = "scratch.staged"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a file, as its date column writes it."""

    key: str
    rows: int


class ExportFile:
    """An export file whose rows have been checked. Blocks; not for two threads at once."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        *,
        kind: Format,
        export: Export,
        columns: Sequence[str],
    ) -> None:
        self._fields = FileFields(connection, path, kind=kind, columns=tuple(columns))
        self.export = replace(export, landing=export.fitted(self._fields.paths))
        self.shard = shard_name(path.name) if export.landing.is_sharded else ShardName("", None)
        self._connection = connection
        self._path = path
        self._kind = kind
        self._columns = {name.lower(): name for name in columns}
        self._types = _engine_types(connection, self.export.landing.schema)
        self._rows = _STAGED

    def prepare(self, scratch: Path) -> tuple[Day, ...]:
        """Read and check the whole file; raises LoadRejectedError naming what is wrong."""
        try:
            self._stage(scratch)
            if self._has_bad_rows():
                raise self._refusal(None)
            days = self._days()
        except duckdb.Error as error:
            raise self._refusal(error) from error
        if not days:
            raise LoadRejectedError(f"{self._path.name!r} holds no rows.", hint="Export it again.")
        return days

    def parts(self, days: Sequence[Day]) -> Iterator[tuple[str, pa.Table]]:
        """Yield rows in the landing schema with the day they belong to; a day may come in parts."""
        try:
            if self._rows == _STAGED:
                for day in days:
                    staged = join("FROM", _STAGED, "WHERE", self._day_of_row, "= ?")
                    for batch in self._batches(staged, day.key):
                        yield day.key, pa.Table.from_batches([batch])
                return
            for batch in self._batches(join("FROM", self._rows)):
                dates = batch.column(self.export.date_column).cast(pa.string())
                for key, rows in _by_day(batch, dates):
                    yield key, pa.Table.from_batches([rows])
        except duckdb.Error as error:
            raise self._refusal(error) from error

    def _batches(self, sql: str, *params: str) -> pa.RecordBatchReader:
        return self._connection.sql(sql, params=list(params)).to_arrow_reader(_BATCH_ROWS)

    def absent_columns(self) -> tuple[str, ...]:
        """Return the landing table's columns that no row of the file has."""
        return self._fields.absent(self._types)

    def unknown_columns(self) -> tuple[str, ...]:
        """Return the file's columns, and fields of its records, that do not land."""
        return self._fields.unknown(self._types)

    def _stage(self, scratch: Path) -> None:
        """Make the rows readable by day: a view on a sorted Parquet file, else a scratch table."""
        if self._kind is Format.PARQUET:
            select = self._select(join("read_parquet(", text(self._path), ")"))
            date_column = self._columns[self.export.date_column]
            is_by_file = self.export.is_day_of_file
            if not is_by_file and most_waiting(self._path, date_column) <= _MOST_WAITING:
                self._rows = join("(", select, ")")
                return
        elif self._kind is Format.CSV and nested_names(self.export) & self._columns.keys():
            select = self._select(self._json_reader(self._converted(scratch)))
        elif self._kind is Format.CSV:
            select = self._select(self._csv_reader())
        else:
            select = self._select(self._json_reader(self._path))
        self._connection.execute(join("CREATE TABLE", _STAGED, "AS", select))

    def _select(self, reader: str) -> str:
        # A JSON reader declares every column: a later record may hold what the first lacks.
        is_json = "read_json" in reader
        columns = []
        for name, of in self._types.items():
            found = name if is_json else self._columns.get(name.lower())
            if found is not None:
                value = self._value(name, found)
                columns.append(join("CAST(", value, "AS", str(of), ") AS", quoted(name)))
        return join("SELECT", ", ".join(columns), "FROM", reader)

    def _value(self, name: str, found: str) -> str:
        if self._kind is Format.CSV and name == "query":
            # Search Console writes withheld queries as empty text, which CSV can't tell from NULL.
            return join("COALESCE(", quoted(found), ", '')")
        return quoted(found)

    def _json_reader(self, path: Path) -> str:
        declared = {
            # DuckDB would take only its own spelling of dates and times inside JSON.
            name: "VARCHAR" if of.id in _SPELLED else str(of)
            for name, of in self._types.items()
        }
        return join("read_json(", text(path), ", format = 'newline_delimited',", _spec(declared))

    def _csv_reader(self) -> str:
        declared = dict.fromkeys(self._columns.values(), "VARCHAR")
        options = "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"',"
        return join("read_csv(", text(self._path), ",", options, _spec(declared))

    def _converted(self, scratch: Path) -> Path:
        """Write a CSV file with JSON in its cells as newline-delimited JSON."""
        target = scratch / "converted.ndjson"
        with target.open("w", encoding="utf-8") as out:
            for _, row in csv_rows(self._path, nested_names(self.export)):
                if isinstance(row, Problem):
                    raise self._refusal(None)
                out.write(json.dumps(row) + "\n")
        return target

    @property
    def _day_of_row(self) -> str:
        """The day a row belongs to: its own, or that of its file where rows have several dates."""
        if self.export.is_day_of_file and self.shard.day is not None:
            return text(self.shard.day)
        return quoted(self.export.date_column)

    def _has_bad_rows(self) -> bool:
        date_column = quoted(self.export.date_column)
        tests = [join(quoted(name), "IS NULL") for name in self.export.required]
        if self.export.landing.is_sharded:
            tests.append(join("TRY_STRPTIME(", date_column, ", '%Y%m%d') IS NULL"))
            tests.append(join("NOT REGEXP_FULL_MATCH(", date_column, ", '[0-9]{8}')"))
        if self.shard.day is not None and not self.export.is_day_of_file:
            tests.append(join(date_column, "<>", text(self.shard.day)))
        sql = join("SELECT 1 FROM", self._rows, "WHERE", " OR ".join(tests), "LIMIT 1")
        return bool(self._connection.execute(sql).fetchall())

    def _days(self) -> tuple[Day, ...]:
        counted = join(
            "SELECT CAST(", self._day_of_row, "AS VARCHAR) AS key, COUNT(*) AS rows FROM"
        )
        sql = join(counted, self._rows, "GROUP BY ALL ORDER BY key")
        return tuple(Day(key, rows) for key, rows in self._connection.execute(sql).fetchall())

    def _refusal(self, error: duckdb.Error | None) -> LoadRejectedError:
        if isinstance(error, duckdb.OutOfMemoryException):
            # Not the file's fault, so there is no line to look for.
            return LoadRejectedError(
                f"{self._path.name!r} is too large to be read at once; nothing of it was loaded.",
                hint="Load it in parts, one file a day.",
            )
        try:
            rows = rows_of(self._path, self._kind, self.export)
            problems = find_problems(
                rows, self.export, day=None if self.export.is_day_of_file else self.shard.day
            )
        except (UnicodeDecodeError, OSError, pa.ArrowException):
            return LoadRejectedError(
                f"{self._path.name!r} can't be read: it is damaged or not what its ending says.",
                hint="Export the file again.",
            )
        if not problems:
            reason = str(error).partition("\n")[0].replace(str(self._path), self._path.name)
            problems = [Problem(1, "", reason)]
        return rejected(self._path, problems)


_SPELLED = frozenset({"date", "timestamp with time zone"})


@contextmanager
def opened(path: Path, scratch: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an engine that may read one file and write its scratch database, nothing else."""
    if set(str(path)) & set("*?[{"):
        raise LoadRejectedError(
            f"{path.name!r} has one of * ? [ {{ in its path.", hint="Rename the file or its folder."
        )
    connection = duckdb.connect(
        config={
            "memory_limit": _MEMORY_LIMIT,
            # What does not fit goes to the load's own folder, which goes with the load.
            "temp_directory": str(scratch / "spilled"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
            "preserve_insertion_order": "false",
        }
    )
    try:
        connection.execute("SET GLOBAL TimeZone = 'UTC'")
        # It takes a server that was started as a program's text for somebody at a terminal.
        connection.execute("SET enable_progress_bar = false")
        # Rows wait in memory until a row group is full, and one native event takes kilobytes.
        staged = join("ATTACH", text(scratch / "staged.duckdb"), "AS scratch")
        connection.execute(join(staged, "(ROW_GROUP_SIZE 16384)"))
        readable = ", ".join((text(path), text(scratch / "converted.ndjson")))
        connection.execute(join("SET GLOBAL allowed_paths = [", readable, "]"))
        connection.execute("SET GLOBAL enable_external_access = false")
        connection.execute("SET GLOBAL lock_configuration = true")
        yield connection
    finally:
        connection.close()


def _engine_types(
    connection: duckdb.DuckDBPyConnection, schema: pa.Schema
) -> dict[str, DuckDBPyType]:
    relation = connection.from_arrow(schema.empty_table())
    return dict(zip(relation.columns, relation.types, strict=True))


def _by_day(batch: pa.RecordBatch, dates: pa.Array) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Split a batch by day; a run of one day is a slice, which copies nothing."""
    runs = pc.run_end_encode(dates)
    keys, ends = runs.values.to_pylist(), runs.run_ends.to_pylist()
    if len(set(keys)) == len(keys):
        for key, start, end in zip(keys, [0, *ends], ends, strict=False):
            yield key, batch.slice(start, end - start)
        return
    for key in dict.fromkeys(keys):
        yield key, batch.take(pc.indices_nonzero(pc.equal(dates, key)))


def _spec(declared: Mapping[str, str]) -> str:
    pairs = ", ".join(join(text(name), ":", text(of)) for name, of in declared.items())
    return join("columns = {", pairs, "} )")
