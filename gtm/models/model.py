"""A model: one SELECT in a .sql file, and how its table is kept up to date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

import sqlglot
from sqlglot import exp

_FOLDERS = {"src": "staging", "stg": "staging", "fct": "facts", "vw": "views"}

# A model so called has no table: its SELECT stands wherever it is named.
INLINE = "src_"


class Source(StrEnum):
    """Where data comes from, as views and receipts name it."""

    GA4 = "GA4"
    GSC = "GSC"
    HUBSPOT = "HubSpot"


class Refresh(StrEnum):
    """Which rows of a model's table a build replaces.

    `whole`: all. `range`: the days that were loaded. `touched`: the days whose facts the load can
    change, in a table of them that the source's own model makes.
    """

    WHOLE = "whole"
    RANGE = "range"
    TOUCHED = "touched"


@dataclass(frozen=True, slots=True)
class Model:
    """A table of the raw dataset.

    `day` names the column by which rows are replaced and partitioned. `reach_days` widens the range
    for facts that look back over a window. `reads` names the sources of a model that joins some of
    them: changes of others leave it alone. `days_in` names the table of its touched days, where
    they are not the source's.
    """

    name: str
    refresh: Refresh
    day: str | None = None
    cluster: tuple[str, ...] = ()
    reach_days: int = 0
    reads: tuple[Source, ...] = tuple(Source)
    days_in: str | None = None

    @property
    def select(self) -> exp.Query:
        """A copy of the model's SELECT, free to be changed."""
        return read_select(self.name).copy()


@dataclass(frozen=True, slots=True)
class SourceModels:
    """The models of a source: each reads only what stands before it.

    `touched` lists the days whose facts a load can change. It is asked before `landed` is brought
    up to date and again after it: what a day lost matters as much as what it gained.
    """

    facts: tuple[Model, ...]
    views: tuple[str, ...]
    landed: tuple[Model, ...] = ()
    touched: Model | None = None

    def reading(self, source: Source) -> SourceModels:
        """Leave out the models that do not read a source."""
        touched = self.touched if self.touched and source in self.touched.reads else None
        facts = tuple(model for model in self.facts if source in model.reads)
        return replace(self, touched=touched, facts=facts)


@cache
def read_select(name: str) -> exp.Query:
    """Parse the .sql file of a model or view."""
    folder = _FOLDERS[name.split("_", maxsplit=1)[0]]
    text = (files("gtm.models") / folder / f"{name}.sql").read_text(encoding="utf-8")
    tree = sqlglot.parse_one(text, dialect="bigquery")
    if not isinstance(tree, exp.Query):
        raise TypeError(f"{name}.sql is not one SELECT")
    return tree
