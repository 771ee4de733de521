"""How large a query gets once its common table expressions and stars are written out.

Twenty lines can double themselves into millions of columns, struct fields or joined tables. An
engine spends its memory on planning those, before any of its own limits is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from gtm.errors import QueryRejectedError
from gtm.sql.scope import find_cte

MAX_COLUMNS = 1_000
MAX_FIELDS = 10_000
MAX_EXPANDED_TABLES = 500
# No view has more columns than this.
_VIEW_COLUMNS = 60

_BUILDERS = frozenset(
    {exp.Struct, exp.Array, exp.Tuple, exp.ArrayConcat, exp.JSONObject, exp.JSONArray}
)


@dataclass(frozen=True, slots=True)
class Size:
    """Of a query: the tables it joins, its columns, and the values within its largest column."""

    tables: int = 0
    columns: int = 0
    fields: int = 1


_VIEW = Size(tables=1, columns=_VIEW_COLUMNS)


def check_expansion(tree: exp.Query, nodes: Iterable[exp.Expr]) -> None:
    """Refuse a query that grows beyond the limits when expanded. Raises QueryRejectedError."""
    selects = stars = tables = built = values = 0
    for node in nodes:
        kind = type(node)
        values += 1
        if kind is exp.Select:
            selects += 1
        elif kind is exp.Star:
            stars += isinstance(node.parent, exp.Select | exp.Column)
        elif kind is exp.Table:
            tables += 1
        elif kind in _BUILDERS:
            built += len(node.expressions)
    if not selects:
        return
    # What the counts can multiply to at most, spread evenly over the selects; most queries are
    # small by that alone.
    joined = (tables / selects + 1) ** selects
    starred = _VIEW_COLUMNS * ((stars / selects + 1) * (tables / selects + 1)) ** selects
    nested = (built / selects + 1) ** selects
    is_small = joined <= MAX_EXPANDED_TABLES and nested <= MAX_FIELDS and values <= MAX_COLUMNS
    if not is_small or (stars and starred > MAX_COLUMNS):
        _Measure().query(tree)


class _Measure:
    """Sizes the queries of one tree, each once."""

    def __init__(self) -> None:
        self._known: dict[int, Size] = {}

    def query(self, node: exp.Expr) -> Size:
        """Return the size of a query, refusing one that is too large."""
        if isinstance(node, exp.Subquery):
            return self.query(node.this)
        known = self._known.get(id(node))
        if known is not None:
            return known
        # What a recursive expression reads of itself counts as a view.
        self._known[id(node)] = _VIEW
        size = (
            self._set_operation(node) if isinstance(node, exp.SetOperation) else self._select(node)
        )
        _refuse_above(size)
        self._known[id(node)] = size
        return size

    def _set_operation(self, node: exp.SetOperation) -> Size:
        left, right = self.query(node.this), self.query(node.expression)
        return Size(left.tables + right.tables, left.columns, max(left.fields, right.fields))

    def _select(self, select: exp.Expr) -> Size:
        sources = dict(self._sources(select))
        nested = [self.query(inner) for inner in _nested(select)]
        fields = max([1, *(size.fields for size in (*sources.values(), *nested))])
        columns, largest = 0, 1
        for projection in select.expressions:
            columns += _columns(projection, sources)
            largest = max(largest, _fields(projection, fields, sources))
        tables = sum(size.tables for size in (*sources.values(), *nested))
        return Size(tables, columns, largest)

    def _sources(self, select: exp.Expr) -> Iterator[tuple[str, Size]]:
        clause = select.args.get("from_")
        for number, holder in enumerate(
            [*([clause] if clause is not None else []), *(select.args.get("joins") or ())]
        ):
            for source in _row_sources(holder.this):
                yield source.alias_or_name.lower() or str(number), self._source(source)

    def _source(self, source: exp.Expr) -> Size:
        if isinstance(source, exp.Table):
            cte = find_cte(source, source.name) if source.args.get("db") is None else None
            size = _VIEW if cte is None else self.query(cte.this)
        elif isinstance(source, exp.Subquery):
            size = self.query(source.this)
        else:
            size = Size(columns=2)
        pivoted = sum(
            len(list(p.find_all(exp.Alias, exp.Literal))) for p in source.args.get("pivots") or ()
        )
        return Size(size.tables, size.columns + pivoted, size.fields)


def _row_sources(source: exp.Expr) -> Iterator[exp.Expr]:
    """Yield a source and those joined to it within its own parentheses."""
    is_group = isinstance(source, exp.Paren) or (
        isinstance(source, exp.Subquery) and isinstance(source.this, exp.Table)
    )
    if is_group:
        yield from _row_sources(source.this)
    else:
        yield source
    for join in source.args.get("joins") or ():
        yield from _row_sources(join.this)


def _nested(select: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the queries that stand in the expressions of a select."""
    for name, value in select.args.items():
        if name not in {"from_", "joins", "with_"}:
            yield from _queries(value)
    for join in select.args.get("joins") or ():
        yield from _queries(join.args.get("on"))


def _queries(value: object) -> Iterator[exp.Expr]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, exp.Query):
            yield item
        elif isinstance(item, exp.Expr):
            for child in item.iter_expressions():
                yield from _queries(child)


def _columns(projection: exp.Expr, sources: dict[str, Size]) -> int:
    if isinstance(projection, exp.Star):
        return sum(size.columns for size in sources.values())
    if isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star):
        every = sum(size.columns for size in sources.values())
        size = sources.get(projection.table.lower())
        return every if size is None else size.columns
    return 1


def _fields(node: exp.Expr, fields: int, sources: dict[str, Size]) -> int:
    """Return how many values an expression holds when a column of its sources holds `fields`."""
    if isinstance(node, exp.Column):
        whole_row = sources.get(node.name.lower()) if not node.table else None
        return whole_row.columns * whole_row.fields if whole_row is not None else fields
    if isinstance(node, exp.Query):
        return fields
    inner: Sequence[int] = [_fields(child, fields, sources) for child in node.iter_expressions()]
    return max(1, sum(inner) if type(node) in _BUILDERS else max(inner, default=1))


def _refuse_above(size: Size) -> None:
    for what, number, limit in (
        ("columns", size.columns, MAX_COLUMNS),
        ("values in one column", size.fields, MAX_FIELDS),
        ("tables, each counted as often as it is used", size.tables, MAX_EXPANDED_TABLES),
    ):
        if number > limit:
            raise QueryRejectedError(
                f"The query would come to more than {limit:,} {what}.",
                hint="Name the columns you need, and use each common table expression less often.",
            )
