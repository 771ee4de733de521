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
    """A result's first rows under its handle; totals and facts are about the whole result."""

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

    @classmethod
    def of(cls, stored: StoredResult) -> Self:
        """Cut a stored result down to the caps."""
        table = stored.table
        rows = capped(table.rows)
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
        )

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
