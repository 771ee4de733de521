"""The two wires of language models: what a request must look like, and how a reply is written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import jsonschema_rs

if TYPE_CHECKING:
    from tests.support.fake_models import Step

Json = Mapping[str, Any]
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


class Wire(Protocol):
    """How one service speaks."""

    def problem(self, request: Json) -> str | None:
        """Return why the real service would turn a request away."""
        ...

    def lines(self, step: Step, number: int, usage: tuple[int, int] | None) -> Iterator[str]:
        """Yield a reply as server-sent events."""
        ...


class OpenAIWire:
    """Chat completions of OpenAI and of those who do as it does."""

    def problem(self, request: Json) -> str | None:
        """Check what its service checks: calls and answers in pairs, names, schemas."""
        if not request.get("max_tokens") or not request.get("stream"):
            return "max_tokens or stream is missing"
        waiting: list[str] = []
        for message in request["messages"]:
            if message["role"] == "tool":
                if message["tool_call_id"] not in waiting:
                    return "a tool message answers no call"
                waiting.remove(message["tool_call_id"])
                continue
            if waiting:
                return f"calls without an answer: {waiting}"
            if not message.get("content") and not message.get("tool_calls"):
                return "an empty message"
            waiting = [call["id"] for call in message.get("tool_calls") or ()]
        tools = [tool["function"] for tool in request.get("tools") or ()]
        return _tool_problem([(tool["name"], tool["parameters"]) for tool in tools])

    def lines(self, step: Step, number: int, usage: tuple[int, int] | None) -> Iterator[str]:
        """Yield chunks, then the usage, then the end mark."""
        head = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "fake-openai"}
        for delta in _deltas(step, number):
            choice = {"index": 0, "delta": delta, "finish_reason": None}
            yield _event({**head, "choices": [choice]})
        if step.finish == "none":
            return
        reason = {"length": "length", "safety": "content_filter"}.get(step.finish, "stop")
        reason = "content_filter" if step.blocked else reason
        reason = "tool_calls" if step.calls and reason == "stop" else reason
        last = {"index": 0, "delta": {}, "finish_reason": reason}
        yield _event({**head, "choices": [last]})
        if usage is not None:
            prompt, output = usage
            counts = {"prompt_tokens": prompt, "completion_tokens": output}
            counts["total_tokens"] = prompt + output
            yield _event({**head, "choices": [], "usage": counts})
        yield "data: [DONE]\n\n"


class GeminiWire:
    """`streamGenerateContent` of the Gemini API."""

    def problem(self, request: Json) -> str | None:
        """Check what its service checks: roles, calls and answers in pairs, names, schemas."""
        contents = request["contents"]
        if not contents or contents[-1]["role"] != "user":
            return "the contents don't end with the user's"
        if not request["generationConfig"].get("maxOutputTokens"):
            return "maxOutputTokens is missing"
        waiting: list[str] = []
        for content in contents:
            parts = content.get("parts") or []
            answered = [p["functionResponse"]["name"] for p in parts if "functionResponse" in p]
            if not parts or answered != waiting:
                return f"{answered} is no answer to {waiting}"
            waiting = [p["functionCall"]["name"] for p in parts if "functionCall" in p]
        declared = [
            (item["name"], item.get("parameters_json_schema") or {"type": "object"})
            for tool in request.get("tools") or ()
            for item in tool["functionDeclarations"]
        ]
        return _tool_problem(declared)

    def lines(self, step: Step, number: int, usage: tuple[int, int] | None) -> Iterator[str]:
        """Yield chunks; each has the usage so far, the last why it ended."""
        shared: dict[str, Any] = {"modelVersion": "fake-gemini"}
        if usage is not None:
            prompt, output = usage
            counts = {"promptTokenCount": prompt, "candidatesTokenCount": output}
            shared["usageMetadata"] = {**counts, "totalTokenCount": prompt + output}
        if step.blocked:
            yield _event({"promptFeedback": {"blockReason": "SAFETY"}, **shared}, end="\r\n\r\n")
            return
        parts: list[Json] = [{"text": piece} for piece in _pieces(step.said())]
        if step.is_malformed:
            parts = []
        else:
            parts += [{"functionCall": {"name": c.tool, "args": c.args}} for c in step.calls]
        for part in parts:
            content = {"role": "model", "parts": [part]}
            yield _event({"candidates": [{"content": content}], **shared}, end="\r\n\r\n")
        if step.finish == "none":
            return
        reason = {"length": "MAX_TOKENS", "safety": "SAFETY"}.get(step.finish, "STOP")
        reason = "MALFORMED_FUNCTION_CALL" if step.is_malformed else reason
        yield _event({"candidates": [{"finishReason": reason}], **shared}, end="\r\n\r\n")


def _deltas(step: Step, number: int) -> Iterator[dict[str, Any]]:
    for piece in _pieces(step.said()):
        yield {"content": piece}
    for at, call in enumerate(step.calls):
        arguments = json.dumps(call.args)
        if step.is_malformed:
            arguments = arguments[: len(arguments) // 2]
        head = {"index": at, "id": f"call_{number}_{at}", "type": "function"}
        first, *rest = _pieces(arguments) or [""]
        yield {"tool_calls": [{**head, "function": {"name": call.tool, "arguments": first}}]}
        for piece in rest:
            yield {"tool_calls": [{"index": at, "function": {"arguments": piece}}]}


def _pieces(text: str) -> list[str]:
    """Return a text as it is streamed: in two parts, a long one in many."""
    size = min(max(len(text) // 2, 1), 4_000)
    return [text[at : at + size] for at in range(0, len(text), size)]


def _event(content: Json, *, end: str = "\n\n") -> str:
    return f"data: {json.dumps(content)}{end}"


def _tool_problem(tools: Sequence[tuple[str, Json]]) -> str | None:
    for name, schema in tools:
        if not _NAME.fullmatch(name):
            return f"{name!r} is no name of a tool"
        if schema.get("type") != "object":
            return f"the arguments of {name} are no object"
        jsonschema_rs.meta.validate(dict(schema))
    return None


OPENAI: Wire = OpenAIWire()
GEMINI: Wire = GeminiWire()
