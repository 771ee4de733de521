"""What the audit trail gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from gtm.audit.base import Door, Outcome


class AuditEventReply(BaseModel):
    """Something that was done in the workspace, or tried."""

    id: str
    at: datetime
    user_id: str | None = Field(description="Null where nobody signed in.")
    email: str | None = Field(description="Null for whoever is no member any more.")
    action: str
    door: Door
    target: str | None = Field(description="The id of what it was about.")
    outcome: Outcome
    code: str | None = Field(description="The error's code, where there was one.")
    detail: dict[str, Any]


class AuditPage(BaseModel):
    """Events, the latest first."""

    items: list[AuditEventReply]
    next_cursor: str | None = None
