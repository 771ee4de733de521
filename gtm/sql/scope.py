"""Name scopes of a query: which common table expressions and aliases a table name can mean."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp


def find_cte(table: exp.Table, name: str) -> exp.CTE | None:
    """Return the common table expression that a one-part table name means, as BigQuery resolves it.

    A WITH clause is visible in the query it belongs to and below. Inside it order matters: an
    expression sees those before it, and itself only when the clause is RECURSIVE.
    """
    wanted = name.lower()
    for clause in _ctes_in_sight(table):
        for cte in reversed(clause):
            if cte.alias.lower() == wanted:
                return cte
    return None


def _ctes_in_sight(table: exp.Table) -> Iterator[list[exp.CTE]]:
    """Yield the expressions of each WITH clause around a table, the nearest clause first."""
    child: exp.Expr = table
    parent = table.parent
    while parent is not None:
        if isinstance(parent, exp.With):
            yield list(_before(parent, child))
        else:
            clause = parent.args.get("with_")
            if isinstance(clause, exp.With) and clause is not child:
                yield clause.expressions
        child, parent = parent, parent.parent


def _before(clause: exp.With, current: exp.Expr) -> Iterator[exp.CTE]:
    for cte in clause.expressions:
        if cte is current:
            if clause.recursive and isinstance(cte, exp.CTE):
                yield cte
            return
        yield cte


def array_path(table: exp.Table) -> exp.Unnest | None:
    """Turn `FROM alias.array` into an explicit UNNEST when `alias` names a row source in sight.

    The parser does this itself for a sibling in the same FROM, not for one of an outer query.
    """
    first = table.args.get("db")
    if not isinstance(first, exp.Identifier) or table.args.get("catalog") is not None:
        return None
    if first.name.lower() not in _aliases_in_sight(table):
        return None
    column = exp.Column(this=table.this.copy(), table=first.copy())
    unnest = exp.Unnest(expressions=[column])
    if table.alias:
        unnest.set("alias", exp.TableAlias(columns=[exp.to_identifier(table.alias)]))
    return unnest


def _aliases_in_sight(table: exp.Table) -> set[str]:
    """Collect aliases of row sources that a table name may be a path into.

    These are the sources before it in its own FROM, and those of the queries around an expression
    it stands in; a common table expression or another source of a FROM sees none of its neighbours.
    """
    aliases: set[str] = set()
    child: exp.Expr = table
    parent = table.parent
    while parent is not None and not isinstance(child, exp.CTE):
        if isinstance(parent, exp.Select):
            is_source = isinstance(child, exp.From | exp.Join)
            if not is_source:
                aliases.update(_source_names(parent, None))
            elif child is table.parent:
                aliases.update(_source_names(parent, table))
        child, parent = parent, parent.parent
    return aliases


def _source_names(select: exp.Select, until: exp.Table | None) -> Iterator[str]:
    clause = select.args.get("from_")
    sources = [clause.this] if clause is not None else []
    sources += [join.this for join in select.args.get("joins") or ()]
    for source in sources:
        if source is until:
            return
        if source.alias_or_name:
            yield source.alias_or_name.lower()
