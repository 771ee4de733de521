"""What kept results give."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gtm.semantics.result import ResultColumn, Value


class ResultPage(BaseModel):
    """Some rows of a kept result; dates are ISO strings, rates are fractions."""

    result_id: str
    title: str
    columns: list[ResultColumn]
    items: list[tuple[Value, ...]]
    row_count: int = Field(description="Rows of the whole result.")
    next_cursor: str | None = Field(None, description="Leads to the rows after these.")
