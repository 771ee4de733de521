"""Why a file can't be loaded: the first rows and fields that are wrong. Slow, and only run then."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from gtm.connectors.exports import Export

MOST_SHOWN = 5
_SHOWN_LENGTH = 40
_COMPACT_DAY = re.compile(r"\d{8}")

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a file; `line` counts from 1, as an editor shows it."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        """Say it in one line."""
        where = "line " + str(self.line)
        return where + (", field " + self.field if self.field else "") + ": " + self.reason


def open_text(path: Path) -> TextIO:
    """Open a text file, gzipped or not."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", newline="")
    return path.open(encoding="utf-8", newline="")


def find_problems(
    rows: Iterable[tuple[int, Row | Problem]], export: Export, *, day: str | None
) -> list[Problem]:
    """Return the first problems of a file's rows; `day` is the day its name promises."""
    return list(islice(_problems(rows, export, day), MOST_SHOWN))


def _problems(
    rows: Iterable[tuple[int, Row | Problem]], export: Export, day: str | None
) -> Iterator[Problem]:
    types = {field.name.lower(): field.type for field in export.landing.schema}
    for line, row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        values = {name.lower(): value for name, value in row.items()}
        for name in export.required:
            if values.get(name) in {None, ""}:
                yield Problem(line, name, "is missing")
        for name, value in values.items():
            if name in types:
                found = _check(value, types[name], name)
                if found is not None:
                    yield Problem(line, found[0], found[1])
        yield from _check_day(line, export, values.get(export.date_column), day)


def _check_day(line: int, export: Export, value: object, day: str | None) -> Iterator[Problem]:
    if not export.landing.is_sharded or value is None or value == "":
        return
    text = str(value)
    if not _is_compact_day(text):
        yield Problem(line, export.date_column, _shown(value) + " is not a date (YYYYMMDD)")
    elif day is not None and text != day:
        yield Problem(line, export.date_column, text + " is not the day in the file's name, " + day)


def _is_compact_day(text: str) -> bool:
    if not _COMPACT_DAY.fullmatch(text):
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def _check(value: object, kind: pa.DataType, path: str) -> tuple[str, str] | None:
    """Return the path and the reason of the first value that does not fit its type."""
    if value is None:
        return None
    if pa.types.is_struct(kind):
        return _check_record(value, kind, path)
    if pa.types.is_list(kind):
        if not isinstance(value, list):
            return path, _shown(value) + " is not a list"
        checked = (
            _check(item, kind.value_type, path + "[" + str(index) + "]")
            for index, item in enumerate(value)
        )
        return next((found for found in checked if found is not None), None)
    name, fits = _SCALARS[kind.id]
    return None if fits(value) else (path, _shown(value) + " is not " + name)


def _check_record(value: object, kind: pa.StructType, path: str) -> tuple[str, str] | None:
    if not isinstance(value, dict):
        return path, _shown(value) + " is not a record"
    fields = {field.name: field.type for field in kind}
    checked = (
        _check(item, fields[name], path + "." + name)
        for name, item in value.items()
        if name in fields
    )
    return next((found for found in checked if found is not None), None)


def _is_text(value: object) -> bool:
    return not isinstance(value, (dict, list))


def _is_integer(value: object) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"\s*[+-]?\d+(\.0*)?\s*", value) is not None
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return _parses(float, value)
    return isinstance(value, (int, float))


def _is_flag(value: object) -> bool:
    return isinstance(value, (bool, int)) or str(value).lower() in {
        "true",
        "false",
        "t",
        "f",
        "1",
        "0",
    }


def _is_day(value: object) -> bool:
    return isinstance(value, date) or _parses(date.fromisoformat, str(value)[:10])


def _is_moment(value: object) -> bool:
    text = str(value).replace(" UTC", "+00:00")
    return isinstance(value, datetime) or _parses(datetime.fromisoformat, text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


_SCALARS: Mapping[int, tuple[str, Callable[[object], bool]]] = {
    pa.string().id: ("text", _is_text),
    pa.int64().id: ("an integer", _is_integer),
    pa.float64().id: ("a number", _is_number),
    pa.bool_().id: ("true or false", _is_flag),
    pa.date32().id: ("a date (YYYY-MM-DD)", _is_day),
    pa.timestamp("us", tz="UTC").id: ("a time", _is_moment),
}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN_LENGTH else text[: _SHOWN_LENGTH - 1] + "…"


def json_rows(path: Path) -> Iterator[tuple[int, Row | Problem]]:
    """Yield the records of newline-delimited JSON, and a problem for each line that is none."""
    with open_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            yield number, _json_row(number, line)


def _json_row(number: int, line: str) -> Row | Problem:
    try:
        value = json.loads(line)
    except ValueError as error:
        at_end = "" if line.endswith("\n") else "; the file ends in the middle of it"
        return Problem(number, "", "is not valid JSON (" + str(error) + ")" + at_end)
    if not isinstance(value, dict):
        return Problem(number, "", _shown(value) + " is not a JSON object")
    return value


def csv_rows(path: Path, nested: frozenset[str]) -> Iterator[tuple[int, Row | Problem]]:
    """Yield the records of a CSV file; `nested` columns hold JSON."""
    with open_text(path) as lines:
        reader = csv.reader(lines, strict=True)
        header = next(reader, [])
        while True:
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield reader.line_num, Problem(reader.line_num, "", str(error))
                return
            if values:
                yield reader.line_num, _csv_row(reader.line_num, header, values, nested)


def _csv_row(
    number: int, header: list[str], values: list[str], nested: frozenset[str]
) -> Row | Problem:
    if len(values) != len(header):
        counts = str(len(values)) + " values for " + str(len(header)) + " columns"
        return Problem(number, "", "has " + counts)
    row: dict[str, object] = {}
    for name, text in zip(header, values, strict=True):
        if name.lower() not in nested or not text:
            row[name] = text or None
            continue
        try:
            row[name] = json.loads(text)
        except ValueError:
            return Problem(number, name, _shown(text) + " is not JSON")
    return row


def parquet_rows(path: Path) -> Iterator[tuple[int, Row | Problem]]:
    """Yield the records of a Parquet file, numbered from 1."""
    number = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=1_000):
            for row in batch.to_pylist():
                number += 1
                yield number, row
