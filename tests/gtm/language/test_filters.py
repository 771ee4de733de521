"""What is left out, kept and ranked: families of phrasings, each with the query it must become."""

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
from gtm.language.outcome import Clarify
from tests.gtm.language.test_corpus import check

FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
NAMES = Path(str(evals.__file__)).parent / "sample_values.json"
FAMILIES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (FIXTURES / "filters.yml").read_text(encoding="utf-8")
)
CASES = [pytest.param(case, id=case["q"][:70]) for cases in FAMILIES.values() for case in cases]


@pytest.fixture(scope="module")
def names() -> ValueIndex:
    return ValueIndex(json.loads(NAMES.read_text(encoding="utf-8")))


@pytest.mark.parametrize("case", CASES)
def test_a_phrasing_of_a_family_becomes_its_query(
    case: dict[str, Any], analyst: Analyst, names: ValueIndex, today: date
) -> None:
    outcome = analyst.understand(case["q"], today=today)
    if isinstance(outcome, Clarify) and outcome.unknown:
        outcome = analyst.understand(case["q"], today=today, values=names.find(outcome.terms))
    check(case, outcome, today)
