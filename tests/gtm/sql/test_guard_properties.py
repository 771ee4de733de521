"""Whatever is put together, what the guard lets through reads the tenant's views only."""

from __future__ import annotations

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.dialects.bigquery import BigQuery
from sqlglot.tokenizer_core import TokenType

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import QueryRejectedError
from gtm.sql.guard import Guard
from gtm.sql.text import generate, parse
from gtm.warehouse.base import ScopedSql
from tests.gtm.sql.conftest import FIXTURES, VIEWS, read_cases

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
        "IF(date > '2026-01-01', 'a', NULL)",
        "ARRAY_AGG(date ORDER BY date LIMIT 2)[SAFE_OFFSET(0)]",
        "STRUCT(date AS d, 1 AS n)",
        "(SELECT COUNT(*) FROM UNNEST([1, 2]) AS n WHERE n > 1)",
        "CAST(date AS STRING) || '-' || 'x'",
        "EXISTS (SELECT 1 FROM UNNEST(GENERATE_ARRAY(1, 3)) AS g)",
        "STRING_AGG(DISTINCT CAST(date AS STRING), ', ')",
        "LAST_VALUE(date IGNORE NULLS) OVER (ORDER BY date ROWS 6 PRECEDING)",
    ]
)
_TAILS = st.sampled_from(
    [
        "",
        " WHERE date BETWEEN DATE '2026-01-01' AND CURRENT_DATE()",
        " GROUP BY ALL",
        " GROUP BY ROLLUP (date)",
        " QUALIFY RANK() OVER (ORDER BY date) = 1",
        " ORDER BY 1 DESC NULLS LAST LIMIT 5 OFFSET 2",
        " WHERE date IN (DATE '2026-01-01', DATE '2026-01-02') OR NOT TRUE",
    ]
)

_ACCEPTED = [sql for _, sql in read_cases("accept")]
_WIDE = Guard("gtm-local", VIEWS)
_FOREIGN_VALUES = (
    "(SELECT MAX(x) FROM tenant_globex.vw_users_daily)",
    "EXISTS (SELECT 1 FROM fct_sessions)",
    "READ_TEXT('/etc/passwd')",
    "tenant_globex.f(1)",
    "SESSION_USER()",
    "@@project_id",
    "AI.GENERATE('x')",
    "(SELECT COUNT(*) FROM tenant_acme.INFORMATION_SCHEMA.TABLES)",
    "ARRAY(SELECT x FROM EXTERNAL_QUERY('c', 'select 1 as x'))",
)
_WORDS = (FIXTURES / "words.txt").read_text(encoding="utf-8").split()
_PLACES = {TokenType.VAR, TokenType.IDENTIFIER, TokenType.STRING, TokenType.NUMBER}


def _queries(tables: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return queries over the tables, nested, joined, chained, united and correlated."""
    plain = st.builds("(SELECT {} AS x FROM {}{})".format, _VALUES, tables, _TAILS)

    def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.one_of(
            st.builds("SELECT x FROM ({}) AS {}".format, inner, _NAMES),
            st.builds("({} INTERSECT DISTINCT {})".format, inner, plain),
            st.builds("SELECT 1 AS x FROM {} AS t WHERE t.date IN ({})".format, tables, inner),
            st.builds("FROM ({}) |> WHERE x IS NOT NULL |> LIMIT 9 |> SELECT x".format, inner),
            st.builds("FROM {} |> EXTEND ({}) AS x |> SET date = NULL".format, tables, inner),
            st.builds(
                "SELECT * FROM (SELECT 'a' AS k, 1 AS x FROM ({})) "
                "PIVOT (SUM(x) FOR k IN ('a'))".format,
                inner,
            ),
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


def _assert_inside(scoped: ScopedSql) -> None:
    """Every table of the text is one of the tenant's views by its full name, and is reported."""
    read = _tables_read(scoped.text)
    assert {(c, d) for c, d, _ in read} <= {("gtm-local", "tenant_acme")}
    assert {name for _, _, name in read} == set(scoped.views) <= set(_VIEWS)


def _assert_stable(scoped: ScopedSql) -> None:
    """The text passes unchanged, and reads as the very tree that it is written from."""
    fresh = Guard("gtm-local", frozenset(_VIEWS))
    assert fresh.check(_ACME, scoped.text) == scoped
    tree = parse(scoped.text)
    assert parse(generate(tree.copy())) == tree


@settings(max_examples=150, deadline=None, derandomize=True)
@given(_queries(st.sampled_from(_OWN)))
def test_honest_queries_are_accepted_and_stay_inside(sql: str) -> None:
    scoped = _GUARD.check(_ACME, sql)

    _assert_inside(scoped)
    _assert_stable(scoped)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(_queries(st.sampled_from((*_OWN, *_FOREIGN, "secret", "a", "total"))))
def test_mixed_queries_are_refused_or_stay_inside(sql: str) -> None:
    try:
        scoped = _GUARD.check(_ACME, sql)
    except QueryRejectedError:
        return

    _assert_inside(scoped)
    _assert_stable(scoped)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(_queries(st.sampled_from(_FOREIGN[1:])))
def test_queries_over_what_is_not_the_tenants_are_always_refused(sql: str) -> None:
    with pytest.raises(QueryRejectedError):
        _GUARD.check(_ACME, sql)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.text(max_size=80) | st.text("SELECT*FROM()'`;-#@.,vw_ \n", max_size=60))
def test_any_text_is_refused_or_scoped_but_never_breaks_the_guard(sql: str) -> None:
    for start in ("", "SELECT ", "SELECT 1 FROM vw_users_daily "):
        _check_or_refuse(start + sql)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(_WORDS), max_size=25))
def test_a_soup_of_words_is_refused_or_scoped_but_never_breaks_the_guard(words: list[str]) -> None:
    _check_or_refuse("SELECT " + " ".join(words))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(st.sampled_from(_ACCEPTED), st.data())
def test_a_cut_or_spliced_query_never_breaks_the_guard(sql: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(_ACCEPTED))
    cut = data.draw(st.integers(0, len(sql)))
    resumed = data.draw(st.integers(0, len(other)))
    _check_or_refuse(sql[:cut])
    _check_or_refuse(sql[:cut] + other[resumed:])


@pytest.mark.parametrize("sql", _ACCEPTED, ids=range(len(_ACCEPTED)))
def test_a_foreign_thing_put_anywhere_into_an_honest_query_is_refused(sql: str) -> None:
    tokens = [token for token in BigQuery().tokenize(sql) if token.token_type in _PLACES]
    step = len(tokens) // 20 + 1
    for number, token in enumerate(tokens[::step]):
        foreign = _FOREIGN_VALUES[number % len(_FOREIGN_VALUES)]
        with pytest.raises(QueryRejectedError):
            _WIDE.check(_ACME, sql[: token.start] + foreign + sql[token.end + 1 :])


def _check_or_refuse(sql: str) -> None:
    try:
        scoped = _WIDE.check(_ACME, sql)
    except QueryRejectedError:
        return
    assert {(c, d) for c, d, _ in _tables_read(scoped.text)} <= {("gtm-local", "tenant_acme")}
    assert _WIDE.check(_ACME, scoped.text) == scoped
