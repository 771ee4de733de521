"""The catalogue holds together, and a catalogue that does not is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from gtm.errors import ConfigurationError, InvalidQueryError
from gtm.models.docs import load_view_docs
from gtm.semantics.catalog import Catalog, load_catalog
from gtm.semantics.checks import check_catalog
from gtm.semantics.compiler import Compiler

_LISTED_METRICS = (
    "sessions engaged_sessions engagement_rate bounce_rate new_user_sessions pageviews "
    "pages_per_session events key_events conversion_rate transactions purchase_rate revenue_usd "
    "avg_engagement_time active_users new_users returning_users clicks impressions ctr avg_position"
)
_LISTED_DIMENSIONS = (
    "channel source medium campaign device_category country landing_page query search_type "
    "search_device search_country browser operating_system city region hostname first_user_channel"
)


def test_the_catalogue_is_read_once() -> None:
    assert load_catalog() is load_catalog()


def test_the_promised_names_are_there(catalog: Catalog) -> None:
    assert set(_LISTED_METRICS.split()) <= catalog.metrics.keys()
    assert set(_LISTED_DIMENSIONS.split()) <= catalog.dimensions.keys()


def test_every_metric_has_a_golden_question_that_compiles(
    catalog: Catalog, compiler: Compiler, today: date
) -> None:
    asked: set[str] = set()
    for golden in catalog.golden:
        compiler.compile(golden.query, today)
        asked.update(golden.query.metrics)

    assert asked == catalog.metrics.keys()


def test_what_views_hold_is_told_by_their_documentation(catalog: Catalog) -> None:
    docs = load_view_docs()
    for name, view in catalog.views.items():
        assert view.source == docs[name].source
        assert list(view.columns) == [column.name for column in docs[name].columns]


def test_traffic_sources_are_sessions_by_source(catalog: Catalog) -> None:
    golden = next(g for g in catalog.golden if g.question.startswith("What are my top traffic"))

    assert golden.query.metrics == ("sessions",)
    assert golden.query.dimensions == ("source",)
    assert golden.query.limit == 10
    assert catalog.dimensions["source"].alternatives == ("channel",)


@pytest.mark.parametrize(
    ("dimension", "word", "values"),
    [
        ("channel", "SEO", ("Organic Search",)),
        ("channel", "ppc", ("Paid Search",)),
        ("device_category", "phones", ("mobile",)),
        ("country", "us", ("United States",)),
        ("country", "usa", ("United States",)),
        ("country", "UK", ("United Kingdom",)),
        ("search_country", "germany", ("deu",)),
        ("channel", "all social", ("Organic Social", "Paid Social")),
        ("channel", "organic search", ("Organic Search",)),
        ("source", "newsletter", ("newsletter",)),
    ],
)
def test_other_words_for_a_value_mean_it(
    catalog: Catalog, dimension: str, word: str, values: tuple[str, ...]
) -> None:
    assert catalog.dimension(dimension).meaning(word) == values


def test_paid_is_a_group_of_paid_channels_only(catalog: Catalog) -> None:
    paid = catalog.dimension("channel").meaning("paid")

    assert "Paid Search" in paid
    assert not any("Organic" in value or value in {"Direct", "Email"} for value in paid)


def test_an_unknown_name_gets_the_nearest(catalog: Catalog) -> None:
    with pytest.raises(InvalidQueryError) as caught:
        catalog.metric("sesions")

    assert caught.value.nearest[0] == "sessions"


def test_the_dimensions_of_a_metric_are_those_its_views_have(catalog: Catalog) -> None:
    assert "query" in catalog.dimensions_of("clicks")
    assert "channel" not in catalog.dimensions_of("clicks")
    assert catalog.funnel_dimensions("purchase") == ("channel", "device_category")


def _metric(raw: dict[str, Any]) -> dict[str, Any]:
    metric: dict[str, Any] = raw["metrics"]["sessions"]
    return metric


def _source(raw: dict[str, Any]) -> dict[str, Any]:
    source: dict[str, Any] = raw["dimensions"]["source"]
    return source


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda raw: _metric(raw)["expressions"].update(vw_sessions="SUM("), "can't be read"),
        (lambda raw: _metric(raw)["expressions"].update(vw_sessions="SUM(x)"), "column 'x'"),
        (lambda raw: _metric(raw)["expressions"].update(vw_nope="SUM(x)"), "view 'vw_nope'"),
        (lambda raw: _metric(raw)["expressions"].update(vw_sessions="events"), "be an aggregate"),
        (lambda raw: _metric(raw).update(synonyms=("clicks", "search clicks")), "means"),
        (lambda raw: _source(raw).update(expressions={"vw_sessions": "MAX(source)"}), "aggregate"),
        (lambda raw: _source(raw).update(default_metric="nope"), "metric 'nope'"),
        (lambda raw: _source(raw).update(counterpart="nope"), "'nope' is not known"),
        (lambda raw: _source(raw).update(values={"a": ("x",), "b": ("x",)}), "'x' means a and b"),
        (lambda raw: _source(raw).update(groups={"g": ("nope",)}), "'nope' is not known"),
        (lambda raw: raw["ambiguous"][0].update(options=("nope",)), "'nope' is not known"),
        (lambda raw: raw["ambiguous"][0].update(default="wau"), "not one of its options"),
        (lambda raw: raw["unsupported"][0].update(nearest=("nope",)), "'nope' is not known"),
        (lambda raw: raw["funnels"]["purchase"].update(view="vw_sessions"), "no steps"),
        (
            lambda raw: raw["funnels"]["purchase"].update(steps={"a": "A", "b": "A"}),
            "share a label",
        ),
        (lambda raw: raw["views"]["vw_sessions"].update(time="channel"), "DATE columns"),
    ],
)
def test_a_catalogue_that_does_not_hold_together_is_refused(
    catalog: Catalog, spoil: Callable[[dict[str, Any]], None], complaint: str
) -> None:
    raw = catalog.model_dump()
    spoil(raw)

    with pytest.raises(ConfigurationError, match=complaint):
        check_catalog(Catalog.model_validate(raw))
