"""What a browser asks for all the time, over real connections, beside a bare Starlette route."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import httpx

from bench.load import Load, Request, run, together
from bench.measure import Figure
from bench.start import running
from bench.world import DemoServer, demo_data, serve_demo

CONNECTIONS = 8
TIMES, ROUNDS = 800, 3
TURNS = 80
QUESTION = "What are my top traffic sources last 30 days?"
KEPT = 20
PATHS = ("/v1/tenants/current", "/v1/charts/pinned", "/v1/conversations", "/v1/analytics/schema")
# One user sends what hundreds would.
LIMITS = {
    f"RATE_LIMIT_{name}": "1000000/minute"
    for name in ("USER", "WORKSPACE", "QUESTIONS", "WORKSPACE_QUESTIONS", "CLIENT")
}
BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
answer = {"items": [{"id": str(number), "name": "A workspace"} for number in range(20)]}
app = Starlette(routes=[Route("/bare", lambda request: JSONResponse(answer))])
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
"""


async def measure() -> list[Figure]:
    """Load each endpoint and the bare route in turn; the client shares the machine with both."""
    figures: list[Figure] = []
    with demo_data() as data_dir:
        command = [sys.executable, "-c", BARE]
        async with (
            serve_demo(data_dir, **LIMITS) as demo,
            running(command, dict(os.environ), path="/bare") as bare,
        ):
            await _fill(demo)
            floor = Request(bare, "/bare")
            for path in PATHS:
                request = Request(demo.url, path, token=demo.token)
                figures += await _beside(request, floor, path, times=TIMES)
            body = json.dumps({"question": QUESTION})
            turn = Request(demo.url, "/v1/analytics/query", "POST", demo.token, body)
            figures += await _beside(turn, floor, "a question, as JSON", times=TURNS)
    return figures


async def _fill(demo: DemoServer) -> None:
    """Have a workspace with conversations and pinned charts."""
    headers = {"Authorization": f"Bearer {demo.token}"}
    async with httpx.AsyncClient(base_url=demo.url, headers=headers, timeout=60) as client:
        for _ in range(KEPT):
            asked = await client.post("/v1/analytics/query", json={"question": QUESTION})
            reply = asked.raise_for_status().json()
            turn = {name: reply[name] for name in ("conversation_id", "turn_id")}
            (await client.post("/v1/charts/pin", json=turn)).raise_for_status()


async def _beside(request: Request, floor: Request, what: str, *, times: int) -> Sequence[Figure]:
    mine: list[Load] = []
    reference: list[Load] = []
    for _ in range(ROUNDS):
        reference.append(await run(floor, connections=CONNECTIONS, times=TIMES))
        mine.append(await run(request, connections=CONNECTIONS, times=times))
    ours, bare = together(mine), together(reference)
    of = "bare Starlette"
    return [
        Figure("hot", f"{what}, {CONNECTIONS} at once", ours.per_second, "/s", bare.per_second, of),
        Figure("hot", f"{what}, p50", ours.timing.p50, "ms", bare.timing.p50, of),
        Figure("hot", f"{what}, p95", ours.timing.p95, "ms", bare.timing.p95, of),
    ]
