"""The records of a file, one by one: of lines, of pages and of whole documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from gtm.connectors.diagnosis import Problem, Row, csv_rows, json_rows, open_text
from gtm.connectors.formats import Format
from gtm.errors import LoadRejectedError

# A document is read as a whole, unlike lines.
_LARGEST_DOCUMENT_BYTES = 200 * 1024 * 1024

Numbered = tuple[int, Row | Problem]


def records_of(path: Path, kind: Format) -> Iterator[Numbered]:
    """Yield a file's records with their line, or with their place in a document."""
    if kind is Format.CSV:
        yield from csv_rows(path, frozenset())
    elif _is_document(path):
        yield from enumerate(_unpacked(_document(path)), start=1)
    else:
        for line, row in json_rows(path):
            if isinstance(row, Problem):
                yield line, row
            else:
                yield from ((line, one) for one in _unpacked(row))


def is_page(row: object) -> bool:
    """Whether a value is a page of the API: records among `results`."""
    return isinstance(row, dict) and isinstance(row.get("results"), list)


def _unpacked(value: object) -> Iterable[Row]:
    if is_page(value) and isinstance(value, dict):
        value = value["results"]
    records = value if isinstance(value, list) else [value]
    return (one if isinstance(one, dict) else {} for one in records)


def _is_document(path: Path) -> bool:
    """Whether the file is one JSON value over many lines, or a list."""
    with open_text(path) as lines:
        first = next((line for line in lines if line.strip()), "").strip()
        try:
            return isinstance(json.loads(first), list)
        except ValueError:
            # A broken record on a line of its own ends like one.
            return first[:1] in {"{", "["} and first[-1:] in {"{", "[", ","}


def _document(path: Path) -> object:
    if path.stat().st_size > _LARGEST_DOCUMENT_BYTES:
        raise LoadRejectedError(
            f"{path.name!r} is one JSON document, and too large to be read at once.",
            hint="Write one record a line (.ndjson).",
        )
    with open_text(path) as file:
        try:
            return json.load(file)
        except ValueError as error:
            raise LoadRejectedError(
                f"{path.name!r} is not valid JSON: {error}.", hint="Export it again."
            ) from None
