"""Short replies to a question back: which of the offers they take, and what they settle."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.language.lexicon import DimensionWord, MetricWord, Vocabulary
from gtm.language.outcome import About, Clarify, Option
from gtm.language.reading import Reading
from gtm.language.tokens import Token
from gtm.language.wordings import Wordings
from gtm.language.words import LIGHT, STRUCTURE
from gtm.semantics.query import MetricQuery

_SAID = Wordings.read("replies")
_AGREES = _SAID.compiled("agrees")
_PLACES = {
    name: _SAID.compiled(name) for name in ("first", "second", "third", "fourth", "fifth", "last")
}
_LONGEST = 4
_JUDGING = frozenset({"best", "worst", "strongest", "weakest"})
_STRUCTURE = frozenset(STRUCTURE)
# A text that begins like this goes on from the answer before.
_GOES_ON = frozenset({"and", "also", "what", "how", "add", "plus", "with"})
_AROUND = frozenset({"by", "mean", "meant", "one", "ones", "i", "no", "not", "and", "instead"})


def pick(question: str, tokens: Sequence[Token], offers: Sequence[Option]) -> Option | None:
    """Return the offer that a reply takes: by "yes", by its place, or by its own words."""
    if not offers:
        return None
    wanted = question.strip().casefold()
    for offer in offers:
        if wanted in {offer.label.casefold(), offer.question.casefold()}:
            return offer
    text = " ".join(token.text for token in tokens)
    if any(compiled.fullmatch(text) for compiled in _AGREES):
        return offers[0]
    for index, name in enumerate(_PLACES):
        if any(compiled.fullmatch(text) for compiled in _PLACES[name]):
            return offers[-1] if name == "last" else _at(offers, index)
    return _by_words(tokens, offers)


def _at(offers: Sequence[Option], index: int) -> Option | None:
    return offers[index] if index < len(offers) else None


def _by_words(tokens: Sequence[Token], offers: Sequence[Option]) -> Option | None:
    """Return the only offer that holds all the words of a reply."""
    said = {token.text for token in tokens if token.text not in LIGHT | _AROUND}
    leads = tokens[0].text in _GOES_ON if tokens else False
    if leads or len(tokens) > _LONGEST or not said - _STRUCTURE:
        return None
    fitting = [offer for offer in offers if said <= set(offer.question.casefold().split())]
    return fitting[0] if len(fitting) == 1 else None


def first(queries: Sequence[MetricQuery]) -> MetricQuery | None:
    """Return the best guess of a question back."""
    return queries[0] if queries else None


def base_of(
    reading: Reading,
    previous: MetricQuery | None,
    offered: Sequence[MetricQuery],
    asked_back: Clarify | About | None,
    vocabulary: Vocabulary,
) -> MetricQuery | None:
    """Return the query a text leans on: the one asked back about where the text settles that.

    Whoever says something else has moved on, and leans on what was answered before.
    """
    if not offered or not isinstance(asked_back, Clarify):
        return previous
    wanted = asked_for(offered)
    brings = {
        "metrics": reading.names_something,
        "time": reading.time.period is not None,
        "dimensions": bool(reading.mentions_of(DimensionWord)),
    }
    is_settled = wanted is not None and brings[wanted]
    if not is_settled and (previous is not None or len(offered) > 1):
        return previous
    names = {word.name for mention in reading.metrics() for word in mention.of(MetricWord)}
    meant = [query for query in offered if names and names >= set(query.metrics)]
    base = meant[0] if wanted == "metrics" and meant else offered[0]
    return _judged(base, names, asked_back, vocabulary)


def _judged(
    base: MetricQuery, names: set[str], asked_back: Clarify, vocabulary: Vocabulary
) -> MetricQuery:
    """Turn the order round where the best is the lowest: "best channel", by bounce rate."""
    is_judged = asked_back.message.split(" ", 1)[0].casefold() in _JUDGING
    is_turned = any(vocabulary.metrics[name].is_lower_better for name in names)
    if base.order is None or not (is_judged and is_turned):
        return base
    turned = base.order.model_copy(update={"is_descending": not base.order.is_descending})
    return base.model_copy(update={"order": turned})


def asked_for(queries: Sequence[MetricQuery]) -> str | None:
    """Return what a question back wants to know: what its offers differ by, and nothing else."""
    if len(queries) < 2:
        return None
    for name, cleared in (
        ("metrics", {"metrics": ("sessions",), "order": None, "having": ()}),
        ("time", {"time": None}),
        ("dimensions", {"dimensions": (), "order": None}),
    ):
        # The first two are of one kind; those behind may be plainer ones to fall back on.
        alike = {query.model_copy(update=cleared).model_dump_json() for query in queries[:2]}
        if len(alike) == 1:
            return name
    return None
