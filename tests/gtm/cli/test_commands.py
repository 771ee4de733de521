"""The commands as a person types them."""

import asyncio
import json
import sys
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from gtm.bootstrap import open_state, open_user_registry
from gtm.cli import commands
from gtm.clock import SystemClock
from gtm.context import Role, UserId
from gtm.demo.logins import demo_logins
from gtm.settings import Settings
from gtm.tenants.base import Workspace
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.exports import write_events
from tests.support.serving import settings_at
from tests.support.state import urls_for

QUESTION = "sessions by campaign from 2026-11-01 to 2026-11-21"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the sample people and no data, and a port nobody answers on."""
    monkeypatch.setattr(commands, "_settings", lambda: _settings(tmp_path))
    asyncio.run(_add_sample_people(_settings(tmp_path)))
    return tmp_path


def _settings(directory: Path) -> Settings:
    return settings_at(directory).model_copy(update={"api_base_url": "http://127.0.0.1:9"})


async def _add_sample_people(settings: Settings) -> None:
    state = open_state(settings)
    directory = PostgresWorkspaceDirectory(state.database)
    users = open_user_registry(settings, SystemClock())
    for login in demo_logins():
        workspace = Workspace.named(login.workspace, login.workspace.title())
        metadata = {"tenant_id": login.workspace, "role": "owner"}
        user = users.ensure_user(
            login.email, login.password, name=login.name, app_metadata=metadata
        )
        await directory.add(workspace)
        await directory.set_member(workspace.tenant_id, UserId(user), Role.OWNER)
    users.close()
    await state.close()


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands.app, arguments, catch_exceptions=False)
    return result.exit_code, result.output


def test_a_loaded_file_can_be_asked_about_in_a_terminal_and_as_json(home: Path) -> None:
    file = write_events(home / "events.ndjson", campaign="zephyr", sessions=3)
    code, said = run("load", str(file), "--workspace", "acme")
    assert (code, said.splitlines()[0]) == (
        0,
        "events.ndjson: 12 rows of GA4 over 2 days, 2026-11-19 to 2026-11-20",
    )

    with psycopg.connect(urls_for(home).owner) as owner:
        recorded = owner.execute(
            "select tenant_id, user_id, door, outcome from app.audit_log where action = 'load'"
        ).fetchall()
    assert recorded == [("acme", None, "cli", "ok")]

    code, said = run("ask", QUESTION, "--receipt")
    assert code == 0
    for part in ("zephyr", "Receipt", "vw_sessions_daily", "█"):
        assert part in said, said

    code, said = run("ask", "and by device?", "--continue", "--json")
    reply = json.loads(said)
    assert code == 0
    assert ["desktop", 6] in reply["data"]["rows"]


def refused(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["gtm", *arguments])
    with pytest.raises(SystemExit) as caught:
        commands.main()
    return caught.value.code


def test_records_of_hubspot_are_loaded_when_it_is_said_what_they_are(home: Path) -> None:
    file = home / "export.ndjson"
    record = {"id": "1", "properties": {"name": "North"}, "updatedAt": "2026-01-02T00:00:00Z"}
    lines = (record, {**record, "updatedAt": "2026-01-01T00:00:00Z"})
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, said = run("load", str(file), "-w", "acme", "--object", "companies")
    assert (code, said.splitlines()) == (
        0,
        [
            "export.ndjson: 1 row of HubSpot, 1 in hubspot_companies",
            "  1 not loaded: is in the file again, newer",
        ],
    )


def test_a_refusal_is_said_in_words_with_the_next_step(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write_events(home / "events.ndjson", campaign="zephyr", sessions=1)
    assert refused(monkeypatch, "load", str(file), "-w", "acmee") == commands.REFUSED
    said = capsys.readouterr().err
    assert "There is no workspace 'acmee'." in said
    assert "Did you mean: acme" in said
    assert "Traceback" not in said


def test_a_missing_file_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(monkeypatch, "load", str(home / "no.csv"), "-w", "acme") == commands.REFUSED
    assert "no.csv" in capsys.readouterr().err


def test_a_half_configured_sign_in_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPABASE_URL", "https://x.supabase.co")
    assert refused(monkeypatch, "doctor") == commands.REFUSED
    assert "SUPABASE_ANON_KEY" in capsys.readouterr().err


def test_a_setting_of_the_wrong_kind_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GTM_PORT", "eight")
    assert refused(monkeypatch, "doctor") == commands.REFUSED
    assert "GTM_PORT" in capsys.readouterr().err


def test_the_doctor_names_the_adapter_of_each_port(home: Path) -> None:
    code, said = run("doctor")
    assert code == 0
    for part in ("embedded DuckDB", "stand-in", "local/analyst", "make web"):
        assert part in said, said


def test_the_doctor_fails_when_nothing_can_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(commands, "_settings", lambda: settings_at(tmp_path / "file" / "data"))
    assert run("doctor")[0] == 1
