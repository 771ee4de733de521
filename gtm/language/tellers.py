"""People who ask, and are no part of what is asked: "Dana wants to know ...", "..., says Tom"."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.language.lexicon import ValueWord, Vocabulary
from gtm.language.scan import Token
from gtm.language.wordings import Wordings
from gtm.language.words import GIVEN_NAMES, LIGHT

_WORDS = Wordings.read("tellers").words
_LEADS = _WORDS["leads"] | {"uh", "um"}
_HERSELF = frozenset({"she", "he", "her", "his", "him", "herself", "himself", "hers"})
_LONGEST = 6


def tellers(tokens: Sequence[Token], vocabulary: Vocabulary, question: str) -> set[int]:
    """Return the words that say who wants an answer, at the start of a clause."""
    found: set[int] = set()
    for at in range(len(tokens)):
        if _starts_clause(tokens, at):
            found |= set(range(at, _end_of_teller(tokens, at, vocabulary, question)))
    return found


def _starts_clause(tokens: Sequence[Token], at: int) -> bool:
    """Return whether only words that lead in stand before a word in its clause."""
    for before in range(at - 1, -1, -1):
        token = tokens[before]
        if token.is_before_comma or token.sentence != tokens[at].sentence:
            return True
        if token.text not in _LEADS:
            return False
    return True


def _end_of_teller(tokens: Sequence[Token], at: int, vocabulary: Vocabulary, question: str) -> int:
    """Return the end of "Dana wants to know", or the start where nobody tells anything."""
    end = at
    while end < min(at + 2, len(tokens)) and _is_name(tokens[end], vocabulary, question):
        end += 1
    words = [token.text for token in tokens if token.sentence == tokens[at].sentence]
    verb = end
    while verb < len(tokens) and tokens[verb].text in _WORDS["between"]:
        verb += 1
    is_told = end > at and verb < len(tokens) and tokens[verb].text in _WORDS["verbs"]
    # "Demo requests by channel": what is known as a whole is nobody who requests.
    is_told = is_told and not vocabulary.lookup([token.text for token in tokens[at : verb + 1]])
    if not is_told or _HERSELF & set(words) or tokens[verb].sentence != tokens[at].sentence:
        return at
    last = verb + 1
    while last < len(tokens) and last - verb < _LONGEST and _follows(tokens, last):
        last += 1
    is_named = tokens[at].text not in _WORDS["askers"]
    return last if is_named or _asks(tokens, verb, last) else at


def _asks(tokens: Sequence[Token], verb: int, last: int) -> bool:
    """Tell "a client wants to know why" from "the client asked for something short"."""
    near = {token.text for token in tokens[verb + 1 : last + 1]}
    return bool(near & _WORDS["knowing"])


def _follows(tokens: Sequence[Token], at: int) -> bool:
    is_same = tokens[at].sentence == tokens[at - 1].sentence and not tokens[at - 1].is_before_comma
    return is_same and tokens[at].text in _WORDS["behind"]


def _is_name(token: Token, vocabulary: Vocabulary, question: str) -> bool:
    """Return whether a word is somebody's name."""
    if token.is_quoted or token.text in LIGHT:
        return False
    if token.text in _WORDS["askers"]:
        return True
    concepts = vocabulary.lookup([token.text])
    if concepts:
        return all(isinstance(item, ValueWord) and item.dimension == "owner" for item in concepts)
    said = question[token.start : token.end]
    is_capital = said[:1].isupper() and not question.isupper()
    # The first word of a sentence has a capital anyway: "Prospects asked for ..." names nobody.
    return token.text in GIVEN_NAMES or (is_capital and not token.text.endswith("s"))
