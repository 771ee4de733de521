"""Renders models as statements for one tenant: datasets qualified, parameters as typed literals."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files

from sqlglot import exp

from gtm.context import TenantContext
from gtm.models.chunks import DateSpan
from gtm.models.model import INLINE, Model, Refresh, Source, read_select
from gtm.models.plan import VIEWS

_SEEDS = ("source_categories", "ai_assistants")


# Wide enough for every export there is, and still far from the ends of the calendar.
ALL_DAYS = DateSpan(date(1990, 1, 1), date(2200, 1, 1))


@dataclass(frozen=True, slots=True)
class Renderer:
    """Turns models into BigQuery SQL for a tenant, a range, a time of loading and what changed."""

    tenant: TenantContext
    span: DateSpan
    synced_at: datetime | None
    source: Source | None = None

    def create_datasets(self) -> Iterator[str]:
        """Make the two datasets if they are missing."""
        for dataset in (self.tenant.raw_dataset, self.tenant.dataset):
            yield _sql(exp.Create(kind="SCHEMA", this=exp.table_("", db=dataset), exists=True))

    def seed(self) -> str:
        """Replace the table of known sources."""
        table = self._raw("seed_source_categories")
        return _sql(
            exp.Create(kind="TABLE", this=table, replace=True, expression=_seed_select().copy())
        )

    def replace(self, model: Model) -> str:
        """Rebuild a model's whole table."""
        create = exp.Create(
            kind="TABLE",
            this=self._raw(model.name),
            replace=True,
            expression=self._select(model),
            properties=_storage(model),
        )
        return _sql(create)

    def append(self, model: Model) -> str:
        """Add a model's rows to its table."""
        return _sql(exp.Insert(this=self._raw(model.name), expression=self._select(model)))

    def delete(self, model: Model, touched: Model | None = None) -> str:
        """Remove the rows that `append` brings anew; `touched` is the table of touched days."""
        if model.day is None:
            raise ValueError(f"{model.name} has no day to delete by")
        day = exp.column(model.day)
        if model.refresh is Refresh.TOUCHED:
            days_in = model.days_in or (touched.name if touched is not None else None)
            if days_in is None:
                raise ValueError(f"{model.name} needs a table of touched days")
            dates = exp.select("date").from_(self._raw(days_in))
            condition: exp.Expr = exp.In(this=day, query=exp.Subquery(this=dates))
        else:
            condition = exp.Between(
                this=day, low=_date(self.span.start), high=_date(self._end(model))
            )
        return _sql(exp.Delete(this=self._raw(model.name), where=exp.Where(this=condition)))

    def views(self) -> Iterator[str]:
        """Create or replace every view."""
        for name in VIEWS:
            select = self._qualified(read_select(name).copy())
            view = exp.table_(name, db=self.tenant.dataset)
            yield _sql(exp.Create(kind="VIEW", this=view, replace=True, expression=select))

    def _select(self, model: Model) -> exp.Query:
        parameters: Mapping[str, exp.Expr] = {
            "start": _date(self.span.start),
            "end": _date(self._end(model)),
            "synced_at": _timestamp(self.synced_at),
            "source": exp.Literal.string(self.source or ""),
        }
        select = self._qualified(model.select)
        for parameter in list(select.find_all(exp.Parameter)):
            parameter.replace(parameters[parameter.name].copy())
        return select

    def _qualified(self, select: exp.Query) -> exp.Query:
        for table in list(select.find_all(exp.Table)):
            if table.db == "raw" and table.name.startswith(INLINE):
                inner = self._qualified(read_select(table.name).copy())
                alias = exp.TableAlias(this=exp.to_identifier(table.alias_or_name))
                table.replace(exp.Subquery(this=inner, alias=alias))
            elif table.db == "raw":
                table.set("db", exp.to_identifier(self.tenant.raw_dataset))
        return select

    def _raw(self, name: str) -> exp.Table:
        return exp.table_(name, db=self.tenant.raw_dataset)

    def _end(self, model: Model) -> date:
        return self.span.end + timedelta(days=model.reach_days)


def _sql(tree: exp.Expr) -> str:
    return tree.sql(dialect="bigquery", comments=False, copy=False)


def _date(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), exp.DType.DATE)


def _timestamp(moment: datetime | None) -> exp.Expr:
    if moment is None:
        return exp.CurrentTimestamp()
    # What BigQuery calls TIMESTAMP is an instant, sqlglot's TIMESTAMPTZ.
    return exp.cast(exp.Literal.string(moment.isoformat(sep=" ")), exp.DType.TIMESTAMPTZ)


def _storage(model: Model) -> exp.Properties | None:
    found: list[exp.Expr] = []
    if model.day is not None:
        found.append(exp.PartitionedByProperty(this=exp.column(model.day)))
    if model.cluster:
        columns = [exp.column(name) for name in model.cluster]
        found.append(exp.Cluster(expressions=columns))
    return exp.Properties(expressions=found) if found else None


@cache
def _seed_select() -> exp.Query:
    """The known sources, as one array a category."""
    sources: dict[str, list[str]] = {}
    for name in _SEEDS:
        text = (files("gtm.models") / "seeds" / f"{name}.csv").read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            sources.setdefault(row["category"], []).append(row["source"])
    selects = [
        exp.select("source", exp.alias_(exp.Literal.string(category), "category")).from_(
            exp.Unnest(
                expressions=[exp.array(*(exp.Literal.string(name) for name in names))],
                alias=exp.TableAlias(columns=[exp.to_identifier("source")]),
            )
        )
        for category, names in sources.items()
    ]
    return exp.union(*selects, distinct=False)
