"""What is said about a result: the behaviour is in tests/fixtures/insights/*.yml."""

from __future__ import annotations

import pytest

from gtm.insights.facts import find_facts
from gtm.insights.grounding import ungrounded_numbers
from gtm.insights.narrative import narrate
from tests.support.tables import Case, load_cases

CASES = load_cases("insights")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_facts_of_a_result(case: Case) -> None:
    texts = [fact.text for fact in find_facts(case.table)]
    for wanted in case.expected.get("says", []):
        assert wanted in texts
    for unwanted in case.expected.get("silent", []):
        assert not any(unwanted in text for text in texts)


@pytest.mark.parametrize(
    "case", [case for case in CASES if "narrative" in case.expected], ids=lambda case: case.name
)
def test_the_narrative_of_a_result(case: Case) -> None:
    assert narrate(find_facts(case.table), case.table) == case.expected["narrative"].strip()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_number_said_is_in_the_result(case: Case) -> None:
    facts = find_facts(case.table)
    assert ungrounded_numbers(narrate(facts, case.table), case.table, facts) == []


def test_facts_come_in_the_order_of_their_weight() -> None:
    for case in CASES:
        scores = [fact.score for fact in find_facts(case.table)]
        assert scores == sorted(scores, reverse=True)


def test_notes_are_assumptions_said_once() -> None:
    case = next(case for case in CASES if case.table.resolved and case.table.resolved.assumptions)
    text = narrate(find_facts(case.table), case.table, ["Read 'visits' as sessions"])
    assert text.endswith(
        "**Assumed:** Read 'visits' as sessions. No period was named: the last 30 full days."
    )
