"""What a file is before it is read: its format, its columns, and why it may be refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gtm.connectors.diagnosis import Problem, Row, csv_rows, json_rows, open_text, parquet_rows
from gtm.connectors.exports import Export
from gtm.connectors.reports import Rejection
from gtm.errors import LoadRejectedError


class Format(StrEnum):
    """How a file is written."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


_FORMATS = {
    ".json": Format.JSON,
    ".ndjson": Format.JSON,
    ".jsonl": Format.JSON,
    ".csv": Format.CSV,
    ".parquet": Format.PARQUET,
}


def format_of(path: Path) -> Format:
    """Return a file's format by its name; raises LoadRejectedError for a file that can't be one."""
    if not path.exists():
        raise LoadRejectedError(f"There is no file {path.name!r}.", hint="Check the path.")
    if not path.is_file():
        raise LoadRejectedError(
            f"{path.name!r} is not a file.", hint="Load the files of a folder one by one."
        )
    if path.stat().st_size == 0:
        raise LoadRejectedError(f"{path.name!r} is empty.", hint="Export it again.")
    stem = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    found = _FORMATS.get(stem.suffix.lower())
    if found is None or (found is Format.PARQUET and stem != path):
        raise LoadRejectedError(
            f"{path.name!r} is not a kind of file that can be loaded.",
            hint="Use .ndjson, .jsonl or .json (one record a line), .csv, their .gz, or .parquet.",
        )
    return found


def column_names(path: Path, kind: Format) -> tuple[str, ...]:
    """Return the names of a file's columns; for JSON those of its first record."""
    if kind is Format.PARQUET:
        try:
            return tuple(pq.read_schema(path).names)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(path, "no Parquet file") from error
    try:
        with open_text(path) as lines:
            if kind is Format.CSV:
                return _checked_header(path, next(csv.reader(lines, strict=True), []))
            first = next((line for line in lines if line.strip()), "")
    except (UnicodeDecodeError, OSError, csv.Error) as error:
        raise _unreadable(path, "no readable text") from error
    return _keys(path, first)


def _checked_header(path: Path, header: list[str]) -> tuple[str, ...]:
    names = [name.removeprefix("\ufeff").strip() for name in header]
    twice = {name for name in names if [n.lower() for n in names].count(name.lower()) > 1}
    if twice:
        raise LoadRejectedError(
            f"{path.name!r} has columns twice: {', '.join(sorted(twice))}.",
            hint="Give every column its own name.",
        )
    return tuple(names)


def _keys(path: Path, line: str) -> tuple[str, ...]:
    if not line.strip():
        raise LoadRejectedError(f"{path.name!r} holds no rows.", hint="Export it again.")
    if line.lstrip().startswith("["):
        raise LoadRejectedError(
            f"{path.name!r} line 1: is a JSON list, not one record a line.",
            hint="Export as JSONL (newline delimited).",
        )
    try:
        record = json.loads(line)
    except ValueError as error:
        problem = Problem(1, "", "is not valid JSON (" + str(error) + ")")
        raise rejected(path, [problem]) from error
    return tuple(record) if isinstance(record, dict) else ()


class BadRowsError(LoadRejectedError):
    """A file is refused for some of its rows."""

    def __init__(self, message: str, *, hint: str, problems: Sequence[Problem]) -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


def rejected(path: Path, problems: Sequence[Problem]) -> BadRowsError:
    """Return the refusal that lists a file's first problems."""
    listed = "; ".join(str(problem) for problem in problems)
    return BadRowsError(
        f"{path.name!r} was not loaded, nothing of it: {listed}.",
        hint="Correct or export the file again, then load it once more.",
        problems=problems,
    )


def rejections_of(error: LoadRejectedError) -> tuple[Rejection, ...]:
    """Return why a file was refused, for its report."""
    if isinstance(error, BadRowsError):
        return tuple(
            Rejection(problem.reason, field=problem.field or None, line=problem.line)
            for problem in error.problems
        )
    return (Rejection(error.message),)


def _unreadable(path: Path, what: str) -> LoadRejectedError:
    return LoadRejectedError(
        f"{path.name!r} holds {what}.", hint="Check that its ending tells its format."
    )


def rows_of(path: Path, kind: Format, export: Export) -> Iterator[tuple[int, Row | Problem]]:
    """Yield a file's rows one by one, for a diagnosis."""
    if kind is Format.JSON:
        return json_rows(path)
    if kind is Format.CSV:
        return csv_rows(path, nested_names(export))
    return parquet_rows(path)


def nested_names(export: Export) -> frozenset[str]:
    """Return the lower-case names of an export's columns that hold records or lists."""
    return frozenset(f.name.lower() for f in export.landing.schema if pa.types.is_nested(f.type))
