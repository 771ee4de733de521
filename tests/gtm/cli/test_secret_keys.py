"""`gtm secrets` rotates and checks, says what is left to do, and shows no secret and no key."""

from __future__ import annotations

import base64
import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import psycopg
import pytest
from rich.console import Console

from gtm.bootstrap import open_key_source
from gtm.cli import secret_keys
from gtm.secrets.store import SecretStore
from gtm.settings import Settings
from gtm.store.database import Database
from tests.support.house import SEED
from tests.support.serving import settings_at
from tests.support.state import urls_for
from tests.support.vault import keep

TOKEN = "pat-na1-secret"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation where Acme has connected something."""
    settings = settings_at(tmp_path)
    with psycopg.connect(urls_for(tmp_path).owner, autocommit=True) as owner:
        owner.execute(SEED)

    async def fill(database: Database) -> None:
        await keep(database, SecretStore(database, open_key_source(settings)), "acme", TOKEN)

    _run(settings, fill)
    return settings


def _run(settings: Settings, work: Callable[[Database], Awaitable[None]]) -> None:
    async def run() -> None:
        database = Database(urls_for(settings.gtm_data_dir))
        try:
            await work(database)
        finally:
            await database.close()

    anyio.run(run)


def said(command: Callable[[Console], bool]) -> tuple[bool, str]:
    out = Console(file=io.StringIO(), width=200)
    is_fine = command(out)
    assert isinstance(out.file, io.StringIO)
    return is_fine, out.file.getvalue()


def check(settings: Settings) -> tuple[bool, str]:
    return said(lambda out: secret_keys.check(settings, out))


def rotate(
    settings: Settings, *, drops_lost: bool = False, is_sure: bool = False
) -> tuple[bool, str]:
    return said(
        lambda out: secret_keys.rotate(settings, drops_lost=drops_lost, is_sure=is_sure, out=out)
    )


def test_a_sound_store_is_said_to_be_so_and_nothing_is_shown(settings: Settings) -> None:
    is_fine, text = check(settings)
    assert is_fine
    assert "1 secrets under k" in text
    assert "Everything opens." in text
    assert TOKEN not in text
    for key in open_key_source(settings).read().keys.values():
        assert base64.b64encode(key).decode() not in text


def test_a_rotation_says_what_it_did(settings: Settings) -> None:
    old = open_key_source(settings).read().primary
    is_fine, text = rotate(settings)
    assert is_fine
    assert "Secrets wrapped anew: 1." in text
    assert f"Retired: {old}." in text
    assert check(settings)[0]


def test_a_lost_key_is_a_problem_until_it_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.gtm_data_dir / "keys" / "secrets.json").unlink()
    is_fine, text = check(settings)
    assert not is_fine
    assert "lacks the key" in text
    assert "acme hubspot/access_token" in text
    monkeypatch.setattr("typer.confirm", lambda _question: False)
    assert rotate(settings, drops_lost=True) == (False, text + "Nothing was changed.\n")
    is_fine, text = rotate(settings, drops_lost=True, is_sure=True)
    assert is_fine
    assert "Dropped: acme hubspot/access_token" in text
    assert check(settings)[0]
