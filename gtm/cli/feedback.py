"""`gtm feedback`: what people think of their answers, for whoever runs the installation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import anyio
from anyio import to_thread
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gtm.bootstrap import open_state
from gtm.cli import client as http
from gtm.cli.text import plain
from gtm.errors import NotFoundError
from gtm.memory.feedback import Feedback
from gtm.memory.postgres_feedback import PostgresFeedback
from gtm.settings import Settings
from gtm.store.database import Database
from gtm.tenants.postgres import PostgresWorkspaceDirectory

Format = Literal["table", "json"]

_SHOWN: Final = (
    "turn_id",
    "is_helpful",
    "reason",
    "question",
    "outcome",
    "query",
    "sql",
    "model",
    "by",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which feedback to show."""

    workspace: str
    since: date | None
    limit: int


def show(
    settings: Settings, wanted: Wanted, *, form: Format, token: str | None, out: Console
) -> None:
    """Print the feedback of a workspace, the latest first."""
    found = _fetch(settings, wanted, token)
    items, has_more = found[: wanted.limit], len(found) > wanted.limit
    if form == "json":
        answer = {"workspace": wanted.workspace, "items": items, "has_more": has_more}
        out.print_json(json.dumps(answer, ensure_ascii=False), indent=2)
        return
    if not items:
        out.print(f"Nobody has rated an answer in {plain(wanted.workspace)}.")
        return
    out.print(_table(items))
    if has_more:
        out.print(f"There is more; these are the latest {wanted.limit}.")


def _fetch(settings: Settings, wanted: Wanted, token: str | None) -> Sequence[Mapping[str, Any]]:
    """Return what is wanted, and one more where there is more."""
    base_url = settings.api_base_url.rstrip("/")
    # A server holds the embedded database; one that is hosted can be asked beside it.
    is_held = settings.database_url is None and http.is_running(base_url)
    if token is not None or is_held:
        with http.Client(base_url) as client:
            client.sign_in(wanted.workspace, token)
            found = client.feedback(since=wanted.since, limit=wanted.limit + 1)
            return [{name: item[name] for name in _SHOWN} for item in found]
    return anyio.run(_read, settings, wanted)


async def _read(settings: Settings, wanted: Wanted) -> Sequence[Mapping[str, Any]]:
    state = await to_thread.run_sync(open_state, settings)
    try:
        found = await _review(state.database, wanted)
    finally:
        await state.close()
    return [_item(feedback) for feedback in found]


async def _review(database: Database, wanted: Wanted) -> tuple[Feedback, ...]:
    known = await PostgresWorkspaceDirectory(database).workspaces()
    for workspace in known:
        if workspace.slug == wanted.workspace:
            return await PostgresFeedback(database).review(
                workspace.tenant_id, limit=wanted.limit + 1, since=wanted.since
            )
    raise NotFoundError(
        f"There is no workspace {wanted.workspace!r}.",
        hint="Name it by its short name.",
        nearest=[workspace.slug for workspace in known][:10],
    )


def _item(feedback: Feedback) -> Mapping[str, Any]:
    """Return what /v1/feedback has of an opinion, as far as it is shown here."""
    return {
        "turn_id": feedback.turn_id,
        "is_helpful": feedback.verdict.is_helpful,
        "reason": feedback.verdict.reason,
        "question": feedback.question,
        "outcome": feedback.outcome,
        "query": feedback.query_json,
        "sql": feedback.sql,
        "model": feedback.model,
        "by": feedback.by_name,
        "created_at": feedback.created_at.isoformat(),
    }


def _table(items: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("Day", "Verdict", "Question", "Query", "Reason", "Model"):
        table.add_column(name, overflow="fold")
    for item in items:
        verdict = "helpful" if item["is_helpful"] else "not helpful"
        cells = (
            str(item["created_at"])[:10],
            verdict,
            item["question"],
            _query(item),
            item["reason"],
            item["model"],
        )
        # People wrote these: nothing in them is for the terminal to obey.
        table.add_row(*(Text(plain(str(cell or ""))) for cell in cells))
    return table


def _query(item: Mapping[str, Any]) -> str:
    if item["query"] is not None:
        stated = {name: value for name, value in item["query"].items() if value}
        return json.dumps(stated, ensure_ascii=False)
    return str(item["sql"] or item["outcome"] or "")
