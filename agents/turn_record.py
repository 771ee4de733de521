"""What one turn produced besides words: results, chart, usage, and what went wrong."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from gtm.charts.spec import ChartSpec
from gtm.errors import GtmError
from gtm.semantics.preview import ResultPreview
from gtm.semantics.result import Receipt


@dataclass(frozen=True, slots=True)
class CapturedResult:
    """A result as the server sent it."""

    preview: ResultPreview
    receipt: Receipt


@dataclass(slots=True)
class TokenUsage:
    """Tokens of one model."""

    prompt: int = 0
    output: int = 0


@dataclass(slots=True)
class TurnRecord:
    """Filled by the turn plugin while the agents work; rows get here without passing a model."""

    results: dict[str, CapturedResult] = field(default_factory=dict)
    last_result_id: str | None = None
    chart: ChartSpec | None = None
    tool_texts: dict[str, str] = field(default_factory=dict)
    usage: dict[str, TokenUsage] = field(default_factory=dict)
    model_steps: int = 0
    failure: GtmError | None = None

    @property
    def model_tokens(self) -> int:
        """What all models read and wrote."""
        return sum(used.prompt + used.output for used in self.usage.values())

    def result(self, result_id: str | None) -> CapturedResult | None:
        """Return the named result, or the last one when none is named."""
        wanted = result_id or self.last_result_id
        return self.results.get(wanted) if wanted else None


_current: ContextVar[TurnRecord | None] = ContextVar("turn_record", default=None)


def start_record() -> TurnRecord:
    """Begin the record of the turn this task runs; tasks it starts see the same one."""
    record = TurnRecord()
    _current.set(record)
    return record


def current_record() -> TurnRecord:
    """Return the running turn's record; outside a turn (ADK's commands) a throw-away one."""
    return _current.get() or TurnRecord()
