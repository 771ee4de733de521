"""`gtm ask`: a question to a running server, or to one inside this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console

from gtm.cli import client as http
from gtm.cli import serving
from gtm.cli.answers import AnswerView
from gtm.errors import GtmError, InvalidInputError
from gtm.settings import Settings


class TurnFailedError(GtmError):
    """The turn ended with an error."""

    code = "turn_failed"


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, where, and how to show the answer."""

    text: str
    workspace: str | None
    token: str | None
    is_follow_up: bool
    is_json: bool
    shows_receipt: bool


def ask(settings: Settings, question: Question, out: Console) -> None:
    """Ask and show the answer."""
    memory = _Memory(settings.gtm_data_dir / "last_conversations.json")
    with _server(settings, out) as base_url, http.Client(base_url) as client:
        workspace = client.sign_in(question.workspace, question.token)
        previous = memory.conversation(workspace) if question.is_follow_up else None
        if question.is_json:
            reply = client.ask(question.text, previous)
            out.print_json(json.dumps(reply), indent=2)
            conversation = str(reply["conversation_id"])
        else:
            conversation = _stream(client, question, previous, out)
        memory.keep(workspace, conversation)


def _stream(client: http.Client, question: Question, previous: str | None, out: Console) -> str:
    with AnswerView(out, shows_receipt=question.shows_receipt) as view:
        events = client.stream(question.text, previous)
        try:
            with closing(events):  # type: ignore[type-var]  # a generator, typed as an iterator
                for event in events:
                    view.take(event)
        except httpx.HTTPError as error:
            raise http.ServerUnreachableError(
                "The connection was lost while answering.", hint="Ask again."
            ) from error
    view.finish()
    if view.error is not None:
        raise TurnFailedError(view.error)
    return view.conversation_id or ""


@contextmanager
def _server(settings: Settings, out: Console) -> Iterator[str]:
    base_url = settings.api_base_url.rstrip("/")
    if http.is_running(base_url):
        yield base_url
        return
    with out.status("Starting …"):
        server = serving.background_server(settings)
        base_url = server.__enter__()
    try:
        yield base_url
    finally:
        server.__exit__(None, None, None)


class _Memory:
    """The last conversation of each workspace, for `--continue`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def conversation(self, workspace: str) -> str:
        """Return it. Raises InvalidInputError."""
        found = self._read().get(workspace)
        if found is None:
            raise InvalidInputError(
                f"There is no conversation in {workspace!r} to continue.",
                hint="Ask without --continue first.",
            )
        return found

    def keep(self, workspace: str, conversation_id: str) -> None:
        """Remember it."""
        if conversation_id:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            known = self._read() | {workspace: conversation_id}
            self._path.write_text(json.dumps(known), encoding="utf-8")

    def _read(self) -> dict[str, str]:
        try:
            known = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}
