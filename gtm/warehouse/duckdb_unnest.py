"""UNNEST: BigQuery shows an element's fields as columns, DuckDB only the element.

Two forms are rewritten. A lookup, `(SELECT value.int_value FROM UNNEST(params) WHERE key = 'x')`,
becomes list functions: as a correlated subquery it is an order of magnitude slower. Any other
UNNEST in FROM becomes a lateral subquery that shows the element and its fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from gtm.errors import UnsupportedSqlError
from gtm.warehouse.duckdb_trees import call

_ELEMENT = "_element"
# What may be meant by a bare name inside a lookup: the fields of GA4's key-value records.
_RECORD_FIELDS = frozenset({"key", "value"})
_NOT_IN_LOOKUP = ("joins", "group", "having", "qualify", "distinct", "order", "offset", "windows")
_NO_FIELDS = (exp.GenerateSeries, exp.GenerateDateArray, exp.GenerateTimestampArray, exp.Split)


def rewrite_unnest(tree: exp.Expr) -> None:
    """Rewrite lookups, then every UNNEST left in a FROM clause."""
    for array in list(tree.find_all(exp.Array)):
        _name_tuples(array)
    for subquery in list(tree.find_all(exp.Subquery)):
        _rewrite_lookup(subquery)
    for number, unnest in enumerate(_from_clause_unnests(tree)):
        _rewrite_source(unnest, default_name="_unnest" + str(number))


def _name_tuples(array: exp.Array) -> None:
    """Give the tuples after a first named STRUCT its field names."""
    first, *rest = array.expressions or [None]
    if not isinstance(first, exp.Struct):
        return
    for item in rest:
        if isinstance(item, exp.Tuple):
            fields = [
                exp.PropertyEQ(this=field.this.copy(), expression=value)
                for field, value in zip(first.expressions, item.expressions, strict=False)
                if isinstance(field, exp.PropertyEQ)
            ]
            item.replace(exp.Struct(expressions=fields))


@dataclass(frozen=True, slots=True)
class _Lookup:
    array: exp.Expr
    name: str | None
    projection: exp.Expr
    condition: exp.Expr


def _rewrite_lookup(subquery: exp.Subquery) -> None:
    lookup = _as_lookup(subquery)
    if lookup is None:
        return
    bodies = [_as_body(part, lookup.name) for part in (lookup.condition, lookup.projection)]
    if any(body is None for body in bodies):
        return
    condition, projection = (body for body in bodies if body is not None)
    path = _field_path(projection)
    result = _by_key(lookup.array, condition) if path is not None else None
    if result is None:
        found = call("LIST_FILTER", lookup.array, _lambda(condition))
        if path is None:
            found = call("LIST_TRANSFORM", found, _lambda(projection))
        result = call("LIST_EXTRACT", found, exp.Literal.number(1))
    for field in path or ():
        result = exp.Dot(this=result, expression=exp.to_identifier(field, quoted=True))
    subquery.replace(result)


def _by_key(array: exp.Expr, condition: exp.Expr) -> exp.Expr | None:
    """Look a literal key up by its place among the keys; None when the condition says more.

    All lookups in one array share the list of its keys, which the engine makes once.
    """
    if not isinstance(condition, exp.EQ) or not isinstance(condition.expression, exp.Literal):
        return None
    key = condition.this
    if _field_path(key) != ["key"]:
        return None
    keys = call("LIST_TRANSFORM", array.copy(), _lambda(key))
    place = call("LIST_POSITION", keys, condition.expression)
    return call("LIST_EXTRACT", array, place)


def _as_lookup(subquery: exp.Subquery) -> _Lookup | None:
    """Recognise `(SELECT e FROM UNNEST(array) WHERE condition [LIMIT 1])` used as a value."""
    select = subquery.this
    if not isinstance(select, exp.Select) or isinstance(subquery.parent, (exp.From, exp.Join)):
        return None
    source = select.args.get("from_")
    unnest = source.this if source is not None else None
    where, limit = select.args.get("where"), select.args.get("limit")
    if not isinstance(unnest, exp.Unnest) or unnest.args.get("offset") or where is None:
        return None
    if any(select.args.get(part) for part in _NOT_IN_LOOKUP) or len(select.expressions) != 1:
        return None
    if limit is not None and limit.expression.name != "1":
        return None
    return _Lookup(
        unnest.expressions[0], _name(unnest), select.expressions[0].unalias(), where.this
    )


def _as_body(expression: exp.Expr, name: str | None) -> exp.Expr | None:
    """Return the expression in terms of the lambda's parameter; None when that is not certain."""
    if expression.find(exp.AggFunc, exp.Window, exp.Subquery, exp.Star, exp.Exists) is not None:
        return None
    body = exp.Paren(this=expression.copy())
    for column in list(body.find_all(exp.Column)):
        path = [part.name for part in column.parts]
        if name is not None and path[0].lower() == name.lower():
            path = path[1:]
        elif path[0].lower() not in _RECORD_FIELDS:
            return None
        column.replace(_path_of(path))
    stripped: exp.Expr = body.this
    return stripped


def _path_of(path: Iterable[str]) -> exp.Expr:
    result: exp.Expr = exp.column(_ELEMENT)
    for field in path:
        result = exp.Dot(this=result, expression=exp.to_identifier(field, quoted=True))
    return result


def _field_path(body: exp.Expr) -> list[str] | None:
    path: list[str] = []
    while isinstance(body, exp.Dot):
        path.insert(0, body.expression.name)
        body = body.this
    is_element = isinstance(body, exp.Column) and body.name == _ELEMENT
    return path if is_element else None


def _lambda(body: exp.Expr) -> exp.Lambda:
    return exp.Lambda(this=body, expressions=[exp.to_identifier(_ELEMENT)], colon=True)


def _from_clause_unnests(tree: exp.Expr) -> Iterator[exp.Unnest]:
    for unnest in list(tree.find_all(exp.Unnest)):
        if isinstance(unnest.parent, (exp.From, exp.Join)):
            yield unnest


def _rewrite_source(unnest: exp.Unnest, *, default_name: str) -> None:
    name = _name(unnest) or default_name
    array = unnest.expressions[0]
    columns: list[exp.Expr] = []
    if not _is_struct_list(array):
        columns.append(exp.alias_(call("UNNEST", array.copy()), name, quoted=True))
    if not _is_plain(array):
        _refuse_star(unnest, is_known=_is_struct_list(array))
        depth = exp.PropertyEQ(
            this=exp.to_identifier("max_depth"), expression=exp.Literal.number(2)
        )
        columns.append(call("UNNEST", array.copy(), depth))
    offset = unnest.args.get("offset")
    if offset:
        position = call("GENERATE_SUBSCRIPTS", array.copy(), exp.Literal.number(1))
        counted = exp.Sub(this=position, expression=exp.Literal.number(1))
        columns.append(
            exp.alias_(counted, offset.name if isinstance(offset, exp.Expr) else "offset")
        )
    lateral = exp.Subquery(
        this=exp.Select(expressions=columns),
        alias=exp.TableAlias(this=exp.to_identifier(name, quoted=True)),
    )
    _put_in_place(unnest, lateral)


def _put_in_place(unnest: exp.Unnest, lateral: exp.Subquery) -> None:
    join = unnest.parent
    if isinstance(join, exp.Join):
        unnest.replace(
            exp.Lateral(this=exp.Subquery(this=lateral.this), alias=lateral.args["alias"])
        )
        if join.side and not join.args.get("on"):
            join.set("on", exp.true())
    else:
        unnest.replace(lateral)


def _is_struct_list(array: exp.Expr) -> bool:
    """Whether the elements are written-out structs; a table alias then means the element."""
    return isinstance(array, exp.Array) and isinstance(
        array.expressions[0] if array.expressions else None, exp.Struct
    )


def _is_plain(array: exp.Expr) -> bool:
    """Whether the elements are known to be no structs."""
    if isinstance(array, exp.Array):
        first = array.expressions[0] if array.expressions else None
        return isinstance(first, (exp.Literal, exp.Cast, exp.Neg))
    return isinstance(array, _NO_FIELDS)


def _refuse_star(unnest: exp.Unnest, *, is_known: bool) -> None:
    select = unnest.find_ancestor(exp.Select)
    if select is None or is_known:
        return
    if any(isinstance(projection, exp.Star) for projection in select.expressions):
        raise UnsupportedSqlError(
            "SELECT * beside UNNEST is not available in the embedded warehouse.",
            hint="Name the columns.",
        )


def _name(unnest: exp.Unnest) -> str | None:
    alias = unnest.args.get("alias")
    if not isinstance(alias, exp.TableAlias):
        return None
    columns = alias.columns
    return alias.name or (columns[0].name if columns else None)
