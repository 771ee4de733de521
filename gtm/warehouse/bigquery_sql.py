"""Statements of loads and builds, put together as trees: copies, refills and transactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlglot import exp

from gtm.context import TenantContext
from gtm.errors import LoadRejectedError

BEGIN, COMMIT = "BEGIN TRANSACTION", "COMMIT TRANSACTION"


def sql(tree: exp.Expr) -> str:
    """Return a tree as BigQuery SQL."""
    return tree.sql(dialect="bigquery", comments=False)


def raw(tenant: TenantContext, name: str) -> exp.Table:
    """A table of the tenant's raw dataset."""
    return exp.table_(name, db=tenant.raw_dataset, quoted=True)


def copy(source: exp.Table, target: exp.Table) -> str:
    """Replace a table by a copy: one step, and no bytes are read."""
    clone = exp.Clone(this=source, copy=True)
    return sql(exp.Create(kind="TABLE", this=target, replace=True, clone=clone))


def drop(table: exp.Table) -> str:
    """Drop a table if it is there."""
    return sql(exp.Drop(kind="TABLE", tables=[table], exists=True))


def insert(source: exp.Table, target: exp.Table, columns: Sequence[str]) -> str:
    """Add every row of a table to another, column by column."""
    names = [exp.to_identifier(name, quoted=True) for name in columns]
    select = exp.select(*(exp.Column(this=name.copy()) for name in names)).from_(source)
    return sql(exp.Insert(this=exp.Schema(this=target, expressions=names), expression=select))


def delete_all(target: exp.Table) -> str:
    """Remove every row."""
    return sql(exp.Delete(this=target, where=exp.Where(this=exp.true())))


def delete_days(target: exp.Table, column: str, days: Iterable[str]) -> str:
    """Remove the rows of days: on BigQuery whole partitions, which costs nothing."""
    dates = [exp.cast(exp.Literal.string(_iso(day)), exp.DType.DATE) for day in days]
    among = exp.In(this=exp.column(column, quoted=True), expressions=dates)
    return sql(exp.Delete(this=target, where=exp.Where(this=among)))


def delete_keys(target: exp.Table, key: Sequence[str], source: exp.Table) -> str:
    """Remove the rows whose key another table holds; a missing part equals a missing part."""
    held = exp.Subquery(this=exp.select(_key(key)).from_(source))
    return sql(exp.Delete(this=target, where=exp.Where(this=exp.In(this=_key(key), query=held))))


def last_modified(tenant: TenantContext) -> str:
    """Ask when each table and view was last written; BigQuery bills nothing for it."""
    asked = [
        exp.select(*(exp.column(name) for name in ("table_id", "last_modified_time"))).from_(
            exp.table_("__TABLES__", db=dataset, quoted=True)
        )
        for dataset in (tenant.raw_dataset, tenant.dataset)
    ]
    return sql(exp.union(*asked, distinct=False))


def _key(names: Sequence[str]) -> exp.Expr:
    # As text, because a comparison of structs is not known to be one by hash, nor to match NULL.
    parts = [exp.Column(this=exp.to_identifier(name, quoted=True)) for name in names]
    return exp.Anonymous(this="TO_JSON_STRING", expressions=[exp.Struct(expressions=parts)])


def _iso(day: str) -> str:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError as error:
        raise LoadRejectedError(f"{day!r} is no day.", hint="Write it as 2026-01-31.") from error
