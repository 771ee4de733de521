"""Pipe syntax, made safe for the parser.

The parser merges pipe operators into one SELECT as long as it can, also where the order of the
operators matters: `|> LIMIT 3 |> WHERE …` would filter before it cuts. Where it would change the
answer, a `|> SELECT *` is put between, which ends the SELECT. Operators that it lacks are told with
those it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.tokenizer_core import Token, TokenType

from gtm.errors import QueryRejectedError

Tokenize = Callable[[str], list[Token]]
_Edit = tuple[int, int, str]

_OPENING = {TokenType.L_PAREN, TokenType.L_BRACKET}
_CLOSING = {TokenType.R_PAREN, TokenType.R_BRACKET}
_INSTEAD = {
    "RENAME": "SELECT * EXCEPT (old_name), old_name AS new_name",
    "WINDOW": "EXTEND with a window function",
}
_BARE = frozenset({"with_", "from_", "expressions", "limit", "offset"})
_NEW_SELECT = frozenset({"SELECT", "EXTEND", "AGGREGATE", "SET", "DROP", "AS"})
_JOINS = frozenset({"JOIN", "INNER", "LEFT", "CROSS"})
_OUTER_JOINS = frozenset({"RIGHT", "FULL"})
_SET_OPERATIONS = frozenset({"UNION", "INTERSECT", "EXCEPT"})
# The clauses after which an operator can't join the same SELECT.
_LATE = frozenset({"LIMIT", "DISTINCT", "ORDER"})
_BARRED_BY = {
    "WHERE": frozenset({"LIMIT"}),
    "ORDER": frozenset({"LIMIT"}),
    "LIMIT": frozenset({"LIMIT"}),
    "DISTINCT": frozenset({"LIMIT"}),
    "PIVOT": _LATE | {"WHERE", "JOIN"},
    "UNPIVOT": _LATE | {"WHERE", "JOIN"},
    **dict.fromkeys(_NEW_SELECT - {"AS"}, _LATE),
    **dict.fromkeys(_JOINS, _LATE),
    **dict.fromkeys(_OUTER_JOINS, _LATE | {"WHERE"}),
}


@dataclass(slots=True)
class _Level:
    """What stands at one depth of parentheses: a head, then the operators with their tokens.

    `query` is where the head's own SELECT begins; a head may also be a FROM.
    """

    query: Token | None = None
    is_sorted: bool = False
    is_empty: bool = True
    operators: list[tuple[Token, list[Token]]] = field(default_factory=list)


def read_statements(sql: str) -> list[exp.Expr]:
    """Return the tree of each statement of BigQuery SQL, pipes read as they are meant."""
    dialect = BigQuery()
    tokens = dialect.tokenize(sql)
    has_pipes = "|>" in sql
    if has_pipes:
        sql, tokens = spell_out(sql, tokens, dialect.tokenize)
    trees = [tree for tree in dialect.parser().parse(tokens, sql) if tree is not None]
    if not has_pipes:
        return trees
    return [keep_orders(tree) if isinstance(tree, exp.Query) else tree for tree in trees]


def spell_out(sql: str, tokens: list[Token], tokenize: Tokenize) -> tuple[str, list[Token]]:
    """Return the text and tokens of a query whose pipes the parser will read as they are meant."""
    edits = sorted(edit for level in _levels(tokens) for edit in _edits(level, sql))
    if not edits:
        return sql, tokens
    pieces = []
    position = 0
    for start, end, text in edits:
        pieces += [sql[position:start], text]
        position = end
    sql = "".join(pieces) + sql[position:]
    return sql, tokenize(sql)


def keep_orders(tree: exp.Query) -> exp.Query:
    """Undo each `SELECT * FROM` around a sorted step, which would lose the step's order."""
    for select in reversed(list(tree.find_all(exp.Select))):
        kept = _keep_order(select)
        if kept is select:
            continue
        if select is tree:
            return kept
        select.replace(kept)
    return tree


def _keep_order(tree: exp.Select) -> exp.Select:
    tree = _unwrapped(tree)
    clause = tree.args.get("with_")
    if not isinstance(clause, exp.With):
        return tree
    steps: list[exp.CTE] = []
    for step in clause.expressions:
        body = _merged(step.this, steps[-1] if steps else None)
        if body is not None:
            steps.pop()
            step.set("this", body)
        steps.append(step)
    last = _merged(tree, steps[-1])
    if last is not None:
        steps.pop()
        tree = last
    tree.set("with_", exp.With(expressions=steps, recursive=clause.recursive) if steps else None)
    return tree


def _unwrapped(tree: exp.Select) -> exp.Select:
    """Drop the `SELECT * FROM (…)` that the parser puts around pipes behind a subquery."""
    source = tree.args.get("from_")
    used = {name for name, value in tree.args.items() if value and name != "kind"}
    if source is None or used != {"from_", "expressions"} or not _is_star(tree):
        return tree
    inner = source.this
    is_plain = isinstance(inner, exp.Subquery) and isinstance(inner.this, exp.Select)
    if not is_plain or {name for name, value in inner.args.items() if value} != {"this"}:
        return tree
    inside: exp.Select = inner.this
    if not _is_star(inside) or inside.args.get("order") is None:
        return tree
    inside.pop()
    return inside


def _is_star(select: exp.Select) -> bool:
    """Whether a select shows all columns as they are."""
    (first, *others) = select.expressions or [None]
    is_star = not others and type(first) is exp.Star
    return is_star and not any(first.args.get(name) for name in ("except_", "replace"))


def _merged(outer: exp.Expr, step: exp.CTE | None) -> exp.Select | None:
    """Return the sorted step with the limit of a bare `SELECT * FROM step` around it."""
    if step is None or not isinstance(outer, exp.Select) or not isinstance(step.this, exp.Select):
        return None
    source, body = outer.args.get("from_"), step.this
    if source is None:
        return None
    used = {name for name, value in outer.args.items() if value and name != "kind"}
    is_bare = used <= _BARE and _is_star(outer)
    if not is_bare or source.this.name != step.alias or not body.args.get("order"):
        return None
    if body.args.get("limit") or body.args.get("with_"):
        return None
    body.pop()
    for name in ("limit", "offset"):
        body.set(name, outer.args.get(name))
    return body


def _levels(tokens: Sequence[Token]) -> Iterator[_Level]:
    stack = [_Level()]
    for token in tokens:
        kind = token.token_type
        if kind in _CLOSING and len(stack) > 1:
            closed = stack.pop()
            if closed.operators:
                yield closed
        inner = stack[-1]
        # The tokens of a parenthesis belong to the operators around it, too.
        for level in stack if kind is not TokenType.PIPE_GT else stack[:-1]:
            if level.operators:
                level.operators[-1][1].append(token)
        if kind is TokenType.PIPE_GT:
            inner.operators.append((token, []))
        elif not inner.operators:
            _read_head(inner, token)
        if kind in _OPENING:
            stack.append(_Level())
    yield from (level for level in stack if level.operators)


def _read_head(level: _Level, token: Token) -> None:
    kind = token.token_type
    is_query = kind is TokenType.SELECT or (level.is_empty and kind is TokenType.L_PAREN)
    if is_query and level.query is None:
        level.query = token
    level.is_sorted = level.is_sorted or kind is TokenType.ORDER_BY
    level.is_empty = False


def _edits(level: _Level, sql: str) -> Iterator[_Edit]:
    state: set[str] = set()
    is_order_lost = level.is_sorted
    if level.query is not None:
        first = level.operators[0][0]
        yield level.query.start, level.query.start, "FROM ("
        yield first.start, first.start, ") "
    for pipe, tokens in level.operators:
        name = tokens[0].text.upper().partition(" ")[0] if tokens else ""
        _check_operator(name, is_order_lost=is_order_lost)
        if "CARRIED" in state and name not in {"LIMIT", "ORDER"}:
            is_order_lost, state = True, state - {"CARRIED"}
        if state & _BARRED_BY.get(name, frozenset()) and not _is_plain_choice(name, tokens, state):
            is_order_lost = is_order_lost or ("ORDER" in state and "LIMIT" not in state)
            state = set()
            yield pipe.start, pipe.start, "|> SELECT * "
        if name in {"SET", "DROP"}:
            yield from _spell(name, tokens, sql)
        is_order_lost = is_order_lost and name not in {"ORDER", "AGGREGATE", *_SET_OPERATIONS}
        state = _after(name, tokens, state)


def _check_operator(name: str, *, is_order_lost: bool) -> None:
    if name in _INSTEAD:
        raise QueryRejectedError(
            f"The pipe operator {name} is not available.", hint=f"Use |> {_INSTEAD[name]}."
        )
    if name == "LIMIT" and is_order_lost:
        raise QueryRejectedError(
            "A LIMIT can't keep an order from several steps before.",
            hint="Put |> LIMIT directly after |> ORDER BY.",
        )


def _is_plain_choice(name: str, tokens: Sequence[Token], state: set[str]) -> bool:
    """Whether an operator only picks columns of sorted rows, which sorting does not notice."""
    is_sorted_only = state & _LATE == {"ORDER"}
    return (
        name == "SELECT"
        and is_sorted_only
        and all(token.token_type in {TokenType.VAR, TokenType.COMMA} for token in tokens[1:])
    )


def _after(name: str, tokens: Sequence[Token], state: set[str]) -> set[str]:
    """Return the clauses that the parser's SELECT has after an operator."""
    if name == "AGGREGATE":
        return {"CARRIED"} if _is_sorting(tokens) else set()
    if name in _SET_OPERATIONS:
        return set()
    if name in _NEW_SELECT:
        return {"CARRIED"} if "ORDER" in state and "LIMIT" not in state else set()
    return state | {"JOIN" if name in _JOINS | _OUTER_JOINS else name}


def _is_sorting(tokens: Sequence[Token]) -> bool:
    words = {token.text.upper() for token in tokens}
    return bool(words & {"ASC", "DESC"}) or {"GROUP", "AND", "ORDER BY"} <= words


def _spell(name: str, tokens: Sequence[Token], sql: str) -> Iterator[_Edit]:
    """Write SET and DROP as SELECT * REPLACE and SELECT * EXCEPT."""
    first = tokens[0]
    items = list(_items(tokens[1:]))
    yield first.start, first.end + 1, f"SELECT * {'REPLACE' if name == 'SET' else 'EXCEPT'} ("
    end = items[-1][-1].end + 1
    if name == "DROP":
        if any(len(item) != 1 for item in items):
            raise _unclear()
        yield end, end, ")"
        return
    for item in items:
        target, *rest = item
        if len(rest) < 2 or rest[0].token_type is not TokenType.EQ:
            raise _unclear()
        yield target.start, rest[0].end + 1, "("
        close = item[-1].end + 1
        last = ")" if close == end else ""
        yield close, close, f") AS {sql[target.start : target.end + 1]}{last}"


def _items(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield the tokens of each comma-separated item."""
    item: list[Token] = []
    depth = 0
    for token in tokens:
        kind = token.token_type
        if kind is TokenType.SEMICOLON:
            break
        depth += (kind in _OPENING) - (kind in _CLOSING)
        if depth == 0 and kind is TokenType.COMMA:
            yield item or _refuse()
            item = []
        else:
            item.append(token)
    yield item or _refuse()


def _refuse() -> list[Token]:
    raise _unclear()


def _unclear() -> QueryRejectedError:
    return QueryRejectedError(
        "A pipe operator can't be read.",
        hint="Write |> SET column = value, … or |> DROP column, ….",
    )
