from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gtm.language.routing import route

FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
ROUTES: dict[str, list[str]] = yaml.safe_load((FIXTURES / "routes.yml").read_text(encoding="utf-8"))
CASES = [(question, name) for name, questions in ROUTES.items() for question in questions]


@pytest.mark.parametrize(("question", "name"), CASES)
def test_a_question_goes_to_the_agent_it_belongs_to(question: str, name: str) -> None:
    assert route(question) == name


def test_a_text_of_any_length_is_routed() -> None:
    assert route("connect " * 100_000) == "analytics"
