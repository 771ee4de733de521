"""PIVOT and UNPIVOT: the same rows, but BigQuery's names and order of columns."""

from __future__ import annotations

from sqlglot import exp

from gtm.errors import UnsupportedSqlError


def rewrite_pivots(tree: exp.Expr) -> None:
    """Wrap each pivoted source into a query that names its columns as BigQuery does."""
    for pivot in list(tree.find_all(exp.Pivot)):
        source = pivot.parent
        if not isinstance(source, exp.Table | exp.Subquery) or len(source.args["pivots"]) != 1:
            raise UnsupportedSqlError(
                "Only one PIVOT a source is available in the embedded warehouse.",
                hint="Put the first into a common table expression.",
            )
        star = _unpivoted(pivot) if pivot.args.get("unpivot") else _renamed(pivot)
        if star is not None:
            _wrap(source, pivot, star)


def _unpivoted(pivot: exp.Pivot) -> list[exp.Expr]:
    """BigQuery shows the values before the name of their column, DuckDB after it."""
    (field,) = pivot.args["fields"]
    if len(pivot.expressions) != 1 or not isinstance(pivot.expressions[0], exp.Identifier):
        raise UnsupportedSqlError(
            "UNPIVOT into several columns is not available in the embedded warehouse.",
            hint="Write one SELECT for each column and UNION ALL them.",
        )
    names = [pivot.expressions[0].name, field.this.name]
    hidden = exp.Star(except_=[exp.column(name, quoted=True) for name in names])
    return [hidden, *(exp.column(name, quoted=True) for name in names)]


def _renamed(pivot: exp.Pivot) -> list[exp.Expr] | None:
    """BigQuery writes the aggregate before the value, DuckDB after it."""
    (field,) = pivot.args["fields"]
    aliases = [aggregate.alias for aggregate in pivot.expressions]
    if not any(aliases) and len(aliases) == 1:
        return None if all(_is_named(value) for value in field.expressions) else _refuse()
    if not all(aliases) or not all(_is_named(value) for value in field.expressions):
        return _refuse()
    pairs = [(_name(value), alias) for value in field.expressions for alias in aliases]
    renames = [
        exp.alias_(exp.column(f"{value}_{alias}", quoted=True), f"{alias}_{value}", quoted=True)
        for value, alias in pairs
    ]
    return [exp.Star(rename=renames)]


def _refuse() -> list[exp.Expr]:
    raise UnsupportedSqlError(
        "PIVOT needs a name for each value that is no text, and for each of several aggregates, "
        "in the embedded warehouse.",
        hint="Write IN (2026 AS y2026, …) and SUM(x) AS x.",
    )


def _is_named(value: exp.Expr) -> bool:
    return isinstance(value, exp.PivotAlias) or (isinstance(value, exp.Literal) and value.is_string)


def _name(value: exp.Expr) -> str:
    return value.alias if isinstance(value, exp.PivotAlias) else value.name


def _wrap(source: exp.Expr, pivot: exp.Pivot, star: list[exp.Expr]) -> None:
    alias = pivot.args.get("alias")
    joins = source.args.get("joins")
    pivot.set("alias", None)
    source.set("joins", None)
    inner = source.copy()
    select = exp.Select(expressions=star, from_=exp.From(this=inner))
    outer = exp.Subquery(this=select, alias=alias, joins=joins)
    source.replace(outer)
