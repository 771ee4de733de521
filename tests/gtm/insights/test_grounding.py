"""Numbers a result does not back are found, however they are written."""

from __future__ import annotations

import pytest

from gtm.insights.facts import find_facts
from gtm.insights.grounding import numbers_in, ungrounded_numbers
from tests.support.tables import table_of

TABLE = table_of(
    {
        "columns": ["source", "sessions", "sessions_previous", "bounce_rate"],
        "rows": [["google", 12345, 11000, 0.4117], ["web2print", 3210, 3000, 0.5]],
        "totals": {"sessions": 29960, "sessions_previous": 28000, "bounce_rate": 0.44},
        "query": {"metrics": ["sessions"], "limit": 2},
    }
)
GROUNDED = [
    "google brought 12,345 sessions.",
    "google brought 12345 sessions",
    "about 12,300 sessions",
    "roughly 12 k sessions, or 12.3k",
    "0.03 million sessions in all",
    "a bounce rate of 41.2 %, 41 percent, or 0.41",
    "41.17% exactly",
    "up 1,345 (+12.2 %) from 11,000",
    "google has 41.2 % of all 29,960 sessions",
    "The two sources shown add up to 15,555.",
    "From 23 Oct to 21 Nov 2026",
    "1 - 21 Nov 2026",
    "on November 3rd, 2026 and on 2026-11-04",
    "in the last 30 days of 2026",
    "the top 2 sources",
    "web2print is second; GA4 says so",
    "1. google\n2. web2print",
    "over the 30 days before, 28,000",
]
UNGROUNDED = [
    ("google brought 12,346 sessions.", ["12,346"]),
    ("about 12,900 sessions", ["about 12,900"]),
    ("a bounce rate of 43.2 %", ["43.2 %"]),
    ("up 17 % since last year", ["17 %"]),
    ("12,345 sessions, worth $999", ["$999"]),
    ("on 24 Dec 2026", ["24 Dec 2026"]),
    ("since 2019", ["2019"]),
    ("2026-01-01 was best", ["2026-01-01"]),
    ("the top 9 sources", ["9"]),
    ("12.9k sessions", ["12.9k"]),
    ("-3.5 points", ["-3.5 points"]),
]


@pytest.mark.parametrize("text", GROUNDED)
def test_a_number_from_the_result_is_grounded(text: str) -> None:
    assert ungrounded_numbers(text, TABLE, find_facts(TABLE)) == []


@pytest.mark.parametrize(("text", "found"), UNGROUNDED)
def test_a_number_from_elsewhere_is_found(text: str, found: list[str]) -> None:
    assert ungrounded_numbers(text, TABLE, find_facts(TABLE)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You had 12,345 sessions, up 17 %.", ["12,345", "17 %"]),
        ("On 3 Nov 2026 it was 5.", ["3 Nov 2026", "5"]),
        ("Shall I show the last 30 days, or the top 5 pages of Q3 2026?", []),
        ("I can look back 12 full months, or at the first 10.", []),
        ("1. Sessions\n2. Revenue", []),
        ("GA4 says so.", []),
    ],
)
def test_numbers_that_only_count_on_say_nothing_of_the_data(text: str, found: list[str]) -> None:
    assert numbers_in(text) == found


def test_a_date_that_an_assumption_gives_is_known() -> None:
    note = "GSC data reaches 18 Dec 2026, so the period ends there."
    table = table_of({"columns": ["clicks"], "rows": [[5]], "assumptions": [note]})
    assert ungrounded_numbers(note, table, find_facts(table)) == []


def test_a_name_of_digits_is_no_part_of_a_number() -> None:
    table = table_of(
        {
            "columns": ["source", "bounce_rate"],
            "rows": [["2", 0.425], ["5", 0.385]],
            "totals": {"bounce_rate": 0.4},
            "query": {"metrics": ["bounce_rate"]},
        }
    )
    text = "2 leads with 42.5%; next is 5 with 38.5%."
    assert ungrounded_numbers(text, table, find_facts(table)) == []
    assert ungrounded_numbers("5 has 38.9%", table, find_facts(table)) == ["38.9%"]
