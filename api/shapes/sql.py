"""What raw SQL takes and gives."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.shapes.base import RequestBody
from gtm.semantics.result import Receipt, ResultColumn, Value


class SqlRequest(RequestBody):
    """A query over the views, in the dialect of BigQuery."""

    sql: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class SqlReply(BaseModel):
    """The first rows of a result; the whole is read by its id."""

    result_id: str
    title: str
    columns: list[ResultColumn]
    rows: list[tuple[Value, ...]]
    row_count: int = Field(description="Rows of the whole result.")
    is_truncated: bool
    sql: str = Field(description="What ran, as the guard wrote it.")
    receipt: Receipt
