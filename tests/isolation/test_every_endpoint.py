"""Every endpoint as everybody: the committed table says who gets through, and nobody else does.

`tests/fixtures/api/access.csv` has a row for each route and a column for each kind of caller: `-`
lets them through, a number is the status of the refusal. `foreign` owns another workspace and
uses the ids of this one. Refusals are tried on things that exist; who may change something does
it to nothing.
"""

import csv
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import build_services, open_user_registry
from gtm.context import Role, UserId
from gtm.tenants.base import Workspace
from tests.support.exports import write_events
from tests.support.people import PASSWORD, add_people
from tests.support.serving import StillClock, alive, client_of, settings_at, token_of

# Thousands of requests: on a busy machine they take longer than a test usually may.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

FIXTURES = Path(__file__).parents[1] / "fixtures" / "api"
ROLES = ("viewer", "member", "admin", "owner")
TOKENS = ("read_token", "write_token", "admin_token")
EMAILS = {
    "owner": "ana@acme.test",
    "member": "ben@acme.test",
    "admin": "ada@acme.test",
    "viewer": "vic@acme.test",
    "foreign": "gus@globex.test",
}
# What they end, they end for good: whoever may do it signs in for it.
ENDING = {("POST", "/v1/auth/logout"), ("POST", "/v1/auth/password")}
UNKNOWN = {
    "user_id": "00000000-0000-0000-0000-00000000dead",
    "invitation_id": "00000000-0000-0000-0000-00000000dead",
    "token_id": "00000000-0000-0000-0000-00000000dead",
    "answer_id": "00000000-0000-0000-0000-00000000dead",
    "synonym_id": "00000000-0000-0000-0000-00000000dead",
    "phrase_id": "00000000-0000-0000-0000-00000000dead",
    "source": "ga4",
}
QUESTION = "sessions by campaign in November 2026"
# The one campaign of each workspace.
CAMPAIGNS = {"acme": "zephyr", "globex": "quokka"}
# What only the attacked workspace's own people may ever read.
MARKS = ("zephyr", "tenant_acme", "ana@acme.test", "Plans of Acme", "The secret title")


@dataclass(frozen=True)
class Row:
    method: str
    path: str
    expected: dict[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def rows() -> list[Row]:
    with (FIXTURES / "access.csv").open(encoding="utf-8", newline="") as file:
        return [Row(line.pop("method"), line.pop("path"), line) for line in csv.DictReader(file)]


@dataclass
class Scene:
    """Acme with one of everything, and a token for everybody."""

    app: Starlette
    clock: StillClock
    # The token with which the agents call the MCP server for Acme's owner.
    agents: str
    tokens: dict[str, str]
    things: dict[str, str]
    bodies: dict[str, Any]

    async def send(self, row: Row, token: str | None, *, real: bool) -> httpx.Response:
        """Send a row's request about things that exist, or about unknown ones."""
        things = self.things if real else {**self.things, **unknown(self.things)}
        body = filled(self.bodies.get(str(row)), things)
        # A conversation is one's own or nobody's: without one, a question begins it.
        if not real and row.path == "/v1/analytics/query":
            del body["conversation_id"]
        async with client_of(self.app, token) as client:
            options: dict[str, Any] = {} if body is None else {"json": body}
            if row.path.endswith("/upload"):
                options = {"content": b"no export", "params": {"filename": "x.json"}}
            return await client.request(row.method, filled(row.path, things), **options)

    async def fresh_token(self, who: str) -> str:
        async with client_of(self.app) as client:
            return await token_of(client, EMAILS[who], PASSWORD)


def unknown(things: Iterable[str]) -> dict[str, str]:
    return {name: UNKNOWN.get(name, f"{name}_unknown") for name in things}


def filled(template: Any, things: dict[str, str]) -> Any:
    """Put ids into the places of a template that name them."""
    if isinstance(template, dict):
        return {name: filled(value, things) for name, value in template.items()}
    if not isinstance(template, str):
        return template
    for name, value in things.items():
        template = template.replace(f"{{{name}}}", value)
    return template


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    directory, clock = tmp_path_factory.mktemp("scene"), StillClock()
    settings = settings_at(
        directory,
        rate_limit_client="",
        rate_limit_passwords="",
        rate_limit_guesses="",
        # Nobody listens there: a token that can not be checked is not kept.
        hubspot_api_base_url="http://127.0.0.1:9",
    )
    ids = await add_people(settings, clock)
    services = build_services(settings, clock=clock)
    acme = Workspace.named("acme", "Acme")
    users = open_user_registry(settings, clock)
    for who, role in (("admin", Role.ADMIN), ("viewer", Role.VIEWER)):
        user_id = UserId(
            users.ensure_user(EMAILS[who], PASSWORD, name=who, app_metadata={"tenant_id": "acme"})
        )
        await services.workspaces.set_member(acme.tenant_id, user_id, role)
    users.close()
    path = write_events(directory / "acme.ndjson", campaign=CAMPAIGNS["acme"], sessions=3)
    await services.loader.load(acme.context(ids[EMAILS["owner"]], Role.OWNER), path)
    path = write_events(directory / "globex.ndjson", campaign=CAMPAIGNS["globex"], sessions=5)
    globex = Workspace.named("globex", "Globex")
    await services.loader.load(globex.context(ids[EMAILS["foreign"]], Role.OWNER), path)
    await services.close()
    agents = services.mint_internal(
        user_id=ids[EMAILS["owner"]], tenant_id="acme", role=Role.OWNER.value
    )

    app = create_app(settings, clock=clock)
    async with alive(app):
        async with client_of(app) as client:
            tokens = {who: await token_of(client, email, PASSWORD) for who, email in EMAILS.items()}
        async with client_of(app, tokens["owner"]) as ana:
            things = await one_of_everything(ana, str(ids[EMAILS["member"]]))
            for scope in ("read", "write", "admin"):
                tokens[f"{scope}_token"] = await access_token(ana, [scope])
        bodies = yaml.safe_load((FIXTURES / "bodies.yml").read_text(encoding="utf-8"))
        yield Scene(app, clock, agents, tokens, things, bodies)


async def one_of_everything(
    ana: httpx.AsyncClient, member_id: str, *, tenant_id: str = "acme"
) -> dict[str, str]:
    """Let a workspace's owner make one of everything; return the ids by the names of paths."""
    answer = await made(ana, "/v1/analytics/query", {"question": QUESTION}, status=200)
    turn = {name: answer[name] for name in ("conversation_id", "turn_id")}
    dashboard = await made(ana, "/v1/dashboards", {"name": "Plans of Acme"})
    pinned = {**turn, "dashboard_id": dashboard["id"], "title": "The secret title"}
    chart = await made(ana, "/v1/charts/pin", pinned)
    share = await made(ana, f"/v1/dashboards/{dashboard['id']}/share", {})
    invitation = await made(
        ana, f"/v1/tenants/{tenant_id}/invite", {"email": "guest@acme.test", "role": "viewer"}
    )
    token = await made(ana, "/v1/tokens", {"name": "Mine", "scopes": ["read"]})
    memory = await something_of_each_memory(ana, turn, CAMPAIGNS[tenant_id])
    return {
        **turn,
        "tenant_id": tenant_id,
        "user_id": member_id,
        "result_id": answer["data"]["result_id"],
        "chart_id": chart["id"],
        "dashboard_id": dashboard["id"],
        "share_id": share["id"],
        "token": share["url"].partition("#shared=")[2],
        "invitation_id": invitation["id"],
        "invitation_token": invitation["url"].partition("invitation=")[2],
        "token_id": token["id"],
        **memory,
        "source": "ga4",
    }


async def something_of_each_memory(
    ana: httpx.AsyncClient, turn: dict[str, str], campaign: str
) -> dict[str, str]:
    """Let an owner verify an answer, rate it, add a word and ask for what nobody knows."""
    answer = await made(ana, "/v1/verified-answers", {**turn, "note": "The secret title"})
    rated = await ana.put(f"/v1/feedback/{turn['turn_id']}", json={"is_helpful": True})
    assert rated.status_code == 200, rated.text
    word = {"term": "zephyrish", "kind": "value", "name": "campaign", "value": campaign}
    synonym = await made(ana, "/v1/synonyms", word)
    await made(ana, "/v1/analytics/query", {"question": "sessions by zephyrette"}, status=200)
    phrases = (await ana.get("/v1/unanswered")).json()["items"]
    return {
        "answer_id": answer["id"],
        "synonym_id": synonym["id"],
        "phrase_id": phrases[0]["id"],
    }


async def made(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], *, status: int = 201
) -> dict[str, Any]:
    reply = await client.post(path, json=body)
    assert reply.status_code == status, f"{path}: {reply.text}"
    answer: dict[str, Any] = reply.json()
    return answer


async def access_token(client: httpx.AsyncClient, scopes: list[str]) -> str:
    made_token = await made(client, "/v1/tokens", {"name": "A program", "scopes": scopes})
    return str(made_token["secret"])


async def test_the_table_names_every_route_and_no_other(scene: Scene) -> None:
    async with client_of(scene.app) as client:
        document = (await client.get("/v1/openapi.json")).json()
    routes = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
    }
    assert {str(row) for row in rows()} == routes


async def test_whoever_may_not_is_refused_as_the_table_says(scene: Scene) -> None:
    wrong = []
    for row in rows():
        for who, expected in row.expected.items():
            if expected == "-":
                continue
            reply = await scene.send(row, scene.tokens.get(who), real=True)
            if str(reply.status_code) != expected:
                wrong.append(f"{row} as {who}: {reply.status_code}, not {expected}: {reply.text}")
    assert not wrong, "\n".join(wrong)


async def test_no_refusal_tells_anything_of_the_workspace(scene: Scene) -> None:
    told = []
    for row in rows():
        for who in ("anonymous", "foreign"):
            if row.expected[who] == "-":
                continue
            reply = await scene.send(row, scene.tokens.get(who), real=True)
            secrets = [*MARKS, *scene.things.values()]
            secrets = [mark for mark in secrets if mark not in {"acme", "ga4"}]
            found = [mark for mark in secrets if mark in reply.text or mark in str(reply.headers)]
            told += [f"{row} tells {who} {mark!r}" for mark in found]
    assert not told, "\n".join(told)


async def test_whoever_may_gets_through_as_the_table_says(scene: Scene) -> None:
    stopped, leaked = [], []
    for row in rows():
        for who, expected in row.expected.items():
            if expected != "-" or who == "anonymous":
                continue
            # Reading is tried on what is there, by whom it belongs to.
            own = who in {"owner", *TOKENS} and row.method == "GET"
            is_ending = (row.method, row.path) in ENDING and who in EMAILS
            token = await scene.fresh_token(who) if is_ending else scene.tokens[who]
            reply = await scene.send(row, token, real=own)
            if own and reply.status_code >= 400:
                stopped.append(f"{row} as {who}: {reply.status_code}: {reply.text}")
            if reply.status_code in {403, 500} or (
                reply.status_code == 401 and not row.path.startswith("/v1/auth/")
            ):
                stopped.append(f"{row} as {who}: {reply.status_code}: {reply.text}")
            if who == "foreign" and any(mark in reply.text for mark in MARKS):
                leaked.append(f"{row}: {reply.text}")
    assert not stopped, "\n".join(stopped)
    assert not leaked, "\n".join(leaked)


async def test_a_token_that_is_not_whole_not_ours_or_for_another_opens_nothing(
    scene: Scene,
) -> None:
    good = scene.tokens["owner"]
    head, payload, signature = good.split(".")
    bad = {
        "tampered": f"{head}.{payload}.{signature[:-4]}AAAA",
        "another payload": f"{head}.{scene.agents.split('.')[1]}.{signature}",
        "unsigned": f"{head}.{payload}.",
        "of another audience": scene.agents,
        "unknown": "gtm_pat_" + "A" * 43,
        "no token at all": "owner",
    }
    wrong = []
    for row in rows():
        if row.expected["anonymous"] == "-":
            continue
        for kind, token in bad.items():
            reply = await scene.send(row, token, real=True)
            if reply.status_code != 401:
                wrong.append(f"{row} with a token {kind}: {reply.status_code}")
    assert not wrong, "\n".join(wrong)


async def test_nothing_of_the_workspace_was_changed_by_all_that(scene: Scene) -> None:
    async with client_of(scene.app, await scene.fresh_token("owner")) as ana:
        memory = [
            (await ana.get(f"/v1/{name}")).json()["items"]
            for name in ("verified-answers", "feedback", "synonyms")
        ]
        current = (await ana.get("/v1/tenants/current")).json()
        dashboard = (await ana.get(f"/v1/dashboards/{scene.things['dashboard_id']}")).json()
        members = (await ana.get("/v1/members")).json()["items"]
    assert current["role"] == "owner"
    assert dashboard["name"] == "Plans of Acme"
    assert [chart["title"] for chart in dashboard["charts"]] == ["The secret title"]
    assert {member["email"]: member["role"] for member in members}[EMAILS["member"]] == "member"
    assert "zephyr" in json.dumps(dashboard)
    [[answer], [rating], [synonym]] = memory
    assert (answer["note"], rating["is_helpful"]) == ("The secret title", True)
    assert (synonym["term"], synonym["value"]) == ("zephyrish", "zephyr")


async def test_an_expired_token_opens_nothing(scene: Scene) -> None:
    scene.clock.time += timedelta(days=400)
    wrong = []
    for row in rows():
        if row.expected["anonymous"] == "-":
            continue
        for who in (*ROLES, *TOKENS):
            reply = await scene.send(row, scene.tokens[who], real=True)
            if reply.status_code != 401:
                wrong.append(f"{row} as {who}: {reply.status_code}")
    assert not wrong, "\n".join(wrong)
