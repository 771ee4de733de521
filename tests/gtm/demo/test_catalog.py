"""The catalogue over a sample: its own questions have answers, and they are the reference's."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest

from gtm.demo.choices import DAYS
from gtm.semantics.catalog import Catalog, GoldenQuestion, load_catalog
from gtm.semantics.compiler import Compiler
from gtm.semantics.spans import spans_of
from gtm.semantics.statement import aligned_to
from tests.gtm.demo.conftest import UNTIL, Sample
from tests.support.evaluation import Row
from tests.support.reference import Reference, only

pytestmark = pytest.mark.asyncio(loop_scope="module")

CATALOG = load_catalog()
TODAY = date(2026, 11, 22)
FIRST_DAY = UNTIL - timedelta(days=DAYS - 1)


async def test_every_golden_question_has_an_answer(sample: Sample) -> None:
    compiler = Compiler(CATALOG)
    for golden in CATALOG.golden:
        compiled = compiler.compile(golden.query, TODAY)
        rows = await sample.view(compiled.sql)
        # A filter or a threshold may leave nothing of a small sample.
        is_elsewhere = compiled.resolved.time.end < FIRST_DAY
        is_elsewhere |= bool(golden.query.filters or golden.query.having)
        assert rows or is_elsewhere, golden.question
        assert all(len(row) == len(compiled.columns) for row in rows), golden.question


def _by_view(catalog: Catalog) -> dict[str, list[GoldenQuestion]]:
    """Return the questions that one view answers whole, by the view."""
    found: dict[str, list[GoldenQuestion]] = defaultdict(list)
    for golden in catalog.golden:
        query = golden.query
        if query.funnel is None and not query.having and query.limit is None:
            found[Compiler(catalog).compile(query, TODAY).resolved.view].append(golden)
    return {view: questions for view, questions in found.items() if view in catalog.views}


async def test_every_metric_is_what_its_rows_add_up_to(sample: Sample) -> None:
    for view, questions in _by_view(CATALOG).items():
        names = CATALOG.views[view].columns
        rows = await sample.view(" ".join(["SELECT * FROM", view]))
        data: list[Row] = [dict(zip(names, row, strict=True)) for row in rows]
        catalog = only(CATALOG, view)
        reference = Reference(catalog, {view: data})
        for golden in questions:
            compiled = Compiler(catalog).compile(golden.query, TODAY)
            spans = spans_of(catalog, golden.query, TODAY)
            wanted = reference.answer(
                compiled, aligned_to(spans.time, spans.comparison, spans.grain)
            )
            keys = len(golden.query.dimensions) + (golden.query.grain is not None)
            metrics = [column.name for column in compiled.columns][keys:]
            found = {
                row[:keys]: dict(zip(metrics, row[keys:], strict=True))
                for row in await sample.view(compiled.sql)
            }
            assert found.keys() == wanted.keys(), golden.question
            for key, cells in wanted.items():
                assert found[key] == pytest.approx(cells), (golden.question, key)
