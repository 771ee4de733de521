"""What a rate is divided by is found in its expression, wherever groups of it add up."""

from __future__ import annotations

import pytest

from gtm.analytics.bases import base_label, base_name, with_bases
from gtm.semantics.catalog import MetricKind, load_catalog

CATALOG = load_catalog()
WITH_BASES = with_bases(CATALOG)
RATES = [metric for metric in CATALOG.metrics.values() if metric.kind is MetricKind.RATIO]


@pytest.mark.parametrize(
    ("name", "view", "base", "label"),
    [
        ("bounce_rate", "vw_sessions_daily", "SUM(sessions)", "Sessions"),
        ("conversion_rate", "vw_sessions", "COUNT(*)", "Sessions"),
        ("avg_order_value", "vw_sessions_daily", "SUM(transactions)", "Transactions"),
        ("ctr", "vw_search_daily", "SUM(impressions)", "Search impressions"),
        ("avg_position", "vw_search_daily", "SUM(positioned_impressions)", "Measured over"),
        ("win_rate", "vw_deals", "COUNTIF(is_won OR is_lost)", "Measured over"),
        ("avg_deal_age", "vw_deals", "COUNT(age_days)", "Measured over"),
    ],
)
def test_the_base_of_a_rate(name: str, view: str, base: str, label: str) -> None:
    metric = CATALOG.metrics[name]
    found = WITH_BASES.metrics[base_name(metric)]
    assert found.expressions[view] == base
    assert found.times == metric.times
    assert base_label(CATALOG, metric) == label


def test_what_counts_each_once_is_no_base() -> None:
    assert base_name(CATALOG.metrics["sessions_per_user"]) not in WITH_BASES.metrics


def test_nearly_every_rate_has_a_base() -> None:
    missing = [m.name for m in RATES if base_name(m) not in WITH_BASES.metrics]
    assert missing == ["sessions_per_user"]


def test_nobody_can_ask_for_a_base() -> None:
    assert not any(name.endswith("_base") for name in CATALOG.metrics)
