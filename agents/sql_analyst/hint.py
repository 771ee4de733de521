"""How the product's own reader understands a question, put beside it for a language model."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any, Final

from google.adk.agents.callback_context import CallbackContext
from google.adk.models.llm_request import LlmRequest
from google.adk.models.llm_response import LlmResponse
from google.adk.tools.base_tool import BaseTool
from google.adk.tools.tool_context import ToolContext
from pydantic import TypeAdapter

from agents.before import Before
from agents.model_request import json_object, newest_text, with_note
from agents.tool_results import TOOLS
from agents.turn_record import current_record
from gtm.clock import Clock
from gtm.language.analyst import shared_analyst
from gtm.language.outcome import Answer, Clarify, Match, Outcome

logger = logging.getLogger(__name__)

_LABEL: Final = "Hint, by the product's rule-based reader and not by the person:"
_MATCHES: Final[TypeAdapter[tuple[Match, ...]]] = TypeAdapter(tuple[Match, ...])


class HintReader:
    """Reads each question once a turn; every step of the model sees the same hint."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(
        self, callback_context: CallbackContext, llm_request: LlmRequest
    ) -> LlmResponse | None:
        """Put the hint beside the question."""
        text = newest_text(llm_request)
        hints = current_record().hints
        if text not in hints:
            hints[text] = await self._hint(text, callback_context, llm_request)
        if (hint := hints[text]) is not None:
            with_note(llm_request, hint)
        return None

    async def _hint(self, text: str, context: CallbackContext, request: LlmRequest) -> str | None:
        asked = json_object(text)
        question = str(asked.get("question") or text)
        said = Before.kept(asked.get("previous_query"), asked.get("previous_reply"))
        try:
            outcome = self._read(question, said)
            if isinstance(outcome, Clarify) and outcome.unknown:
                tool = request.tools_dict["find_values"]
                found = await _find(tool, context, outcome.terms)
                outcome = self._read(question, said, found)
        except Exception:
            # A question is answered without it, too.
            logger.exception("hint_failed")
            return None
        return f"{_LABEL} {json.dumps(_said(outcome), ensure_ascii=False)}"

    def _read(self, question: str, said: Before, values: Sequence[Match] | None = None) -> Outcome:
        return shared_analyst().understand(
            question,
            today=self._clock.today(),
            previous=said.query,
            asked_back=said.reply,
            values=values,
        )


async def _find(
    tool: BaseTool, context: CallbackContext, terms: Sequence[str]
) -> tuple[Match, ...]:
    """Look names up as the agent would: in the data of the workspace that asks."""
    answer = await tool.run_async(
        args={"terms": list(terms)}, tool_context=ToolContext(context.get_invocation_context())
    )
    content = answer.get("structuredContent") or {}
    return _MATCHES.validate_python(content.get("matches", ()))


def _said(outcome: Outcome) -> dict[str, Any]:
    if isinstance(outcome, Answer):
        query = outcome.query.model_dump(mode="json", exclude_defaults=True)
        said: dict[str, Any] = {"reads_as": TOOLS[outcome.intent], "query": query}
        return said | ({"notes": outcome.notes} if outcome.notes else {})
    said = {"reads_as": outcome.kind, "message": outcome.message}
    options = [option.question for option in outcome.options]
    return said | ({"options": options} if options else {})
