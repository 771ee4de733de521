"""The turn plugin: no silent loss of tools, no tenant in arguments, rows past the model, usage."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

from google.adk.agents.callback_context import CallbackContext
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.adk.plugins.base_plugin import BasePlugin
from google.adk.tools.base_tool import BaseTool
from google.adk.tools.mcp_tool.mcp_tool import McpTool
from google.adk.tools.tool_context import ToolContext

from agents.tool_results import (
    CHART_TOOL,
    RESULT_TOOLS,
    error_of,
    keep_chart,
    keep_result,
    text_of,
)
from agents.turn_record import TokenUsage, current_record
from gtm.errors import ConfigurationError, GtmError, ModelUnavailableError

logger = logging.getLogger(__name__)

LAST_QUERY: Final = "last_query"
LAST_RESULT_ID: Final = "last_result_id"
_RESERVED: Final = frozenset({"tenant", "tenant_id", "dataset", "project", "workspace"})


class TooManyStepsError(GtmError):
    """A turn asked the model more often than it may."""

    code, status_code = "too_many_steps", 422


class TurnPlugin(BasePlugin):
    """Watches every model and tool step of a turn."""

    def __init__(
        self, expected_tools: Mapping[str, frozenset[str]], *, max_model_steps: int
    ) -> None:
        super().__init__(name="turn")
        self._expected_tools = expected_tools
        self._max_model_steps = max_model_steps

    async def before_model_callback(
        self, *, callback_context: CallbackContext, llm_request: LlmRequest
    ) -> LlmResponse | None:
        """Stop the turn when an agent has lost a tool, or the turn comes to no end."""
        agent, record = callback_context.agent_name, current_record()
        missing = self._expected_tools.get(agent, frozenset()) - set(llm_request.tools_dict)
        if missing:
            # ADK itself would go on without the tool.
            record.failure = ConfigurationError(
                f"The agent {agent!r} has no tool {', '.join(sorted(missing))}.",
                hint="The analytics server can't be reached or publishes other tools.",
            )
            raise record.failure
        record.model_steps += 1
        if record.model_steps > self._max_model_steps:
            # Inside an agent ADK's own limit becomes a sentence the model may answer to.
            record.failure = TooManyStepsError(
                "The question needed more steps than one turn may take.",
                hint="Ask for one thing at a time.",
            )
            raise record.failure
        return None

    async def after_model_callback(
        self, *, callback_context: CallbackContext, llm_response: LlmResponse
    ) -> LlmResponse | None:
        """Count tokens per model."""
        usage = llm_response.usage_metadata
        if usage is not None and not llm_response.partial:
            model = llm_response.model_version or "unknown"
            counted = current_record().usage.setdefault(model, TokenUsage())
            counted.prompt += usage.prompt_token_count or 0
            counted.output += usage.candidates_token_count or 0
            # What a model thinks is written, and billed, beside what it says.
            counted.output += usage.thoughts_token_count or 0
        return None

    async def on_model_error_callback(
        self, *, callback_context: CallbackContext, llm_request: LlmRequest, error: Exception
    ) -> LlmResponse | None:
        """Remember why the model failed; inside an agent ADK would turn it into prose."""
        record = current_record()
        if record.failure is None:
            record.failure = error if isinstance(error, GtmError) else _unavailable(error)
        return None

    async def before_tool_callback(
        self, *, tool: BaseTool, tool_args: dict[str, Any], tool_context: ToolContext
    ) -> dict[str, Any] | None:
        """Refuse a call that names a workspace, however deep; the server would refuse it too."""
        if isinstance(tool, McpTool) and (named := _reserved_in(tool_args)):
            logger.warning("tool_argument_refused", extra={"tool": tool.name})
            return {"error": f"The argument {named!r} is not allowed."}
        return None

    async def after_tool_callback(
        self,
        *,
        tool: BaseTool,
        tool_args: dict[str, Any],
        tool_context: ToolContext,
        result: dict[str, Any],
    ) -> dict[str, Any] | None:
        """Keep what the tool answered and hand the model a short form of it."""
        if not isinstance(tool, McpTool):
            return None
        record = current_record()
        call_id = tool_context.function_call_id or ""
        if (error := error_of(result)) is not None:
            record.tool_texts[call_id] = str(error.get("message", ""))
            return {"error": error}
        record.tool_texts[call_id] = text_of(result).partition("\n")[0]
        content = result.get("structuredContent") or {}
        if tool.name in RESULT_TOOLS:
            _remember(tool_context, content)
            return keep_result(record, content)
        if tool.name == CHART_TOOL:
            return keep_chart(record, content)
        return dict(content)


def _remember(tool_context: ToolContext, content: Mapping[str, Any]) -> None:
    """Keep for the next turn what this one was about."""
    resolved = content.get("resolved") or {}
    tool_context.state[LAST_RESULT_ID] = content["result_id"]
    tool_context.state[LAST_QUERY] = resolved.get("query")


def _reserved_in(value: object) -> str | None:
    if isinstance(value, dict):
        named = next((str(key) for key in value if str(key).lower() in _RESERVED), None)
        return named or next(filter(None, map(_reserved_in, value.values())), None)
    if isinstance(value, list):
        return next(filter(None, map(_reserved_in, value)), None)
    return None


def _unavailable(error: Exception) -> ModelUnavailableError:
    logger.error("model_failed", exc_info=error)
    return ModelUnavailableError(
        "The language model did not answer.",
        hint="Try again; if it stays, check GOOGLE_AI_MODEL and its key.",
    )
