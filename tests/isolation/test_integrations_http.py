"""Two workspaces connect the same sources: neither sees or moves anything of the other's."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
from starlette.applications import Starlette

from app import create_app
from gtm.settings import Settings
from tests.support.cluster import shared_cluster
from tests.support.exports import write_events
from tests.support.hubspot import FakeHubSpot, fake_hubspot
from tests.support.people import PASSWORD, PEOPLE, add_people
from tests.support.serving import StillClock, alive, client_of, settings_at, token_of
from tests.support.state import urls_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANA, BEN, GUS = PEOPLE
TOKENS = {ANA: "pat-na1-aaaaaaaa-of-acme", GUS: "pat-na1-gggggggg-of-globex"}
PORTALS = {ANA: 11111, GUS: 22222}
PROPERTIES = {ANA: "1010101010", GUS: "2020202020"}


@dataclass
class House:
    """The running application, a token for everyone, and HubSpot."""

    app: Starlette
    settings: Settings
    tokens: dict[str, str]
    hubspot: FakeHubSpot

    def client(self, email: str) -> httpx.AsyncClient:
        return client_of(self.app, self.tokens[email])

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(urls_for(self.settings.gtm_data_dir).owner, autocommit=True) as owner:
            answer = owner.execute(statement.encode())
            return answer.fetchall() if answer.description else []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    directory, clock = tmp_path_factory.mktemp("house"), StillClock()
    portals = {TOKENS[email]: PORTALS[email] for email in TOKENS}
    with fake_hubspot(**portals) as hubspot:
        settings = settings_at(directory, hubspot_api_base_url=hubspot.url)
        await add_people(settings, clock)
        app = create_app(settings, clock=clock)
        async with alive(app):
            async with client_of(app) as client:
                tokens = {email: await token_of(client, email, PASSWORD) for email in PEOPLE}
            house = House(app, settings, tokens, hubspot)
            for email in TOKENS:
                await connect(house, email)
            yield house


async def connect(house: House, email: str) -> None:
    async with house.client(email) as client:
        body = {"property_id": PROPERTIES[email]}
        assert (await client.post("/v1/integrations/ga4/setup", json=body)).status_code == 200
        body = {"access_token": TOKENS[email]}
        assert (await client.post("/v1/integrations/hubspot/connect", json=body)).status_code == 200


async def listed(house: House, email: str) -> str:
    async with house.client(email) as client:
        return (await client.get("/v1/integrations")).text


async def test_each_workspace_lists_its_own_setup_alone(house: House) -> None:
    for email, other in ((ANA, GUS), (BEN, GUS), (GUS, ANA)):
        seen = await listed(house, email)
        own = ANA if email == BEN else email
        assert PROPERTIES[own] in seen
        assert str(PORTALS[own]) in seen
        assert PROPERTIES[other] not in seen
        assert str(PORTALS[other]) not in seen
        assert not any(token in seen for token in TOKENS.values())


async def test_data_of_one_workspace_connects_nothing_in_the_other(
    house: House, tmp_path: Path
) -> None:
    path = write_events(tmp_path / "events.ndjson", campaign="x", sessions=1)
    url = "/v1/integrations/ga4/upload?filename=events.ndjson"
    async with house.client(ANA) as ana, house.client(GUS) as gus:
        assert (await ana.post(url, content=path.read_bytes())).status_code == 201
        assert (await ana.post("/v1/integrations/ga4/verify")).json()["status"] == "connected"
        checked = (await gus.post("/v1/integrations/ga4/verify")).json()
    assert (checked["status"], checked["through"], checked["last_sync"]) == ("pending", None, None)


async def test_a_session_reaches_no_other_workspace_whatever_it_names(house: House) -> None:
    before = await listed(house, GUS)
    smuggled = ({"tenant_id": "globex"}, {"workspace": "globex"}, {"dataset": "tenant_globex"})
    async with house.client(ANA) as ana:
        for more in smuggled:
            body = {"property_id": "3", **more}
            reply = await ana.post("/v1/integrations/ga4/setup", json=body, params=more)
            assert reply.status_code == 422
            headers = {f"x-{name.replace('_', '-')}": value for name, value in more.items()}
            await ana.post(
                "/v1/integrations/gsc/setup",
                json={"site_url": "sc-domain:acme.test"},
                params=more,
                headers=headers,
            )
    assert await listed(house, GUS) == before


async def test_taking_one_out_leaves_the_others_in_place(house: House) -> None:
    async with house.client(ANA) as ana:
        assert (await ana.delete("/v1/integrations/hubspot")).status_code == 204
    assert str(PORTALS[GUS]) in await listed(house, GUS)
    kept = house.ask("select tenant_id from private.integration_secrets")
    assert kept == [("globex",)]
    await connect(house, ANA)


async def test_a_fault_on_the_way_shows_no_token_in_answers_and_logs(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    faults = [
        ("alter table private.integration_secrets rename to gone",
         "alter table private.gone rename to integration_secrets"),
        ("alter table app.integrations rename column config to gone",
         "alter table app.integrations rename column gone to config"),
        ("alter table private.integration_secrets add constraint fault check (kid = 'x') not valid",
         "alter table private.integration_secrets drop constraint fault"),
    ]  # fmt: skip
    before = house.ask("select * from private.integration_secrets order by tenant_id")
    said = []
    for fault, repair in faults:
        house.ask(fault)
        try:
            async with house.client(ANA) as ana:
                body = {"access_token": TOKENS[ANA]}
                reply = await ana.post("/v1/integrations/hubspot/connect", json=body)
        finally:
            house.ask(repair)
        assert reply.status_code == 500
        said.append(reply.text)
    said += [caplog.text, _database_log()]
    assert "unexpected_error" in caplog.text
    for token in TOKENS.values():
        assert not any(token in text or token[-12:] in text for text in said)
    # And nothing was kept of it.
    assert house.ask("select * from private.integration_secrets order by tenant_id") == before


async def test_what_hubspot_says_of_a_token_is_not_passed_on(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    unknown = "pat-na1-uuuuuuuu-of-nobody"
    async with house.client(ANA) as ana:
        body = {"access_token": unknown}
        reply = await ana.post("/v1/integrations/hubspot/connect", json=body)
    assert (reply.status_code, reply.json()["code"]) == (422, "hubspot_token_refused")
    assert unknown not in reply.text + caplog.text + _database_log()


def _database_log() -> str:
    text = shared_cluster()._server._folder.log.read_text(encoding="utf-8", errors="replace")
    # It is the right one.
    assert "database system is ready" in text
    return text
