"""What the usage counters give."""

from __future__ import annotations

from pydantic import BaseModel, Field

from gtm.audit.usage import Metric


class UseReply(BaseModel):
    """How much was used in a month."""

    period: str = Field(description="The month, UTC.", examples=["2026-11"])
    metric: Metric = Field(
        description="`questions` that were answered, `queries` that the warehouse ran, "
        "`bytes_processed` by those, `model_tokens` that language models read and wrote, "
        "`model_calls` of those, `tool_calls` of the agents."
    )
    used: int


class UsagePage(BaseModel):
    """Every metric of every month asked for, the latest month first."""

    items: list[UseReply]
