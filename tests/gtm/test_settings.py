"""Settings that contradict each other stop the start, naming the variable."""

from __future__ import annotations

from typing import Any

import pytest

from gtm.errors import ConfigurationError
from gtm.settings import Settings

LOCAL = "http://127.0.0.1:9050"


def settings(**changes: Any) -> Settings:
    return Settings(_env_file=None, **changes)


def test_the_embedded_warehouse_needs_nothing() -> None:
    assert settings().gtm_warehouse == "duckdb"


def test_bigquery_needs_a_project_and_no_more() -> None:
    chosen = settings(gtm_warehouse="bigquery", google_cloud_project="acme-analytics")
    assert chosen.bigquery_dataset_location == "US"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"gtm_warehouse": "bigquery"}, "GOOGLE_CLOUD_PROJECT"),
        ({"bigquery_api_endpoint": LOCAL}, "GTM_WAREHOUSE"),
        ({"supabase_service_key": "k"}, "SUPABASE_SERVICE_KEY"),
        (
            {
                "gtm_warehouse": "bigquery",
                "google_cloud_project": "p",
                "bigquery_service_account": "gtm-reader",
            },
            "BIGQUERY_SERVICE_ACCOUNT",
        ),
        (
            {"gtm_warehouse": "bigquery", "bigquery_api_endpoint": "http://10.0.0.4:9050"},
            "BIGQUERY_API_ENDPOINT",
        ),
        (
            {"gtm_warehouse": "bigquery", "bigquery_api_endpoint": "https://127.0.0.1:9050"},
            "BIGQUERY_API_ENDPOINT",
        ),
        (
            {
                "gtm_env": "production",
                "supabase_url": "https://auth.example.test",
                "supabase_anon_key": "k",
                "gtm_warehouse": "bigquery",
                "google_cloud_project": "p",
                "bigquery_api_endpoint": LOCAL,
            },
            "BIGQUERY_API_ENDPOINT",
        ),
    ],
)
def test_half_configured_bigquery_is_refused(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError, match=named) as refused:
        settings(**changes)
    assert refused.value.hint


def test_the_stand_in_needs_no_project() -> None:
    assert settings(gtm_warehouse="bigquery", bigquery_api_endpoint=LOCAL).bigquery_api_endpoint
