"""The official `supabase` clients, Python and JavaScript, unchanged over a real connection."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from supabase import AsyncClient, AsyncClientOptions, create_async_client
from supabase_auth.errors import AuthApiError

from tests.sandbox.supabase_auth.serving import Served, served

ROOT = Path(__file__).parents[2]
EMAIL, PASSWORD = "ana@acme.test", "correct horse"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as place:
        yield place


async def client_at(place: Served, http: httpx.AsyncClient, key: str) -> AsyncClient:
    options = AsyncClientOptions(auto_refresh_token=False, httpx_client=http)
    return await create_async_client(place.url, key, options)


async def test_the_python_client_goes_the_whole_way(place: Served) -> None:
    async with httpx.AsyncClient() as http:
        ana = (await client_at(place, http, place.auth.anon_key)).auth
        assert (await ana.sign_up({"email": EMAIL, "password": PASSWORD})).session is not None
        await ana.update_user({"data": {"name": "Ana"}})
        claims = await ana.get_claims()
        assert claims is not None
        place.auth.rotate_keys()
        refreshed = (await ana.refresh_session()).session
        assert refreshed is not None
        assert await ana.get_claims() is not None
        await ana.sign_out()
        with pytest.raises(AuthApiError, match="Refresh Token Not Found"):
            await ana.refresh_session(refreshed.refresh_token)
        again = await ana.sign_in_with_password({"email": EMAIL, "password": PASSWORD})
        assert again.user is not None
        assert again.user.user_metadata["name"] == "Ana"


async def test_the_python_client_administers(place: Served) -> None:
    async with httpx.AsyncClient() as http:
        admin = (await client_at(place, http, place.auth.service_key)).auth.admin
        invited = await admin.invite_user_by_email("guest@acme.test")
        assert [user.id for user in await admin.list_users()] == [invited.user.id]
        anyone = (await client_at(place, http, place.auth.anon_key)).auth.admin
        with pytest.raises(AuthApiError) as caught:
            await anyone.list_users()
        assert caught.value.code == "not_admin"


def test_the_javascript_client_goes_the_whole_way(place: Served) -> None:
    finder = ["/bin/sh", "scripts/node.sh"]
    found = subprocess.run(finder, cwd=ROOT, capture_output=True, text=True, check=True)
    command = [
        str(Path(found.stdout.strip()) / "node"),
        str(ROOT / "tests" / "contract" / "supabase_js" / "contract.mjs"),
        str(ROOT / "web" / "package.json"),
        place.url,
        place.auth.service_key,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr
