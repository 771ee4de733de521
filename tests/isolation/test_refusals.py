"""What is not there and what is another's are refused alike, to the letter and the statement."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpx
import psycopg
import pytest

from tests.isolation.test_every_endpoint import Row, Scene, filled, one_of_everything, rows
from tests.isolation.test_every_endpoint import scene as scene
from tests.support.serving import client_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Whose these are is part of them: colleagues are strangers to them too.
PRIVATE = ("conversation_id", "turn_id")
# Names of things there are everywhere.
COMMON = {"source"}
NOBODY = "00000000-0000-0000-0000-00000000dead"
REQUEST_ID = "the-same-request"
_STATEMENTS: ContextVar[list[str] | None] = ContextVar("statements", default=None)


@pytest.fixture(autouse=True)
def statements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Note what a request asks the database, and nothing that runs beside it."""
    execute = psycopg.AsyncCursor.execute

    async def noting(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        noted = _STATEMENTS.get()
        if noted is not None:
            text = query if isinstance(query, str) else query.as_string(None)
            noted.append(re.sub(r"'[^']*'", "?", text))
        return await execute(cursor, query, *arguments, **options)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", noting)


@contextmanager
def noted() -> Iterator[list[str]]:
    said: list[str] = []
    token = _STATEMENTS.set(said)
    try:
        yield said
    finally:
        _STATEMENTS.reset(token)


def with_ids() -> list[tuple[Row, str]]:
    """Return the routes that name a thing of a workspace, with what they name."""
    found = []
    for row in rows():
        names = [name for name in re.findall(r"{(\w+)}", row.path) if name not in COMMON]
        found += [(row, name) for name in names]
    return [*found, *((row, "conversation_id") for row in rows() if str(row) in BY_BODY)]


BY_BODY = {"POST /v1/analytics/query", "POST /v1/charts/pin"}
CASES = with_ids()


def another(thing: str) -> str:
    """Return an id of the same make that nobody has."""
    head, _, tail = thing.rpartition("_")
    if thing.startswith("gtm_"):
        # Of a token all letters count.
        return thing[:-1] + ("B" if thing.endswith("A") else "A")
    swapped = tail.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
    # Of a UUID, version and variant stay.
    if re.fullmatch(r"[0-9a-f-]{36}", tail):
        swapped = swapped[:14] + tail[14] + swapped[15:19] + tail[19] + swapped[20:]
    return f"{head}_{swapped}" if head else swapped


async def ask(
    scene: Scene, row: Row, things: dict[str, str], token: str | None
) -> tuple[httpx.Response, list[str]]:
    body = filled(scene.bodies.get(str(row)), things)
    headers = {"x-request-id": REQUEST_ID}
    async with client_of(scene.app, token) as client:
        with noted() as said:
            reply = await client.request(
                row.method,
                filled(row.path, things),
                headers=headers,
                **({} if body is None else {"json": body}),
            )
    return reply, list(said)


def strangers(name: str) -> list[str]:
    return ["foreign", "admin", "member"] if name in PRIVATE else ["foreign"]


@pytest.mark.parametrize(("row", "name"), CASES, ids=[f"{row} {name}" for row, name in CASES])
async def test_a_foreign_thing_is_refused_like_one_that_never_was(
    scene: Scene, row: Row, name: str
) -> None:
    for who in strangers(name):
        if row.expected[who] == "403":
            continue
        token = scene.tokens[who]
        never = {**scene.things, name: another(scene.things[name])}
        # Whether somebody's workspace is ready is asked once.
        await ask(scene, row, never, token)
        foreign, asked_foreign = await ask(scene, row, scene.things, token)
        unknown, asked_unknown = await ask(scene, row, never, token)
        if name == "token":
            # Whoever holds a link is let in; one that nobody holds leads nowhere.
            assert (foreign.status_code, unknown.status_code) == (200, 404)
            continue
        assert (foreign.status_code, foreign.content) == (404, unknown.content), who
        assert foreign.headers == unknown.headers
        assert scene.things[name] not in foreign.text
        assert asked_foreign == asked_unknown != []


async def test_a_thing_of_another_of_ones_own_workspaces_is_not_there_either(scene: Scene) -> None:
    """Who belongs to two workspaces is in one of them at a time."""
    async with client_of(scene.app, await scene.fresh_token("foreign")) as gus:
        things = await one_of_everything(
            gus, "00000000-0000-0000-0000-00000000dead", tenant_id="globex"
        )
        assert (await gus.get(f"/v1/dashboards/{things['dashboard_id']}")).status_code == 200
        made = (await gus.post("/v1/tenants", json={"name": "Second"})).json()
        assert (await gus.post(f"/v1/tenants/{made['id']}/switch")).status_code == 200
        for row, name in CASES:
            if name in {"tenant_id", "token", "user_id"} or row.method == "POST":
                continue
            path = filled(row.path, things)
            body = filled(scene.bodies.get(str(row)), things)
            reply = await gus.request(row.method, path, **({} if body is None else {"json": body}))
            assert reply.status_code == 404, f"{row}: {reply.text}"
