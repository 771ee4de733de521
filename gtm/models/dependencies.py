"""Which raw tables stand beneath each view, read from the SQL of the models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from sqlglot import exp

from gtm.models.model import read_select
from gtm.models.plan import VIEWS


@cache
def raw_tables_beneath() -> Mapping[str, frozenset[str]]:
    """Return the raw tables of every view, also through other views; `events_*` for day shards."""
    return {view: frozenset(_beneath(view)) for view in VIEWS}


def _beneath(view: str) -> Iterator[str]:
    for table in read_select(view).find_all(exp.Table):
        if table.db == "raw":
            yield table.name
        elif table.db == "views":
            yield from _beneath(table.name)
