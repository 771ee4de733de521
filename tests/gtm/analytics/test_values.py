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
