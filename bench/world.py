"""The world a section measures in: the embedded stack over one generated workspace."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx

from bench.start import GTM, running
from gtm.bootstrap import Services, build_services
from gtm.clock import SystemClock
from gtm.context import Role, TenantContext, UserId
from gtm.demo.generator import generate
from gtm.demo.logins import demo_logins
from gtm.demo.workspaces import load_workspaces
from gtm.settings import Settings
from gtm.tenants.base import Workspace

ACME = load_workspaces()["acme"]
TENANT = TenantContext(ACME.tenant_id, ACME.dataset, UserId("bench"), Role.OWNER)


def yesterday() -> date:
    """Return the last full day, up to which data is generated."""
    return SystemClock().today() - timedelta(days=1)


def generate_files(directory: Path, *, events: int) -> list[Path]:
    """Write acme's native export files with about so many events."""
    return generate(ACME, until=yesterday(), events=events, seed=ACME.seed, directory=directory)


def settings_for(directory: Path, **more: object) -> Settings:
    """Return embedded settings over a data directory."""
    values = {"gtm_data_dir": directory, "gtm_log_level": "error", **more}
    return Settings.model_validate(values)


@asynccontextmanager
async def loaded_services(*, events: int) -> AsyncIterator[Services]:
    """Yield services whose acme workspace holds about so many events."""
    with tempfile.TemporaryDirectory() as temporary:
        directory = Path(temporary)
        paths = generate_files(directory / "files", events=events)
        services = build_services(settings_for(directory / "data"))
        try:
            # Queries are recorded in the workspace they are of.
            await services.workspaces.add(Workspace.named(ACME.tenant_id, "Acme"))
            for path in paths:
                await services.loader.load(TENANT, path)
            yield services
        finally:
            await services.close()


@dataclass(frozen=True, slots=True)
class DemoServer:
    """A served demo of its own process: its address, a bearer token and its data."""

    url: str
    token: str
    data_dir: Path


@contextmanager
def demo_data() -> Iterator[Path]:
    """Yield a data directory seeded the way `make demo` does."""
    with tempfile.TemporaryDirectory() as temporary:
        subprocess.run([GTM, "demo", "--no-serve"], env=_environment(temporary), check=True)
        yield Path(temporary)


@asynccontextmanager
async def serve_demo(data_dir: Path, **more: str) -> AsyncIterator[DemoServer]:
    """Serve a seeded directory, with more settings, and sign in."""
    async with running([GTM, "serve", "--port"], _environment(str(data_dir), **more)) as url:
        login = demo_logins()[0]
        async with httpx.AsyncClient(base_url=url) as client:
            body = {"email": login.email, "password": login.password}
            answer = (await client.post("/v1/auth/login", json=body)).raise_for_status()
        yield DemoServer(url, answer.json()["access_token"], data_dir)


@asynccontextmanager
async def demo_server() -> AsyncIterator[DemoServer]:
    """Seed and serve the demo the way `make demo` does, and sign in."""
    with demo_data() as data_dir:
        async with serve_demo(data_dir) as demo:
            yield demo


# One user asks all the questions here, faster than anybody may.
_UNLIMITED = dict.fromkeys(
    (
        "RATE_LIMIT_USER",
        "RATE_LIMIT_WORKSPACE",
        "RATE_LIMIT_QUESTIONS",
        "RATE_LIMIT_WORKSPACE_QUESTIONS",
        "RATE_LIMIT_CLIENT",
    ),
    "",
)


def _environment(data_dir: str, **more: str) -> dict[str, str]:
    folder = {"GTM_DATA_DIR": data_dir, "GTM_LOG_LEVEL": "error"}
    return {**os.environ, **_UNLIMITED, **folder, **more}
