"""Changing a chart in words: what is read is in tests/fixtures/charts/edits.yml."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gtm.charts.spec import ChartDraft
from gtm.charts.unmet import said
from gtm.language.chart_edits import MAX_LENGTH, read_chart_edit
from gtm.language.routing import route
from tests.support.tables import FIXTURES

CHARTS = FIXTURES / "charts"
EDITS: list[dict[str, Any]] = yaml.safe_load((CHARTS / "edits.yml").read_text(encoding="utf-8"))
NO_EDITS: list[str] = yaml.safe_load((CHARTS / "no_edits.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", EDITS, ids=lambda case: case["say"])
def test_a_wish_is_read_as_its_fields(case: dict[str, Any]) -> None:
    assert read_chart_edit(case["say"]) == ChartDraft.model_validate(case["wish"])


@pytest.mark.parametrize("case", EDITS, ids=lambda case: case["say"])
def test_a_wish_goes_to_the_chart_builder(case: dict[str, Any]) -> None:
    assert route(case["say"]) == "chart"


@pytest.mark.parametrize("text", NO_EDITS)
def test_what_is_about_numbers_changes_no_chart(text: str) -> None:
    assert read_chart_edit(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("make it blue and monthly", "I can't tell what “monthly” is to change in the chart."),
        ("make it 3D", "Not in 3D"),
        ("make it pop", "That does not tell me what to change. I can change the kind of chart"),
        ("make it red and put it on a log scale", "Not on a log scale"),
        ("bars, top 100", "I can't tell what “top 100” is to change"),
    ],
)
def test_what_is_not_done_is_said(text: str, words: str) -> None:
    draft = read_chart_edit(text)
    assert draft is not None
    assert words in said(draft.unmet, draft.unread)


def test_each_word_is_read_once() -> None:
    draft = read_chart_edit('title it "Make it blue, top 5", red')
    assert draft == ChartDraft.model_validate(
        {"title": "Make it blue, top 5", "colors": [{"color": "red"}]}
    )


def test_a_long_text_is_no_wish() -> None:
    assert read_chart_edit("make it blue " * 50) is None
    assert read_chart_edit("call it " + "x" * (MAX_LENGTH - 8)) == ChartDraft(title="x" * 200)


@given(
    st.text(max_size=120)
    | st.lists(
        st.sampled_from(sorted({word for case in EDITS for word in case["say"].split()})),
        max_size=12,
    ).map(" ".join)
)
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_left(text: str) -> None:
    draft = read_chart_edit(text)
    assert draft is None or ChartDraft.model_validate(draft.model_dump(by_alias=True)) == draft
