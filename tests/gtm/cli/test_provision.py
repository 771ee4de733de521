"""`gtm provision`: what is printed is what is needed, and what is made is what is printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from gtm.cli.provision import provision, script
from gtm.errors import ConfigurationError, NotFoundError
from gtm.models.builder import render
from gtm.models.landing.tables import LANDING
from gtm.models.plan import VIEWS
from gtm.settings import Settings
from gtm.warehouse.bigquery_provision import landing_ddl
from tests.support.bigquery import StandIn, bigquery_stand_in
from tests.support.serving import settings_at
from tests.support.warehouses import ACME, DAYS, EVENTS, GLOBEX, HISTORY

FIXTURES = Path(__file__).parents[2] / "fixtures" / "provision"
APP = "serviceAccount:app@acme-analytics.iam.gserviceaccount.com"
LANDING_PART, MODELS_PART = "# Landing tables (SQL)", "# Facts and views (SQL)"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_at(tmp_path, google_cloud_project="acme-analytics")


def text_of(settings: Settings, *tenants: Any) -> str:
    return "\n".join(script(settings, tenants, app=APP)) + "\n"


def test_identities_access_and_datasets_are_printed_to_the_letter(settings: Settings) -> None:
    printed = text_of(settings, ACME)
    expected = (FIXTURES / "acme.txt").read_text(encoding="utf-8")
    assert printed[: printed.index(LANDING_PART)] == expected


def test_landing_tables_are_printed_with_how_they_are_stored() -> None:
    printed = ";\n".join(landing_ddl(ACME, (EVENTS, DAYS, HISTORY))) + ";\n"
    assert printed == (FIXTURES / "landing.sql").read_text(encoding="utf-8")


def test_every_table_of_the_models_is_printed_as_it_is_built(settings: Settings) -> None:
    printed = text_of(settings, ACME)
    landing = printed[printed.index(LANDING_PART) : printed.index(MODELS_PART)]
    for table in LANDING:
        assert f"`tenant_acme_raw`.`{table.name}" in landing
    models = printed[printed.index(MODELS_PART) :]
    for statement in render(ACME, changed=None):
        assert f"\n{statement};\n" in models
    for view in VIEWS:
        assert f"CREATE OR REPLACE VIEW tenant_acme.{view} AS" in models
    assert "fct_sessions PARTITION BY session_date CLUSTER BY channel, source AS" in models


def test_a_workspace_reads_its_own_views_and_the_raw_dataset_lets_in_views_only(
    settings: Settings,
) -> None:
    printed = text_of(settings, ACME, GLOBEX)
    acme, globex = printed.split("# Workspace ")[1:]
    assert "globex" not in acme
    assert "gtm-acme" not in globex
    assert not [line for line in acme.splitlines() if "READER" in line and "_raw" in line]


def test_a_dry_run_changes_nothing_and_needs_no_way_in(settings: Settings) -> None:
    out = Console(width=80, record=True, file=io.StringIO())
    provision(settings, workspace="acme", app=None, is_dry=True, out=out)
    printed = out.export_text()
    assert "gcloud iam service-accounts create gtm-acme" in printed
    assert "--member=serviceAccount:gtm-app@acme-analytics.iam.gserviceaccount.com" in printed


def test_without_a_workspace_there_is_nothing_to_print(settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="no workspace"):
        provision(settings, workspace=None, app=None, is_dry=True, out=Console(quiet=True))


def test_making_needs_the_hosted_warehouse(settings: Settings) -> None:
    with pytest.raises(ConfigurationError, match="GTM_WAREHOUSE"):
        provision(settings, workspace="acme", app=None, is_dry=False, out=Console(quiet=True))


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with bigquery_stand_in() as served:
        yield served


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_datasets_access_and_views_are_made(tmp_path: Path, stand_in: StandIn) -> None:
    hosted = settings_at(
        tmp_path, gtm_warehouse="bigquery", bigquery_api_endpoint=stand_in.place.endpoint
    )
    provision(hosted, workspace="acme", app=None, is_dry=False, out=Console(quiet=True))
    catalog = stand_in.rest.project.catalog
    views, raw = catalog.dataset("tenant_acme"), catalog.dataset("tenant_acme_raw")
    assert set(views.tables) == set(VIEWS)
    asker = {"role": "READER", "userByEmail": "gtm-acme@gtm-local.iam.gserviceaccount.com"}
    assert asker in views.access
    assert asker not in raw.access
    assert [entry["dataset"]["targetTypes"] for entry in raw.access if "dataset" in entry] == [
        ["VIEWS"]
    ]
