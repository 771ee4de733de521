"""Verified answers: kept from one's own turns, found for equal questions, never for others."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from psycopg.types.json import Json

from gtm.errors import NotFoundError, NotPermittedError
from gtm.language.outcome import Clarify, Option
from gtm.memory.places import Place
from gtm.memory.verified import (
    AlreadyVerifiedError,
    NotVerifiableError,
    TooManyVerifiedError,
)
from gtm.memory.verifying import Found, Listed
from gtm.semantics.query import (
    Comparison,
    ComparisonKind,
    MetricQuery,
    RelativeRange,
    TimeRange,
)
from gtm.store.base import ConversationId
from tests.support.boards import ANA, BEN, BY_CHANNEL, GUS, VIC
from tests.support.memory import CHANNELS, Mind

SQL = "SELECT channel, SUM(sessions) AS sessions FROM vw_sessions_daily GROUP BY channel"
OTHERS = (
    "sessions by channel",
    "sessions by channel last 28 days",
    "sessions by source last 30 days",
    "users by channel last 30 days",
    "sessions by channel last 30 days vs previous period",
    "sessions by channel last 30 days without direct",
    "and sessions by channel last 30 days",
    "",
)
LAST_12_WEEKS = TimeRange(start=date(2026, 8, 30), end=date(2026, 11, 21), label="last 12 weeks")


async def verified(
    mind: Mind,
    question: str = CHANNELS,
    query: MetricQuery | str = BY_CHANNEL,
    *,
    wording: str | None = None,
    note: str | None = None,
) -> Listed:
    where, turn = await mind.ask(question, query)
    return await mind.memory.verified.verify(ANA, where, turn, question=wording, note=note)


async def found(
    mind: Mind,
    question: str,
    *,
    previous: MetricQuery | None = None,
    asked_back: Clarify | None = None,
) -> Found | None:
    return await mind.memory.verified.find(BEN, question, previous=previous, asked_back=asked_back)


async def test_an_equal_question_finds_the_query_and_who_stands_for_it(mind: Mind) -> None:
    kept = await verified(mind, note="As in the board report.")
    hit = await found(mind, "Please show me the sessions by channel, last 30 days!")
    assert hit
    assert hit.asked.query == BY_CHANNEL
    assert (hit.answer.id, hit.answer.question) == (kept.answer.id, CHANNELS)
    assert (hit.answer.by, hit.answer.note) == (ANA.user_id, "As in the board report.")
    assert kept.problem is None


async def test_another_question_finds_nothing(mind: Mind) -> None:
    await verified(mind)
    for question in OTHERS:
        assert await found(mind, question) is None, question


async def test_another_workspace_finds_nothing(mind: Mind) -> None:
    await verified(mind)
    assert await mind.memory.verified.find(GUS, CHANNELS) is None
    assert await mind.memory.verified.page(GUS, limit=9) == ()


async def test_the_query_may_be_another_than_the_rules_would_make(mind: Mind) -> None:
    by_source = BY_CHANNEL.model_copy(update={"dimensions": ("source",)})
    await verified(mind, CHANNELS, by_source)
    hit = await found(mind, CHANNELS)
    assert hit
    assert hit.asked.query == by_source


@pytest.mark.parametrize(
    ("question", "time", "later"),
    [
        (
            "Sessions by channel last 12 weeks",
            LAST_12_WEEKS,
            (date(2026, 9, 29), date(2026, 12, 21)),
        ),
        # A model wrote the dates of "last month" down, and not its name.
        (
            "Sessions by channel last month",
            TimeRange(start=date(2026, 10, 1), end=date(2026, 10, 31)),
            (date(2026, 11, 1), date(2026, 11, 30)),
        ),
        (
            "Sessions by channel in October 2026",
            TimeRange(start=date(2026, 10, 1), end=date(2026, 10, 31)),
            (date(2026, 10, 1), date(2026, 10, 31)),
        ),
    ],
)
async def test_the_period_is_what_the_words_mean_on_the_day_they_are_asked(
    mind: Mind, question: str, time: TimeRange, later: tuple[date, date]
) -> None:
    await verified(mind, question, BY_CHANNEL.model_copy(update={"time": time}))
    mind.move(days=30)
    hit = await found(mind, question)
    assert hit
    assert hit.asked.query
    stored = await mind.analytics.query_metrics(BEN, hit.asked.query, caller="web")
    assert stored.receipt.time
    assert (stored.receipt.time.start, stored.receipt.time.end) == later


async def test_a_comparison_moves_with_its_words(mind: Mind) -> None:
    question = "Sessions last month vs the month before"
    compare = Comparison(kind=ComparisonKind.PREVIOUS_PERIOD)
    query = MetricQuery(metrics=("sessions",), time=RelativeRange.LAST_MONTH, compare=compare)
    await verified(mind, question, query)
    mind.move(days=30)
    hit = await found(mind, question)
    assert hit
    assert hit.asked.query
    stored = await mind.analytics.query_metrics(BEN, hit.asked.query, caller="web")
    assert stored.receipt.comparison
    assert stored.receipt.comparison.start == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("question", "time"),
    [
        ("Sessions by channel last month", RelativeRange.LAST_30_DAYS),
        ("Sessions by channel", RelativeRange.LAST_MONTH),
        ("Sessions by channel last 7 days", None),
        ("Sessions by channel next quarter", RelativeRange.LAST_QUARTER),
    ],
)
async def test_an_answer_about_another_period_than_its_question_is_refused(
    mind: Mind, question: str, time: RelativeRange | None
) -> None:
    with pytest.raises(NotVerifiableError) as refused:
        await verified(mind, question, BY_CHANNEL.model_copy(update={"time": time}))
    assert refused.value.hint


async def test_the_default_period_may_be_written_out(mind: Mind) -> None:
    await verified(mind, "Sessions by channel")
    hit = await found(mind, "sessions by channel?")
    assert hit
    assert hit.asked.query == BY_CHANNEL.model_copy(update={"time": None})


async def test_sql_is_kept_when_it_names_no_dates(mind: Mind) -> None:
    kept = await verified(mind, "flurbs by zone", SQL)
    assert kept.answer.sql
    assert kept.answer.query_json is None
    hit = await found(mind, "Flurbs by zone?")
    assert hit
    assert hit.asked.sql == kept.answer.sql
    mind.move(days=30)
    assert await found(mind, "Flurbs by zone?")


async def test_sql_with_dates_needs_them_in_its_question(mind: Mind) -> None:
    during = "WHERE date BETWEEN '2026-10-01' AND '2026-10-31' GROUP BY"
    dated = SQL.replace("GROUP BY", during)
    for question in ("flurbs by zone", "flurbs by zone last month"):
        with pytest.raises(NotVerifiableError, match="names dates"):
            await verified(mind, question, dated)
    await verified(mind, "flurbs by zone in October 2026", dated)
    mind.move(days=400)
    assert await found(mind, "flurbs by zone in october 2026")


async def test_only_answers_can_be_verified(mind: Mind) -> None:
    where, turn = await mind.ask("weather", None, outcome="refuse")
    with pytest.raises(NotVerifiableError, match="no answer"):
        await mind.memory.verified.verify(ANA, where, turn)


async def test_a_question_that_follows_on_another_needs_a_wording(mind: Mind) -> None:
    by_country = BY_CHANNEL.model_copy(update={"dimensions": ("country",), "time": None})
    revenue = MetricQuery(metrics=("revenue_usd",), dimensions=("channel",))
    where, _ = await mind.ask("revenue by channel", revenue)
    follow_up = revenue.model_copy(update={"dimensions": ("country",)})
    where, turn = await mind.ask("and by country?", follow_up, conversation=where)
    with pytest.raises(NotVerifiableError, match="follows on"):
        await mind.memory.verified.verify(ANA, where, turn)
    kept = await mind.memory.verified.verify(ANA, where, turn, question="Revenue by country")
    assert kept.answer.question == "Revenue by country"
    hit = await found(mind, "revenue by country")
    assert hit
    assert hit.asked.query == follow_up != by_country


async def test_a_follow_up_of_the_same_words_is_not_taken_for_the_question(mind: Mind) -> None:
    query = MetricQuery(metrics=("sessions",), dimensions=("country",))
    await verified(mind, "by country", query)
    revenue = MetricQuery(metrics=("revenue_usd",), dimensions=("channel",))
    assert await found(mind, "by country")
    assert await found(mind, "by country", previous=revenue) is None
    await verified(mind)
    assert await found(mind, CHANNELS, previous=revenue)


async def test_a_reply_to_what_was_asked_back_is_not_taken_for_the_question(mind: Mind) -> None:
    await verified(mind, "Sessions", MetricQuery(metrics=("sessions",)))
    ways = ("sessions by channel", "users by channel")
    asked_back = Clarify(
        message="Which number by channel?",
        options=tuple(Option(label=way, question=way) for way in ways),
    )
    assert await found(mind, "sessions?")
    assert await found(mind, "sessions?", asked_back=asked_back) is None
    await verified(mind)
    assert await found(mind, CHANNELS, asked_back=asked_back)


async def test_a_question_the_rules_can_not_read_stands_alone_if_it_leans_on_nothing(
    mind: Mind,
) -> None:
    for question in ("flurbs by zone", "and those flurbs by zone"):
        where, turn = await mind.ask(question, SQL)
        await mind.memory.verified.verify(ANA, where, turn)
    previous = BY_CHANNEL
    assert await found(mind, "flurbs by zone", previous=previous)
    assert await found(mind, "and those flurbs by zone") is not None
    assert await found(mind, "and those flurbs by zone", previous=previous) is None


async def test_explanations_and_forecasts_are_not_kept(mind: Mind) -> None:
    where, turn = await mind.ask(CHANNELS, BY_CHANNEL)
    reply = dict(await mind.boards.turns.turn(ANA, where, turn))
    data = dict(reply["data"])
    data["resolved"] = {**data["resolved"], "analysis": {"kind": "forecast"}}
    await mind.boards.turns.add_turn(ANA, where, turn_id=turn, reply={**reply, "data": data})
    with pytest.raises(NotVerifiableError, match="forecasts"):
        await mind.memory.verified.verify(ANA, where, turn)


async def test_equal_questions_are_verified_once(mind: Mind) -> None:
    await verified(mind)
    with pytest.raises(AlreadyVerifiedError):
        await verified(mind, "show me sessions by channel last 30 days")
    other = await verified(mind, "Sessions by channel")
    with pytest.raises(AlreadyVerifiedError):
        await mind.memory.verified.change(
            ANA, other.answer.id, question=f"{CHANNELS}?", note=None, takes_note_off=False
        )


async def test_a_change_of_wording_keeps_the_query_and_its_period(mind: Mind) -> None:
    kept = await verified(mind, note="first")
    mind.move(days=40)
    with pytest.raises(NotVerifiableError):
        await mind.memory.verified.change(
            ANA,
            kept.answer.id,
            question="Visits per channel this year",
            note=None,
            takes_note_off=False,
        )
    wording = "Visits per channel in the last 30 days"
    changed = await mind.memory.verified.change(
        ANA, kept.answer.id, question=wording, note=None, takes_note_off=False
    )
    assert (changed.answer.question, changed.answer.note) == (wording, "first")
    assert await found(mind, CHANNELS) is None
    hit = await found(mind, wording)
    assert hit
    assert hit.asked.query == BY_CHANNEL


async def test_a_note_is_changed_and_taken_away(mind: Mind) -> None:
    kept = await verified(mind, note="first")
    change = mind.memory.verified.change
    for note, takes_off, expected in (("second", False, "second"), (None, True, None)):
        changed = await change(
            ANA, kept.answer.id, question=None, note=note, takes_note_off=takes_off
        )
        assert changed.answer.note == expected
        assert changed.answer.query_json == kept.answer.query_json


async def test_whoever_changes_it_stands_for_it(mind: Mind) -> None:
    kept = await verified(mind)
    ada = replace(BEN, role=ANA.role)
    async with mind.boards.database.as_service() as connection:
        await connection.execute(
            "update app.tenant_memberships set role = 'admin' where user_id = %s", [BEN.user_id]
        )
        await connection.execute(
            "insert into app.profiles (user_id, email, name) values (%s, 'b@x', 'Ben')",
            [BEN.user_id],
        )
    changed = await mind.memory.verified.change(
        ada, kept.answer.id, question=None, note="mine", takes_note_off=False
    )
    assert (changed.answer.by, changed.answer.by_name) == (BEN.user_id, "Ben")


@pytest.mark.parametrize("caller", [BEN, VIC])
async def test_who_does_not_administer_changes_nothing(mind: Mind, caller: object) -> None:
    assert caller in {BEN, VIC}
    tenant = BEN if caller == BEN else VIC
    kept = await verified(mind)
    where, turn = await mind.ask("Users by channel last 30 days", BY_CHANNEL, tenant=tenant)
    with pytest.raises(NotPermittedError):
        await mind.memory.verified.verify(tenant, where, turn)
    with pytest.raises(NotFoundError):
        await mind.memory.verified.remove(tenant, kept.answer.id)
    with pytest.raises(NotFoundError):
        await mind.memory.verified.change(
            tenant, kept.answer.id, question=None, note="x", takes_note_off=False
        )


async def test_nobody_verifies_the_turn_of_somebody_else(mind: Mind) -> None:
    where, turn = await mind.ask(CHANNELS, BY_CHANNEL, tenant=BEN)
    for tenant in (ANA, GUS):
        with pytest.raises(NotFoundError):
            await mind.memory.verified.verify(tenant, where, turn)
    with pytest.raises(NotFoundError):
        await mind.memory.verified.verify(ANA, ConversationId("none"), "none")


async def test_what_the_catalogue_has_no_more_is_passed_over_and_said(mind: Mind) -> None:
    kept = await verified(mind)
    for gone in ({"metrics": ["gone"]}, {"metrics": ["sessions"], "what": 1}):
        async with mind.boards.database.as_service() as connection:
            await connection.execute(
                "update app.verified_answers set query = %s",
                [Json({**gone, "time": "last_30_days"})],
            )
        [listed] = await mind.memory.verified.page(ANA, limit=9)
        assert listed.answer.id == kept.answer.id
        assert listed.problem
        assert await found(mind, CHANNELS) is None


async def test_they_come_page_by_page_and_go_one_by_one(mind: Mind) -> None:
    names = [f"Flurbs by zone {letter}" for letter in "abcde"]
    for name in names:
        await verified(mind, name, SQL)
    seen: list[UUID] = []
    place: Place | None = None
    while page := await mind.memory.verified.page(BEN, limit=2, after=place):
        seen += [listed.answer.id for listed in page]
        place = Place(page[-1].answer.created_at, page[-1].answer.id)
    assert len(set(seen)) == 5
    await mind.memory.verified.remove(ANA, seen[0])
    assert await found(mind, names[-1]) is None
    with pytest.raises(NotFoundError):
        await mind.memory.verified.remove(ANA, seen[0])


async def test_a_workspace_has_only_so_many(mind: Mind) -> None:
    async with mind.boards.database.as_user(ANA.user_id) as connection:
        await connection.execute(
            "insert into app.verified_answers (tenant_id, question, sql)"
            " select 'acme', 'q' || n, 'select 1' from generate_series(1, 500) as n"
        )
    with pytest.raises(TooManyVerifiedError):
        await verified(mind)
