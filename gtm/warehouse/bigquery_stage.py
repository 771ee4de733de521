"""A build beside the tables in use: what is written goes into staged tables until all is well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from gtm.context import TenantContext
from gtm.warehouse import bigquery_sql as sql

STAGED = "next_"


class Stage:
    """Turns a build's statements into ones over staged tables, and keeps what follows them."""

    def __init__(self, tenant: TenantContext, mark: str) -> None:
        self._tenant = tenant
        self._mark = mark
        self.names: dict[str, str] = {}
        self.last: list[exp.Expr] = []

    def staging(self, statements: Sequence[exp.Expr], tables: frozenset[str]) -> Iterator[str]:
        """Yield the statements that fill staged tables; views and drops are kept for the end."""
        for statement in statements:
            target = statement.find(exp.Table)
            if target is None or not _writes_table(statement):
                self.last.append(statement)
                continue
            if not isinstance(statement, exp.Create):
                yield from self._copied(target.name, tables)
            yield sql.sql(self._redirected(statement))

    def views(self) -> Iterator[exp.Expr]:
        """Yield what each view will select, over the staged tables."""
        created = {
            view.this.name: view.expression
            for view in self.last
            if isinstance(view, exp.Create) and isinstance(view.expression, exp.Query)
        }
        for select in created.values():
            yield self._read_staged(self._inlined(select.copy(), created))

    def _copied(self, name: str, tables: frozenset[str]) -> Iterator[str]:
        """Stage a table as it is, because rows of it are about to change."""
        if name in tables and name not in self.names:
            source = sql.raw(self._tenant, name)
            yield sql.copy(source, sql.raw(self._tenant, self._stage(name)))

    def _redirected(self, statement: exp.Expr) -> exp.Expr:
        statement = statement.copy()
        target = statement.find(exp.Table)
        if target is None:
            raise TypeError("a statement that writes has a table")
        self._read_staged(statement, but=target)
        staged = self.names.get(target.name) or self._stage(target.name)
        target.set("this", exp.to_identifier(staged, quoted=True))
        return statement

    def _read_staged(self, tree: exp.Expr, but: exp.Table | None = None) -> exp.Expr:
        for table in list(tree.find_all(exp.Table)):
            staged = self.names.get(table.name)
            if table is but or staged is None or table.db != self._tenant.raw_dataset:
                continue
            if not table.alias:
                # `fct_x.column` must keep its meaning.
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name)))
            table.set("this", exp.to_identifier(staged, quoted=True))
        return tree

    def _inlined(self, tree: exp.Query, created: dict[str, exp.Query]) -> exp.Query:
        """Put a view of this build in the place of its name: it is not there yet."""
        for table in list(tree.find_all(exp.Table)):
            if table.db == self._tenant.dataset and table.name in created:
                inner = self._inlined(created[table.name].copy(), created)
                alias = exp.TableAlias(this=exp.to_identifier(table.alias or table.name))
                table.replace(exp.Subquery(this=inner, alias=alias))
        return tree

    def _stage(self, name: str) -> str:
        staged = self.names[name] = f"{STAGED}{self._mark}_{name}"
        return staged


def _writes_table(statement: exp.Expr) -> bool:
    if isinstance(statement, exp.Create):
        return statement.kind == "TABLE"
    return isinstance(statement, exp.Insert | exp.Delete | exp.Update | exp.Merge)
