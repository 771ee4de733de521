"""What the doctor says about the warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from gtm.cli.doctor import examine
from tests.support.serving import settings_at

HOSTED = {"supabase_url": "https://auth.example.test", "supabase_anon_key": "k"}


@pytest.mark.parametrize(
    ("changes", "verdict", "parts"),
    [
        ({}, "ok", ["embedded DuckDB"]),
        (
            {"gtm_env": "production", **HOSTED},
            "note",
            ["embedded DuckDB", "GTM_WAREHOUSE=bigquery", "GOOGLE_CLOUD_PROJECT"],
        ),
        (
            {"gtm_warehouse": "bigquery", "google_cloud_project": "acme-analytics"},
            "ok",
            ["BigQuery", "acme-analytics in US", "gtm-{tenant}", "gtm provision"],
        ),
        (
            {"gtm_warehouse": "bigquery", "bigquery_api_endpoint": "http://127.0.0.1:9050"},
            "note",
            ["stand-in at http://127.0.0.1:9050", "this machine only"],
        ),
    ],
)
def test_the_doctor_says_where_the_data_is_and_what_is_missing(
    tmp_path: Path, changes: dict[str, Any], verdict: str, parts: list[str]
) -> None:
    found = next(f for f in examine(settings_at(tmp_path, **changes)) if f.name == "warehouse")
    assert found.verdict == verdict
    for part in parts:
        assert part in found.text


@pytest.mark.parametrize(
    ("changes", "verdict", "part"),
    [
        ({}, "ok", "secrets.json"),
        ({"gtm_secret_keys": SecretStr("k1:" + "A" * 43)}, "ok", "GTM_SECRET_KEYS"),
        ({"gtm_secret_manager": "projects/p/secrets/ring"}, "ok", "projects/p/secrets/ring"),
    ],
)
def test_the_doctor_says_where_the_keys_of_secrets_are(
    tmp_path: Path, changes: dict[str, Any], verdict: str, part: str
) -> None:
    found = next(f for f in examine(settings_at(tmp_path, **changes)) if f.name == "secrets")
    assert found.verdict == verdict
    assert part in found.text
    assert "AAAA" not in found.text


SUPABASE: dict[str, Any] = {
    "supabase_url": "https://auth.example.test",
    "supabase_anon_key": SecretStr("public"),
}


@pytest.mark.parametrize(
    ("changes", "verdict", "part"),
    [
        ({}, "note", "outbox"),
        (SUPABASE, "note", "SUPABASE_SERVICE_KEY"),
        (SUPABASE | {"supabase_service_key": SecretStr("hidden")}, "ok", "by Supabase"),
    ],
)
def test_the_doctor_says_how_invitations_go_out(
    tmp_path: Path, changes: dict[str, Any], verdict: str, part: str
) -> None:
    found = next(f for f in examine(settings_at(tmp_path, **changes)) if f.name == "invitations")
    assert found.verdict == verdict
    assert part in found.text
    assert "hidden" not in found.text
