"""What a question takes for granted: tests/fixtures/analyses/claims.yml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from gtm.insights.premise import claimed

FILE = Path(__file__).parents[2] / "fixtures" / "analyses" / "claims.yml"
CASES: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["asked"])
def test_the_direction_a_question_claims(case: dict[str, Any]) -> None:
    assert claimed(case["asked"]) == case["claim"]
