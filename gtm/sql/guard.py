"""The SQL guard: decides whether a tenant may run a query, and rewrites it so it stays inside."""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock

from sqlglot import exp

from gtm.context import TenantContext
from gtm.sql.expansion import check_expansion
from gtm.sql.limits import check_limits
from gtm.sql.nodes import check_nodes, flatten, table_names
from gtm.sql.refusals import ambiguous, too_deep, unavailable
from gtm.sql.scope import array_path, find_cte
from gtm.sql.text import generate, parse
from gtm.warehouse.base import ScopedSql

MAX_REWRITES = 3
CACHE_SIZE = 512

_INTEGER = re.compile(r"\b\d+\b")


class Guard:
    """Checks SQL against the allow-list and keeps it inside one tenant's views."""

    def __init__(self, project: str, views: frozenset[str]) -> None:
        self._project = project
        self._views = views
        self._view_names = tuple(sorted(views))
        self._checked: OrderedDict[tuple[str, str], ScopedSql] = OrderedDict()
        self._read_back: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()

    def check(self, tenant: TenantContext, sql: str) -> ScopedSql:
        """Return the query as it will run for this tenant. Raises QueryRejectedError."""
        # The dataset is part of the key: what was checked for one tenant never serves another.
        key = (tenant.dataset, sql)
        with self._lock:
            known = self._checked.get(key)
            if known is not None:
                self._checked.move_to_end(key)
                return known
        try:
            scoped = self._scope(tenant, sql)
        except RecursionError:
            raise too_deep() from None
        self._remember(key, scoped)
        return scoped

    def _remember(self, key: tuple[str, str], scoped: ScopedSql) -> None:
        with self._lock:
            self._checked[key] = scoped
            if len(self._checked) > CACHE_SIZE:
                self._checked.popitem(last=False)

    def _scope(self, tenant: TenantContext, sql: str) -> ScopedSql:
        tree, before = parse(sql), ""
        for _ in range(MAX_REWRITES):
            used = self._admit(tenant, tree)
            # Only text made from the checked tree runs: comments, quoting tricks and whatever
            # another parser would read differently do not survive.
            text = generate(tree)
            again = self._reread(text) if text != before else None
            if again is None or again == tree:
                self._remember_shape(text)
                return ScopedSql(text=text, dataset=tenant.dataset, views=used)
            tree, before = again, text
        raise ambiguous()

    def _admit(self, tenant: TenantContext, tree: exp.Query) -> tuple[str, ...]:
        """Check a tree and qualify its tables in place; return the views it reads."""
        nodes = flatten(tree)
        check_nodes(nodes)
        used: set[str] = set()
        for node in nodes:
            kind = type(node)
            if kind is exp.Table:
                self._place_table(tenant, node, used)
            elif kind is exp.Column and node.args.get("db") is not None:
                self._shorten_column(tenant, node)
        check_limits(nodes)
        check_expansion(tree, nodes)
        return tuple(sorted(used))

    def _reread(self, text: str) -> exp.Query | None:
        """Read generated text again; None when text of this shape is known to read as it was meant.

        Should the parser read its own output in any other way than as the tree that was checked,
        that reading has to pass as well. Whole numbers do not change how text is read.
        """
        with self._lock:
            if _INTEGER.sub("0", text) in self._read_back:
                return None
        return parse(text)

    def _remember_shape(self, text: str) -> None:
        shape = _INTEGER.sub("0", text)
        with self._lock:
            self._read_back[shape] = None
            self._read_back.move_to_end(shape)
            if len(self._read_back) > CACHE_SIZE:
                self._read_back.popitem(last=False)

    def _place_table(self, tenant: TenantContext, table: exp.Expr, used: set[str]) -> None:
        """Qualify a view in place; a common table expression or an array stays what it is."""
        if not isinstance(table, exp.Table):
            return
        names = table_names(table)
        if names is None:
            raise unavailable(table, self._view_names)
        view = names[-1]
        if len(names) == 1 and find_cte(table, view) is not None:
            return
        if len(names) == 2 and (unnest := array_path(table)) is not None:
            table.replace(unnest)
            return
        own = ((), (tenant.dataset,), (self._project, tenant.dataset))
        if names[:-1] not in own or view not in self._views:
            raise unavailable(table, self._view_names)
        if not table.alias and not table.args.get("pivots"):
            # `vw_x.column` must keep its meaning once the table has a longer name.
            table.set("alias", exp.TableAlias(this=exp.Identifier(this=view, quoted=False)))
        table.set("this", exp.Identifier(this=view, quoted=True))
        table.set("db", exp.Identifier(this=str(tenant.dataset), quoted=True))
        table.set("catalog", exp.Identifier(this=self._project, quoted=True))
        used.add(view)

    def _shorten_column(self, tenant: TenantContext, column: exp.Expr) -> None:
        """Turn `dataset.view.column` into `view.column`, the alias the table now has."""
        table, dataset = column.text("table"), column.text("db")
        is_own = dataset == tenant.dataset and table in self._views
        if is_own and column.text("catalog") in {"", self._project}:
            column.set("db", None)
            column.set("catalog", None)
