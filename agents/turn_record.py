"""What one turn produced besides words: results, chart, what was used, and what went wrong."""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from agents.model_errors import (
    RepeatedCallError,
    TokenBudgetError,
    TooManyStepsError,
    TooManyToolCallsError,
)
from gtm.charts.spec import ChartSpec
from gtm.errors import GtmError
from gtm.semantics.preview import ResultPreview
from gtm.semantics.result import Receipt

_ONE_THING: Final = "Ask for one thing at a time."
# A model that is told twice that it repeats itself does not stop by being told again.
_MAX_REPETITIONS: Final = 2
_TRIES_OF_A_FAILED_CALL: Final = 2


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """How much a turn may use."""

    model_calls: int = 20
    tool_calls: int = 30
    tokens: int = 200_000


@dataclass(frozen=True, slots=True)
class CapturedResult:
    """A result as the server sent it."""

    preview: ResultPreview
    receipt: Receipt


@dataclass(slots=True)
class ModelUse:
    """Calls and tokens of one model; estimated where its service reports none."""

    calls: int = 0
    prompt: int = 0
    output: int = 0
    is_estimated: bool = False


@dataclass(slots=True)
class TurnRecord:
    """Filled while the agents work; rows get here without passing a model."""

    limits: TurnLimits = field(default_factory=TurnLimits)
    results: dict[str, CapturedResult] = field(default_factory=dict)
    last_result_id: str | None = None
    chart: ChartSpec | None = None
    tool_texts: dict[str, str] = field(default_factory=dict)
    hints: dict[str, str | None] = field(default_factory=dict)
    # Calls under way: id to what makes two of them the same.
    begun: dict[str, str] = field(default_factory=dict)
    usage: dict[str, ModelUse] = field(default_factory=dict)
    model_calls: int = 0
    tool_calls: int = 0
    failure: GtmError | None = None
    _answered: Counter[str] = field(default_factory=Counter)
    _repetitions: int = 0

    @property
    def model_tokens(self) -> int:
        """What all models read and wrote."""
        return sum(used.prompt + used.output for used in self.usage.values())

    def result(self, result_id: str | None) -> CapturedResult | None:
        """Return the named result, or the last one when none is named."""
        wanted = result_id or self.last_result_id
        return self.results.get(wanted) if wanted else None

    def fail(self, error: GtmError) -> GtmError:
        """Keep the first thing that went wrong: inside an agent ADK turns errors into prose."""
        self.failure = self.failure or error
        return self.failure

    def begin_model_call(self) -> None:
        """Count a call of a model. Raises TooManyStepsError, TokenBudgetError."""
        if self.model_calls >= self.limits.model_calls:
            raise self.fail(
                TooManyStepsError(
                    "The question needed more steps than one turn may take.", hint=_ONE_THING
                )
            )
        if self.model_tokens >= self.limits.tokens:
            raise self.fail(
                TokenBudgetError(
                    "The question needed more of the language model than one turn may use.",
                    hint=_ONE_THING,
                )
            )
        self.model_calls += 1

    def begin_tool_call(self) -> None:
        """Count a call of a tool or an agent. Raises TooManyToolCallsError."""
        if self.tool_calls >= self.limits.tool_calls:
            raise self.fail(
                TooManyToolCallsError(
                    "The question needed more look-ups than one turn may make.", hint=_ONE_THING
                )
            )
        self.tool_calls += 1

    def is_repeated(self, call: str) -> bool:
        """Say whether a call was answered before. Raises RepeatedCallError when told too often."""
        if self._answered[call] < _TRIES_OF_A_FAILED_CALL:
            return False
        self._repetitions += 1
        if self._repetitions > _MAX_REPETITIONS:
            raise self.fail(
                RepeatedCallError(
                    "The language model went round in circles.",
                    hint="Ask in other words, or for one thing at a time.",
                )
            )
        return True

    def answered(self, call: str, *, is_failed: bool) -> None:
        """Keep that a call has its answer; one that failed may be tried again."""
        self._answered[call] += 1 if is_failed else _TRIES_OF_A_FAILED_CALL

    def count_tokens(self, model: str, prompt: int, output: int, *, is_estimated: bool) -> None:
        """Count what one call of a model read and wrote."""
        used = self.usage.setdefault(model, ModelUse())
        used.calls += 1
        used.prompt += prompt
        used.output += output
        used.is_estimated |= is_estimated


_current: ContextVar[TurnRecord | None] = ContextVar("turn_record", default=None)


def start_record(limits: TurnLimits | None = None) -> TurnRecord:
    """Begin the record of the turn this task runs; tasks it starts see the same one."""
    record = TurnRecord(limits or TurnLimits())
    _current.set(record)
    return record


def current_record() -> TurnRecord:
    """Return the running turn's record; outside a turn a throw-away one."""
    return _current.get() or TurnRecord()


def active_record() -> TurnRecord | None:
    """Return the running turn's record, if there is a turn."""
    return _current.get()
