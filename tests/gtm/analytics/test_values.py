"""Which words are names in the data."""

from __future__ import annotations

import pytest

from gtm.analytics.values import DIMENSIONS, LIMITS, ValueIndex, values_sql
from gtm.semantics.catalog import load_catalog

INDEX = ValueIndex(
    {
        "source": ["google", "google.com", "Newsletter"],
        "campaign": ["Spring_Sale-2026", "spring sale", "black friday"],
        "landing_page": ["/pricing", "/blog/how-to-price"],
    }
)


@pytest.mark.parametrize(
    ("terms", "found"),
    [
        (
            ["GOOGLE"],
            [("GOOGLE", "source", "google", True), ("GOOGLE", "source", "google.com", True)],
        ),
        (["newsletter"], [("newsletter", "source", "Newsletter", True)]),
        (["pricing"], [("pricing", "landing_page", "/pricing", True)]),
        (["Spring", "sale"], [("Spring sale", "campaign", "spring sale", True)]),
        (["spring sale 2026"], [("spring sale 2026", "campaign", "Spring_Sale-2026", True)]),
        (["newslettr"], [("newslettr", "source", "Newsletter", False)]),
        (["friday"], [("friday", "campaign", "black friday", False)]),
        (["zzz"], []),
        (["xyzzyplugh"], []),
        ([], []),
    ],
)
def test_terms_find_names(terms: list[str], found: list[tuple[str, str, str, bool]]) -> None:
    matches = [(m.term, m.dimension, m.value, m.is_exact) for m in INDEX.find(terms)]
    assert matches == found


def test_a_name_in_two_dimensions_is_found_in_both() -> None:
    index = ValueIndex({"source": ["linkedin"], "campaign": ["LinkedIn"]})
    assert {match.dimension for match in index.find(["linkedin"])} == {"source", "campaign"}


@pytest.mark.parametrize("name", DIMENSIONS)
def test_every_indexed_dimension_has_its_sql(name: str) -> None:
    sql = values_sql(load_catalog(), name)
    assert sql is not None
    assert sql.endswith(f"LIMIT {LIMITS[name]}")


def test_a_dimension_that_is_not_in_the_catalogue_has_none() -> None:
    assert values_sql(load_catalog(), "nonsense") is None


NAMES = ValueIndex(
    {
        "owner": ["Rosa Delgado", "Sam Petrov", "Sam Hill"],
        "source": ["linkedin", "linkedin.com", "g2.com"],
        "landing_page": ["/pricing", "/blog/how-to-price"],
        "page": ["www.acme.example/pricing", "shop.acme.example/pricing"],
        "item": ["Five extra seats"],
        "first_conversion": ["Demo request: Book a demo"],
        "lost_reason": ["Chose a competitor", "No budget"],
        "deal_stage": ["Security review"],
    }
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("how is rosa doing", [("rosa", "Rosa Delgado")]),
        ("calls by Sam", []),
        ("visits from LinkedIn", [("LinkedIn", "linkedin"), ("LinkedIn", "linkedin.com")]),
        ("deals in security review by owner", [("security review", "Security review")]),
        ("five extra seats sold", [("five extra seats", "Five extra seats")]),
        ("lost to competitors", [("competitors", "Chose a competitor")]),
        ("demo requests in May", [("demo requests", "Demo request: Book a demo")]),
        (
            "exit rate of /pricing",
            [
                ("/pricing", "/pricing"),
                ("/pricing", "www.acme.example/pricing"),
                ("/pricing", "shop.acme.example/pricing"),
            ],
        ),
    ],
)
def test_names_are_found_in_a_whole_question(question: str, found: list[tuple[str, str]]) -> None:
    assert [(m.term, m.value) for m in NAMES.find([question]) if m.is_exact] == found


def test_a_first_name_of_two_people_is_only_offered() -> None:
    assert {m.value for m in NAMES.find(["Sam"])} == {"Sam Petrov", "Sam Hill"}
    assert not any(match.is_exact for match in NAMES.find(["Sam"]))


def test_personal_data_is_in_no_index() -> None:
    assert not {"deal_name", "email_domain"} & set(DIMENSIONS)


def test_every_dimension_is_bounded() -> None:
    assert max(LIMITS.values()) <= 2_000
    assert sum(LIMITS.values()) <= 25_000
