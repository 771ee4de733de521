"""The reply of a turn: what is streamed last, answered as JSON, and kept."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gtm.charts.spec import ChartSpec
from gtm.language.outcome import Option
from gtm.semantics.preview import ResultPreview
from gtm.semantics.result import Receipt

TurnOutcome = Literal["answer", "clarify", "refuse", "guide", "error", "stopped"]


class ReplyModel(BaseModel):
    """Frozen; always dumped by alias, since charts speak camel case."""

    model_config = ConfigDict(frozen=True)


class ModelInfo(ReplyModel):
    """Which model answered."""

    name: str
    is_rule_based: bool


class Verified(ReplyModel):
    """The verified answer that was used: a question of the same words, and who stands for it."""

    id: str
    question: str
    by: str | None = Field(description="Their name; null when they have left the workspace.")
    at: datetime
    note: str | None = None


class TurnReply(ReplyModel):
    """One question and its answer."""

    conversation_id: str
    turn_id: str
    question: str
    outcome: TurnOutcome
    insights: str = ""
    chart_spec: ChartSpec | None = None
    data: ResultPreview | None = None
    sql: str | None = None
    receipt: Receipt | None = None
    options: tuple[Option, ...] = ()
    model: ModelInfo
    verified: Verified | None = Field(
        None, description="Set where an admin has verified the query that was run."
    )
    created_at: datetime
