"""Requests made up from the API's own description: what it says is what happens.

schemathesis runs all its checks over the application in this process: the examples, the edges of
every schema, random data, and sequences that use what answers hold. Seeds are fixed, and so is how
many requests there are.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import schemathesis
from hypothesis.configuration import set_hypothesis_home_dir
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.python.asgi import shutdown_lifespans
from starlette.applications import Starlette

from app import create_app
from gtm.bootstrap import build_services
from gtm.context import Role
from gtm.settings import Settings
from gtm.tenants.base import Workspace
from tests.support.exports import write_events
from tests.support.hubspot import fake_hubspot
from tests.support.people import PASSWORD, add_people
from tests.support.scripted_turns import ScriptedTurns
from tests.support.serving import StillClock, alive, client_of, settings_at, token_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# The name under which schemathesis asks an application in its own process.
BASE_URL: Final = "http://testserver"
SEED: Final = 20261122
# What ends a session, or its password, would end the run with it.
ENDING: Final = ["/v1/auth/logout", "/v1/auth/password"]
# What nobody has to be signed in for.
OPEN: Final = [
    "/healthz",
    "/readyz",
    "/v1/auth/google",
    "/v1/auth/google/callback",
    "/v1/auth/login",
    "/v1/auth/recover",
    "/v1/auth/refresh",
    "/v1/auth/signup",
    "/v1/config",
    "/v1/invitations/preview",
    "/v1/shared/{token}",
]

# What a schema cannot say, by operation: such data is refused with 422 though it fits.
REFUSED_LATER = {
    "a cursor is one that was handed out": (
        "/v1/audit",
        "/v1/charts/pinned",
        "/v1/conversations",
        "/v1/dashboards",
        "/v1/dashboards/{dashboard_id}/shares",
        "/v1/feedback",
        "/v1/invitations",
        "/v1/members",
        "/v1/results/{result_id}",
        "/v1/synonyms",
        "/v1/tokens",
        "/v1/unanswered",
        "/v1/verified-answers",
    ),
    "a key is for one body": (
        "/v1/charts/pin",
        "/v1/dashboards",
        "/v1/dashboards/{dashboard_id}/share",
        "/v1/tenants",
        "/v1/tenants/{tenant_id}/invite",
        "/v1/verified-answers",
    ),
    "a word has one meaning, and what it means is in the catalogue": ("/v1/synonyms",),
    "a file is read, and SQL is checked, by what is in them": (
        "/v1/analytics/sql",
        "/v1/integrations/{source}/upload",
    ),
    "the sign-in service has rules of its own for passwords": (
        "/v1/auth/signup",
        "/v1/auth/password",
    ),
    "a workspace is handed to somebody else, and confirmed by its own short name": (
        "/v1/tenants/{tenant_id}",
        "/v1/tenants/{tenant_id}/transfer",
    ),
    "a chart stays within the grid": ("/v1/charts/{chart_id}", "/v1/dashboards/{dashboard_id}"),
    "HubSpot refuses the token": ("/v1/integrations/hubspot/connect",),
}
LATER: Final = ["2xx", "401", "403", "404", "409", "422", "429"]


@dataclass
class Served:
    """What applications are made of, and a token of each of their people."""

    settings: Settings
    tokens: dict[str, str]

    def app(self) -> Starlette:
        """Make an application; a run ends the lifespan of the one it has asked."""
        return create_app(self.settings, clock=StillClock(), make_turns=ScriptedTurns)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("openapi")
    set_hypothesis_home_dir(directory)
    with fake_hubspot() as portals:
        settings = settings_at(directory, hubspot_api_base_url=portals.url).model_copy(
            update={"api_base_url": BASE_URL, "frontend_url": BASE_URL}
        )
        tokens = asyncio.run(prepare(settings, directory))
        yield Served(settings, tokens)
        shutdown_lifespans()


async def prepare(settings: Settings, directory: Path) -> dict[str, str]:
    """Add people and some data; return the people's tokens."""
    clock = StillClock()
    ids = await add_people(settings, clock)
    app = create_app(settings, clock=clock, make_turns=ScriptedTurns)
    services = build_services(settings, clock=clock)
    tenant = Workspace.named("acme", "").context(ids["ana@acme.test"], Role.OWNER)
    path = write_events(directory / "events.ndjson", campaign="zephyr", sessions=2)
    await services.loader.load(tenant, path)
    await services.close()
    async with alive(app), client_of(app) as client:
        client.base_url = httpx.URL(BASE_URL)
        return {email: await token_of(client, email, PASSWORD) for email in ids}


def failures(
    served: Served,
    *,
    email: str | None,
    phases: dict[str, Any],
    only: Sequence[str] = (),
    without: Sequence[str] = (),
    max_examples: int = 1,
) -> list[str]:
    """Run all checks in some phases over the chosen operations, and return what they found."""
    left_out = [{"include-path": without, "enabled": False}] if without else []
    left_out += [{"exclude-path": only, "enabled": False}] if only else []
    headers = {"headers": {"Authorization": f"Bearer {served.tokens[email]}"}} if email else {}
    config = SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            # What a loaded machine may take for one request.
            "request-timeout": 60,
            "base-url": BASE_URL,
            "workers": 1,
            "checks": {"enabled": True},
            # Or it would sign up by itself, and nobody would be somebody.
            "auth": {"auto-signup": False},
            "generation": {
                "database": "none",
                "deterministic": True,
                "max-examples": max_examples,
                "no-shrink": True,
            },
            "phases": {"enabled": False, **phases},
            "operations": [
                *left_out,
                {
                    "include-path": sorted(
                        {path for some in REFUSED_LATER.values() for path in some}
                    ),
                    "checks": {"positive_data_acceptance": {"expected-statuses": LATER}},
                },
            ],
            **headers,
        }
    )
    schema = schemathesis.openapi.from_asgi("/v1/openapi.json", served.app(), config=config)
    found = []
    for event in from_schema(schema).execute():
        found += _found(event)
    return found


def _found(event: events.EngineEvent) -> list[str]:
    if isinstance(event, events.FatalError):
        raise event.exception
    if isinstance(event, events.NonFatalError):
        return [f"{event.label}: {event.info.format()}"]
    if not isinstance(event, events.ScenarioFinished):
        return []
    found = []
    for case_id, checks in event.recorder.checks.items():
        answer = event.recorder.interactions[case_id].response
        body = b"" if answer is None else answer.content[:500]
        found += [
            f"{check.name}: {check.failure_info.failure.message}\n"
            f"{check.failure_info.code_sample}\n{body!r}"
            for check in checks
            if check.failure_info is not None
        ]
    return found


# Answers hold ids that are drawn: with them, no two runs would be alike.
_ALONE: Final = {"extra-data-sources": {"responses": False}}
_EXAMPLES: Final = {"examples": {"enabled": True, **_ALONE}}
_EDGES: Final = {
    **_EXAMPLES,
    "coverage": {"enabled": True, "unexpected-methods": ["OPTIONS", "PATCH"], **_ALONE},
}


def test_an_owner_meets_what_is_described(served: Served) -> None:
    found = failures(served, email="ana@acme.test", phases=_EDGES, without=ENDING)
    assert "\n\n".join(found) == ""


def test_an_owners_random_requests_are_answered_as_described(served: Served) -> None:
    phases = {"fuzzing": {"enabled": True, **_ALONE}}
    found = failures(served, email="ana@acme.test", phases=phases, max_examples=3, without=ENDING)
    assert "\n\n".join(found) == ""


def test_what_is_made_is_there_until_it_is_deleted(served: Served) -> None:
    phases = {"stateful": {"enabled": True, "max-steps": 5}}
    found = failures(
        served, email="gus@globex.test", phases=phases, max_examples=10, without=ENDING
    )
    assert "\n\n".join(found) == ""


def test_nobody_meets_what_is_described(served: Served) -> None:
    found = failures(served, email=None, phases=_EDGES, only=OPEN)
    found += failures(served, email=None, phases=_EXAMPLES, without=OPEN)
    assert "\n\n".join(found) == ""


@pytest.mark.parametrize("path", ENDING)
def test_what_ends_a_session_is_described(served: Served, path: str) -> None:
    found = failures(served, email="ben@acme.test", phases=_EDGES, only=[path])
    assert "\n\n".join(found) == ""
