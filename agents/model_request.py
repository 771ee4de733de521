"""Reading a model request: what is asked now, and what the tools have answered since."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from google.adk.models.llm_request import LlmRequest
from google.genai import types

# Enough of a reply to be put right; a model that wrote more has gone wrong elsewhere.
_MAX_QUOTED: Final = 4_000


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


def told_texts(request: LlmRequest) -> Iterator[str]:
    """Yield what tools have answered in the conversation, as text."""
    for content in request.contents:
        for response in _responses(content):
            yield json.dumps(response.response or {}, ensure_ascii=False, default=str)


def with_note(request: LlmRequest, note: str) -> None:
    """Put a note of the system's beside the person's newest words."""
    at = _newest_text_index(request)
    if at is not None:
        content = request.contents[at]
        parts = [*(content.parts or []), types.Part(text=note)]
        request.contents[at] = content.model_copy(update={"parts": parts})


def corrected(request: LlmRequest, reply: types.Content | None, problem: str) -> LlmRequest:
    """Return the request again, with what was wrong with the reply to it.

    Calls are not repeated: every service wants the answer of a call right after it.
    """
    texts = [part.text for part in (reply.parts if reply else None) or [] if part.text]
    said = "".join(texts)[:_MAX_QUOTED]
    added = [_spoken("model", said)] if said.strip() else []
    added.append(_spoken("user", f"Your reply could not be used. {problem} Reply again."))
    return request.model_copy(update={"contents": [*request.contents, *added]})


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


def _spoken(role: str, text: str) -> types.Content:
    return types.Content(role=role, parts=[types.Part(text=text)])


def _responses(content: types.Content) -> list[types.FunctionResponse]:
    return [part.function_response for part in content.parts or [] if part.function_response]
