"""What is asked about the product and its words: greetings, help, definitions, freshness."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.language.ask import EXAMPLES, options
from gtm.language.lexicon import (
    Concept,
    DimensionWord,
    FunnelWord,
    MetricWord,
    UnsupportedWord,
    Vocabulary,
)
from gtm.language.match import claim_terms
from gtm.language.meaning import Glossary
from gtm.language.outcome import About
from gtm.language.tokens import Owner, Tape, Token
from gtm.language.wordings import Wordings, finds, takes
from gtm.language.words import LIGHT

_SAID = Wordings.read("about")
_HELP = _SAID.compiled("help")
_SURE_HELP = _SAID.compiled("help_surely")
_POLITE = _SAID.compiled("polite")
_FRESH = _SAID.compiled("freshness")
_WORDS = _SAID.words
_SMALL = _WORDS["greets"] | _WORDS["praises"] | _WORDS["around"] | LIGHT
_GREETING = (
    "Hello. Ask me about your traffic, conversions, search and sales. I work by rules, not with a "
    "language model, and understand English. For example:"
)
_THANKS = "You're welcome. What would you like to see next?"
_ABILITIES = (
    "I answer questions about your website (GA4), Google Search (Search Console) and HubSpot: "
    "numbers over a period, split by a dimension, filtered, ranked and compared; why a number "
    "changed; days that stand out; and a forecast. I work by rules and understand English. "
    "For example:"
)
_FRESHNESS = "How far the data of each source reaches is shown with the set-up of the sources."
_OF_DATA: tuple[type[Concept], ...] = (MetricWord, DimensionWord, FunnelWord, UnsupportedWord)
_MAX_HELP = 4
_MOST_STRANGE = 3
_LONGEST_MANNERS = 25


def read_about(
    question: str, tokens: Sequence[Token], vocabulary: Vocabulary, glossary: Glossary
) -> About | None:
    """Return the reply to a text that asks for no number, or None."""
    words = [token.text for token in tokens if not token.is_quoted]
    if len(words) == len(tokens) and (
        _is_greeting(words) or _are_manners(question, tokens, vocabulary)
    ):
        return _greeting(words)
    if _is_freshness(question, tokens, vocabulary):
        return About(topic="freshness", message=_FRESHNESS)
    if (meaning := glossary.explain(tokens)) is not None:
        return meaning
    if _is_help(question, tokens, vocabulary):
        return About(topic="help", message=_ABILITIES, options=options(EXAMPLES))
    return None


def is_about_freshness(tape: Tape) -> bool:
    """Return whether a text asks how recent the data is."""
    return finds(tape, _FRESH)


def _is_greeting(words: Sequence[str]) -> bool:
    if not _WORDS["nice"].isdisjoint(words):
        words = [word for word in words if word not in _WORDS["days"]]
    if not words or not _SMALL.issuperset(words):
        return False
    return not _WORDS["greets"].isdisjoint(words) or _WORDS["praises"].issuperset(words)


def _are_manners(question: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Return whether a text only greets, introduces somebody, thanks or says goodbye.

    Thanks come in more words than can be listed; what asks for nothing may be passed over there.
    """
    words = [token.text for token in tokens]
    if len(words) > _LONGEST_MANNERS:
        return False
    tape = Tape(question, list(tokens))
    is_polite = takes(tape, _POLITE, Owner.LIGHT)
    rest = [tape.tokens[index].text for index in tape.free()]
    if _WORDS["greets"].isdisjoint(words):
        return is_polite and _SMALL.issuperset(rest)
    strange = [word for word in rest if word not in _SMALL]
    most = 0 if _WORDS["thanks"].isdisjoint(words) else _MOST_STRANGE
    is_asking = not _WORDS["asks"].isdisjoint(rest) or any(word[:1].isdigit() for word in rest)
    return len(strange) <= most and not is_asking and not claim_terms(tape, vocabulary)


def _greeting(words: Sequence[str]) -> About:
    message = _GREETING if _WORDS["thanks"].isdisjoint(words) else _THANKS
    return About(topic="greeting", message=message, options=options(EXAMPLES))


def _is_help(question: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> bool:
    if _asks_help([token.text for token in tokens]):
        return True
    tape = Tape(question, list(tokens))
    if finds(tape, _SURE_HELP):
        return True
    hits = [tape.take(compiled, Owner.LIGHT) for compiled in _HELP]
    return any(hits) and not _names(tape, vocabulary, _OF_DATA)


def _asks_help(words: Sequence[str]) -> bool:
    alone = _WORDS["help_alone"]
    rest = [word for word in words if word not in LIGHT and word not in _WORDS["greets"]]
    return not alone.isdisjoint(words) and alone.issuperset(rest) and len(words) <= _MAX_HELP


def _is_freshness(question: str, tokens: Sequence[Token], vocabulary: Vocabulary) -> bool:
    tape = Tape(question, list(tokens))
    return finds(tape, _FRESH) and not _names(tape, vocabulary, (MetricWord,))


def _names(tape: Tape, vocabulary: Vocabulary, kinds: Sequence[type[Concept]]) -> bool:
    """Return whether free words name one of these kinds of things."""
    mentions = claim_terms(tape, vocabulary)
    return any(mention.of(kind) for mention in mentions for kind in kinds)
