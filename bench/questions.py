"""A warm turn through the whole product, beside the service call that does its query."""

from __future__ import annotations

import json
import time

import httpx

from bench.measure import Figure, time_async, timing
from bench.world import TENANT, demo_server, loaded_services
from gtm.semantics.query import MetricQuery, RelativeRange

TIMES = 40
QUESTION = "What are my top traffic sources last 30 days?"
QUERY = MetricQuery(
    metrics=("sessions",), dimensions=("source",), limit=10, time=RelativeRange.LAST_30_DAYS
)


async def measure() -> list[Figure]:
    """Ask the same question over HTTP again and again, each time in a new conversation."""
    first, whole = [], []
    async with demo_server() as demo:
        headers = {"Authorization": f"Bearer {demo.token}", "Accept": "text/event-stream"}
        async with httpx.AsyncClient(base_url=demo.url, headers=headers, timeout=60) as client:
            await ask(client)
            for _ in range(TIMES):
                to_first, to_last = await ask(client)
                first.append(to_first)
                whole.append(to_last)
    async with loaded_services(events=150_000) as services:
        direct = await time_async(
            lambda: services.analytics.query_metrics(TENANT, QUERY, caller="dev"), times=TIMES
        )
    event, answer = timing(first), timing(whole)
    reference = "its query in process"
    return [
        Figure("turn", "first event p50", event.p50, "ms", direct.p50, reference, "≤ 20 ms"),
        Figure("turn", "whole answer p50", answer.p50, "ms", direct.p50, reference, "≤ 120 ms"),
        Figure("turn", "whole answer p95", answer.p95, "ms", direct.p95, reference),
    ]


async def ask(client: httpx.AsyncClient) -> tuple[float, float]:
    """Ask once; return the milliseconds to the first event and to the last."""
    started = time.perf_counter()
    first = 0.0
    async with client.stream("POST", "/v1/analytics/query", json={"question": QUESTION}) as answer:
        answer.raise_for_status()
        async for line in answer.aiter_lines():
            if not line.startswith("data:"):
                continue
            first = first or time.perf_counter()
            event = json.loads(line.removeprefix("data:"))
            if event["type"] == "RUN_ERROR":
                raise RuntimeError(event["message"])
    ended = time.perf_counter()
    return (first - started) * 1000, (ended - started) * 1000
