"""What the orchestrator and its agents say to each other."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from gtm.charts.spec import ChartType
from gtm.language.outcome import Option


class SqlQuestion(BaseModel):
    """A question for the SQL analyst."""

    question: str = Field(description="The person's question, understandable on its own.")
    previous_query: dict[str, Any] | None = Field(
        None, description="Filled in by the system: the last answered query. Leave out."
    )
    previous_reply: dict[str, Any] | None = Field(
        None, description="Filled in by the system: what was asked back before. Leave out."
    )


class SqlAnswer(BaseModel):
    """What the SQL analyst found."""

    outcome: Literal["answer", "clarify", "refuse", "about"] = Field(
        description="`about`: what the product does or a word means, said without data."
    )
    result_id: str | None = Field(None, description="Handle of the result the text speaks about.")
    text: str = Field(description="Markdown for the person; every number in it from the result.")
    options: list[Option] = Field(
        default_factory=list, description="Questions to offer when asking back or refusing."
    )
    chart: str | None = Field(None, description="The chart the person asked for, if any.")
    look: str | None = Field(
        None, max_length=400, description="How it is to look, in the person's words, if they said."
    )


class ChartRequest(BaseModel):
    """A result to draw."""

    result_id: str
    chart: ChartType | None = Field(None, description="The type asked for, if any.")
    wish: str | None = Field(
        None,
        max_length=2_000,
        description="How the chart is to look, in the person's words; undoing a change too.",
    )
    is_redraw: bool = Field(
        default=False, description="The result is from an earlier question and only drawn anew."
    )


class ChartAnswer(BaseModel):
    """The chart that was built; its data stays with the server."""

    is_built: bool
    type: str | None = None
    title: str = ""
    text: str = Field("", description="For the person: what changed, or why there is no chart.")


class SetupQuestion(BaseModel):
    """A question about connecting a source or the state of its data."""

    question: str


class SetupAnswer(BaseModel):
    """Steps or status for the person."""

    text: str = Field(description="Markdown.")
