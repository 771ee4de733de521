"""Loopback servers that speak the wire of Gemini and of OpenAI and replay a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

# What the model says at a step: text, or (tool, arguments); made from the request's text.
Step = Callable[[str], str | tuple[str, dict[str, Any]]]


@dataclass
class FakeModel:
    """One server for both wires; each request takes the next step of the script."""

    script: Sequence[Step]
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    async def _next(self, request: Request) -> str | tuple[str, dict[str, Any]]:
        text = json.dumps(await request.json())
        self.requests.append(text)
        self.headers.append(dict(request.headers))
        return self.script[len(self.requests) - 1](text)

    async def gemini(self, request: Request) -> Response:
        """Answer `streamGenerateContent`, text in two chunks."""
        said = await self._next(request)
        parts: list[dict[str, Any]]
        if isinstance(said, str):
            half = len(said) // 2
            parts = [{"text": said[:half]}, {"text": said[half:]}]
        else:
            parts = [{"functionCall": {"name": said[0], "args": said[1]}}]
        usage = {"promptTokenCount": 11, "candidatesTokenCount": 7, "totalTokenCount": 18}
        events: list[dict[str, Any]] = [
            {
                "candidates": [{"content": {"role": "model", "parts": [part]}}],
                "usageMetadata": usage,
                "modelVersion": "fake-gemini",
            }
            for part in parts
        ]
        events[-1]["candidates"][0]["finishReason"] = "STOP"
        return _stream(events, end="\r\n\r\n")

    async def openai(self, request: Request) -> Response:
        """Answer `chat/completions`, text in two chunks."""
        said = await self._next(request)
        deltas: list[dict[str, Any]]
        if isinstance(said, str):
            half = len(said) // 2
            deltas, reason = [{"content": said[:half]}, {"content": said[half:]}], "stop"
        else:
            function = {"name": said[0], "arguments": json.dumps(said[1])}
            call = {"index": 0, "id": f"call_{len(self.requests)}", "type": "function"}
            deltas, reason = [{"tool_calls": [{**call, "function": function}]}], "tool_calls"
        head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "fake-openai"}
        events = [
            {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
            for delta in deltas
        ]
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        last = {"index": 0, "delta": {}, "finish_reason": reason}
        events.append({**head, "choices": [last], "usage": usage})
        return _stream(events, end="\n\n", last="data: [DONE]\n\n")

    async def broken(self, _request: Request) -> Response:
        """Fail as an overloaded server does."""
        return JSONResponse({"error": {"message": "secret detail", "code": 400}}, 400)


def _stream(events: list[dict[str, Any]], *, end: str, last: str = "") -> Response:
    lines = [f"data: {json.dumps(event)}{end}" for event in events]
    return StreamingResponse(iter([*lines, last]), media_type="text/event-stream")


@asynccontextmanager
async def serving(model: FakeModel, *, is_broken: bool = False) -> AsyncIterator[FakeModel]:
    """Serve the fake on a free loopback port."""
    gemini, openai = (model.broken, model.broken) if is_broken else (model.gemini, model.openai)
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", openai, methods=["POST"]),
            Route("/{rest:path}", gemini, methods=["POST"]),
        ]
    )
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    task = asyncio.create_task(server.serve(sockets=[listener]))
    model.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield model
    finally:
        server.should_exit = True
        await task
        listener.close()
