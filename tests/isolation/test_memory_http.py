"""What one workspace remembers answers nobody in another: two workspaces, with the agents."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support.serving import mcp_of
from tests.support.talking import ANA, BEN, GUS, Talk, done, open_talk, place_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

BY_CAMPAIGN = "Sessions by campaign in November 2026"
UNKNOWN = "Florps by campaign in November 2026"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Talk]:
    """Acme remembers one of each; Globex nothing."""
    async with open_talk(tmp_path_factory.mktemp("talk")) as talk:
        answer = place_of(await talk.ask(ANA, BY_CAMPAIGN))
        async with talk.client(ANA) as ana:
            verified = {**answer, "note": "secret note of acme"}
            done(await ana.post("/v1/verified-answers", json=verified), 201)
            rated = {"is_helpful": False, "reason": "secret reason of acme"}
            done(await ana.put(f"/v1/feedback/{answer['turn_id']}", json=rated))
            await talk.ask(BEN, UNKNOWN)
            word = {"term": "florps", "kind": "metric", "name": "sessions"}
            done(await ana.post("/v1/synonyms", json=word), 201)
        yield talk


async def test_a_verified_answer_answers_in_its_workspace_alone(talk: Talk) -> None:
    assert (await talk.ask(BEN, BY_CAMPAIGN))["verified"]
    answer = await talk.ask(GUS, BY_CAMPAIGN)
    assert answer["verified"] is None
    assert "quokka" in json.dumps(answer["data"])
    assert "acme" not in json.dumps(answer)


async def test_the_same_question_may_be_verified_in_both(talk: Talk) -> None:
    answer = await talk.ask(GUS, BY_CAMPAIGN)
    async with talk.client(GUS) as gus:
        made = done(await gus.post("/v1/verified-answers", json=place_of(answer)), 201)
        again = await talk.ask(GUS, BY_CAMPAIGN)
        assert (again["verified"]["id"], again["verified"]["by"]) == (made["id"], "Gus")
        assert (await gus.delete(f"/v1/verified-answers/{made['id']}")).status_code == 204
    assert (await talk.ask(BEN, BY_CAMPAIGN))["verified"]["by"] == "Ana"


async def test_a_word_means_something_in_its_workspace_alone(talk: Talk) -> None:
    assert (await talk.ask(BEN, UNKNOWN))["outcome"] == "answer"
    assert (await talk.ask(GUS, UNKNOWN))["outcome"] == "clarify"
    for email, expected in ((ANA, True), (GUS, False)):
        async with mcp_of(talk.app, talk.tokens[email]) as client:
            found = await client.call_tool("find_values", {"terms": ["florps"]})
        assert ("sessions" in json.dumps(found.structured_content)) is expected


async def test_lists_show_nothing_of_another_workspace(talk: Talk) -> None:
    async with talk.client(GUS) as gus:
        for name in ("verified-answers", "feedback", "synonyms", "unanswered"):
            reply = await gus.get(f"/v1/{name}")
            assert "acme" not in reply.text, name
            assert "florps" not in reply.text or name == "unanswered"
        phrases = done(await gus.get("/v1/unanswered"))["items"]
        # What Gus asked here himself, and not Ben's.
        assert {phrase["times"] for phrase in phrases} <= {1}


async def test_things_of_another_workspace_are_not_there(talk: Talk) -> None:
    async with talk.client(ANA) as ana:
        things = {
            name: done(await ana.get(f"/v1/{name}"))["items"][0]
            for name in ("verified-answers", "synonyms", "unanswered", "feedback")
        }
    rated = things.pop("feedback")
    async with talk.client(GUS) as gus:
        for name, thing in things.items():
            reply = await gus.delete(f"/v1/{name}/{thing['id']}")
            assert reply.status_code == 404, name
        answer = things["verified-answers"]["id"]
        reply = await gus.put(f"/v1/verified-answers/{answer}", json={"note": "mine"})
        assert reply.status_code == 404
        turn = {"conversation_id": rated["conversation_id"], "turn_id": rated["turn_id"]}
        assert (await gus.post("/v1/verified-answers", json=turn)).status_code == 404
        url = f"/v1/feedback/{rated['turn_id']}"
        assert (await gus.put(url, json={"is_helpful": True})).status_code == 404
        assert (await gus.delete(url)).status_code == 404
        filtered = {"conversation_id": rated["conversation_id"]}
        assert done(await gus.get("/v1/feedback", params=filtered))["items"] == []
    async with talk.client(ANA) as ana:
        for name in ("verified-answers", "synonyms", "unanswered", "feedback"):
            assert len(done(await ana.get(f"/v1/{name}"))["items"]) == 1, name
