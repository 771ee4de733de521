"""The one format of evaluation questions: what is asked, and what must come of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from gtm.semantics.query import (
    ChartWish,
    Comparison,
    ComparisonKind,
    Filter,
    Grain,
    MetricFilter,
    MetricQuery,
    OrderBy,
    RelativeRange,
    TimeRange,
)

# The day on which every question is asked: a Sunday.
TODAY = date(2026, 11, 22)

Expected = Literal["answer", "clarify", "refuse", "about"]
Intent = Literal["query", "explain", "forecast", "anomalies"]
_OPS = ("not_contains", "contains", "not_in", "in")
_SIGNS = (">=", "<=", "!=", ">", "<", "=")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Slots(_Entry):
    """What a query asks for, in short.

    `time`: a relative name or `start..end`. `compare`: `previous_period`, `previous_year` or
    `start..end`. `filters`: `dimension op value|value`. `having`: `metric > 10`. `order`: a field,
    with a minus where descending. A field that is left out is not asked for.
    """

    intent: Intent = "query"
    metrics: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    funnel: str | None = None
    grain: Grain | Literal["any"] | None = None
    time: str | None = None
    compare: str | None = None
    filters: tuple[str, ...] = ()
    having: tuple[str, ...] = ()
    order: str | None = None
    limit: int | None = Field(None, ge=1)
    chart: ChartWish | None = None

    def query(self) -> MetricQuery:
        """Return it as a MetricQuery. Raises ValueError when it can't be one."""
        return MetricQuery(
            metrics=self.metrics,
            dimensions=self.dimensions,
            funnel=self.funnel,
            grain=Grain.MONTH if self.grain == "any" else self.grain,
            time=None if self.time is None else _time(self.time),
            compare=None if self.compare is None else _comparison(self.compare),
            filters=tuple(map(_filter, self.filters)),
            having=tuple(map(_having, self.having)),
            order=None if self.order is None else _order(self.order),
            limit=self.limit,
            chart=self.chart,
        )


class Question(Slots):
    """One question and what must come of it; `or` lists other readings that are as right."""

    id: str = ""
    ask: str
    expect: Expected | tuple[Expected, ...] = "answer"
    topic: str | None = Field(None, description="Why it is refused or asked back, in a word.")
    also: tuple[Slots, ...] = Field(default=(), alias="or")

    @property
    def expected(self) -> tuple[Expected, ...]:
        """Every outcome that is right."""
        return self.expect if isinstance(self.expect, tuple) else (self.expect,)

    @property
    def readings(self) -> tuple[Slots, ...]:
        """Every query that is right, the likeliest first."""
        own = Slots(**self.model_dump(include=set(Slots.model_fields)))
        has_own = bool(own.metrics or own.funnel)
        return (own, *self.also) if has_own else self.also

    @model_validator(mode="after")
    def _says_what_it_becomes(self) -> Self:
        if "answer" in self.expected and not self.readings:
            raise ValueError("an answer needs metrics or a funnel")
        for slots in self.readings:
            slots.query()
        return self


class Conversation(_Entry):
    """Questions that follow each other in one conversation."""

    name: str
    turns: tuple[Question, ...] = Field(min_length=2)


class QuestionFile(_Entry):
    """One file of evals/questions."""

    voice: str
    questions: tuple[Question, ...] = ()
    conversations: tuple[Conversation, ...] = ()


def read_file(path: Path) -> QuestionFile:
    """Read a file of questions. Raises ValueError, which names the entry that is wrong."""
    return QuestionFile.model_validate(
        yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    )


def questions_in(file: QuestionFile) -> tuple[Question, ...]:
    """Return every question of a file in the order they are asked."""
    turns = (turn for conversation in file.conversations for turn in conversation.turns)
    return (*file.questions, *turns)


def _range(text: str) -> TimeRange:
    start, _, end = text.partition("..")
    return TimeRange(start=date.fromisoformat(start), end=date.fromisoformat(end))


def _time(text: str) -> TimeRange | RelativeRange:
    return _range(text) if ".." in text else RelativeRange(text)


def _comparison(text: str) -> Comparison:
    if ".." in text:
        return Comparison(kind=ComparisonKind.CUSTOM, range=_range(text))
    return Comparison(kind=ComparisonKind(text))


def _filter(text: str) -> Filter:
    for op in _OPS:
        dimension, found, values = text.partition(f" {op} ")
        if found:
            return Filter(dimension=dimension, op=op, values=tuple(values.split("|")))
    raise ValueError(f"filter {text!r} has no operator; write `dimension in value|value`")


def _having(text: str) -> MetricFilter:
    metric, sign, value = text.split(maxsplit=2)
    if sign not in _SIGNS:
        raise ValueError(f"{text!r} has no sign; write `metric > 10`")
    return MetricFilter.model_validate({"metric": metric, "op": sign, "value": float(value)})


def _order(text: str) -> OrderBy:
    return OrderBy(field=text.removeprefix("-"), is_descending=text.startswith("-"))
