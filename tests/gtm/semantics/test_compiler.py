"""A MetricQuery becomes SQL that holds everything it asked for, or a clear refusal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gtm.errors import InvalidQueryError
from gtm.semantics.compiler import CompiledQuery, Compiler
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import ColumnRole, Format

TODAY = date(2026, 11, 22)


def _compile(compiler: Compiler, **fields: Any) -> CompiledQuery:
    return compiler.compile(MetricQuery.model_validate(fields), TODAY)


def _filter(dimension: str, *values: str, op: str = "in") -> dict[str, Any]:
    return {"dimension": dimension, "values": values, "op": op}


def test_the_top_of_a_dimension_reads_the_daily_view(compiler: Compiler) -> None:
    compiled = _compile(
        compiler, metrics=["sessions"], dimensions=["source"], limit=10, time="last_30_days"
    )

    assert compiled.sql == (
        "SELECT source, SUM(sessions) AS sessions FROM vw_sessions_daily "
        "WHERE date BETWEEN CAST('2026-10-23' AS DATE) AND CAST('2026-11-21' AS DATE) "
        "GROUP BY 1 HAVING (NOT source IN ('(not set)', 'Unassigned') OR sessions <> 0) "
        "ORDER BY sessions DESC, source ASC NULLS LAST LIMIT 10"
    )
    assert compiled.resolved.view == "vw_sessions_daily"
    assert [(c.name, c.role) for c in compiled.columns] == [
        ("source", ColumnRole.DIMENSION),
        ("sessions", ColumnRole.METRIC),
    ]


@pytest.mark.parametrize(
    ("metrics", "dimensions", "view"),
    [
        (["sessions"], ["channel"], "vw_sessions_daily"),
        (["sessions"], ["landing_page"], "vw_landing_pages_daily"),
        (["sessions"], ["landing_page", "country"], "vw_sessions"),
        (["sessions"], ["browser"], "vw_sessions"),
        (["sessions", "conversion_rate"], ["channel"], "vw_sessions"),
        (["active_users"], [], "vw_sessions"),
        (["clicks"], [], "vw_search_daily"),
        (["clicks"], ["query"], "vw_top_search_queries"),
        (["clicks"], ["device_category"], "vw_search_daily"),
        (["sessions", "clicks"], ["device_category"], "vw_sessions_daily, vw_search_daily"),
        (["wau", "sessions", "clicks"], [], "vw_sessions_daily, vw_users_daily, vw_search_daily"),
    ],
)
def test_the_cheapest_view_that_covers_the_question_answers(
    compiler: Compiler, metrics: list[str], dimensions: list[str], view: str
) -> None:
    compiled = _compile(compiler, metrics=metrics, dimensions=dimensions)

    assert compiled.resolved.view == view


def test_users_are_counted_once_and_never_added_over_days(compiler: Compiler) -> None:
    compiled = _compile(compiler, metrics=["active_users"], time="last_30_days")

    assert "COUNT(DISTINCT" in compiled.sql
    assert "vw_users_daily" not in compiled.sql
    assert not compiled.columns[0].is_additive


def test_a_ratio_is_a_sum_over_a_sum(compiler: Compiler) -> None:
    compiled = _compile(compiler, metrics=["ctr"], dimensions=["query"])

    assert "SAFE_DIVIDE(SUM(clicks), SUM(impressions)) AS ctr" in compiled.sql
    assert compiled.columns[1].format is Format.PERCENT


def test_a_filter_ignores_case_and_quotes_its_values(compiler: Compiler) -> None:
    compiled = _compile(
        compiler, metrics=["sessions"], filters=[_filter("source", "Google", "o'hara")]
    )

    assert "LOWER(source) IN ('google', 'o\\'hara')" in compiled.sql


def test_leaving_values_out_keeps_rows_without_a_value(compiler: Compiler) -> None:
    compiled = _compile(
        compiler, metrics=["sessions"], filters=[_filter("source", "google", op="not_in")]
    )

    assert "(NOT (LOWER(source) IN ('google')) OR source IS NULL)" in compiled.sql


def test_containing_means_the_characters_themselves(compiler: Compiler) -> None:
    compiled = _compile(
        compiler, metrics=["sessions"], filters=[_filter("landing_page", "50%_Off", op="contains")]
    )

    assert "INSTR(LOWER(landing_page), '50%_off') > 0" in compiled.sql
    assert "LIKE" not in compiled.sql


def test_another_word_for_a_value_is_read_and_said(compiler: Compiler) -> None:
    compiled = _compile(compiler, metrics=["sessions"], filters=[_filter("country", "us")])

    assert "IN ('united states')" in compiled.sql
    assert "Country 'us' was read as 'United States'." in compiled.resolved.assumptions


def test_the_country_of_a_search_stands_in_and_is_said(compiler: Compiler) -> None:
    compiled = _compile(
        compiler,
        metrics=["clicks"],
        dimensions=["country"],
        filters=[_filter("country", "Germany")],
    )

    assert "LOWER(country) IN ('deu')" in compiled.sql
    assert compiled.columns[0].name == "country"
    assert any("three-letter code" in note for note in compiled.resolved.assumptions)


def test_a_country_without_a_code_is_refused(compiler: Compiler) -> None:
    with pytest.raises(InvalidQueryError, match="'Atlantis'"):
        _compile(compiler, metrics=["clicks"], filters=[_filter("country", "Atlantis")])


def test_a_comparison_of_groups_fills_missing_counts_and_leaves_rates_open(
    compiler: Compiler,
) -> None:
    compiled = _compile(
        compiler,
        metrics=["sessions", "bounce_rate"],
        dimensions=["channel"],
        compare={"kind": "previous_period"},
    )

    assert "COALESCE(SUM(sessions_previous), 0) AS sessions_previous" in compiled.sql
    assert "MAX(bounce_rate_previous) AS bounce_rate_previous" in compiled.sql
    assert [column.name for column in compiled.columns] == [
        "channel",
        "sessions",
        "sessions_previous",
        "bounce_rate",
        "bounce_rate_previous",
    ]
    assert compiled.columns[2].role is ColumnRole.PREVIOUS
    assert compiled.columns[4].is_lower_better


def test_a_custom_comparison_takes_its_own_dates(compiler: Compiler) -> None:
    compiled = _compile(
        compiler,
        metrics=["sessions"],
        time={"start": "2026-07-01", "end": "2026-09-30"},
        compare={"kind": "custom", "range": {"start": "2026-04-01", "end": "2026-06-30"}},
    )

    assert "CAST('2026-04-01' AS DATE) AND CAST('2026-06-30' AS DATE)" in compiled.sql


@pytest.mark.parametrize(
    ("grain", "moved"),
    [
        ("day", "DATE_ADD(date, INTERVAL '31' DAY)"),
        ("week", "DATE_ADD(DATE_TRUNC(date, WEEK(MONDAY)), INTERVAL '35' DAY)"),
        ("month", "DATE_ADD(DATE_TRUNC(date, MONTH), INTERVAL '1' MONTH)"),
    ],
)
def test_an_earlier_series_lies_on_the_points_it_is_compared_with(
    compiler: Compiler, grain: str, moved: str
) -> None:
    compiled = _compile(
        compiler,
        metrics=["sessions"],
        grain=grain,
        time={"start": "2026-09-01", "end": "2026-09-30"},
        compare={"kind": "previous_period"},
    )

    assert f"{moved} AS period" in compiled.sql


def test_an_earlier_series_that_is_longer_is_cut_and_said(compiler: Compiler) -> None:
    compiled = _compile(
        compiler,
        metrics=["sessions"],
        grain="day",
        time={"start": "2026-09-01", "end": "2026-09-30"},
        compare={"kind": "previous_period"},
    )

    assert "CAST('2026-08-30' AS DATE)" in compiled.sql
    assert compiled.totals_sql is not None
    assert "CAST('2026-08-31' AS DATE)" in compiled.totals_sql
    assert any("longer" in note for note in compiled.resolved.assumptions)


def test_a_series_shows_a_day_without_data_as_zero(compiler: Compiler) -> None:
    compiled = _compile(compiler, metrics=["sessions", "engagement_rate"], grain="day")

    assert "GENERATE_DATE_ARRAY" in compiled.sql
    assert "0 AS sessions, NULL AS engagement_rate" in compiled.sql
    assert compiled.columns[0].role is ColumnRole.PERIOD


def test_a_series_of_groups_is_not_filled(compiler: Compiler) -> None:
    compiled = _compile(compiler, metrics=["sessions"], dimensions=["channel"], grain="day")

    assert "GENERATE_DATE_ARRAY" not in compiled.sql
    assert "ORDER BY period ASC NULLS LAST, channel ASC NULLS LAST" in compiled.sql


def test_a_threshold_on_a_metric_that_is_not_shown_still_holds(compiler: Compiler) -> None:
    compiled = _compile(
        compiler,
        metrics=["ctr"],
        dimensions=["query"],
        having=[{"metric": "impressions", "op": ">=", "value": 100}],
        order={"field": "clicks"},
    )

    assert "WHERE impressions >= 100" in compiled.sql
    assert "ORDER BY clicks DESC" in compiled.sql
    assert [column.name for column in compiled.columns] == ["query", "ctr"]


def test_totals_are_over_everything_and_groups_are_counted(compiler: Compiler) -> None:
    compiled = _compile(
        compiler,
        metrics=["sessions"],
        dimensions=["source"],
        limit=5,
        having=[{"metric": "sessions", "op": ">", "value": 2}],
    )

    assert compiled.totals_sql is not None
    head, _, tail = compiled.totals_sql.partition("SELECT sessions, (")
    assert "GROUP BY" not in head
    assert "LIMIT" not in compiled.totals_sql
    assert "sessions > 2" in tail
    assert tail.endswith("AS group_count FROM total")


def test_a_single_row_needs_no_totals(compiler: Compiler) -> None:
    assert _compile(compiler, metrics=["sessions"]).totals_sql is None


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"metrics": ["sessions"]}, "No period was given"),
        ({"metrics": ["sessions"], "time": "this_month"}, "includes today"),
        ({"metrics": ["sessions"], "dimensions": ["source"]}, "At most 1,000 rows"),
        ({"metrics": ["clicks"], "dimensions": ["query"]}, "anonymous"),
        ({"metrics": ["mau"]}, "last day with data"),
        (
            {"metrics": ["sessions"], "time": {"start": "2026-11-01", "end": "2026-11-30"}},
            "ends in the future",
        ),
    ],
)
def test_what_was_assumed_is_said(compiler: Compiler, fields: dict[str, Any], note: str) -> None:
    compiled = _compile(compiler, **fields)

    assert any(note in sentence for sentence in compiled.resolved.assumptions)


def test_a_funnel_keeps_its_steps_in_order_and_groups_by_size(compiler: Compiler) -> None:
    compiled = _compile(compiler, funnel="purchase", dimensions=["channel"], limit=5)

    assert [(c.name, c.role) for c in compiled.columns] == [
        ("channel", ColumnRole.DIMENSION),
        ("step_order", ColumnRole.OTHER),
        ("step_name", ColumnRole.DIMENSION),
        ("sessions", ColumnRole.METRIC),
    ]
    assert "WHEN 'add_to_cart' THEN 'Added to cart'" in compiled.sql
    assert "QUALIFY DENSE_RANK()" in compiled.sql
    assert compiled.sql.endswith(
        "ORDER BY funnel_size DESC, channel ASC NULLS LAST, step_order ASC NULLS LAST"
    )
    assert not compiled.columns[3].is_additive


@pytest.mark.parametrize(
    ("fields", "complaint", "nearest"),
    [
        ({"metrics": ["clicks"], "dimensions": ["channel"]}, "Search clicks can't", "sessions"),
        (
            {"metrics": ["pageviews"], "filters": [_filter("query", "x")]},
            "by search query",
            "clicks",
        ),
        (
            {"metrics": ["sessions", "clicks"], "dimensions": ["country"]},
            "Sessions and Search clicks",
            "sessions",
        ),
        ({"metrics": ["wau"], "dimensions": ["channel"]}, "Weekly active users", "sessions"),
        ({"metrics": ["session"]}, "'session' is not known", "sessions"),
        (
            {"metrics": ["sessions"], "dimensions": ["chanel"]},
            "'chanel' is not known",
            "channel",
        ),
        ({"funnel": "checkout"}, "'checkout' is not known", "purchase"),
        (
            {"metrics": ["sessions"], "dimensions": ["channel"], "order": {"field": "sesions"}},
            "sorted by 'sesions'",
            "sessions",
        ),
        ({"metrics": ["sessions"], "order": {"field": "period"}}, "sorted by", "sessions"),
        (
            {"metrics": ["sessions"], "order": {"field": "sessions_previous"}},
            "sorted by",
            "sessions",
        ),
        ({"funnel": "purchase", "dimensions": ["source"]}, "by source", "channel"),
        ({"funnel": "purchase", "metrics": ["clicks"]}, "counts sessions", "sessions"),
        ({"funnel": "purchase", "grain": "day"}, "no series", None),
        ({"funnel": "purchase", "order": {"field": "step_name"}}, "sorted by", "sessions"),
        ({"metrics": ["sessions", "sessions"]}, "asked for twice", None),
        ({"metrics": ["sessions"], "filters": [_filter("source", "a\nb")]}, "looked for", None),
        ({"metrics": ["sessions"], "filters": [_filter("source", "a" * 501)]}, "looked for", None),
        (
            {"metrics": ["sessions"], "time": {"start": "2027-01-01", "end": "2027-01-31"}},
            "in the future",
            None,
        ),
        (
            {"metrics": ["sessions"], "time": {"start": "1990-01-01", "end": "2026-01-31"}},
            "20 years",
            None,
        ),
        (
            {
                "metrics": ["sessions"],
                "having": [{"metric": "sessions", "op": ">", "value": float("inf")}],
            },
            "compared with inf",
            None,
        ),
    ],
)
def test_what_can_not_be_answered_is_refused_with_a_way_on(
    compiler: Compiler, fields: dict[str, Any], complaint: str, nearest: str | None
) -> None:
    with pytest.raises(InvalidQueryError, match=complaint) as caught:
        _compile(compiler, **fields)

    assert caught.value.hint
    if nearest is not None:
        assert nearest in caught.value.nearest


_FULL: dict[str, Any] = {
    "metrics": ["sessions", "revenue_usd"],
    "dimensions": ["channel", "device_category"],
    "grain": "week",
    "time": "last_month",
    "compare": {"kind": "previous_year"},
    "filters": [_filter("country", "Germany"), _filter("source", "bing", op="not_in")],
    "having": [
        {"metric": "sessions", "op": ">", "value": 5},
        {"metric": "revenue_usd", "op": "<", "value": 9.5},
    ],
    "order": {"field": "revenue_usd", "is_descending": False},
    "limit": 7,
}
_FUNNEL: dict[str, Any] = {
    "funnel": "purchase",
    "dimensions": ["channel", "device_category"],
    "time": "last_month",
    "compare": {"kind": "previous_period"},
    "filters": [_filter("channel", "Email", "Direct"), _filter("device_category", "mobile")],
    "having": [{"metric": "sessions", "op": ">", "value": 5}],
    "order": {"field": "channel", "is_descending": True},
    "limit": 3,
}


def _with_one_part_less(fields: dict[str, Any]) -> list[dict[str, Any]]:
    smaller: list[dict[str, Any]] = []
    for key, value in fields.items():
        if key == "funnel":
            continue
        if isinstance(value, list) and len(value) > 1:
            smaller += [{**fields, key: value[:i] + value[i + 1 :]} for i in range(len(value))]
        else:
            smaller.append({name: part for name, part in fields.items() if name != key})
        if key == "order":
            flipped = {**value, "is_descending": not value["is_descending"]}
            smaller.append({**fields, key: flipped})
    return smaller


@pytest.mark.parametrize("fields", [_FULL, _FUNNEL], ids=["metrics", "funnel"])
def test_nothing_of_a_query_is_dropped(compiler: Compiler, fields: dict[str, Any]) -> None:
    whole = _compile(compiler, **fields).sql
    seen = {whole}
    for smaller in _with_one_part_less(fields):
        try:
            sql = _compile(compiler, **smaller).sql
        except InvalidQueryError:
            continue  # What depended on the part was noticed too.
        assert sql not in seen, smaller
        seen.add(sql)
    assert len(seen) > len(fields)


@pytest.mark.parametrize("value", ["in", "not_in", "contains", "not_contains"])
def test_every_filter_operator_changes_the_sql(compiler: Compiler, value: str) -> None:
    plain = _compile(compiler, metrics=["sessions"]).sql
    others = {
        _compile(compiler, metrics=["sessions"], filters=[_filter("source", "x", op=op)]).sql
        for op in {"in", "not_in", "contains", "not_contains"} - {value}
    }
    mine = _compile(compiler, metrics=["sessions"], filters=[_filter("source", "x", op=value)]).sql

    assert mine not in {plain, *others}
