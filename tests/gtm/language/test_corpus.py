"""Behaviour tables: what a question must become, as files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from gtm.language.analyst import Analyst
from gtm.language.outcome import Answer, Outcome
from gtm.semantics.catalog import Catalog, load_catalog
from gtm.semantics.compiler import Compiler
from gtm.semantics.periods import resolve_range
from gtm.semantics.query import Comparison, MetricQuery, RelativeRange, TimeRange

Case = dict[str, Any]
FIXTURES = Path(__file__).parents[2] / "fixtures" / "language"
_ABOUT_THE_CASE = {"q", "kind", "intent", "notes", "first_run"}
NEVER_ANSWERED = ["clarify", "refuse"]


def load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FIXTURES / name).read_text(encoding="utf-8"))
    return content


CORPUS = load("questions.yml")
BLIND = load("questions_blind.yml")["questions"] + load("questions_blind_2.yml")["questions"]


def _span(time: TimeRange | RelativeRange, today: date) -> str:
    found = resolve_range(time, today)
    return f"{found.start}..{found.end}"


def _comparison(compare: Comparison) -> str:
    if compare.range is None:
        return compare.kind.value
    return f"{compare.range.start}..{compare.range.end}"


def _flat(query: MetricQuery, today: date) -> Case:
    """Return what a query asks for in the words of the tables."""
    order = query.order
    asked: Case = {
        "metrics": list(query.metrics),
        "dimensions": list(query.dimensions),
        "funnel": query.funnel,
        "filters": [f"{f.dimension} {f.op} {'|'.join(f.values)}" for f in query.filters],
        "having": [f"{h.metric} {h.op} {h.value:g}" for h in query.having],
        "time": _span(query.time, today) if query.time else None,
        "compare": _comparison(query.compare) if query.compare else None,
        "grain": query.grain.value if query.grain else None,
        "order": f"{'-' if order.is_descending else ''}{order.field}" if order else None,
        "limit": query.limit,
        "chart": query.chart,
    }
    return {name: value for name, value in asked.items() if value}


def _gold(case: Case, today: date) -> Case:
    wanted = {k: v for k, v in case.items() if k not in _ABOUT_THE_CASE}
    time = wanted.get("time")
    if time in set(RelativeRange):
        wanted["time"] = _span(RelativeRange(time), today)
    return wanted


def _kinds(case: Case, default: object = "answer") -> list[str]:
    kind = case.get("kind", default)
    return kind if isinstance(kind, list) else [kind]


def check(case: Case, outcome: Outcome, today: date) -> None:
    assert outcome.kind in _kinds(case), outcome
    if isinstance(outcome, Answer):
        assert _flat(outcome.query, today) == _gold(case, today)
        assert outcome.intent == case.get("intent", "query")
        for word in case.get("notes", []):
            assert any(word in note for note in outcome.notes), outcome.notes
        return
    assert outcome.message
    assert set(case.get("unknown", [])) <= set(getattr(outcome, "unknown", ()))
    offered = {option.question for option in outcome.options}
    assert set(case.get("options", [])) <= offered


def _ids(cases: list[Case]) -> list[str]:
    return [case["q"][:60] or "empty" for case in cases]


@pytest.mark.parametrize("case", CORPUS["questions"], ids=_ids(CORPUS["questions"]))
def test_a_question_becomes_the_query_it_means(case: Case, analyst: Analyst, today: date) -> None:
    check(case, analyst.understand(case["q"], today=today), today)


@pytest.mark.parametrize("case", CORPUS["adversarial"], ids=_ids(CORPUS["adversarial"]))
def test_what_cannot_be_answered_is_never_answered(
    case: Case, analyst: Analyst, today: date
) -> None:
    outcome = analyst.understand(case["q"], today=today)
    assert outcome.kind in _kinds(case, NEVER_ANSWERED), outcome
    assert outcome.kind != "answer"


@pytest.mark.parametrize(
    "turns",
    [conversation["turns"] for conversation in CORPUS["conversations"]],
    ids=[conversation["name"] for conversation in CORPUS["conversations"]],
)
def test_a_follow_up_changes_the_question_before(
    turns: list[Case], analyst: Analyst, today: date
) -> None:
    previous: MetricQuery | None = None
    for case in turns:
        outcome = analyst.understand(case["q"], today=today, previous=previous)
        check(case, outcome, today)
        previous = outcome.query if isinstance(outcome, Answer) else previous


def _is_right(case: Case, outcome: Outcome, today: date) -> bool:
    if outcome.kind not in _kinds(case):
        return False
    return not isinstance(outcome, Answer) or _flat(outcome.query, today) == _gold(case, today)


def test_casual_questions_are_mostly_right_and_hardly_ever_wrongly_answered(
    analyst: Analyst, today: date
) -> None:
    outcomes = [(case, analyst.understand(case["q"], today=today)) for case in BLIND]
    missed = [(case, outcome) for case, outcome in outcomes if not _is_right(case, outcome, today)]
    wrongly_answered = [case["q"] for case, outcome in missed if isinstance(outcome, Answer)]
    assert len(missed) <= 0.1 * len(outcomes)
    assert len(wrongly_answered) <= 0.03 * len(outcomes), wrongly_answered


@pytest.mark.parametrize("golden", load_catalog().golden, ids=lambda golden: golden.question[:60])
def test_the_catalogues_own_questions_become_their_queries(
    golden: Any, analyst: Analyst, today: date
) -> None:
    outcome = analyst.understand(golden.question, today=today)
    assert isinstance(outcome, Answer), outcome
    assert _flat(outcome.query, today) == _flat(golden.query, today)


def test_every_answer_compiles(analyst: Analyst, catalog: Catalog, today: date) -> None:
    compiler = Compiler(catalog)
    for case in [*CORPUS["questions"], *BLIND]:
        outcome = analyst.understand(case["q"], today=today)
        if isinstance(outcome, Answer) and outcome.intent != "forecast":
            assert compiler.compile(outcome.query, today).sql, case["q"]


def test_every_option_is_a_question_that_is_answered(analyst: Analyst, today: date) -> None:
    failed = []
    for case in [*CORPUS["questions"], *CORPUS["adversarial"], *BLIND]:
        outcome = analyst.understand(case["q"], today=today)
        for option in () if isinstance(outcome, Answer) else outcome.options:
            after = analyst.understand(option.question, today=today)
            if not isinstance(after, Answer):
                failed.append((case["q"], option.question, after.message))
    assert not failed
