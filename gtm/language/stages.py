"""The stages of reading a question, one after the other over the words that are still free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gtm.language.called import with_names
from gtm.language.comparing import read_comparatives
from gtm.language.contrasts import claim_declined_shares, contrasted
from gtm.language.counts import claim_caps, claim_counts, claim_names, claim_peak
from gtm.language.currencies import with_currencies
from gtm.language.dates import Period
from gtm.language.dealings import with_rates
from gtm.language.doings import claim_missed
from gtm.language.framing import frame
from gtm.language.going_on import as_rates
from gtm.language.hanging import claim_reasons, claim_states, corrected, hanging, settle_onlies
from gtm.language.intents import read_intent
from gtm.language.leftover import claim_light
from gtm.language.lexicon import Vocabulary, to_phrase
from gtm.language.mails import with_mails
from gtm.language.marks import claim_cues, claim_marks
from gtm.language.match import claim_terms
from gtm.language.measures import read_measures
from gtm.language.nouns import without_nouns
from gtm.language.outcome import ValueMatch
from gtm.language.parts import read_named_parts, read_parts
from gtm.language.portions import with_portions
from gtm.language.purposes import claim_purposes
from gtm.language.reading import Reading
from gtm.language.roads import claim_roads
from gtm.language.selling import by_age, claim_selling, listed
from gtm.language.shape import as_course, read_chart, read_shape
from gtm.language.speech import as_meant
from gtm.language.spelling import Speller
from gtm.language.superlatives import by_superlative
from gtm.language.thresholds import read_thresholds
from gtm.language.time import read_time
from gtm.language.tokens import Tape, Token
from gtm.language.turns import read_turn
from gtm.semantics.query import MetricQuery

_OWNING = ("'s", "\u2019s")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is known beside its words."""

    question: str
    tokens: Sequence[Token]
    today: date
    vocabulary: Vocabulary
    values: tuple[ValueMatch, ...]


def read(
    asked: Asked, speller: Speller, previous: MetricQuery | None, former: Period | None = None
) -> Reading:
    """Return what a question says; `former` is the period that "the week before" leans on."""
    vocabulary = asked.vocabulary
    names = {word for item in asked.values for word in to_phrase(item.term)}
    names |= _proper_names(asked)
    said, taken_back = as_meant(asked.tokens, vocabulary)
    framed = frame(said, vocabulary, asked.question)
    tokens, notes = speller.repair(framed.tokens, names=names)
    tape = Tape(asked.question, tokens)
    turn = read_turn(tape, vocabulary, previous)
    claim_purposes(tape, vocabulary)
    claim_declined_shares(tape)
    known = claim_selling(tape) + claim_roads(tape)
    missed = claim_missed(tape)
    intent = read_intent(tape, asked.today)
    parts = read_named_parts(tape, vocabulary)
    mentions = missed + claim_terms(tape, vocabulary, fewest_words=2, known=known)
    mentions += claim_reasons(tape) + claim_states(tape, previous)
    parts += read_parts(tape, vocabulary)
    thresholds = read_thresholds(tape)
    chart = read_chart(tape)
    time = read_time(tape, asked.today, former=former)
    shape = as_course(tape, read_shape(tape), time)
    claim_names(tape, shape, thresholds)
    mentions += claim_terms(tape, vocabulary)
    mentions = corrected(tape, sorted(mentions, key=lambda mention: mention.start))
    mentions = with_mails(tape, contrasted(tape, mentions))
    mentions = with_currencies(tape, by_age(tape, mentions, shape))
    mentions = with_portions(tape, listed(tape, mentions), thresholds)
    mentions = read_comparatives(tape, by_superlative(mentions, shape), time, shape)
    mentions = without_nouns(tape, as_rates(tape, mentions, shape))
    mentions = read_measures(tape, with_rates(tape, mentions, shape), shape)
    mentions = with_names(tape, mentions, shape, is_limited=bool(thresholds))
    reading = Reading(
        tape=tape,
        mentions=hanging(tape, mentions, previous),
        parts=parts,
        thresholds=thresholds,
        chart=chart.kind,
        unknown_chart=chart.unknown,
        look=chart.look,
        time=time,
        shape=shape,
        marks=settle_onlies(tape, claim_marks(tape)),
        cues=claim_cues(tape),
        notes=[*taken_back, *framed.notes, *notes],
        names=framed.names,
        intent=intent,
        turn=turn,
    )
    claim_caps(tape, reading.mentions, thresholds, shape)
    claim_counts(tape, reading.mentions, shape)
    claim_peak(tape, shape, time)
    claim_light(tape)
    return reading


def _proper_names(asked: Asked) -> set[str]:
    """Return capitalised words that stand together or own something: people's names, as written."""
    capitals = [_is_capital(asked.question, token) for token in asked.tokens]
    found = {
        token.text
        for token, is_capital in zip(asked.tokens, capitals, strict=True)
        if is_capital and asked.question[token.start : token.end].endswith(_OWNING)
    }
    for index, token in enumerate(asked.tokens[1:], 1):
        before = asked.tokens[index - 1]
        if capitals[index] and capitals[index - 1] and token.start - before.end == 1:
            found |= {before.text, token.text}
    return found


def _is_capital(question: str, token: Token) -> bool:
    said = question[token.start : token.end]
    return said[:1].isupper() and said[1:].islower()
