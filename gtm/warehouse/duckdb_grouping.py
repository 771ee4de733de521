"""GROUP BY: BigQuery lets a select alias win over a column of the same name, DuckDB does not."""

from __future__ import annotations

from sqlglot import exp

_WHOLE_ITEM_OF = (exp.Tuple, exp.Rollup, exp.Cube, exp.GroupingSets, exp.Paren)


def rewrite_grouping(tree: exp.Expr) -> None:
    """Replace grouped aliases by what they stand for."""
    for select in list(tree.find_all(exp.Select)):
        group = select.args.get("group")
        if group is not None:
            _rewrite_select(select, group)


def _rewrite_select(select: exp.Select, group: exp.Group) -> None:
    aliases = {
        projection.alias.lower(): (position, projection.this)
        for position, projection in enumerate(select.expressions, start=1)
        if isinstance(projection, exp.Alias)
    }
    has_star = any(projection.is_star for projection in select.expressions)
    for column in list(group.find_all(exp.Column)):
        name = column.name.lower()
        if column.table or name not in aliases:
            continue
        position, meant = aliases[name]
        if meant.find(exp.AggFunc, exp.Window) is not None:
            continue
        if column.parent is group and not has_star:
            column.replace(exp.Literal.number(position))
        elif column.parent is group or isinstance(column.parent, _WHOLE_ITEM_OF):
            column.replace(meant.copy())
