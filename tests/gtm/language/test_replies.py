"""A short reply to a question back settles it; anything else is read on its own."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.question_file import Slots
from gtm.language.analyst import Analyst
from gtm.language.outcome import About, Answer, Clarify
from gtm.semantics.query import TimeRange

FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
TABLE: list[dict[str, Any]] = yaml.safe_load((FIXTURES / "replies.yml").read_text(encoding="utf-8"))
CASES = [(entry, reply) for entry in TABLE for reply in entry["replies"]]


def _slots(case: dict[str, Any]) -> Slots:
    return Slots.model_validate({name: value for name, value in case.items() if name != "reply"})


@pytest.mark.parametrize(
    ("entry", "case"), CASES, ids=[f"{entry['asked']} > {case['reply']}" for entry, case in CASES]
)
def test_a_reply_settles_what_was_asked_back(
    entry: dict[str, Any], case: dict[str, Any], analyst: Analyst, today: date
) -> None:
    before = Slots.model_validate(entry["before"]).query() if "before" in entry else None
    back = analyst.understand(entry["asked"], today=today, previous=before)
    assert isinstance(back, Clarify | About)
    outcome = analyst.understand(case["reply"], today=today, previous=before, asked_back=back)
    assert isinstance(outcome, Answer), outcome
    wanted = _slots(case)
    query = outcome.query.model_copy(update={"time": _unlabelled(outcome.query.time)})
    assert query == wanted.query()
    assert outcome.intent == wanted.intent


def _unlabelled(time: object) -> object:
    return time.model_copy(update={"label": ""}) if isinstance(time, TimeRange) else time


def test_a_click_on_an_offer_is_its_question(analyst: Analyst, today: date) -> None:
    back = analyst.understand("sales per month this year", today=today)
    assert isinstance(back, Clarify)
    for offer in back.options:
        clicked = analyst.understand(offer.question, today=today, asked_back=back)
        assert clicked == analyst.understand(offer.question, today=today)
