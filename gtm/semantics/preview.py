"""The capped view of a result that leaves the service: over MCP, to a model, to the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field

from gtm.semantics.result import ResolvedQuery, ResultColumn, ResultTable, StoredResult, Value

MAX_ROWS: Final = 200
MAX_CHARS: Final = 16_000


class ResultPreview(BaseModel):
    """Some rows of a result under its handle; totals and facts are about the whole result."""

    model_config = ConfigDict(frozen=True)

    result_id: str
    title: str
    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    row_count: int = Field(description="Rows of the whole result.")
    is_truncated: bool = Field(description="More rows exist than are shown here.")
    totals: dict[str, float | None] = Field(default_factory=dict)
    group_count: int | None = None
    resolved: ResolvedQuery | None = None
    facts: tuple[str, ...] = ()
    offset: int = Field(0, description="Rows of the result before the first one here.")

    @classmethod
    def of(cls, stored: StoredResult, *, offset: int = 0, limit: int = MAX_ROWS) -> Self:
        """Cut a stored result, from a row on, down to the caps."""
        table = stored.table
        rows = capped(table.rows[offset:], max_rows=min(limit, MAX_ROWS))
        return cls(
            result_id=stored.result_id,
            title=stored.title,
            columns=table.columns,
            rows=rows,
            row_count=len(table.rows),
            is_truncated=len(rows) < len(table.rows),
            totals=table.totals,
            group_count=table.group_count,
            resolved=table.resolved,
            facts=stored.facts,
            offset=offset,
        )

    @property
    def rows_until(self) -> int:
        """How many rows of the result come before the end of this part."""
        return min(self.offset, self.row_count) + len(self.rows)

    def table(self) -> ResultTable:
        """Return the rows at hand as a table."""
        return ResultTable(
            columns=self.columns,
            rows=self.rows,
            totals=self.totals,
            group_count=self.group_count,
            resolved=self.resolved,
        )


def capped(
    rows: Sequence[tuple[Value, ...]], *, max_rows: int = MAX_ROWS, max_chars: int = MAX_CHARS
) -> tuple[tuple[Value, ...], ...]:
    """Return as many leading rows as fit both caps when written as JSON."""
    kept: list[tuple[Value, ...]] = []
    size = 0
    for row in rows[:max_rows]:
        size += len(json.dumps(row, ensure_ascii=False)) + 1
        if size > max_chars:
            break
        kept.append(row)
    return tuple(kept)
