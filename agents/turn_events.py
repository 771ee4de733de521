"""From ADK events to AG-UI events: one translator a turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ag_ui.core import (
    BaseEvent,
    CustomEvent,
    StepFinishedEvent,
    StepStartedEvent,
    ToolCallArgsEvent,
    ToolCallEndEvent,
    ToolCallResultEvent,
    ToolCallStartEvent,
)
from google.adk.events import Event
from google.genai import types
from pydantic import BaseModel
from pydantic_core import to_json

from agents.backing import not_verified
from agents.local_analyst import LocalAnalyst
from agents.reply import TurnOutcome
from agents.tool_results import CHART_TOOL, RESULT_TOOLS
from agents.turn_record import TurnRecord
from agents.turn_text import TurnText
from gtm.language.outcome import Option

_ORCHESTRATOR: Final = "orchestrator"
_SPEAKERS: Final = frozenset({"sql_analyst", "integration_setup"})
_OFFERING: Final = frozenset({"clarify", "refuse"})
_AGENTS: Final = _SPEAKERS | {"chart_builder"}
# ADK gives a model that can't combine typed output and tools this tool to answer with.
_ANSWER_TOOL: Final = "set_model_response"


class Translator:
    """Reads the run's events in order, yields what a client sees, and sums the turn up."""

    def __init__(self, record: TurnRecord, *, turn_id: str, model_name: str) -> None:
        self._record = record
        self._model_name = model_name
        self._text = TurnText(turn_id)
        self._steps: list[str] = []
        self._calls: dict[str, str] = {}
        self._asked: list[str] = []
        self.outcome: TurnOutcome = "guide"
        self.result_id: str | None = None
        self.options: tuple[Option, ...] = ()

    @property
    def insights(self) -> str:
        """Everything said, as Markdown."""
        return "\n\n".join(self._text.texts)

    def translate(self, event: Event) -> Iterator[BaseEvent]:
        """Yield the client's events for one event of the run."""
        parts = (event.content.parts if event.content else None) or []
        if event.partial:
            if event.author in _SPEAKERS:
                yield from self._text.grow(event.branch or event.author, _words(parts))
            return
        for part in parts:
            if part.function_call:
                yield from self._called(part.function_call)
            elif part.function_response:
                yield from self._answered(part.function_response)
        is_step = any(part.function_call or part.function_response for part in parts)
        if event.author == _ORCHESTRATOR and not is_step and not self._text.texts:
            yield from self._text.finish(event.id, _words(parts), check=self._check)

    def close(self) -> Iterator[BaseEvent]:
        """Yield the ends of what is still open, so that a broken-off stream stays well-formed."""
        yield from self._text.close()
        for call_id in list(self._calls):
            yield from self._tool_ended(call_id, "stopped")
        for step in dict.fromkeys(reversed(self._steps)):
            yield StepFinishedEvent(step_name=step)
        self._steps.clear()

    def _called(self, call: types.FunctionCall) -> Iterator[BaseEvent]:
        name, call_id = call.name or "", call.id or ""
        if name in _AGENTS:
            self._asked.append(str((call.args or {}).get("question", "")))
            if name not in self._steps:
                yield StepStartedEvent(step_name=name)
            self._steps.append(name)
        elif name != _ANSWER_TOOL:
            self._calls[call_id] = name
            yield ToolCallStartEvent(tool_call_id=call_id, tool_call_name=name)
            yield ToolCallArgsEvent(tool_call_id=call_id, delta=to_json(call.args or {}).decode())
            yield ToolCallEndEvent(tool_call_id=call_id)

    def _answered(self, response: types.FunctionResponse) -> Iterator[BaseEvent]:
        name, call_id = response.name or "", response.id or ""
        content = response.response or {}
        if name in _AGENTS:
            yield from self._agent_finished(name, content, call_id)
        elif call_id in self._calls:
            yield from self._tool_ended(call_id, self._record.tool_texts.get(call_id, ""))
            yield from self._produced(name, content)

    def _tool_ended(self, call_id: str, text: str) -> Iterator[BaseEvent]:
        self._calls.pop(call_id)
        yield ToolCallResultEvent(
            message_id=f"{call_id}-result", tool_call_id=call_id, content=text
        )

    def _produced(self, tool: str, content: Mapping[str, Any]) -> Iterator[BaseEvent]:
        """Show what a tool left in the record."""
        captured = self._record.results.get(str(content.get("result_id")))
        if tool in RESULT_TOOLS and captured is not None:
            self.result_id = captured.preview.result_id
            receipt = captured.receipt.model_copy(update={"model": self._model_name})
            yield _custom("gtm.result", captured.preview)
            yield _custom("gtm.receipt", receipt)
        if tool == CHART_TOOL and self._record.chart is not None and "error" not in content:
            yield _custom("gtm.chart", self._record.chart)

    def _agent_finished(
        self, agent: str, answer: Mapping[str, Any], call_id: str
    ) -> Iterator[BaseEvent]:
        if agent == "sql_analyst":
            self._conclude(answer)
        elif agent == "chart_builder" and self.outcome == "guide":
            self.outcome = "answer" if answer.get("is_built") else "refuse"
        # A chart speaks only when nobody else has: when an earlier result is drawn anew.
        if agent in _SPEAKERS or not self._text.texts:
            # How far the data reaches is told by a tool without rows.
            check = None if agent == "integration_setup" else self._check
            yield from self._text.finish(call_id, str(answer.get("text") or ""), check=check)
        # Ways on from a guide are no question back: they go with the reply.
        if agent == "sql_analyst" and self.outcome in _OFFERING:
            yield self._offer(answer)
        if agent in self._steps:
            self._steps.remove(agent)
            if agent not in self._steps:
                yield StepFinishedEvent(step_name=agent)

    def _check(self, text: str) -> str:
        """Return what has to be said of a text's numbers; without data rules say what they know."""
        results = list(self._record.results.values())
        if self._model_name == LocalAnalyst.NAME and not results:
            return ""
        told = self._record.tool_texts.values()
        return not_verified(text, results, asked=self._asked, told=told)

    def _conclude(self, answer: Mapping[str, Any]) -> None:
        said = answer.get("outcome", "error")
        self.outcome = "guide" if said == "about" else said
        self.result_id = answer.get("result_id") or self.result_id
        self.options = tuple(Option.model_validate(item) for item in answer.get("options", ()))

    def _offer(self, answer: Mapping[str, Any]) -> BaseEvent:
        options = [option.model_dump() for option in self.options]
        value = {"kind": self.outcome, "message": answer.get("text", ""), "options": options}
        return CustomEvent(name="gtm.options", value=value)


def _words(parts: list[types.Part]) -> str:
    return "".join(part.text for part in parts if part.text and not part.thought)


def _custom(name: str, value: BaseModel) -> CustomEvent:
    return CustomEvent(name=name, value=value.model_dump(mode="json", by_alias=True))
