"""`gtm feedback` shows what people think, from the database or through a running server."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from typer.testing import CliRunner

from gtm.cli import client as http
from gtm.cli import commands
from tests.support.house import SEED
from tests.support.serving import settings_at
from tests.support.state import urls_for

FILL = """
insert into app.feedback
    (tenant_id, user_id, conversation_id, turn_id, is_helpful, comment, question, outcome, query,
      sql, model)
  values
    ('acme', '00000000-0000-0000-0000-000000000001', 'ca', 'ta', false, 'Paid is missing.',
      'sessions by channel', 'answer', '{"metrics": ["sessions"], "limit": null}', null, 'gemini'),
    ('globex', '00000000-0000-0000-0000-000000000002', 'cg', 'tg', true, null,
      'secret of globex', 'answer', null, 'select 1', 'local/analyst');
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with two workspaces, in each of which somebody has rated an answer."""
    settings = settings_at(tmp_path).model_copy(update={"api_base_url": "http://127.0.0.1:9"})
    monkeypatch.setattr(commands, "_settings", lambda: settings)
    # Wide enough that no cell is broken.
    monkeypatch.setattr(commands._out, "width", 300)
    with psycopg.connect(urls_for(tmp_path).owner, autocommit=True) as owner:
        owner.execute(SEED)
        owner.execute(FILL)
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands.app, ["feedback", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["gtm", "feedback", *arguments])
    with pytest.raises(SystemExit) as caught:
        commands.main()
    return caught.value.code


def test_the_table_tells_question_query_verdict_reason_and_model(home: Path) -> None:
    said = run("--workspace", "acme")
    for part in (
        "not helpful",
        "sessions by channel",
        '{"metrics": ["sessions"]}',
        "Paid is missing.",
        "gemini",
        datetime.now(UTC).date().isoformat(),
    ):
        assert " ".join(part.split()) in " ".join(said.split()), said
    assert "globex" not in said


def test_as_json_it_is_whole(home: Path) -> None:
    told = json.loads(run("-w", "globex", "--format", "json"))
    assert (told["workspace"], told["has_more"]) == ("globex", False)
    [item] = told["items"]
    del item["created_at"]
    assert item == {
        "turn_id": "tg",
        "is_helpful": True,
        "reason": None,
        "question": "secret of globex",
        "outcome": "answer",
        "query": None,
        "sql": "select 1",
        "model": "local/analyst",
        "by": None,
    }


def test_it_begins_with_a_day(home: Path) -> None:
    today = datetime.now(UTC).date()
    assert "sessions by channel" in run("-w", "acme", "--since", today.isoformat())
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert "Nobody has rated an answer" in run("-w", "acme", "--since", tomorrow)


def test_it_ends_where_enough_is_told(home: Path) -> None:
    with psycopg.connect(urls_for(home).owner, autocommit=True) as owner:
        owner.execute(
            "insert into app.turns (conversation_id, position, id, reply)"
            " values ('ca', 2, 'tb', '{}')"
        )
        owner.execute(
            "insert into app.feedback (tenant_id, user_id, conversation_id, turn_id, is_helpful)"
            " values ('acme', '00000000-0000-0000-0000-000000000001', 'ca', 'tb', true)"
        )
    said = run("-w", "acme", "--limit", "1")
    assert "There is more; these are the latest 1." in said
    assert "Paid is missing." not in said
    told = json.loads(run("-w", "acme", "--limit", "1", "--format", "json"))
    assert (len(told["items"]), told["has_more"]) == (1, True)


def test_nothing_people_write_is_a_command_to_the_terminal(home: Path) -> None:
    with psycopg.connect(urls_for(home).owner, autocommit=True) as owner:
        owner.execute("update app.feedback set comment = %s", ["\x1b[2J[red]gone[/red]"])
    said = run("-w", "acme")
    assert "\x1b[2J" not in said
    assert "[red]gone[/red]" in said


def test_an_unknown_workspace_is_refused_with_those_there_are(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(monkeypatch, "--workspace", "acmee") == commands.REFUSED
    said = capsys.readouterr().err
    assert "There is no workspace 'acmee'." in said
    assert "acme, globex" in said


def test_a_running_server_is_asked_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        is_last = "cursor" in request.url.params
        size = int(request.url.params["limit"])
        items = [{"id": str(number)} for number in range(min(size, 200))]
        return httpx.Response(200, json={"items": items, "next_cursor": None if is_last else "ab"})

    client = http.Client("http://server.test")
    client._http = httpx.Client(
        base_url="http://server.test", transport=httpx.MockTransport(answer)
    )
    with client:
        found = client.feedback(since=datetime(2026, 11, 1, tzinfo=UTC).date(), limit=301)
    assert len(found) == 301
    assert asked == [
        {"since": "2026-11-01", "limit": "200"},
        {"since": "2026-11-01", "limit": "101", "cursor": "ab"},
    ]
