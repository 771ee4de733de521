"""The offline analyst's understanding: a question in, a query, a question back or a refusal out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from itertools import islice

from gtm.language.about import read_about
from gtm.language.ask import clarify
from gtm.language.audit import missing
from gtm.language.compose import compose
from gtm.language.dangling import check_joined, dangling_runs
from gtm.language.follow_up import merge
from gtm.language.leaning import is_follow_up
from gtm.language.leftover import unknown_runs
from gtm.language.lexicon import build_vocabulary
from gtm.language.meaning import Glossary
from gtm.language.outcome import (
    About,
    Answer,
    Clarify,
    Match,
    Option,
    Outcome,
    Refuse,
    ValueMatch,
    WordMatch,
)
from gtm.language.plain import plain
from gtm.language.reading import Reading, StopReadingError
from gtm.language.reasons import with_reasons
from gtm.language.refusals import (
    compounds,
    out_of_reach,
    possible_names,
    unknown_words,
    with_ways,
)
from gtm.language.replies import base_of, first, pick
from gtm.language.resolve import Resolver
from gtm.language.sayings import as_named
from gtm.language.screen import MAX_LENGTH, screen
from gtm.language.spans import period_of
from gtm.language.spelling import Speller
from gtm.language.stages import Asked, read
from gtm.language.tokens import Owner, Token, tokenise
from gtm.language.wishes import Wishes
from gtm.semantics.catalog import Catalog, load_catalog
from gtm.semantics.query import MetricQuery
from gtm.semantics.spans import is_of_now, spans_of

_MOST_OFFERS = 4
_EXAMPLES = ["sessions by channel", "revenue last month"]


# Whoever may never need it waits for it at the first question only.
MakeAnalyst = Callable[[], "Analyst"]


@cache
def shared_analyst() -> Analyst:
    """Return the analyst over the catalogue; making one takes long, and one serves everybody."""
    return Analyst(load_catalog())


class Analyst:
    """Understands questions over one catalogue; pure, so that one instance serves everybody."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._vocabulary = build_vocabulary(catalog)
        self._speller = Speller(self._vocabulary)
        self._resolver = Resolver(catalog, self._vocabulary)
        self._wishes = Wishes(
            catalog, self._vocabulary, self._resolver.resolve, self._resolver.name_number
        )
        self._glossary = Glossary(catalog, self._vocabulary)

    def understand(
        self,
        question: str,
        *,
        today: date,
        previous: MetricQuery | None = None,
        values: Sequence[Match] | None = None,
        asked_back: Clarify | About | None = None,
        is_offer: bool = False,
    ) -> Outcome:
        """Read a question; `previous` is the query before it, `values` what unknown words are.

        Until names were looked up, `values` is None; none were found where it is empty.
        `asked_back` is what was replied instead of an answer, right before: a short text may settle
        it. An offer is a way on out of another question: what it offers in turn is not looked into.
        """
        is_looked_up, values = values is not None, values or ()
        # Nothing is read of a text that is too long: reading it would cost its length.
        question = plain(question) if len(question) <= MAX_LENGTH else question
        tokens = tokenise(question) if len(question) <= MAX_LENGTH else []
        if (screened := screen(question, tokens)) is not None:
            return screened
        if isinstance(asked_back, Clarify):
            offer = pick(question, tokens, asked_back.options)
            if offer is not None:
                return self.understand(offer.question, today=today, values=values)
        told = None if is_offer else read_about(question, tokens, self._vocabulary, self._glossary)
        if told is not None:
            return self._with_answered(told, today, values)
        asked = self._asked(question, tokens, today, values)
        offered = self._offered(asked_back, today, values)
        reading = read(asked, self._speller, previous or first(offered))
        previous = base_of(reading, previous, offered, asked_back, asked.vocabulary)
        is_told = isinstance(asked_back, About)
        reading.pointed = offered[0].metrics if is_told and offered else ()
        if previous is not None and reading.time.lacks_main and is_follow_up(reading, previous):
            former = period_of(previous.time, today)
            reading = read(asked, self._speller, previous, former)
        try:
            outcome: Outcome = self._settle(reading, asked, previous)
        except StopReadingError as stop:
            outcome = stop.outcome
        names = () if is_looked_up or is_offer else (*reading.names, *possible_names(reading))
        if isinstance(outcome, Answer) and names:
            return _named(names)
        if isinstance(outcome, Answer) or is_offer:
            return outcome
        if isinstance(outcome, Clarify) and not values:
            more = () if outcome.unknown else compounds(question)
            names = (*outcome.unknown, *more, *possible_names(reading))
            outcome = outcome.model_copy(update={"unknown": tuple(dict.fromkeys(names))})
        outcome = self._with_answered(outcome, today, values)
        return with_ways(outcome, reading, asked.vocabulary, previous)

    def _asked(
        self, question: str, tokens: Sequence[Token], today: date, values: Sequence[Match]
    ) -> Asked:
        """Put a question together with the words that its workspace knows."""
        matches = [item for item in values if isinstance(item, ValueMatch)]
        known = tuple(item for item in matches if item.dimension in self._catalog.dimensions)
        known = with_reasons(tokens, known)
        own = [item for item in values if isinstance(item, WordMatch)]
        vocabulary = self._vocabulary.with_values(known)
        vocabulary = vocabulary.with_words(own) if own else vocabulary
        return Asked(question, as_named(tokens), today, vocabulary, known)

    def _offered(
        self, asked_back: Clarify | About | None, today: date, values: Sequence[Match]
    ) -> list[MetricQuery]:
        """Return the queries that a reply before this text offered."""
        offers = asked_back.options if asked_back is not None else ()
        outcomes = (
            self.understand(item.question, today=today, values=values, is_offer=True)
            for item in offers
        )
        return [outcome.query for outcome in outcomes if isinstance(outcome, Answer)]

    def _with_answered(
        self, outcome: Clarify | Refuse | About, today: date, values: Sequence[Match]
    ) -> Clarify | Refuse | About:
        """Return an outcome without the offers that a click would not answer."""
        answered = self._answered(outcome.options, today, values)
        return outcome.model_copy(update={"options": answered})

    def _answered(
        self, offers: Sequence[Option], today: date, values: Sequence[Match]
    ) -> tuple[Option, ...]:
        """Return the offers that a click would answer."""
        exact = [_as_offered(item) for item in values]
        answered = (
            item
            for item in offers
            if isinstance(
                self.understand(item.question, today=today, values=exact, is_offer=True), Answer
            )
        )
        return tuple(islice(answered, _MOST_OFFERS))

    def _settle(self, reading: Reading, asked: Asked, previous: MetricQuery | None) -> Outcome:
        if (refusal := out_of_reach(reading, asked.vocabulary, previous)) is not None:
            return refusal
        if runs := [*unknown_runs(reading.tape), *dangling_runs(reading)]:
            guess = self._guess(reading, asked, previous)
            return unknown_words(
                reading, runs, self._speller, asked.vocabulary, asked.values, guess
            )
        return self._answer(reading, asked, previous)

    def _answer(self, reading: Reading, asked: Asked, previous: MetricQuery | None) -> Answer:
        today, vocabulary = asked.today, asked.vocabulary
        if not reading.has_content:
            message = "I can't read that as a question about your data."
            ways = [self._resolver.say(previous)] if previous is not None else _EXAMPLES
            raise StopReadingError(clarify(message, ways))
        check_joined(reading)
        leans = previous is not None and is_follow_up(reading, previous)
        draft = compose(reading, vocabulary, previous if leans else None)
        if previous is not None and leans:
            draft = merge(reading, draft, previous, vocabulary, today)
        if reading.intent.intent != "query":
            answer = self._wishes.answer(reading, draft, today)
            self._check_whole(reading, answer.query)
            return answer
        query = self._resolver.resolve(draft, today)
        self._check_whole(reading, query)
        if query.time is None and not is_of_now(self._catalog, query):
            assumed = spans_of(self._catalog, query, today).time
            draft.notes.append(f"No period was named, so the {assumed.label} are shown.")
        notes = tuple(dict.fromkeys(draft.notes))
        return Answer(query=query, notes=notes, look=reading.look)

    def _check_whole(self, reading: Reading, query: MetricQuery) -> None:
        """Stop where something that was said is not in the query."""
        if dropped := missing(reading, query, self._catalog):
            words = " and ".join(dropped)
            message = f"I can't fit {words} into one answer. Shall I leave it out?"
            raise StopReadingError(clarify(message, [self._resolver.say(query)]))

    def _guess(self, reading: Reading, asked: Asked, previous: MetricQuery | None) -> str | None:
        """Return the question without its unknown words, where that can be answered."""
        tape = reading.tape
        reading.tape.claim_rest(0, len(tape), Owner.LIGHT)
        try:
            answer = self._answer(reading, asked, previous)
        except StopReadingError:
            return None
        return self._resolver.say(answer.query)


def _named(names: tuple[str, ...]) -> Clarify:
    """Ask for what may be names in the data: one of them may limit the question."""
    said = " or ".join(f'"{name}"' for name in names)
    return Clarify(message=f"I don't know {said}.", unknown=names, strange=names)


def _as_offered(match: Match) -> Match:
    """Return a match as the question of an offer says it, which names the value itself."""
    if isinstance(match, WordMatch):
        return match
    return match.model_copy(update={"term": match.value, "is_exact": True})
