"""The guard accepts honest analytics, refuses attacks, and rewrites what runs."""

from __future__ import annotations

import re

import pytest
import sqlglot
import yaml
from _pytest.mark import ParameterSet
from sqlglot import exp

from gtm.context import TenantContext
from gtm.errors import QueryRejectedError
from gtm.sql.guard import Guard
from gtm.sql.text import MAX_LENGTH, parse
from tests.gtm.sql.conftest import FIXTURES

KINDS = {
    "table": "^Table .* is not available",
    "function": "^Function .* is not allowed",
    "routine": "^Routine .* is not allowed",
    "name": "^Name .* is not allowed",
    "statement": "^Only (SELECT queries may run|one statement may be sent)",
    "parameter": "^Parameters and system variables",
    "syntax": "syntax is not allowed",
    "pipe": "^The pipe operator|^A LIMIT can't keep",
    "unreadable": "can't be read|control characters",
    "size": "[Aa]t most|more than|needs its|recursive expression",
}


def test_an_honest_query_is_accepted_and_names_only_own_views(
    guard: Guard, acme: TenantContext, accepted_sql: str
) -> None:
    scoped = guard.check(acme, accepted_sql)

    tree = sqlglot.parse_one(scoped.text, dialect="bigquery")
    qualified = [table for table in tree.find_all(exp.Table) if table.args.get("db")]
    assert {(t.catalog, t.db) for t in qualified} <= {("gtm-local", "tenant_acme")}
    assert sorted({t.name for t in qualified}) == list(scoped.views)


def test_what_the_guard_returns_passes_it_unchanged(
    guard: Guard, acme: TenantContext, accepted_sql: str
) -> None:
    scoped = guard.check(acme, accepted_sql)

    assert guard.check(acme, scoped.text) == scoped


def test_an_attack_is_refused_for_what_it_is(
    guard: Guard, acme: TenantContext, rejected_sql: str, kind: str
) -> None:
    with pytest.raises(QueryRejectedError) as caught:
        guard.check(acme, rejected_sql)

    assert re.search(KINDS[kind], caught.value.message)
    assert caught.value.code == "query_rejected"
    assert caught.value.hint


def _refusals() -> list[ParameterSet]:
    text = (FIXTURES / "refusals.yml").read_text(encoding="utf-8")
    return [pytest.param(case, id=case["sql"][:60]) for case in yaml.safe_load(text)]


@pytest.mark.parametrize("case", _refusals())
def test_a_refusal_names_what_is_not_allowed_and_what_is(
    guard: Guard, acme: TenantContext, case: dict[str, str | list[str]]
) -> None:
    with pytest.raises(QueryRejectedError) as caught:
        guard.check(acme, str(case["sql"]))

    error = caught.value
    assert error.message == case["message"]
    assert str(case["hint"]) in str(error.hint)
    assert list(error.nearest[: len(case["nearest"])]) == case["nearest"]


def test_scoped_sql_of_one_tenant_is_refused_for_another(
    guard: Guard, acme: TenantContext, globex: TenantContext
) -> None:
    text = guard.check(acme, "SELECT date FROM vw_users_daily").text

    with pytest.raises(QueryRejectedError, match="not available"):
        guard.check(globex, text)


def test_a_remembered_query_stays_with_its_tenant(
    guard: Guard, acme: TenantContext, globex: TenantContext
) -> None:
    sql = "SELECT date FROM vw_users_daily"

    assert "tenant_acme" in guard.check(acme, sql).text
    assert "tenant_globex" in guard.check(globex, sql).text
    assert guard.check(acme, sql) is guard.check(acme, sql)


def test_a_foreign_table_reads_like_one_that_does_not_exist(
    guard: Guard, acme: TenantContext
) -> None:
    errors = []
    for dataset in ("tenant_globex", "no_such_dataset"):
        with pytest.raises(QueryRejectedError) as caught:
            guard.check(acme, "SELECT * FROM X.vw_users_daily".replace("X", dataset))
        error = caught.value
        errors.append((error.message.replace(dataset, "X"), error.hint, error.nearest))

    assert errors[0] == errors[1]


def test_a_misspelt_view_gets_the_nearest_names(guard: Guard, acme: TenantContext) -> None:
    with pytest.raises(QueryRejectedError) as caught:
        guard.check(acme, "SELECT * FROM vw_session_daily")

    assert caught.value.nearest[0] == "vw_sessions_daily"
    assert "vw_users_daily" in str(caught.value.hint)


def test_a_misspelt_function_gets_the_nearest_names(guard: Guard, acme: TenantContext) -> None:
    with pytest.raises(QueryRejectedError) as caught:
        guard.check(acme, "SELECT SAFE_DIVID(1, 2)")

    assert "SAFE_DIVIDE" in caught.value.nearest


def test_comments_do_not_survive(guard: Guard, acme: TenantContext) -> None:
    scoped = guard.check(acme, "SELECT /* a */ date -- b\nFROM vw_users_daily # c")

    assert not any(mark in scoped.text for mark in ("/*", "--", "#"))


def test_a_view_keeps_its_name_as_alias(guard: Guard, acme: TenantContext) -> None:
    scoped = guard.check(acme, "SELECT tenant_acme.vw_users_daily.date FROM vw_users_daily")

    assert scoped.text == (
        "SELECT vw_users_daily.date "
        "FROM `gtm-local`.`tenant_acme`.`vw_users_daily` AS vw_users_daily"
    )


def test_an_expression_that_shadows_a_view_still_reads_the_view_inside(
    guard: Guard, acme: TenantContext
) -> None:
    scoped = guard.check(
        acme,
        "WITH vw_users_daily AS (SELECT 1 FROM vw_users_daily) SELECT * FROM VW_USERS_DAILY",
    )

    assert scoped.text.endswith("SELECT * FROM VW_USERS_DAILY")
    assert scoped.views == ("vw_users_daily",)


def test_an_array_of_an_outer_row_becomes_an_explicit_unnest(
    guard: Guard, acme: TenantContext
) -> None:
    scoped = guard.check(
        acme,
        "SELECT (SELECT COUNT(*) FROM g.days AS d) "
        "FROM (SELECT ARRAY_AGG(date) AS days FROM vw_users_daily) AS g",
    )

    assert "FROM UNNEST(g.days) AS d" in scoped.text


def test_an_alias_that_looks_like_a_dataset_reads_no_table(
    guard: Guard, acme: TenantContext
) -> None:
    scoped = guard.check(
        acme, "SELECT * FROM vw_users_daily AS tenant_globex, tenant_globex.vw_users_daily"
    )

    assert "CROSS JOIN UNNEST(tenant_globex.vw_users_daily)" in scoped.text


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 3000 + "1" + ")" * 3000,
        "SELECT " + "NOT " * 4000 + "TRUE",
        "SELECT " + "- " * 8000 + "1",
        "SELECT 1" + "+1" * 9000,
        "SELECT a" + ".b" * 9000 + " FROM vw_users_daily",
        "SELECT a" + "[0]" * 6000 + " FROM vw_users_daily",
        "SELECT CAST(1 AS " + "ARRAY<" * 3000 + "INT64" + ">" * 3000 + ")",
        "SELECT " + "CASE WHEN " * 1500 + "1",
        "SELECT 1" + " UNION ALL SELECT 1" * 900,
        "FROM vw_users_daily" + " |> WHERE TRUE" * 1200,
        "SELECT '" + "x" * MAX_LENGTH + "'",
        "SELECT 1 \x00",
        "",
    ],
    ids=lambda sql: sql[:30],
)
def test_text_made_to_exhaust_the_parser_is_refused(
    guard: Guard, acme: TenantContext, sql: str
) -> None:
    with pytest.raises(QueryRejectedError):
        guard.check(acme, sql)


def test_the_cache_forgets_the_oldest(
    guard: Guard, acme: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gtm.sql.guard.CACHE_SIZE", 2)
    first = guard.check(acme, "SELECT 1")
    guard.check(acme, "SELECT 2")
    guard.check(acme, "SELECT 3")

    assert guard.check(acme, "SELECT 1") is not first


def test_text_that_differs_in_numbers_alone_is_read_once(
    guard: Guard, acme: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard.check(acme, "SELECT date FROM vw_users_daily WHERE date > '2026-01-01' LIMIT 5")
    read: list[str] = []

    def reading(sql: str) -> exp.Query:
        read.append(sql)
        return parse(sql)

    monkeypatch.setattr("gtm.sql.guard.parse", reading)
    again = "SELECT date FROM vw_users_daily WHERE date > '2026-02-07' LIMIT 9"
    scoped = guard.check(acme, again)

    assert read == [again]
    assert scoped.text.endswith("WHERE date > '2026-02-07' LIMIT 9")


def test_a_known_shape_opens_nothing_to_another_tenant(
    guard: Guard, acme: TenantContext, globex: TenantContext
) -> None:
    text = guard.check(acme, "SELECT date FROM vw_users_daily LIMIT 5").text

    with pytest.raises(QueryRejectedError, match="not available"):
        guard.check(globex, text.replace("LIMIT 5", "LIMIT 6"))


def test_a_known_shape_keeps_its_limits(guard: Guard, acme: TenantContext) -> None:
    guard.check(acme, "SELECT REPEAT('x', 10)")

    with pytest.raises(QueryRejectedError, match="REPEAT may build at most"):
        guard.check(acme, "SELECT REPEAT('x', 1000000)")


def test_both_memories_are_bounded(
    guard: Guard, acme: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gtm.sql.guard.CACHE_SIZE", 3)
    for number in range(9):
        guard.check(acme, f"SELECT 1 AS column_{number}")

    assert len(guard._checked) == len(guard._read_back) == 3
