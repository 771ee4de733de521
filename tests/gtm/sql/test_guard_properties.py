"""Whatever is put together, what the guard lets through reads the tenant's views only."""

from __future__ import annotations

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import QueryRejectedError
from gtm.sql.guard import Guard

_VIEWS = ("vw_sessions_daily", "vw_users_daily", "vw_search_daily")
_GUARD = Guard("gtm-local", frozenset(_VIEWS))
_ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), UserId("u1"), Role.MEMBER)

_FOREIGN = (
    "tenant_globex.vw_users_daily",
    "`gtm-local.tenant_globex.vw_users_daily`",
    "tenant_acme_raw.fct_sessions",
    "fct_sessions",
    "INFORMATION_SCHEMA.TABLES",
    "`tenant_acme.vw_*`",
    "read_csv('/etc/passwd')",
    "EXTERNAL_QUERY('c', 'select 1')",
)
_OWN = (*_VIEWS, "tenant_acme.vw_users_daily", "`gtm-local`.tenant_acme.vw_users_daily")
_NAMES = st.sampled_from(["a", "b", "vw_users_daily", "tenant_globex", "secret", "total"])
_VALUES = st.sampled_from(
    [
        "1",
        "date",
        "COUNT(*)",
        "SUM(clicks)",
        "DATE_TRUNC(date, WEEK(MONDAY))",
        "SAFE_DIVIDE(1, 2)",
        "'tenant_globex.vw_users_daily'",
        "ROW_NUMBER() OVER (ORDER BY date)",
    ]
)


def _queries(tables: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return queries over the tables, nested, joined, chained, united and correlated."""
    plain = st.builds("SELECT {} AS x FROM {}".format, _VALUES, tables)

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("SELECT x FROM ({}) AS {}".format, inner, _NAMES),
            st.builds("{} UNION ALL {}".format, inner, plain),
            st.builds("SELECT 1 AS x FROM {} WHERE EXISTS ({})".format, tables, inner),
            st.builds("SELECT ({}) AS x FROM {} AS {}".format, inner, tables, _NAMES),
            st.builds("WITH {0} AS ({1}) SELECT x FROM {0}".format, _NAMES, inner),
            st.builds(
                "WITH {0} AS (SELECT 1 AS x), c AS ({1}) SELECT x FROM c JOIN {0} USING (x)".format,
                _NAMES,
                inner,
            ),
            st.builds(
                "SELECT p.x FROM ({}) AS p LEFT JOIN ({}) AS q ON p.x = q.x".format, inner, plain
            ),
        )

    return st.recursive(plain, grown, max_leaves=5)


def _tables_read(sql: str) -> set[tuple[str, str, str]]:
    tree = sqlglot.parse_one(sql, dialect="bigquery")
    defined = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    return {
        (table.catalog, table.db, table.name)
        for table in tree.find_all(exp.Table)
        if table.db or table.name.lower() not in defined
    }


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_queries(st.sampled_from(_OWN)))
def test_honest_queries_are_accepted_and_stay_inside(sql: str) -> None:
    scoped = _GUARD.check(_ACME, sql)

    assert {(c, d) for c, d, _ in _tables_read(scoped.text)} == {("gtm-local", "tenant_acme")}
    assert _GUARD.check(_ACME, scoped.text) == scoped


@settings(max_examples=300, deadline=None, derandomize=True)
@given(_queries(st.sampled_from((*_OWN, *_FOREIGN, "secret", "a", "total"))))
def test_mixed_queries_are_refused_or_stay_inside(sql: str) -> None:
    try:
        scoped = _GUARD.check(_ACME, sql)
    except QueryRejectedError:
        return

    read = _tables_read(scoped.text)
    assert {(c, d) for c, d, _ in read} <= {("gtm-local", "tenant_acme")}
    assert {name for _, _, name in read} <= set(_VIEWS)
    assert _GUARD.check(_ACME, scoped.text) == scoped


@settings(max_examples=200, deadline=None, derandomize=True)
@given(_queries(st.sampled_from(_FOREIGN[1:])))
def test_queries_over_what_is_not_the_tenants_are_always_refused(sql: str) -> None:
    with pytest.raises(QueryRejectedError):
        _GUARD.check(_ACME, sql)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=80) | st.text("SELECT*FROM()'`;-#@.,vw_ \n", max_size=60))
def test_any_text_is_refused_or_scoped_but_never_breaks_the_guard(sql: str) -> None:
    for start in ("", "SELECT ", "SELECT 1 FROM vw_users_daily "):
        try:
            scoped = _GUARD.check(_ACME, start + sql)
        except QueryRejectedError:
            continue
        assert {(c, d) for c, d, _ in _tables_read(scoped.text)} <= {("gtm-local", "tenant_acme")}
