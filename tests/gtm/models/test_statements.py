"""Rendering: every name belongs to the tenant, and no parameter is left open."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlglot
from sqlglot import exp

from gtm.models.builder import Change, DateSpan, Source, render
from gtm.models.plan import VIEWS
from tests.gtm.models.conftest import ACME

SPAN = DateSpan(date(2026, 3, 1), date(2026, 3, 2))
CHANGES = [None, *(Change(source, span) for source in Source for span in (None, SPAN))]


@pytest.mark.parametrize("changed", CHANGES)
def test_statements_name_only_the_tenants_datasets(changed: Change | None) -> None:
    for text in render(ACME, changed=changed, synced_at=datetime(2026, 3, 3, tzinfo=UTC)):
        tree = sqlglot.parse_one(text, dialect="bigquery")
        assert not list(tree.find_all(exp.Parameter))
        ctes = {cte.alias for cte in tree.find_all(exp.CTE)}
        for table in tree.find_all(exp.Table):
            if table.name and table.name not in ctes:
                assert table.db in {"tenant_acme", "tenant_acme_raw"}, text


def test_views_stand_in_the_dataset_questions_may_read() -> None:
    views = [text for text in render(ACME, changed=None) if " VIEW " in text]
    assert all(text.startswith("CREATE OR REPLACE VIEW tenant_acme.vw_") for text in views)
    assert len(views) == len(VIEWS)


def test_without_a_time_of_loading_the_warehouse_tells_it() -> None:
    assert any("CURRENT_TIMESTAMP()" in text for text in render(ACME, changed=None))
