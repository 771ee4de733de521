"""The real catalogue, its compiler, and a day that stands still."""

from __future__ import annotations

from datetime import date

import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.semantics.catalog import Catalog, load_catalog
from gtm.semantics.compiler import Compiler
from gtm.sql.guard import Guard


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def compiler(catalog: Catalog) -> Compiler:
    return Compiler(catalog)


@pytest.fixture(scope="session")
def guard(catalog: Catalog) -> Guard:
    return Guard("gtm-local", frozenset(catalog.views))


@pytest.fixture(scope="session")
def tenant() -> TenantContext:
    return TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("u1"), Role.MEMBER)


@pytest.fixture(scope="session")
def today() -> date:
    return date(2026, 11, 22)
