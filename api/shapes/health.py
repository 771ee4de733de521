"""What the health routes give."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel


class HealthReply(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class ReadyReply(BaseModel):
    """Whether questions can be answered, check by check."""

    status: Literal["ready", "starting", "failing"]
    checks: dict[str, str]
