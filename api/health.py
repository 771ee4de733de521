"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.shapes.health import HealthReply, ReadyReply
from api.state import State

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def health() -> HealthReply:
    """Answer as long as the process does."""
    return HealthReply()


@router.get("/readyz", responses={503: {"model": ReadyReply, "description": "Not ready"}})
async def ready(state: State, response: Response) -> ReadyReply:
    """Say whether questions can be answered."""
    checks = {"agents": "ready" if state.readiness.is_warm else "starting"}
    checks |= await state.services.check()
    failing = {name: verdict for name, verdict in checks.items() if verdict != "ready"}
    if not failing:
        return ReadyReply(status="ready", checks=checks)
    response.status_code = 503
    is_starting = all(verdict == "starting" for verdict in failing.values())
    return ReadyReply(status="starting" if is_starting else "failing", checks=checks)
