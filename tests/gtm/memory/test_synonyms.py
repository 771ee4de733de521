"""Synonyms: words that mean nothing yet get a meaning in one workspace, and questions use it."""

from pathlib import Path
from uuid import UUID

import pytest
import yaml

from gtm.context import TenantContext
from gtm.errors import GtmError, InvalidQueryError, NotFoundError, NotPermittedError
from gtm.language.analyst import Analyst
from gtm.language.outcome import Answer, Clarify, ValueMatch, WordMatch
from gtm.memory.places import Place
from gtm.memory.synonyms import (
    Synonym,
    SynonymExistsError,
    SynonymKind,
    TermTakenError,
    TooManySynonymsError,
    UnknownValueError,
)
from gtm.semantics.catalog import load_catalog
from gtm.semantics.query import Filter
from tests.support.boards import ANA, BEN, GUS, VIC
from tests.support.memory import Mind

ANALYST = Analyst(load_catalog())
TAKEN = yaml.safe_load(
    (Path(__file__).parents[2] / "fixtures" / "memory" / "taken.yml").read_text(encoding="utf-8")
)


async def added(
    mind: Mind,
    term: str,
    kind: SynonymKind = "metric",
    name: str = "sessions",
    value: str | None = None,
) -> Synonym:
    return await mind.memory.synonyms.add(ANA, term, kind=kind, name=name, value=value)


async def understood(mind: Mind, question: str, tenant: TenantContext = BEN) -> Answer | Clarify:
    """Read a question as the offline analyst does: what is unknown is looked up once."""
    today = mind.now.date()
    outcome = ANALYST.understand(question, today=today)
    assert isinstance(outcome, Clarify)
    values = await mind.analytics.find_values(tenant, outcome.unknown[:10])
    outcome = ANALYST.understand(question, today=today, values=values)
    assert isinstance(outcome, Answer | Clarify)
    return outcome


async def test_a_word_for_a_metric_answers_in_its_workspace_alone(mind: Mind) -> None:
    await added(mind, "flurbs")
    outcome = await understood(mind, "flurbs by channel last month")
    assert isinstance(outcome, Answer)
    assert (outcome.query.metrics, outcome.query.dimensions) == (("sessions",), ("channel",))
    assert isinstance(await understood(mind, "flurbs by channel last month", GUS), Clarify)


async def test_a_word_is_known_in_either_number_and_case(mind: Mind) -> None:
    await added(mind, "flurbs")
    for said in ("flurb", "Flurbs", "FLURBS"):
        outcome = await understood(mind, f"{said} last month")
        assert isinstance(outcome, Answer), said


async def test_a_word_for_a_dimension_splits(mind: Mind) -> None:
    await added(mind, "zork", "dimension", "channel")
    outcome = await understood(mind, "sessions by zork")
    assert isinstance(outcome, Answer)
    assert outcome.query.dimensions == ("channel",)


async def test_a_word_for_a_value_filters(mind: Mind) -> None:
    made = await added(mind, "the big flurb", "value", "source", "GOOGLE")
    assert made.value == "google"
    outcome = await understood(mind, "sessions from the big flurb last month")
    assert isinstance(outcome, Answer)
    assert outcome.query.filters == (Filter(dimension="source", values=("google",)),)


async def test_a_phrase_of_several_words_is_read_as_one(mind: Mind) -> None:
    await added(mind, "new flurbs", "metric", "new_users")
    outcome = await understood(mind, "new flurbs by channel")
    assert isinstance(outcome, Answer)
    assert outcome.query.metrics == ("new_users",)
    assert not isinstance(await understood(mind, "flurbs by channel"), Answer)


async def test_models_get_it_from_the_same_tool(mind: Mind) -> None:
    await added(mind, "flurbs")
    await added(mind, "the big flurb", "value", "source", "google")
    found = await mind.analytics.find_values(BEN, ["flurbs", "google"])
    assert set(found) == {
        WordMatch(term="flurbs", kind="metric", name="sessions"),
        WordMatch(term="the big flurb", kind="value", name="source", value="google"),
        ValueMatch(term="google", dimension="source", value="google", is_exact=True),
    }


async def test_a_word_that_means_something_keeps_its_meaning(mind: Mind) -> None:
    wrong = []
    for term in TAKEN:
        try:
            await added(mind, term, "metric", "clicks")
        except TermTakenError as refused:
            if refused.hint:
                continue
        wrong.append(term)
    assert wrong == []
    assert await mind.memory.synonyms.page(ANA, limit=9) == ()


async def test_what_another_workspace_calls_something_is_not_told(mind: Mind) -> None:
    made = await added(mind, "globexpartner")
    assert made.term == "globexpartner"


@pytest.mark.parametrize(
    ("kind", "name", "value", "error", "nearest"),
    [
        ("metric", "sesions", None, InvalidQueryError, "sessions"),
        ("metric", "channel", None, InvalidQueryError, None),
        ("dimension", "chanel", None, InvalidQueryError, "channel"),
        ("value", "chanel", "Direct", InvalidQueryError, "channel"),
        ("value", "source", "gogle", UnknownValueError, "google"),
        ("value", "source", "globexpartner", UnknownValueError, None),
    ],
)
async def test_what_it_stands_for_has_to_be_there(
    mind: Mind,
    kind: SynonymKind,
    name: str,
    value: str | None,
    error: type[GtmError],
    nearest: str | None,
) -> None:
    with pytest.raises(error) as refused:
        await added(mind, "flurbs", kind, name, value)
    assert nearest is None or nearest in refused.value.nearest
    assert "globexpartner" not in refused.value.nearest


async def test_a_word_has_one_meaning(mind: Mind) -> None:
    made = await added(mind, "flurbs")
    with pytest.raises(SynonymExistsError):
        await added(mind, "Flurbs", "metric", "clicks")
    await mind.memory.synonyms.remove(ANA, made.id)
    with pytest.raises(NotFoundError):
        await mind.memory.synonyms.remove(ANA, made.id)
    assert (await added(mind, "Flurbs", "metric", "clicks")).name == "clicks"


async def test_what_the_catalogue_has_no_more_is_said_and_not_used(mind: Mind) -> None:
    made = await added(mind, "flurbs")
    assert mind.memory.synonyms.is_known(made)
    async with mind.boards.database.as_service() as connection:
        await connection.execute("update app.synonyms set name = 'gone'")
    [listed] = await mind.memory.synonyms.page(BEN, limit=9)
    assert not mind.memory.synonyms.is_known(listed)
    assert isinstance(await understood(mind, "flurbs last month"), Clarify)


async def test_who_does_not_administer_adds_and_removes_nothing(mind: Mind) -> None:
    made = await added(mind, "flurbs")
    for tenant in (BEN, VIC):
        with pytest.raises(NotPermittedError):
            await mind.memory.synonyms.add(tenant, "zork", kind="metric", name="sessions")
        with pytest.raises(NotFoundError):
            await mind.memory.synonyms.remove(tenant, made.id)
    with pytest.raises(NotFoundError):
        await mind.memory.synonyms.remove(GUS, made.id)
    assert await mind.memory.synonyms.page(GUS, limit=9) == ()


async def test_words_come_page_by_page(mind: Mind) -> None:
    for letter in "abcde":
        await added(mind, f"flurb{letter}{letter}")
    seen: list[UUID] = []
    place: Place | None = None
    while page := await mind.memory.synonyms.page(VIC, limit=2, after=place):
        seen += [made.id for made in page]
        place = Place(page[-1].created_at, page[-1].id)
    assert len(set(seen)) == 5


async def test_a_workspace_has_only_so_many(mind: Mind) -> None:
    async with mind.boards.database.as_user(ANA.user_id) as connection:
        await connection.execute(
            "insert into app.synonyms (tenant_id, term, phrase, kind, name)"
            " select 'acme', 'w' || n, 'w' || n, 'metric', 'sessions'"
            " from generate_series(1, 500) as n"
        )
    with pytest.raises(TooManySynonymsError):
        await added(mind, "flurbs")


async def test_the_development_tools_have_no_words(mind: Mind) -> None:
    await added(mind, "flurbs")
    developer = TenantContext(ANA.tenant_id, ANA.dataset, BEN.user_id.__class__("dev"), ANA.role)
    assert await mind.analytics.find_values(developer, ["flurbs"]) == ()
