"""Table names: BigQuery's datasets and day shards as the schemas and tables of one DuckDB file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_file import CATALOG

# Day-sharded exports; embedded, each is one table whose suffix is a column.
SUFFIX_COLUMN = "_table_suffix"
_SHARDED = re.compile(
    r"(?P<base>events_|pseudonymous_users_|users_)"
    r"(?P<suffix>(?:intraday_|fresh_)?\d{8}|[0-9a-z_]*\*)"
)


def referenced_tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """Yield the physical tables a tree names; refuses table functions and unqualified names."""
    own_names = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier):
            raise UnsupportedSqlError(
                "Table functions are not available.", hint="Select from a view."
            )
        if table.db:
            yield table
        elif table.name.lower() not in own_names:
            raise UnsupportedSqlError(
                f"Table {table.name!r} is not qualified by its dataset.",
                hint="Name the views of the workspace.",
            )


def rewrite_tables(tree: exp.Expr) -> None:
    """Point every table at the tenant's file, and drop what only BigQuery's storage knows."""
    if isinstance(tree, exp.Create):
        # PARTITION BY, CLUSTER BY and OPTIONS steer BigQuery's storage, not the result.
        tree.set("properties", None)
        if tree.kind == "SCHEMA":
            tree.this.set("catalog", exp.to_identifier(CATALOG, quoted=True))
            return
    for table in referenced_tables(tree):
        table.set("catalog", exp.to_identifier(CATALOG, quoted=True))
        table.set("db", exp.to_identifier(table.db, quoted=True))
        table.set("this", exp.to_identifier(table.name, quoted=True))
        shard = _SHARDED.fullmatch(table.name)
        if shard is not None:
            _read_shards(table, base=shard["base"], suffix=shard["suffix"])


def _read_shards(table: exp.Table, *, base: str, suffix: str) -> None:
    if suffix == "*":
        _hide_suffix_from_stars(table)
        table.set("this", exp.to_identifier(base, quoted=True))
        return
    alias = table.args.get("alias") or exp.TableAlias(this=exp.to_identifier(base, quoted=True))
    source = exp.Table(
        this=exp.to_identifier(base, quoted=True),
        db=table.args["db"],
        catalog=table.args["catalog"],
    )
    column = exp.column(SUFFIX_COLUMN)
    if suffix.endswith("*"):
        _hide_suffix_from_stars(table)
        prefix = suffix.removesuffix("*")
        rest = exp.Substring(this=column.copy(), start=exp.Literal.number(len(prefix) + 1))
        star = exp.Star(replace=[exp.alias_(rest, SUFFIX_COLUMN)])
        condition: exp.Expr = exp.StartsWith(this=column, expression=exp.Literal.string(prefix))
    else:
        star = exp.Star(except_=[column.copy()])
        condition = exp.EQ(this=column, expression=exp.Literal.string(suffix))
    select = exp.select(star).from_(source).where(condition, copy=False)
    table.replace(exp.Subquery(this=select, alias=alias))


def _hide_suffix_from_stars(table: exp.Table) -> None:
    # _TABLE_SUFFIX is a pseudo column: a star does not show it.
    select = table.find_ancestor(exp.Select)
    if select is None:
        return
    for projection in select.expressions:
        star = projection.this if isinstance(projection, exp.Column) else projection
        if isinstance(star, exp.Star):
            hidden = star.args.get("except_") or []
            star.set("except_", [*hidden, exp.column(SUFFIX_COLUMN)])
