"""What DuckDB's plan of a query tells: the tables it scans, the days of them, the rows expected."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

_DAY_TEST = re.compile(
    r"""["(]?(?P<column>\w+)"?\s(?P<sign>>=|<=|>|<|=)\s'(?P<day>\d{4}-\d\d-\d\d)'::DATE\b"""
)
# They hand on as many rows as they get.
_HANDS_ON = {"PROJECTION", "ORDER_BY"}


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a DATE column that a scan keeps, as ordinals; both ends included."""

    column: str
    first: int = date.min.toordinal()
    last: int = date.max.toordinal()

    def narrowed(self, sign: str, day: int) -> Days:
        """Return the days that pass one more comparison."""
        first, last = self.first, self.last
        if sign in {">=", ">", "="}:
            first = max(first, day + (sign == ">"))
        if sign in {"<=", "<", "="}:
            last = min(last, day - (sign == "<"))
        return Days(self.column, first, last)


@dataclass(frozen=True, slots=True)
class Scan:
    """One reading of a table: the columns that leave it or are tested in it, and the days kept."""

    table: str
    columns: frozenset[str]
    tests: str
    days: tuple[Days, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The scans of a query, and how many rows the planner expects it to return."""

    scans: tuple[Scan, ...]
    rows: int | None


def read_plan(text: str) -> Plan:
    """Read what EXPLAIN (FORMAT json) printed."""
    nodes: list[dict[str, Any]] = json.loads(text)
    scans = tuple(_scan(info, info["Table"]) for info in _infos(nodes) if info.get("Table"))
    return Plan(scans, _rows(nodes[0]) if nodes else None)


def _scan(info: Mapping[str, Any], table: str) -> Scan:
    read = _listed(info.get("Projections"))
    tests = _listed(info.get("Filters"))
    return Scan(
        table=table.partition(".")[2],
        columns=frozenset(column.partition(".")[0].lower() for column in read),
        tests=" ".join(tests).lower(),
        days=_days(tests),
    )


def _days(tests: Sequence[str]) -> tuple[Days, ...]:
    """Return the spans of days; a test that is one of several alternatives narrows nothing."""
    found: dict[str, Days] = {}
    for test in tests:
        if test.startswith("optional:") or " OR " in test or "NOT" in test:
            continue
        for match in _DAY_TEST.finditer(test):
            column = match["column"].lower()
            day = date.fromisoformat(match["day"]).toordinal()
            found[column] = found.get(column, Days(column)).narrowed(match["sign"], day)
    return tuple(found.values())


def _rows(node: Mapping[str, Any]) -> int | None:
    info = node.get("extra_info") or {}
    children = node.get("children") or []
    below = [_rows(child) for child in children]
    if "Limit" in info:
        return _least([_number(info["Limit"]), *below[:1]])
    if info.get("Join Type") == "SEMI":
        return _least(below)
    if node.get("name", "").strip() in _HANDS_ON and below:
        return below[0]
    return _number(info.get("Estimated Cardinality"))


def _infos(nodes: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for node in nodes:
        yield node.get("extra_info") or {}
        yield from _infos(node.get("children") or [])


def _listed(value: str | list[str] | None) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else value


def _least(numbers: Sequence[int | None]) -> int | None:
    return min((number for number in numbers if number is not None), default=None)


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, str) and value.isdigit() else None
