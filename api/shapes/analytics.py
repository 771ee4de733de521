"""What questions take, and what they can be about."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.shapes.base import CONVERSATION_ID, Question, RequestBody
from gtm.semantics.result import Format


class QueryRequest(RequestBody):
    """A question, in a conversation or starting one."""

    question: Question
    conversation_id: str | None = Field(None, pattern=CONVERSATION_ID)


class ColumnReply(BaseModel):
    """A documented column."""

    name: str
    type: str
    description: str


class ViewReply(BaseModel):
    """A documented view."""

    name: str
    description: str
    grain: str
    source: str
    time_column: str | None
    columns: list[ColumnReply]


class MetricReply(BaseModel):
    """A metric that can be asked for."""

    name: str
    label: str
    definition: str
    format: Format
    synonyms: list[str]
    dimensions: list[str]


class DimensionReply(BaseModel):
    """Something a metric can be split by."""

    name: str
    label: str
    definition: str


class SchemaReply(BaseModel):
    """Everything a question can be about."""

    views: list[ViewReply]
    metrics: list[MetricReply]
    dimensions: list[DimensionReply]
