"""What understanding a question can lead to: an answer, a question back, or an honest refusal."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from gtm.semantics.query import MetricQuery

# What is to be done with a query: answer it, explain the change it compares, look ahead over the
# period it names, or look for days that stand out.
Intent = Literal["query", "explain", "forecast", "anomalies"]
Topic = Literal["greeting", "help", "definition", "freshness"]

# As many names as are looked up for one question.
MAX_TERMS: Final = 10


class ValueMatch(BaseModel):
    """A word or phrase of the question that is a value of a dimension in this tenant's data."""

    model_config = ConfigDict(frozen=True)

    term: str
    dimension: str
    value: str
    is_exact: bool = Field(description="Equal but for case; a near match is only ever offered.")


class WordMatch(BaseModel):
    """A word or phrase of this tenant's own for a metric, a dimension, or a value of one."""

    model_config = ConfigDict(frozen=True)

    term: str
    kind: Literal["metric", "dimension", "value"]
    name: str = Field(description="Of the metric or dimension, as queries take it.")
    value: str | None = Field(None, description="Of the dimension, where a value is meant.")


Match = ValueMatch | WordMatch


class Option(BaseModel):
    """One way on that a person can pick with a click: a question that will be answered."""

    model_config = ConfigDict(frozen=True)

    label: str
    question: str


class Answer(BaseModel):
    """The question is understood; `notes` say what was read into it.

    `look` is how its chart is to look, in words that `read_chart_edit` understands.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["answer"] = "answer"
    query: MetricQuery
    intent: Intent = "query"
    notes: tuple[str, ...] = ()
    look: str | None = None


class Clarify(BaseModel):
    """A question back.

    `unknown` holds what may be a name: look `terms` up as values, then parse again. `strange` holds
    the words nobody accounted for, and nothing around them.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["clarify"] = "clarify"
    message: str
    options: tuple[Option, ...] = ()
    unknown: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """The names to look up, as many as are looked up at once."""
        return self.unknown[:MAX_TERMS]


class Refuse(BaseModel):
    """It can't be answered, and why, with the nearest questions that can."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["refuse"] = "refuse"
    message: str
    options: tuple[Option, ...] = ()


class About(BaseModel):
    """It is about the product or its words, not for a number."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["about"] = "about"
    topic: Topic
    message: str
    options: tuple[Option, ...] = ()


Outcome = Answer | Clarify | Refuse | About
