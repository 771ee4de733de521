from __future__ import annotations

from datetime import date

import pytest

from gtm.language.analyst import Analyst
from gtm.semantics.catalog import Catalog, load_catalog


@pytest.fixture(scope="session")
def today() -> date:
    return date(2026, 11, 22)


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def analyst(catalog: Catalog) -> Analyst:
    return Analyst(catalog)
