"""What the routes work with: the services, the turn runner, and whether all is ready."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Protocol

from ag_ui.core import BaseEvent
from fastapi import Depends, Request

from agents.reply import ModelInfo
from api.limits import RateLimits
from api.schema import schema_of
from gtm.bootstrap import Services
from gtm.context import TenantContext


class Turns(Protocol):
    """Answers questions and keeps the replies; `agents.runner` does it with the agents."""

    def run(
        self, tenant: TenantContext, question: str, *, conversation_id: str, turn_id: str
    ) -> AsyncGenerator[BaseEvent, None]:
        """Answer one question as AG-UI events; closing the generator stops the turn."""
        ...

    async def warm(self, tenant: TenantContext | None) -> None:
        """Do what the first question would have to wait for."""
        ...

    async def forget(self, tenant: TenantContext, conversation_id: str) -> None:
        """Delete what the agents remember of a conversation. Raises TurnInProgressError."""
        ...

    async def close(self) -> None:
        """Release sessions and connections."""
        ...


@dataclass(slots=True)
class Readiness:
    """Whether the agents have been warmed; turned once, by the lifespan."""

    is_warm: bool = False


@dataclass(frozen=True)
class ApiState:
    """Everything a route may need."""

    services: Services
    turns: Turns
    model: ModelInfo
    readiness: Readiness
    limits: RateLimits

    @cached_property
    def schema_json(self) -> bytes:
        """What questions can be about, written once: it changes only with the program."""
        return schema_of(self.services).model_dump_json().encode()


def _state(request: Request) -> ApiState:
    state: ApiState = request.app.state.api
    return state


State = Annotated[ApiState, Depends(_state)]
