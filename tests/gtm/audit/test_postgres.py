"""What is recorded is there, in order, for admins alone; nothing is lost to a cut connection."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from gtm.audit.base import AuditEvent
from gtm.audit.postgres import PostgresAuditTrail
from gtm.context import DatasetId, Role, TenantContext, TenantId, UserId
from gtm.errors import AuditUnavailableError
from gtm.store.database import Database
from tests.support.cluster import cut_off
from tests.support.house import seeded_database
from tests.support.state import OwnedUrls

ANA, GUS = UserId(str(UUID(int=1))), UserId(str(UUID(int=2)))
ACME = TenantContext(TenantId("acme"), DatasetId("tenant_acme"), ANA, Role.OWNER)
AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
EVENT = AuditEvent(
    at=AT,
    action="exported",
    tenant_id=ACME.tenant_id,
    user_id=ANA,
    door="token",
    target="res_1",
    outcome="refused",
    code="not_found",
    detail={"rows": 3, "views": ["a", "b"]},
)


@pytest.fixture
def urls() -> OwnedUrls:
    return seeded_database()


@pytest.fixture
def trail(database: Database) -> PostgresAuditTrail:
    return PostgresAuditTrail(database)


async def test_an_event_comes_back_as_it_was(trail: PostgresAuditTrail) -> None:
    await trail.record(EVENT)
    kept = await trail.page(ACME, limit=1)
    assert [record.event for record in kept] == [EVENT]


async def test_the_latest_comes_first_page_by_page(trail: PostgresAuditTrail) -> None:
    for number in range(5):
        await trail.record(replace(EVENT, target=str(number)))
    first = await trail.page(ACME, limit=2)
    rest = await trail.page(ACME, limit=3, before=first[-1].id)
    assert [kept.event.target for kept in (*first, *rest)] == ["4", "3", "2", "1", "0"]


async def test_pages_can_be_of_one_action_or_one_person(trail: PostgresAuditTrail) -> None:
    await trail.record(EVENT)
    await trail.record(replace(EVENT, action="loaded", user_id=GUS))
    assert [kept.event.user_id for kept in await trail.page(ACME, limit=9, user_id=GUS)] == [GUS]
    found = await trail.page(ACME, limit=9, action="exported")
    assert [kept.event.action for kept in found] == ["exported"]
    assert await trail.page(ACME, limit=9, action="exported", user_id=GUS) == ()


async def test_whoever_is_no_user_is_nobody(trail: PostgresAuditTrail) -> None:
    await trail.record(replace(EVENT, user_id=UserId("cli"), door="cli"))
    (kept,) = await trail.page(ACME, limit=1)
    assert (kept.event.user_id, kept.event.door) == (None, "cli")


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d letter", "quote ' and \\u0000", "😀 ü"])
async def test_any_text_can_be_kept(trail: PostgresAuditTrail, text: str) -> None:
    await trail.record(replace(EVENT, target=text, detail={"sql": text, "more": [{"of": text}]}))
    (kept,) = await trail.page(ACME, limit=1)
    expected = text.replace("\0", "\ufffd").replace("\ud83d", "?")
    assert kept.event.target == expected
    assert kept.event.detail == {"sql": expected, "more": [{"of": expected}]}


async def test_several_events_are_kept_together_or_not_at_all(trail: PostgresAuditTrail) -> None:
    await trail.record(EVENT, replace(EVENT, target="res_2"))
    with pytest.raises(AuditUnavailableError):
        await trail.record(
            replace(EVENT, target="res_3"), replace(EVENT, tenant_id=TenantId("gone"))
        )
    kept = await trail.page(ACME, limit=9, action="exported")
    assert [record.event.target for record in kept] == ["res_2", "res_1"]


async def test_what_can_not_be_kept_is_an_error(trail: PostgresAuditTrail, urls: OwnedUrls) -> None:
    with pytest.raises(AuditUnavailableError):
        await trail.record(replace(EVENT, tenant_id=TenantId("gone")))
    cut_off(urls.owner)
    with pytest.raises(AuditUnavailableError):
        await trail.record(EVENT)


async def test_cut_connections_lose_no_event_and_keep_none_twice(
    trail: PostgresAuditTrail, urls: OwnedUrls
) -> None:
    await trail.record(EVENT)
    with psycopg.connect(urls.owner, autocommit=True) as owner:
        owner.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_worker'"
            " and datname = current_database()"
        )
    await trail.record(replace(EVENT, target="after"))
    kept_events = await trail.page(ACME, limit=9, action="exported")
    targets = [kept.event.target for kept in kept_events]
    assert targets == ["after", "res_1"]


async def test_what_is_kept_already_is_not_kept_again(
    trail: PostgresAuditTrail, urls: OwnedUrls
) -> None:
    """As when the server died between keeping events and saying so."""
    query = replace(EVENT, action="query", outcome="ok", detail={"bytes_processed": 5})
    await trail.record(query)
    events: list[dict[str, Any]] = [
        {"at": AT.isoformat(), "tenant_id": "acme", "user_id": ANA, "action": "query"}
        | {"door": "token", "target": target, "outcome": "ok", "detail": query.detail}
        for target in ("res_1", "res_2")
    ]
    with psycopg.connect(urls.worker, autocommit=True) as worker:
        worker.execute("select private.keep_events(%s, true)", [json.dumps(events)])
    with psycopg.connect(urls.owner) as owner:
        kept = owner.execute(
            "select target from app.audit_log where action = 'query' order by id"
        ).fetchall()
        used = owner.execute(
            "select metric, sum(used) from app.usage_counters where metric <> 'questions'"
            " group by metric order by metric"
        ).fetchall()
    assert kept == [("res_1",), ("res_2",)]
    assert used == [("bytes_processed", 10), ("queries", 2)]
