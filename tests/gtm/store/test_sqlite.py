"""The turn store keeps each user's conversations to themselves."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import NotFoundError
from gtm.store.sqlite import SqliteTurnStore


class SteppingClock:
    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, tzinfo=UTC)

    def now(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time

    def today(self) -> date:
        return self.time.date()


def member(tenant: str, user: str) -> TenantContext:
    return TenantContext(TenantId(tenant), DatasetId(f"tenant_{tenant}"), UserId(user), Role.MEMBER)


ANA, BEN, GUS = member("acme", "ana"), member("acme", "ben"), member("globex", "gus")
# The same person in another workspace.
ANA_AT_GLOBEX = member("globex", "ana")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteTurnStore]:
    store = SqliteTurnStore(tmp_path / "turns.sqlite3", SteppingClock())
    yield store
    await store.close()


async def test_turns_come_back_in_order(store: SqliteTurnStore) -> None:
    conversation = await store.start(ANA, "Sessions")
    for name in ("one", "two", "three"):
        await store.add_turn(ANA, conversation.id, turn_id=name, reply={"question": name})
    replies = await store.turns(ANA, conversation.id)
    assert [reply["question"] for reply in replies] == ["one", "two", "three"]


async def test_the_same_turn_again_replaces_it(store: SqliteTurnStore) -> None:
    conversation = await store.start(ANA, "Sessions")
    await store.add_turn(ANA, conversation.id, turn_id="one", reply={"outcome": "stopped"})
    await store.add_turn(ANA, conversation.id, turn_id="one", reply={"outcome": "answer"})
    assert await store.turns(ANA, conversation.id) == ({"outcome": "answer"},)


@pytest.mark.parametrize("stranger", [BEN, GUS, ANA_AT_GLOBEX])
async def test_a_foreign_conversation_is_not_found(
    store: SqliteTurnStore, stranger: TenantContext
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
    store: SqliteTurnStore,
) -> None:
    older = await store.start(ANA, "Older")
    newer = await store.start(ANA, "Newer")
    await store.start(ANA, "Empty")
    await store.add_turn(ANA, newer.id, turn_id="one", reply={})
    await store.add_turn(ANA, older.id, turn_id="one", reply={})
    listed = await store.conversations(ANA, limit=10)
    assert [conversation.title for conversation in listed] == ["Older", "Newer"]
    assert len(await store.conversations(ANA, limit=1)) == 1


async def test_conversations_outlive_a_restart(store: SqliteTurnStore, tmp_path: Path) -> None:
    conversation = await store.start(ANA, "Sessions")
    again = SqliteTurnStore(tmp_path / "turns.sqlite3", SteppingClock())
    assert (await again.conversation(ANA, conversation.id)).title == "Sessions"
    await again.close()
