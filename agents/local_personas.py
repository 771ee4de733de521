"""The rules by which `local/analyst` plays each agent."""

from __future__ import annotations

from typing import Any, Final

from google.adk.models.llm_request import LlmRequest
from google.genai import types
from pydantic import BaseModel, TypeAdapter

from agents.before import Before
from agents.messages import (
    ChartAnswer,
    ChartRequest,
    SetupAnswer,
    SetupQuestion,
    SqlAnswer,
    SqlQuestion,
)
from agents.model_request import (
    json_object,
    newest_text,
    responses_of_turn,
    trailing_responses,
)
from agents.setup_guides import Guide, load_guides
from agents.tool_results import TOOLS
from gtm.charts.spec import ChartDraft
from gtm.charts.unmet import said
from gtm.clock import Clock
from gtm.insights.narrative import is_row_cap
from gtm.insights.premise import claimed
from gtm.language.analyst import shared_analyst
from gtm.language.chart_edits import read_chart_edit
from gtm.language.outcome import About, Answer, Clarify, Match, Outcome, Refuse
from gtm.language.routing import route
from gtm.semantics.result import SourceFreshness

Parts = list[types.Part]

_NO_CHART: Final = (
    "There is no chart to change yet. Ask a question first, for example *sessions by channel*."
)
_ASSUMED: Final = "**Assumed:** "
_PARAGRAPH: Final = "\n\n"
_MATCHES: Final[TypeAdapter[tuple[Match, ...]]] = TypeAdapter(tuple[Match, ...])
_SOURCES: Final = TypeAdapter(tuple[SourceFreshness, ...])


class Personas:
    """Orchestrator, SQL analyst, chart builder and integration setup as pure functions."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def warm(self) -> None:
        """Build what the first question would wait for."""
        shared_analyst()

    def orchestrator(self, request: LlmRequest) -> Parts:
        """Hand the question to the agent it is for."""
        question = newest_text(request)
        match route(question):
            case "setup":
                return [_call("integration_setup", question=question)]
            case "chart" if read_chart_edit(question) is not None:
                if not _has_result(request):
                    return [types.Part(text=_NO_CHART)]
                return [_call("chart_builder", wish=question, is_redraw=True)]
        return [_call("sql_analyst", question=question)]

    def sql_analyst(self, request: LlmRequest) -> Parts:
        """Understand, look unknown names up, query, and say what was found."""
        asked = _input(SqlQuestion, request)
        outcome = self._understand(asked, request)
        responses = trailing_responses(request)
        if responses and responses[-1].name in TOOLS.values():
            return _typed(_found(responses[-1].response or {}, outcome))
        if isinstance(outcome, Answer):
            query = outcome.query.model_dump(mode="json", exclude_defaults=True)
            claim = claimed(asked.question) if outcome.intent == "explain" else None
            return [_call(TOOLS[outcome.intent], query=query, claim=claim)]
        if isinstance(outcome, Clarify) and outcome.unknown and not responses:
            return [_call("find_values", terms=list(outcome.terms))]
        return _typed(_not_answered(outcome))

    def chart_builder(self, request: LlmRequest) -> Parts:
        """Build the chart, and for an earlier result read that again beside it."""
        wanted = _input(ChartRequest, request)
        built = {response.name: response.response or {} for response in trailing_responses(request)}
        if "build_chart" in built:
            return _typed(_drawn(built["build_chart"], wanted))
        draft = _draft(wanted)
        if not draft.asks_for_something and wanted.wish:
            return _typed(ChartAnswer(is_built=False, text=said(draft.unmet, draft.unread)))
        wished = draft.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        calls = [_call("build_chart", result_id=wanted.result_id, draft=wished or None)]
        if wanted.is_redraw:
            calls.insert(0, _call("get_result", result_id=wanted.result_id))
        return calls

    def integration_setup(self, request: LlmRequest) -> Parts:
        """Read how far the data reaches, then give the steps for the source asked about."""
        asked = _input(SetupQuestion, request)
        responses = trailing_responses(request)
        if not responses:
            return [_call("get_freshness")]
        guides = [guide for guide in load_guides() if guide.is_meant_by(asked.question)]
        status = _status(responses[-1].response or {}, guides)
        texts = [*(guide.text for guide in guides), status]
        return _typed(SetupAnswer(text="\n\n".join(text for text in texts if text)))

    def _understand(self, asked: SqlQuestion, request: LlmRequest) -> Outcome:
        said = Before.kept(asked.previous_query, asked.previous_reply)
        return shared_analyst().understand(
            asked.question,
            today=self._clock.today(),
            previous=said.query,
            asked_back=said.reply,
            values=_values(request),
        )


def _input(model: type[Any], request: LlmRequest) -> Any:
    """Read the agent's typed input; asked directly, its words are the question."""
    text = newest_text(request)
    content = json_object(text)
    if not content and "question" in model.model_fields:
        content = {"question": text}
    return model.model_validate(content)


def _values(request: LlmRequest) -> tuple[Match, ...] | None:
    """Return the names found in the data, or None where none were looked up."""
    found: list[Match] | None = None
    for response in responses_of_turn(request):
        if response.name == "find_values":
            matches = (response.response or {}).get("matches", ())
            found = [*(found or ()), *_MATCHES.validate_python(matches)]
    return None if found is None else tuple(found)


def _has_result(request: LlmRequest) -> bool:
    """Return whether an earlier question has left a result that can be drawn differently."""
    return any(
        (part.function_response.response or {}).get("result_id")
        for content in request.contents
        for part in content.parts or []
        if part.function_response and part.function_response.name == "sql_analyst"
    )


def _draft(wanted: ChartRequest) -> ChartDraft:
    if wanted.wish is None:
        return ChartDraft(type=wanted.chart)
    draft = read_chart_edit(wanted.wish) or ChartDraft(unmet=("unclear",))
    return draft if draft.type else draft.model_copy(update={"type": wanted.chart})


def _found(result: dict[str, Any], outcome: Outcome) -> SqlAnswer:
    if (error := result.get("error")) is not None:
        said = [str(error.get("message", "")), str(error.get("hint") or "")]
        return SqlAnswer(outcome="refuse", text=" ".join(part for part in said if part))
    answer = SqlAnswer(
        outcome="answer", result_id=result["result_id"], text=str(result["draft_text"])
    )
    if isinstance(outcome, Answer):
        answer.text = _with_notes(answer.text, _needed(outcome.notes, result))
        answer.chart, answer.look = outcome.query.chart, outcome.look
    return answer


def _needed(notes: tuple[str, ...], result: dict[str, Any]) -> tuple[str, ...]:
    """Leave out a cap on rows that cut nothing off."""
    return tuple(note for note in notes if not (result.get("is_whole") and is_row_cap(note)))


def _with_notes(text: str, notes: tuple[str, ...]) -> str:
    """Add what was read into the question to what the server assumed, each thing once."""
    head, mark, assumed = text.partition(_ASSUMED)
    said = {_opening(sentence) for sentence in assumed.split(". ")}
    unsaid = [note.rstrip(".") + "." for note in notes if _opening(note) not in said]
    if not unsaid:
        return text
    return f"{head if mark else head + _PARAGRAPH}{_ASSUMED}{' '.join([assumed, *unsaid]).lstrip()}"


def _opening(sentence: str) -> str:
    """Return the words that tell what a sentence is about, such as `no period`."""
    return " ".join(sentence.lower().split()[:2])


def _not_answered(outcome: Clarify | Refuse | About) -> SqlAnswer:
    return SqlAnswer(outcome=outcome.kind, text=outcome.message, options=list(outcome.options))


def _drawn(result: dict[str, Any], wanted: ChartRequest) -> ChartAnswer:
    if (error := result.get("error")) is not None:
        return ChartAnswer(is_built=False, text=str(error.get("message", "")))
    note = str(result.get("note") or "")
    text = note or f"Here it is as a {result['type']} chart."
    return ChartAnswer(is_built=True, type=result["type"], title=result["title"], text=text)


def _status(result: dict[str, Any], guides: list[Guide]) -> str:
    if (error := result.get("error")) is not None:
        return f"How far your data reaches can't be read right now: {error.get('message', '')}"
    wanted = {guide.source for guide in guides}
    sources = _SOURCES.validate_python(result.get("sources", ()))
    lines = [_source_line(source) for source in sources if not wanted or source.source in wanted]
    return "**Your data now**\n\n" + "\n".join(lines) if lines else ""


def _source_line(source: SourceFreshness) -> str:
    if source.through is None:
        return f"- {source.source}: no data yet"
    final = f", final through {source.final_through}" if source.final_through else ""
    return f"- {source.source}: data through {source.through}{final}"


def _call(name: str, **arguments: Any) -> types.Part:
    given = {key: value for key, value in arguments.items() if value is not None}
    return types.Part(function_call=types.FunctionCall(name=name, args=given))


def _typed(answer: BaseModel) -> Parts:
    return [types.Part(text=answer.model_dump_json(exclude_none=True))]
