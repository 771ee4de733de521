"""Questions about deals and colleagues, asked in a workspace that has names of its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gtm.analytics.values import ValueIndex
from gtm.language.analyst import Analyst
from gtm.language.outcome import Clarify, Outcome
from tests.gtm.language.test_corpus import Case, check, load

TABLE: dict[str, Any] = load("sales.yml")
VALUES = ValueIndex(TABLE["values"])


def _ask(analyst: Analyst, text: str, today: date) -> Outcome:
    outcome = analyst.understand(text, today=today)
    if isinstance(outcome, Clarify) and outcome.unknown:
        found = VALUES.find(outcome.terms)
        return analyst.understand(text, today=today, values=found)
    return outcome


@pytest.mark.parametrize("case", TABLE["questions"], ids=lambda case: case["q"][:60])
def test_sales_language_becomes_the_query_it_means(
    case: Case, analyst: Analyst, today: date
) -> None:
    check(case, _ask(analyst, case["q"], today), today)
