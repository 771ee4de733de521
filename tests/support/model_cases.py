"""The table of what language models do well and badly, and what must come of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from tests.support.fake_models import Step, steps_of

FOLDER = Path(__file__).parents[1] / "fixtures" / "models"
WireName = Literal["gemini", "openai"]
_GOOD = "a question is delegated, queried, answered and drawn"
QUESTION = "Top sources last 30 days"


class Expectation(BaseModel):
    """What a turn must come to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: str
    code: str | None = None
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    tools: tuple[str, ...] | None = Field(None, description="Tools that were called, in order.")
    requests: int | None = None
    told: dict[int, str] = Field(default_factory=dict, description="In the model's nth request.")
    rows: int | None = None
    chart: str | None = None
    options: int | None = None
    estimated: tuple[WireName, ...] | None = Field(
        (), description="Where the service reports no tokens; none where nobody can know."
    )


class Case(BaseModel):
    """One script, and what must come of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    question: str = QUESTION
    wires: tuple[WireName, ...] = ("gemini", "openai")
    settings: dict[str, Any] = Field(default_factory=dict)
    has_talked: bool = Field(default=False, description="A good turn comes before.")
    script: tuple[dict[str, Any], ...]
    expect: Expectation

    def steps(self) -> tuple[Step, ...]:
        """Return the script as steps."""
        return steps_of(self.script)


def load_cases() -> list[Case]:
    """Read every file of the table; what a file keeps under `shared` is for its own anchors."""
    return [
        Case.model_validate(entry)
        for path in sorted(FOLDER.glob("*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["cases"]
    ]


def good_steps() -> tuple[Step, ...]:
    """Return a whole turn of a model that does as it should: asked for QUESTION."""
    return next(case for case in load_cases() if case.name == _GOOD).steps()
