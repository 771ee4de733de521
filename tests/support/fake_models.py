"""Loopback servers that speak the wires of Gemini and OpenAI, as well or badly as a script says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
import uvicorn
from pydantic import BaseModel, ConfigDict, Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.support.model_wires import GEMINI, OPENAI, Wire

# What a service says of its inside; nobody else may ever read it.
SECRET: Final = "secret detail: key sk-live-1234"
TOKENS_IN, TOKENS_OUT = 11, 7


class Call(BaseModel):
    """One call of a tool."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    args: dict[str, Any] = Field(default_factory=dict)


class Step(BaseModel):
    """What the model does when it is asked: says something, calls something, or breaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str | None = None
    calls: tuple[Call, ...] = ()
    # Arguments of the calls that are no JSON; on a wire without such a thing, the ending it has.
    is_malformed: bool = False
    finish: str = "stop"  # stop, length, safety or none: it ends without saying why
    blocked: bool = False  # the question itself is turned away
    status: int | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    # After the first half of what it says: stall, drop the connection, or send what is no JSON.
    fault: str | None = None
    repeat: int = 1  # how often the text is said in one reply
    times: int = 1  # at how many requests in a row
    has_usage: bool = True

    def said(self) -> str:
        """Return the text in full."""
        return (self.text or "") * self.repeat


@dataclass
class FakeModel:
    """One server for both wires; each request takes the next step of the script."""

    script: Sequence[Step]
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    reported: int = 0
    url: str = ""
    _at: int = 0
    _over: anyio.Event = field(default_factory=anyio.Event)

    def play(self, script: Sequence[Step]) -> None:
        """Go on with another script; what was asked before is forgotten."""
        self.script, self._at, self.reported = script, 0, 0
        self.requests.clear()

    def end(self) -> None:
        """Let go of whoever still waits."""
        self._over.set()

    async def gemini(self, request: Request) -> Response:
        """Answer `streamGenerateContent`."""
        return await self._answer(request, GEMINI)

    async def openai(self, request: Request) -> Response:
        """Answer `chat/completions`."""
        return await self._answer(request, OPENAI)

    async def _answer(self, request: Request, wire: Wire) -> Response:
        content = await request.json()
        text = json.dumps(content, ensure_ascii=False)
        self.requests.append(text)
        self.headers.append(dict(request.headers))
        if problem := wire.problem(content):
            self.violations.append(problem)
            return JSONResponse({"error": {"message": problem, "code": 400}}, 400)
        step = _filled(self._next(), text)
        if step.status is not None:
            error = {"error": {"message": SECRET, "code": step.status, "status": "X"}}
            return JSONResponse(error, step.status, headers=step.headers)
        if step.has_usage and step.fault is None:
            self.reported += 1
        return StreamingResponse(self._stream(wire, step), media_type="text/event-stream")

    def _next(self) -> Step:
        steps = [step for step in self.script for _ in range(step.times)]
        step = steps[self._at]
        self._at += 1
        return step

    async def _stream(self, wire: Wire, step: Step) -> AsyncIterator[str]:
        usage = (TOKENS_IN, TOKENS_OUT) if step.has_usage else None
        lines = list(wire.lines(step, len(self.requests), usage))
        half = len(lines) // 2 if step.fault else len(lines)
        for line in lines[:half]:
            yield line
        if step.fault == "stall":
            await self._over.wait()
        if step.fault == "drop":
            raise ConnectionResetError
        if step.fault == "garbage":
            yield 'data: {"candidates": [{]]}\n\n\x00\x01 no event at all\n\n'


def _filled(step: Step, request: str) -> Step:
    """Put the newest handle of a result in the place of `$result`."""
    at = request.rfind("res_")
    handle = request[at : at + 28] if at >= 0 else ""
    return Step.model_validate_json(step.model_dump_json().replace("$result", handle))


@asynccontextmanager
async def serving(model: FakeModel) -> AsyncIterator[FakeModel]:
    """Serve the fake on a free loopback port."""
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", model.openai, methods=["POST"]),
            Route("/{rest:path}", model.gemini, methods=["POST"]),
        ]
    )
    # A connection that is dropped on purpose is no error of the server's.
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    task = asyncio.create_task(server.serve(sockets=[listener]))
    model.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield model
    finally:
        model.end()
        server.should_exit = True
        await task
        listener.close()


def steps_of(script: Sequence[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Read a script: `call` and `answer` are short for calls of a tool and of the answer's."""
    return tuple(Step.model_validate(dict(_long_form(entry))) for entry in script)


def _long_form(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    calls = [*entry.get("calls", ())]
    if "call" in entry:
        calls.append({"tool": entry["call"], "args": entry.get("with", {})})
    if "answer" in entry:
        calls.append({"tool": "set_model_response", "args": entry["answer"]})
    yield "calls", calls
    yield from ((k, v) for k, v in entry.items() if k not in {"call", "with", "answer", "calls"})
