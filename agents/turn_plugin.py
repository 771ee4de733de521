"""The turn plugin: no lost tool, nobody else's ids, no circles; rows go past the model."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, Final

from google.adk.agents.callback_context import CallbackContext
from google.adk.agents.invocation_context import InvocationContext
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.adk.plugins.base_plugin import BasePlugin
from google.adk.tools.base_tool import BaseTool
from google.adk.tools.mcp_tool.mcp_tool import McpTool
from google.adk.tools.set_model_response_tool import SetModelResponseTool
from google.adk.tools.tool_context import ToolContext

from agents.before import LAST_QUERY, LAST_REPLY, kept_reply
from agents.model_errors import failure_of
from agents.named_ids import is_foreign_result, reserved_in, result_ids_in
from agents.tool_results import (
    CHART_TOOL,
    RESULT_TOOLS,
    error_of,
    keep_chart,
    keep_result,
    text_of,
)
from agents.toolset import is_identified
from agents.turn_record import TurnLimits, current_record, start_record
from gtm.errors import ConfigurationError

logger = logging.getLogger(__name__)

LAST_RESULT_ID: Final = "last_result_id"
KNOWN_RESULTS: Final = "known_results"
# As many results of a conversation as anybody will still speak of.
_MAX_KNOWN: Final = 50


class TurnPlugin(BasePlugin):
    """Watches every model and tool step of a turn."""

    def __init__(self, expected_tools: Mapping[str, frozenset[str]], limits: TurnLimits) -> None:
        super().__init__(name="turn")
        self._expected_tools = expected_tools
        self._limits = limits

    async def before_run_callback(self, *, invocation_context: InvocationContext) -> None:
        """Begin a record where nobody has: ADK's own commands know nothing of ours."""
        if not is_identified(invocation_context.run_config):
            start_record(self._limits)

    async def before_model_callback(
        self, *, callback_context: CallbackContext, llm_request: LlmRequest
    ) -> LlmResponse | None:
        """Stop the turn when an agent has lost a tool: ADK itself would go on without it."""
        agent = callback_context.agent_name
        missing = self._expected_tools.get(agent, frozenset()) - set(llm_request.tools_dict)
        if missing:
            raise current_record().fail(
                ConfigurationError(
                    f"The agent {agent!r} has no tool {', '.join(sorted(missing))}.",
                    hint="The analytics server can't be reached or publishes other tools.",
                )
            )
        return None

    async def on_model_error_callback(
        self, *, callback_context: CallbackContext, llm_request: LlmRequest, error: Exception
    ) -> LlmResponse | None:
        """Remember why the model failed; inside an agent ADK would turn it into prose."""
        current_record().fail(failure_of(error))
        return None

    async def before_tool_callback(
        self, *, tool: BaseTool, tool_args: dict[str, Any], tool_context: ToolContext
    ) -> dict[str, Any] | None:
        """Refuse a call that names what is not its own, or that was answered before."""
        if isinstance(tool, SetModelResponseTool):
            return None
        record, call_id = current_record(), tool_context.function_call_id or ""
        record.begin_tool_call()
        key, refusal = _call_key(tool, tool_args, tool_context), _refusal(tool_args, tool_context)
        if refusal is None and record.is_repeated(key):
            refusal = _error(
                "repeated_call", "This call was answered before.", "Use that answer, or ask else."
            )
        if refusal is None:
            record.begun[call_id] = key
            return None
        logger.warning("tool_call_refused", extra={"tool": tool.name, "code": refusal["code"]})
        record.tool_texts[call_id] = refusal["message"]
        return {"error": refusal}

    async def after_tool_callback(
        self,
        *,
        tool: BaseTool,
        tool_args: dict[str, Any],
        tool_context: ToolContext,
        result: dict[str, Any],
    ) -> dict[str, Any] | None:
        """Keep what the tool answered and hand the model a short form of it."""
        record, call_id = current_record(), tool_context.function_call_id or ""
        # A call that was refused was never begun.
        key = record.begun.pop(call_id, None)
        if key is None:
            return None
        if not isinstance(tool, McpTool):
            record.answered(key, is_failed=not isinstance(result, dict))
            tool_context.state[LAST_REPLY] = kept_reply(result)
            return None
        shown = _shown(tool, tool_context, result)
        record.answered(key, is_failed="error" in shown)
        return shown


def _shown(tool: BaseTool, tool_context: ToolContext, result: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the answer of a server's tool; return what the model sees of it."""
    record, call_id = current_record(), tool_context.function_call_id or ""
    if (error := error_of(result)) is not None:
        record.tool_texts[call_id] = str(error.get("message", ""))
        return {"error": error}
    record.tool_texts[call_id] = text_of(result).partition("\n")[0]
    content = result.get("structuredContent") or {}
    if tool.name in RESULT_TOOLS:
        _remember(tool_context, content)
        return keep_result(record, content)
    return keep_chart(record, content) if tool.name == CHART_TOOL else dict(content)


def _remember(tool_context: ToolContext, content: Mapping[str, Any]) -> None:
    """Keep for the next turn what this one was about."""
    resolved, state = content.get("resolved") or {}, tool_context.state
    state[LAST_RESULT_ID] = content["result_id"]
    state[LAST_QUERY] = resolved.get("query")
    state[KNOWN_RESULTS] = [*state.get(KNOWN_RESULTS, ()), content["result_id"]][-_MAX_KNOWN:]


def _refusal(arguments: dict[str, Any], tool_context: ToolContext) -> dict[str, str] | None:
    """Return why a call may not be made; the server would refuse most of these, too."""
    if (named := reserved_in(arguments)) is not None:
        return _error(
            "not_permitted",
            f"The argument {named!r} is not allowed.",
            "Whose data it is follows from who asks.",
        )
    state = tool_context.state
    known = {*current_record().results, *state.get(KNOWN_RESULTS, ()), state.get(LAST_RESULT_ID)}
    if any(is_foreign_result(named, known) for named in result_ids_in(arguments)):
        return _error(
            "not_found",
            "This is no result of this conversation.",
            "Use a `result_id` that a tool has returned, or leave it out.",
        )
    return None


def _error(code: str, message: str, hint: str) -> dict[str, str]:
    return {"code": code, "message": message, "hint": hint}


def _call_key(tool: BaseTool, arguments: Mapping[str, Any], tool_context: ToolContext) -> str:
    """Return what makes two calls of one agent's run the same."""
    branch = tool_context.get_invocation_context().branch or ""
    given = json.dumps(arguments, sort_keys=True, ensure_ascii=False, default=str)
    return f"{branch}\n{tool.name}\n{given}"
