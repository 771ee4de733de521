"""An embedded installation in a folder: people, data, a conversation and a sealed secret.

Run as `python -m tests.support.installation FOLDER FILE POINT` it restores a backup, prints
`reached` at a point and waits: a process to be killed there.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from rich.console import Console
from typer.testing import CliRunner

from gtm.bootstrap import build_services, open_key_source, open_state, open_user_registry
from gtm.cli import commands, restore
from gtm.clock import SystemClock
from gtm.context import Role, TenantId, UserId
from gtm.demo.logins import demo_logins
from gtm.secrets.store import SecretStore, Use
from gtm.settings import Settings
from gtm.store.backup_file import BackupReader
from gtm.tenants.base import Workspace
from tests.support.exports import write_events
from tests.support.killed import stop_here

ACME = TenantId("acme")
QUESTION = "sessions by campaign from 2026-11-01 to 2026-11-21"
TOKEN = {"provider": "hubspot", "field": "token"}
SECRET = "a token of HubSpot"
# Where a restore stops, and what it was about to do there.
POINTS = {
    "while it unpacks": (BackupReader, "unpack"),
    "when it has unpacked": (restore, "_restore_state"),
    "while the database is filled": (restore, "restore"),
    "when the database is stopped": (restore, "_put"),
}


def settings_of(data_dir: Path, **changes: Any) -> Settings:
    """Embedded settings that read no environment file; nobody answers at the address."""
    return Settings(
        _env_file=None,
        gtm_data_dir=data_dir,
        gtm_web_dir=data_dir.parent / "web",
        api_base_url="http://127.0.0.1:9",
        frontend_url="http://127.0.0.1:9",
        **changes,
    )


def run(data_dir: Path, *arguments: str) -> str:
    """Run a command on a data folder and return what it prints; a refusal is raised."""
    original = commands._settings
    commands._settings = lambda: settings_of(data_dir)
    try:
        result = CliRunner().invoke(commands.app, arguments, catch_exceptions=False)
    finally:
        commands._settings = original
    assert result.exit_code == 0, result.output
    return result.output


def install(data_dir: Path) -> None:
    """Make an installation whose workspace Acme holds the campaign zephyr."""
    asyncio.run(_add_people(settings_of(data_dir)))
    file = write_events(data_dir.parent / "events.ndjson", campaign="zephyr", sessions=3)
    run(data_dir, "load", str(file), "--workspace", "acme")
    run(data_dir, "ask", QUESTION)


async def _add_people(settings: Settings) -> None:
    services = build_services(settings)
    secrets = SecretStore(services.state.database, open_key_source(settings))
    users = open_user_registry(settings, SystemClock())
    for login in demo_logins():
        workspace = Workspace.named(login.workspace, login.workspace.title())
        metadata = {"tenant_id": login.workspace, "role": "owner"}
        user = UserId(
            users.ensure_user(login.email, login.password, name=login.name, app_metadata=metadata)
        )
        await services.workspaces.add(workspace)
        await services.workspaces.set_member(workspace.tenant_id, user, Role.OWNER)
        if workspace.tenant_id == ACME:
            sealed = await secrets.seal(ACME, **TOKEN, value=SecretStr(SECRET))
            async with services.state.database.as_user(user) as connection:
                await secrets.keep(connection, sealed)
    users.close()
    await services.close()


async def opened_secret(settings: Settings) -> str:
    """Return the installation's secret, as whoever uses it gets it."""
    state = open_state(settings)
    try:
        secrets = SecretStore(state.database, open_key_source(settings))
        secret = await secrets.open(ACME, **TOKEN, use=Use("a test"))
    finally:
        await state.close()
    return secret.get_secret_value()


def _stop_before(place: Any, name: str) -> None:
    setattr(place, name, lambda *_: stop_here())


if __name__ == "__main__":
    _stop_before(*POINTS[sys.argv[3]])
    where, what = Path(sys.argv[1]), Path(sys.argv[2])
    restore.run(settings_of(where), what, is_check=False, fingerprint=None, out=Console(quiet=True))
