"""Reading a model request: what is asked now, and what the tools have answered since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from google.adk.models.llm_request import LlmRequest
from google.genai import types


def newest_text(request: LlmRequest) -> str:
    """Return the newest words of the person; text inside tool answers is data, never a question."""
    at = _newest_text_index(request)
    if at is None:
        return ""
    return "\n".join(part.text for part in request.contents[at].parts or [] if part.text)


def trailing_responses(request: LlmRequest) -> list[types.FunctionResponse]:
    """Return the tool answers that the model is to react to; none when the person spoke last."""
    return _responses(request.contents[-1]) if request.contents else []


def responses_of_turn(request: LlmRequest) -> list[types.FunctionResponse]:
    """Return every tool answer since the person spoke, in order."""
    at = _newest_text_index(request)
    contents = request.contents[0 if at is None else at + 1 :]
    return [response for content in contents for response in _responses(content)]


def calls_of_turn(request: LlmRequest) -> Iterator[types.FunctionCall]:
    """Yield every tool call since the person spoke, the newest first."""
    at = _newest_text_index(request)
    for content in reversed(request.contents[0 if at is None else at + 1 :]):
        for part in content.parts or []:
            if part.function_call:
                yield part.function_call


def json_object(text: str) -> dict[str, Any]:
    """Return the JSON object a text is, or an empty one."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _newest_text_index(request: LlmRequest) -> int | None:
    for at in range(len(request.contents) - 1, -1, -1):
        content = request.contents[at]
        parts = content.parts or []
        is_spoken = content.role == "user" and not _responses(content)
        if is_spoken and any(part.text for part in parts):
            return at
    return None


def _responses(content: types.Content) -> list[types.FunctionResponse]:
    return [part.function_response for part in content.parts or [] if part.function_response]
