"""The documentation of views says exactly what the built views hold."""

from __future__ import annotations

from gtm.models.docs import load_view_docs
from gtm.models.plan import VIEWS
from tests.gtm.models.conftest import Lab


async def test_documented_columns_are_those_of_the_built_views(lab: Lab) -> None:
    await lab.build()
    built = await lab.warehouse.view_columns(lab.tenant)
    documented = {
        name: [(column.name, column.type) for column in doc.columns]
        for name, doc in load_view_docs().items()
    }
    assert {
        name: [(column.name, column.type) for column in columns] for name, columns in built.items()
    } == documented


def test_every_view_is_documented_in_order() -> None:
    assert tuple(load_view_docs()) == VIEWS


def test_a_view_across_sources_names_them_and_no_other_does() -> None:
    for doc in load_view_docs().values():
        assert bool(doc.sources) == (doc.source == "cross"), doc.name


def test_time_columns_are_dates_of_their_view() -> None:
    for doc in load_view_docs().values():
        if doc.time_column is not None:
            assert doc.column(doc.time_column).type == "DATE"


def test_numbers_say_their_unit() -> None:
    for doc in load_view_docs().values():
        for column in doc.columns:
            if column.type == "FLOAT64":
                assert column.unit, f"{doc.name}.{column.name}"
