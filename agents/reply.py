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


class ModelUsage(ReplyModel):
    """What one model was used for a turn."""

    name: str = Field(description="As its service calls it.")
    calls: int
    tokens_in: int
    tokens_out: int
    is_estimated: bool = Field(
        default=False, description="The service reported none: guessed by length."
    )


class TurnUsage(ReplyModel):
    """What a turn used; the rule-based model is no language model and uses no tokens."""

    models: tuple[ModelUsage, ...] = ()
    model_calls: int = 0
    tool_calls: int = 0
    duration_ms: float = 0.0


class TurnReply(ReplyModel):
    """One question and its answer."""

    conversation_id: str
    turn_id: str
    question: str
    outcome: TurnOutcome
    code: str | None = Field(None, description="What went wrong, where the outcome is an error.")
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
    usage: TurnUsage = Field(default_factory=TurnUsage)
    created_at: datetime
