"""Unanswered phrases: counted once each, nameless, for a time, and only where they are wanted."""

from datetime import date, timedelta

import pytest

from gtm.errors import NotFoundError, NotPermittedError
from gtm.memory.phrases import Phrase, PhrasePlace
from tests.support.boards import ANA, BEN, GUS, VIC
from tests.support.memory import Mind

TODAY = date(2026, 11, 22)


async def phrases(mind: Mind) -> list[Phrase]:
    return list(await mind.memory.unanswered.page(ANA, limit=9))


async def test_words_nobody_knows_are_noted(mind: Mind) -> None:
    await mind.memory.unanswered.note(BEN, "Flurbs by channel last month", outcome="clarify")
    [phrase] = await phrases(mind)
    assert (phrase.phrase, phrase.outcome) == ("Flurbs by channel last month", "clarify")
    assert [word.lower() for word in phrase.words] == ["flurbs"]
    assert (phrase.times, phrase.first_day, phrase.last_day) == (1, TODAY, TODAY)


async def test_names_in_the_data_are_not_unknown(mind: Mind) -> None:
    await mind.memory.unanswered.note(BEN, "sessions from acmepartner", outcome="clarify")
    assert await phrases(mind) == []
    await mind.memory.unanswered.note(BEN, "sessions from globexpartner", outcome="clarify")
    [phrase] = await phrases(mind)
    assert phrase.words == ("globexpartner",)


async def test_a_question_back_about_known_words_is_not_noted(mind: Mind) -> None:
    await mind.memory.unanswered.note(BEN, "last month", outcome="clarify")
    assert await phrases(mind) == []


async def test_refusals_are_noted_whatever_their_words(mind: Mind) -> None:
    await mind.memory.unanswered.note(BEN, "What is our ARR?", outcome="refuse")
    [phrase] = await phrases(mind)
    assert (phrase.phrase, phrase.words, phrase.outcome) == ("What is our ARR?", (), "refuse")


async def test_equal_questions_are_one_phrase_with_a_count(mind: Mind) -> None:
    await mind.memory.unanswered.note(BEN, "Flurbs by channel", outcome="clarify")
    mind.move(days=3)
    await mind.memory.unanswered.note(VIC, "show me flurbs by channel?", outcome="clarify")
    [phrase] = await phrases(mind)
    assert (phrase.phrase, phrase.times) == ("Flurbs by channel", 2)
    assert (phrase.first_day, phrase.last_day) == (TODAY, TODAY + timedelta(days=3))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("flurbs of jo.doe+x@acme.test", "flurbs of [e-mail]"),
        ("flurbs of +44 (0)20 7946 0123", "flurbs of [number]"),
        ("flurbs of\n 2026-11-01", "flurbs of 2026-11-01"),
        ("flurbs\0 by channel", "flurbs by channel"),
    ],
)
async def test_nobody_can_be_reached_by_a_phrase(mind: Mind, said: str, kept: str) -> None:
    await mind.memory.unanswered.note(BEN, said, outcome="refuse")
    [phrase] = await phrases(mind)
    assert phrase.phrase == kept
    assert not any("@" in word for word in phrase.words)


async def test_no_user_is_kept_anywhere_with_a_phrase(mind: Mind) -> None:
    await mind.memory.unanswered.note(BEN, "Flurbs by channel", outcome="clarify")
    async with mind.boards.database.as_service() as connection:
        rows = await connection.execute(
            "select row_to_json(p)::text from app.unanswered_phrases as p"
            " union all select row_to_json(l)::text from app.audit_log as l"
            " where l.action like '%unanswered%'"
        )
        [(row,)] = await rows.fetchall()
    assert BEN.user_id not in row


async def test_a_long_question_is_cut(mind: Mind) -> None:
    await mind.memory.unanswered.note(BEN, "flurbs " * 50, outcome="refuse")
    [phrase] = await phrases(mind)
    assert len(phrase.phrase) <= 300
    assert len(phrase.words) <= 12


async def test_admins_of_the_workspace_alone_read_and_remove(mind: Mind) -> None:
    await mind.memory.unanswered.note(BEN, "Flurbs by channel", outcome="clarify")
    [phrase] = await phrases(mind)
    for tenant in (BEN, VIC, GUS):
        assert await mind.memory.unanswered.page(tenant, limit=9) == ()
        with pytest.raises(NotFoundError):
            await mind.memory.unanswered.remove(tenant, phrase.id)
    await mind.memory.unanswered.remove(ANA, phrase.id)
    assert await phrases(mind) == []


async def test_turned_off_nothing_is_kept_and_what_was_is_gone(mind: Mind) -> None:
    unanswered = mind.memory.unanswered
    await unanswered.note(BEN, "Flurbs by channel", outcome="clarify")
    await unanswered.note(GUS, "Flurbs by channel", outcome="clarify")
    with pytest.raises(NotPermittedError):
        await unanswered.set_kept(BEN, is_kept=False)
    await unanswered.set_kept(ANA, is_kept=False)
    assert not await unanswered.is_kept(ANA)
    await unanswered.note(BEN, "Zorks by channel", outcome="clarify")
    assert await phrases(mind) == []
    assert await unanswered.is_kept(GUS)
    assert len(await unanswered.page(GUS, limit=9)) == 1
    await unanswered.set_kept(ANA, is_kept=True)
    await unanswered.note(BEN, "Zorks by channel", outcome="clarify")
    assert len(await phrases(mind)) == 1


async def test_what_nobody_asks_for_ninety_days_is_forgotten(mind: Mind) -> None:
    unanswered = mind.memory.unanswered
    await unanswered.note(BEN, "Flurbs by channel", outcome="clarify")
    mind.move(days=1)
    await unanswered.note(BEN, "Zorks by channel", outcome="clarify")
    mind.move(days=90)
    await unanswered.forget_old()
    [phrase] = await phrases(mind)
    assert phrase.phrase == "Zorks by channel"


async def test_phrases_come_page_by_page_asked_last_first(mind: Mind) -> None:
    for letter in "abcde":
        await mind.memory.unanswered.note(BEN, f"flurb{letter}{letter} now", outcome="refuse")
        mind.move(days=1)
    seen: list[Phrase] = []
    place: PhrasePlace | None = None
    while page := await mind.memory.unanswered.page(ANA, limit=2, after=place):
        seen += page
        place = PhrasePlace(page[-1].last_day, page[-1].id)
    assert [phrase.last_day for phrase in seen] == [
        TODAY + timedelta(days=n) for n in (4, 3, 2, 1, 0)
    ]


async def test_a_thousand_phrases_stay_those_asked_last(mind: Mind) -> None:
    async with mind.boards.database.as_service() as connection:
        await connection.execute(
            "insert into app.unanswered_phrases"
            " (tenant_id, key_hash, phrase, words, outcome, first_day, last_day)"
            " select 'acme', encode(sha256(n::text::bytea), 'hex'), 'p' || n, '{}', 'refuse',"
            " date '2026-01-01' + n / 10, date '2026-01-01' + n / 10"
            " from generate_series(1, 1000) as n"
        )
    await mind.memory.unanswered.note(BEN, "Flurbs by channel", outcome="clarify")
    async with mind.boards.database.as_service() as connection:
        rows = await connection.execute(
            "select count(*), min(last_day), max(last_day) from app.unanswered_phrases"
        )
        assert await rows.fetchone() == (1000, date(2026, 1, 1), TODAY)
        rows = await connection.execute(
            "select count(*) from app.unanswered_phrases where last_day = '2026-01-01'"
        )
        assert await rows.fetchone() == (8,)
