"""An integration: one source of a workspace, how it is set up and how it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from gtm.errors import NotFoundError
from gtm.models.model import Source

# `pending`: set up, and nothing has arrived. `connected`: data has. `failing`: it needs somebody.
Status = Literal["not_connected", "pending", "connected", "failing"]


class IntegrationNotFoundError(NotFoundError):
    """The workspace has not set the source up."""

    code = "integration_not_found"


@dataclass(frozen=True, slots=True)
class Integration:
    """A source as a workspace has set it up. `config` holds no secret: every member reads it."""

    source: Source
    status: Status = "not_connected"
    config: Mapping[str, Any] = field(default_factory=dict)
    last_sync: datetime | None = None
    error_message: str | None = None
