"""Which fields a file has: exports of different years differ, so none is taken for granted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import duckdb
from duckdb.sqltypes import DuckDBPyType

from gtm.connectors.formats import Format
from gtm.connectors.statements import join, text

_SAMPLED_ROWS = 20_480
Types = Mapping[str, DuckDBPyType | None]


class FileFields:
    """The columns of a file and the fields of their records. Blocks."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        *,
        kind: Format,
        columns: tuple[str, ...],
    ) -> None:
        self._connection = connection
        self._path = path
        self._kind = kind
        self._columns = columns

    @property
    def paths(self) -> frozenset[str]:
        """Columns and fields as dotted paths in lower case, those of lists as if of records.

        Of JSON those in the first rows; none for a file that can't be read.
        """
        try:
            return frozenset(_paths(self._typed))
        except duckdb.Error:
            return frozenset(name.lower() for name in self._columns)

    def absent(self, wanted: Types) -> tuple[str, ...]:
        """Return the wanted columns that no row of the file has."""
        found = {name.lower() for name in self._every}
        return tuple(name for name in wanted if name.lower() not in found)

    def unknown(self, known: Types) -> tuple[str, ...]:
        """Return the columns and fields of the file that are not known."""
        return _unknown({**dict.fromkeys(self._every), **self._typed}, known)

    @cached_property
    def _typed(self) -> Types:
        if self._kind is Format.CSV:
            return dict.fromkeys(self._columns)
        if self._kind is Format.PARQUET:
            reader = join("read_parquet(", text(self._path), ")")
        else:
            options = join("format = 'newline_delimited', sample_size =", str(_SAMPLED_ROWS))
            reader = join("read_json(", text(self._path), ",", options, ")")
        relation = self._connection.sql(join("FROM", reader))
        return dict(zip(relation.columns, relation.types, strict=True))

    @cached_property
    def _every(self) -> tuple[str, ...]:
        """The columns of all rows: a later record may hold what the first lack."""
        if self._kind is not Format.JSON:
            return self._columns
        reader = join("read_ndjson_objects(", text(self._path), ")")
        sql = join("SELECT DISTINCT UNNEST(json_keys(json)) FROM", reader)
        return tuple(key for (key,) in self._connection.execute(sql).fetchall())


def _unknown(found: Types, known: Types, prefix: str = "") -> tuple[str, ...]:
    lower = {name.lower(): of for name, of in known.items()}
    names: list[str] = []
    for name, of in found.items():
        expected = lower.get(name.lower())
        if expected is None:
            names.append(prefix + name)
            continue
        inner, expected_inner = _fields(of), _fields(expected)
        if inner and expected_inner:
            names.extend(_unknown(inner, expected_inner, prefix + name + "."))
    return tuple(sorted(names))


def _paths(found: Types, prefix: str = "") -> Iterator[str]:
    for name, of in found.items():
        path = prefix + name.lower()
        yield path
        yield from _paths(_fields(of), path + ".")


def _fields(of: DuckDBPyType | None) -> dict[str, DuckDBPyType]:
    """Return the fields of a record, or of a list's records."""
    while of is not None and of.id == "list":
        element = of.children[0][1]
        of = element if isinstance(element, DuckDBPyType) else None
    if of is None or of.id != "struct":
        return {}
    return {name: kind for name, kind in of.children if isinstance(kind, DuckDBPyType)}
