"""The words people use: what each is read as, with the names of a workspace looked up first."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import evals
from gtm.analytics.values import ValueIndex
from gtm.language.analyst import Analyst
from gtm.language.outcome import Answer, Outcome
from tests.gtm.language.test_corpus import _flat, _gold

FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
NAMES = Path(str(evals.__file__)).parent / "sample_values.json"
CASES: list[dict[str, Any]] = [
    case
    for name in ("words.yml", "crm.yml", "sayings.yml")
    for case in yaml.safe_load((FIXTURES / name).read_text(encoding="utf-8"))["questions"]
]
UNKNOWN = (FIXTURES / "unknown_words.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def names() -> ValueIndex:
    return ValueIndex(json.loads(NAMES.read_text(encoding="utf-8")))


def _ask(analyst: Analyst, names: ValueIndex, question: str, today: date) -> Outcome:
    return analyst.understand(question, today=today, values=names.find([question]))


@pytest.mark.parametrize("case", CASES, ids=[case["q"][:60] for case in CASES])
def test_the_words_of_the_trade_are_known(
    case: dict[str, Any], analyst: Analyst, names: ValueIndex, today: date
) -> None:
    outcome = _ask(analyst, names, case["q"], today)
    assert isinstance(outcome, Answer), outcome
    assert _flat(outcome.query, today) == _gold(case, today)


@pytest.mark.parametrize("question", UNKNOWN)
def test_a_word_that_could_change_the_number_is_never_dropped(
    question: str, analyst: Analyst, names: ValueIndex, today: date
) -> None:
    assert _ask(analyst, names, question, today).kind in {"clarify", "refuse"}


def test_a_name_in_the_data_is_not_read_into_a_word_that_means_something_else(
    analyst: Analyst, today: date
) -> None:
    index = ValueIndex(
        {"campaign": ["sessions", "last month", "open deals"], "query": ["by channel"]}
    )
    question = "sessions by channel last month"
    plain = analyst.understand(question, today=today)
    told = analyst.understand(question, today=today, values=index.find([question]))
    assert isinstance(told, Answer)
    assert told == plain


def test_a_name_is_read_where_it_is_quoted_or_beside_its_kind(
    analyst: Analyst, today: date
) -> None:
    index = ValueIndex({"campaign": ["sessions"]})
    for question in ("clicks and visits from campaign sessions", 'visits from campaign "sessions"'):
        outcome = analyst.understand(question, today=today, values=index.find([question]))
        if isinstance(outcome, Answer):
            assert outcome.query.filters[0].values == ("sessions",)
