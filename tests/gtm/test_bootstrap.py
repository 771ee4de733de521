"""Which adapter is picked, and what an embedded start does not import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from gtm.bootstrap import build_services
from gtm.errors import GtmError
from gtm.warehouse.bigquery import BigQueryWarehouse
from gtm.warehouse.duckdb import DuckDBWarehouse
from tests.support.serving import settings_at

ENDPOINT = "http://127.0.0.1:9050"
EMBEDDED = """
import sys
from pathlib import Path
from gtm.bootstrap import build_services
from gtm.settings import Settings
build_services(Settings(_env_file=None, gtm_data_dir=Path(sys.argv[1])))
assert "google.cloud.bigquery" not in sys.modules
"""


async def test_the_warehouse_is_the_one_that_is_set(tmp_path: Path) -> None:
    embedded = build_services(settings_at(tmp_path))
    assert isinstance(embedded.warehouse, DuckDBWarehouse)
    await embedded.close()
    chosen = settings_at(tmp_path, gtm_warehouse="bigquery", bigquery_api_endpoint=ENDPOINT)
    hosted = build_services(chosen)
    assert isinstance(hosted.warehouse, BigQueryWarehouse)
    await hosted.close()


def test_an_embedded_start_does_not_wait_for_googles_client(tmp_path: Path) -> None:
    command = [sys.executable, "-c", EMBEDDED, str(tmp_path)]
    subprocess.run(command, check=True, timeout=50)


@pytest.mark.parametrize(("key", "shown"), [("hidden", ["Bearer hidden"]), (None, [])])
async def test_a_hosted_sign_in_is_asked_to_invite_with_its_service_key(
    tmp_path: Path, key: str | None, shown: list[str]
) -> None:
    asked: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["authorization"])
        return httpx.Response(500)

    settings = settings_at(
        tmp_path,
        supabase_url="https://auth.example.test",
        supabase_anon_key=SecretStr("public"),
        supabase_service_key=SecretStr(key) if key else None,
    )
    services = build_services(settings, auth_transport=httpx.MockTransport(handle))
    try:
        await services.identity.invite("eve@new.test", return_to="https://app.example.test/")
    except GtmError:
        assert key is not None
    await services.close()
    assert asked == shown
