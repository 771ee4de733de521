"""Every metric on each of its views gives the answer that was worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from gtm.context import TenantContext
from gtm.semantics.catalog import load_catalog
from gtm.semantics.query import MetricQuery
from tests.support.one_view import OneView

CATALOG = load_catalog()
FILE = Path(__file__).parents[2] / "fixtures" / "semantics" / "by_hand.yml"
CASES: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
OCTOBER = {"start": "2026-10-01", "end": "2026-10-31"}


def test_no_metric_of_any_view_is_left_out() -> None:
    bound = {
        (view, name) for name, metric in CATALOG.metrics.items() for view in metric.expressions
    }
    assert {(view, name) for view, case in CASES.items() for name in case["answers"]} == bound


@pytest.mark.parametrize("view", CASES)
async def test_a_metric_is_what_was_worked_out(view: str, tenant: TenantContext) -> None:
    case = CASES[view]
    place = OneView(CATALOG, view, tenant)
    await place.fill([dict(zip(case["columns"], row, strict=True)) for row in case["rows"]])
    found = {}
    for name in case["answers"]:
        asked: dict[str, Any] = {} if place.catalog.is_state(name) else {"time": OCTOBER}
        query = MetricQuery.model_validate({"metrics": [name], **asked})
        ((found[name],),) = await place.run(place.compile(query).sql)
    await place.close()
    assert found == pytest.approx(case["answers"])
