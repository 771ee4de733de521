"""The reference pages say what the catalogue and the models say today."""

from __future__ import annotations

from pathlib import Path

import pytest

from gtm.semantics.catalog import load_catalog
from gtm.semantics.reference import render_reference

PAGES = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", render_reference())
def test_a_page_is_current(name: str) -> None:
    committed = (PAGES / name).read_text(encoding="utf-8")
    assert committed == render_reference()[name], "run `make docs`"


def test_every_metric_and_dimension_is_on_its_page() -> None:
    page, catalog = render_reference()["metrics.md"], load_catalog()
    for name in (*catalog.metrics, *catalog.dimensions):
        assert f"| {name} |" in page
