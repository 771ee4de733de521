"""The turn store keeps each user's conversations to themselves."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import anyio
import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import NotFoundError
from gtm.store.database import Database, DatabaseUrls
from gtm.store.postgres import PostgresTurnStore
from gtm.tenants.base import Workspace
from gtm.tenants.postgres import PostgresWorkspaceDirectory
from tests.support.state import new_database


class SteppingClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def today(self) -> date:
        return self.time.date()


def member(tenant: str, user: int) -> TenantContext:
    user_id = UserId(str(UUID(int=user)))
    return TenantContext(TenantId(tenant), DatasetId(f"tenant_{tenant}"), user_id, Role.MEMBER)


ANA, BEN, GUS = member("acme", 1), member("acme", 2), member("globex", 3)
# The same person in another workspace.
ANA_AT_GLOBEX = member("globex", 1)


@pytest.fixture
async def urls() -> DatabaseUrls:
    urls = new_database()
    database = Database(urls)
    directory = PostgresWorkspaceDirectory(database)
    for slug in ("acme", "globex"):
        await directory.add(Workspace.named(slug, slug.title()))
    for person in (ANA, BEN, GUS, ANA_AT_GLOBEX):
        await directory.set_member(person.tenant_id, person.user_id, person.role)
    await database.close()
    return urls


@pytest.fixture
async def store(urls: DatabaseUrls) -> AsyncIterator[PostgresTurnStore]:
    database = Database(urls)
    yield PostgresTurnStore(database, SteppingClock())
    await database.close()


async def test_turns_come_back_in_order(store: PostgresTurnStore) -> None:
    conversation = await store.start(ANA, "Sessions")
    for name in ("one", "two", "three"):
        await store.add_turn(ANA, conversation.id, turn_id=name, reply={"question": name})
    replies = await store.turns(ANA, conversation.id)
    assert [reply["question"] for reply in replies] == ["one", "two", "three"]


async def test_a_reply_comes_back_letter_by_letter(store: PostgresTurnStore) -> None:
    reply = {"b": 1.0, "a": ["ä", "\u0000", 12345678901234567890, None], "empty": ""}
    conversation = await store.start(ANA, "Sessions")
    await store.add_turn(ANA, conversation.id, turn_id="one", reply=reply)
    (kept,) = await store.turns(ANA, conversation.id)
    assert kept == reply
    assert list(kept) == list(reply)


async def test_the_same_turn_again_replaces_it(store: PostgresTurnStore) -> None:
    conversation = await store.start(ANA, "Sessions")
    await store.add_turn(ANA, conversation.id, turn_id="one", reply={"outcome": "stopped"})
    await store.add_turn(ANA, conversation.id, turn_id="one", reply={"outcome": "answer"})
    assert await store.turns(ANA, conversation.id) == ({"outcome": "answer"},)


async def test_turns_that_end_at_once_are_all_kept(store: PostgresTurnStore) -> None:
    conversation = await store.start(ANA, "Sessions")

    async def add(name: str) -> None:
        await store.add_turn(ANA, conversation.id, turn_id=name, reply={"question": name})

    async with anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(add, str(number))
    replies = await store.turns(ANA, conversation.id)
    assert sorted(reply["question"] for reply in replies) == [str(n) for n in range(8)]


@pytest.mark.parametrize("stranger", [BEN, GUS, ANA_AT_GLOBEX])
async def test_a_foreign_conversation_is_not_found(
    store: PostgresTurnStore, stranger: TenantContext
) -> None:
    conversation = await store.start(ANA, "Sessions")
    await store.add_turn(ANA, conversation.id, turn_id="one", reply={})
    with pytest.raises(NotFoundError):
        await store.conversation(stranger, conversation.id)
    with pytest.raises(NotFoundError):
        await store.turns(stranger, conversation.id)
    with pytest.raises(NotFoundError):
        await store.add_turn(stranger, conversation.id, turn_id="two", reply={})
    assert await store.conversations(stranger, limit=10) == ()


async def test_the_latest_conversation_is_listed_first_and_empty_ones_are_not(
    store: PostgresTurnStore,
) -> None:
    older = await store.start(ANA, "Older")
    newer = await store.start(ANA, "Newer")
    await store.start(ANA, "Empty")
    await store.add_turn(ANA, newer.id, turn_id="one", reply={})
    await store.add_turn(ANA, older.id, turn_id="one", reply={})
    listed = await store.conversations(ANA, limit=10)
    assert [conversation.title for conversation in listed] == ["Older", "Newer"]
    assert len(await store.conversations(ANA, limit=1)) == 1


async def test_conversations_outlive_a_restart(
    store: PostgresTurnStore, urls: DatabaseUrls
) -> None:
    conversation = await store.start(ANA, "Sessions")
    again = Database(urls)
    found = await PostgresTurnStore(again, SteppingClock()).conversation(ANA, conversation.id)
    assert found == conversation
    await again.close()
