"""What each view reads: the second list of the hosted warehouse."""

from gtm.models.builder import render
from gtm.models.dependencies import raw_tables_beneath
from gtm.models.plan import VIEWS
from gtm.warehouse.duckdb_sql import translate_statement
from tests.support.warehouses import ACME


def test_every_view_reads_raw_tables() -> None:
    beneath = raw_tables_beneath()
    assert set(beneath) == set(VIEWS)
    assert all(beneath.values())


def test_sessions_read_their_fact_alone() -> None:
    assert raw_tables_beneath()["vw_sessions"] == {"fct_sessions"}


def test_a_build_makes_every_table_that_a_view_reads() -> None:
    made = " ".join(translate_statement(text).head for text in render(ACME, changed=None))
    read = set().union(*raw_tables_beneath().values())
    assert {name for name in read if f'"{name}"' not in made} <= {"load_reports"}
