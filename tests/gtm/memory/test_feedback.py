"""Feedback: of one's own answers, as often as one likes, read by admins and the operator."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gtm.errors import NotFoundError
from gtm.memory.feedback import Feedback, FeedbackFilter, Verdict
from gtm.memory.places import Place
from tests.support.boards import ANA, BEN, BY_CHANNEL, GUS, VIC
from tests.support.memory import CHANNELS, Mind

DOWN = Verdict(is_helpful=False, reason="Paid search is missing.")
UP = Verdict(is_helpful=True, reason=None)


async def rated(mind: Mind, verdict: Verdict = DOWN, *, question: str = CHANNELS) -> Feedback:
    _, turn = await mind.ask(question, BY_CHANNEL, tenant=BEN)
    return await mind.memory.feedback.give(BEN, turn, verdict)


async def test_an_opinion_is_kept_with_what_it_is_about(mind: Mind) -> None:
    given = await rated(mind)
    assert (given.by, given.verdict) == (BEN.user_id, DOWN)
    assert (given.question, given.outcome, given.model) == (CHANNELS, "answer", "scripted")
    assert given.query_json
    assert given.query_json["metrics"] == ["sessions"]
    assert given.sql is None
    assert await mind.memory.feedback.page(ANA, limit=9) == (given,)


async def test_of_free_sql_the_sql_is_kept(mind: Mind) -> None:
    sql = "SELECT SUM(sessions) AS sessions FROM vw_sessions_daily"
    _, turn = await mind.ask("flurbs", sql, tenant=BEN)
    given = await mind.memory.feedback.give(BEN, turn, UP)
    assert given.query_json is None
    assert given.sql
    assert "sessions" in given.sql


async def test_what_was_not_answered_can_be_rated_too(mind: Mind) -> None:
    _, turn = await mind.ask("weather", None, tenant=VIC, outcome="refuse")
    given = await mind.memory.feedback.give(VIC, turn, DOWN)
    assert (given.outcome, given.query_json, given.sql) == ("refuse", None, None)


async def test_a_second_opinion_replaces_the_first(mind: Mind) -> None:
    first = await rated(mind)
    second = await mind.memory.feedback.give(BEN, first.turn_id, UP)
    assert (second.id, second.verdict) == (first.id, UP)
    again = await mind.memory.feedback.give(BEN, first.turn_id, UP)
    assert again == second
    assert await mind.memory.feedback.page(ANA, limit=9) == (second,)


async def test_an_opinion_is_taken_back_once(mind: Mind) -> None:
    given = await rated(mind)
    await mind.memory.feedback.take_back(BEN, given.turn_id)
    assert await mind.memory.feedback.page(ANA, limit=9) == ()
    with pytest.raises(NotFoundError):
        await mind.memory.feedback.take_back(BEN, given.turn_id)


async def test_nobody_rates_or_takes_back_for_somebody_else(mind: Mind) -> None:
    given = await rated(mind)
    for tenant in (ANA, VIC, GUS, replace(GUS, tenant_id=BEN.tenant_id)):
        with pytest.raises(NotFoundError):
            await mind.memory.feedback.give(tenant, given.turn_id, UP)
        with pytest.raises(NotFoundError):
            await mind.memory.feedback.take_back(tenant, given.turn_id)
    assert await mind.memory.feedback.page(ANA, limit=9) == (given,)


async def test_members_read_their_own_and_another_workspace_none(mind: Mind) -> None:
    given = await rated(mind)
    assert await mind.memory.feedback.page(BEN, limit=9) == (given,)
    assert await mind.memory.feedback.page(VIC, limit=9) == ()
    assert await mind.memory.feedback.page(GUS, limit=9) == ()


async def test_opinions_are_chosen_by_verdict_day_and_conversation(mind: Mind) -> None:
    down, up = await rated(mind), await rated(mind, UP)
    page = mind.memory.feedback.page
    assert await page(ANA, limit=9, wanted=FeedbackFilter(is_helpful=False)) == (down,)
    today = down.created_at.date()
    assert await page(ANA, limit=9, wanted=FeedbackFilter(since=today)) == (up, down)
    later = FeedbackFilter(since=today + timedelta(days=1))
    assert await page(ANA, limit=9, wanted=later) == ()
    of_one = FeedbackFilter(conversation_id=up.conversation_id)
    assert await page(ANA, limit=9, wanted=of_one) == (up,)


async def test_opinions_come_page_by_page(mind: Mind) -> None:
    for number in range(5):
        await rated(mind, question=f"flurbs {number}")
    seen: list[UUID] = []
    place: Place | None = None
    while page := await mind.memory.feedback.page(ANA, limit=2, after=place):
        seen += [given.id for given in page]
        place = Place(page[-1].created_at, page[-1].id)
    assert len(set(seen)) == 5


async def test_an_operator_reviews_one_workspace(mind: Mind) -> None:
    given = await rated(mind)
    review = mind.memory.feedback.review
    assert await review(ANA.tenant_id, limit=9) == (given,)
    assert await review(GUS.tenant_id, limit=9) == ()
    tomorrow = given.created_at.date() + timedelta(days=1)
    assert await review(ANA.tenant_id, limit=9, since=tomorrow) == ()


async def test_an_opinion_goes_with_its_conversation(mind: Mind) -> None:
    where, turn = await mind.ask(CHANNELS, BY_CHANNEL, tenant=BEN)
    await mind.memory.feedback.give(BEN, turn, DOWN)
    await mind.boards.turns.delete(BEN, where)
    assert await mind.memory.feedback.page(ANA, limit=9) == ()


async def test_every_change_is_in_the_audit_trail_without_the_reason(mind: Mind) -> None:
    given = await rated(mind)
    await mind.memory.feedback.give(BEN, given.turn_id, UP)
    await mind.memory.feedback.give(BEN, given.turn_id, UP)
    await mind.memory.feedback.take_back(BEN, given.turn_id)
    async with mind.boards.database.as_service() as connection:
        rows = await connection.execute(
            "select action, target, user_id::text, detail from app.audit_log"
            " where action like 'feedback_%' order by id"
        )
        found = await rows.fetchall()
    assert found == [
        (f"feedback_{act}", given.turn_id, BEN.user_id, {"is_helpful": is_helpful})
        for act, is_helpful in (("added", False), ("changed", True), ("removed", True))
    ]
