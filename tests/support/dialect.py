"""The golden queries of the dialect: cases as data, and the few rows they ask.

Any adapter of the warehouse port can be prepared and asked; the answers are BigQuery's.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import isnan
from pathlib import Path

import pyarrow as pa
import pytest

from gtm.context import TenantContext
from gtm.warehouse.base import LandingTable, Partition, QueryLimits, ScopedSql, Warehouse

FIXTURES = Path(__file__).parents[1] / "fixtures" / "warehouse"
LIMITS = QueryLimits(
    timeout_seconds=30, max_rows=1_000, max_result_bytes=10**7, max_bytes_billed=10**12
)
_VALUE = pa.struct([("string_value", pa.string()), ("int_value", pa.int64())])
_ITEM = pa.struct([("item_id", pa.string()), ("quantity", pa.int64()), ("price", pa.float64())])
_EVENTS = LandingTable(
    "events_",
    pa.schema(
        [
            ("event_date", pa.string()),
            ("event_timestamp", pa.int64()),
            ("event_name", pa.string()),
            ("user_pseudo_id", pa.string()),
            ("event_params", pa.list_(pa.struct([("key", pa.string()), ("value", _VALUE)]))),
            ("items", pa.list_(_ITEM)),
        ]
    ),
    is_sharded=True,
)


@dataclass(frozen=True, slots=True)
class GoldenCase:
    """A query in BigQuery's SQL and its rows, or part of the message it fails with."""

    name: str
    sql: str
    rows: list[list[object]]
    failure: str | None


def golden_cases(folder: str = "golden") -> list[GoldenCase]:
    """Return the cases of all files: `---- name`, the SQL, then `=> rows` or `=> fails: …`."""
    cases = []
    for path in sorted((FIXTURES / folder).glob("*.sql")):
        for block in path.read_text(encoding="utf-8").split("---- ")[1:]:
            name, _, rest = block.partition("\n")
            sql, _, expected = rest.rpartition("\n=> ")
            is_failure = expected.startswith("fails: ")
            rows = [] if is_failure else json.loads(expected)
            failure = expected.removeprefix("fails: ").strip() if is_failure else None
            cases.append(GoldenCase(f"{path.stem}: {name}", sql.strip(), rows, failure))
    return cases


async def prepare(warehouse: Warehouse, tenant: TenantContext) -> None:
    """Load the rows and build the views that the cases read."""
    shards = json.loads((FIXTURES / "events.json").read_text(encoding="utf-8"))
    partitions = [
        Partition(suffix, pa.Table.from_pylist(rows, schema=_EVENTS.schema))
        for suffix, rows in shards.items()
    ]
    await warehouse.load(tenant, _EVENTS, partitions)
    statements = (FIXTURES / "setup.sql").read_text(encoding="utf-8").split(";\n")
    await warehouse.transform(tenant, [text for text in statements if text.strip()])


async def answer(warehouse: Warehouse, tenant: TenantContext, sql: str) -> list[list[object]]:
    """Return a query's rows in the form in which the cases write them."""
    scoped = ScopedSql(sql, tenant.dataset, ())
    result = await warehouse.query(tenant, scoped, limits=LIMITS)
    return [[_plain(cell) for cell in row] for row in result.rows]


def expected(value: object) -> object:
    """Return what a written value must be equal to: an integer is no fraction, but 1.0 is 1.0."""
    if isinstance(value, list):
        return [expected(item) for item in value]
    if isinstance(value, dict):
        return {key: expected(item) for key, item in value.items()}
    if isinstance(value, float):
        return _Float(value)
    return _Whole(value) if isinstance(value, int) and not isinstance(value, bool) else value


class _Float:
    """Equal to a float or a decimal of about this value; NaN to NaN."""

    def __init__(self, value: float) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, float):
            return False
        if isnan(self._value) or isnan(other):
            return isnan(self._value) and isnan(other)
        return other == pytest.approx(self._value, rel=1e-12)

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return repr(self._value)


class _Whole:
    """Equal to this integer alone, not to a float of the same value."""

    def __init__(self, value: int) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and not isinstance(other, bool) and other == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return repr(self._value)


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return "base64:" + base64.b64encode(value).decode()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
