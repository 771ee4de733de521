"""Numbers in a model's words: backed by a result, told by a tool, or named as not verified."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from agents.backing import not_verified
from agents.turn_record import CapturedResult
from gtm.insights.facts import find_facts
from gtm.semantics.preview import ResultPreview
from gtm.semantics.result import Receipt, StoredResult
from tests.support.tables import table_of


def captured(short: dict[str, Any], *, shown: int = 200) -> CapturedResult:
    table = table_of(short)
    facts = tuple(fact.text for fact in find_facts(table))
    receipt = Receipt(
        is_governed=True,
        sql="SELECT 1",
        row_count=len(table.rows),
        bytes_processed=1,
        is_bytes_estimated=False,
        duration_ms=1.0,
    )
    stored = StoredResult(result_id="res_1", title="x", table=table, receipt=receipt, facts=facts)
    return CapturedResult(ResultPreview.of(stored, limit=shown), receipt)


SOURCES = captured({"columns": ["source", "sessions"], "rows": [["google", 12_345], ["bing", 210]]})
REVENUE = captured({"columns": ["revenue_usd"], "rows": [[987.5]]})


def check(text: str, *results: CapturedResult, asked: str = "", told: str = "") -> str:
    return not_verified(text, results, asked=[asked], told=[told])


def test_a_number_of_the_result_needs_no_warning() -> None:
    assert check("google leads with 12,345 sessions.", SOURCES) == ""


def test_a_number_from_elsewhere_is_named() -> None:
    text = check("google leads with 12,345 sessions, up 17 %.", SOURCES)
    assert text == "\n\n**Not verified:** 17 % is not in the result."


def test_a_part_of_a_number_does_not_back_another() -> None:
    assert "345" in check("google leads with 345 sessions.", SOURCES)


def test_one_of_several_results_is_enough() -> None:
    text = "google brought 12,345 sessions, and revenue was $987.50."
    assert check(text, SOURCES, REVENUE) == ""
    assert "$987.50" in check(text, SOURCES)


def test_what_was_found_in_rows_that_are_not_shown_backs_it() -> None:
    rows = [[f"source {at}", 100 + at] for at in range(50)]
    part = captured({"columns": ["source", "sessions"], "rows": rows}, shown=5)
    assert part.preview.is_truncated
    assert check(part.preview.facts[0], part) == ""


def test_an_answer_without_any_data_has_no_number_that_holds() -> None:
    text = check("You had 12,345 sessions and 1,000 sign-ups.")
    assert text == "\n\n**Not verified:** 12,345, 1,000 are not backed by any data."


@pytest.mark.parametrize(
    "text",
    [
        "Shall I leave the limit of 500 sessions out?",
        "Ask for the last 30 days, or for the top 10.",
        "Nothing in the data is called that.",
    ],
)
def test_asking_back_may_repeat_what_was_asked(text: str) -> None:
    assert check(text, asked="campaigns with more than 500 sessions") == ""


def test_what_a_tool_said_may_be_said_again() -> None:
    assert check("It would read 2.3 TB.", told="It reads about 2.3 TB.") == ""
    assert check("Drawn with 61 bars.", SOURCES, told="bar chart, 61 bars") == ""


def test_dates_are_numbers_too() -> None:
    day = date(2026, 12, 24)
    assert "24 Dec 2026" in check(f"It peaked on {day:%d %b %Y}.", SOURCES)
