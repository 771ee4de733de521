"""Clauses beside a request that say nothing of its number: "my boss is asking, ...", "if you can".

A clause is set aside only where it names nothing of the data, nothing that limits, ranks or
compares, and tells of people and their day in words that are known to be of everyday life.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gtm.language.lexicon import ValueWord, Vocabulary
from gtm.language.said import ROLES, Said, said_in
from gtm.language.scan import Token
from gtm.language.wordings import Wordings
from gtm.language.words import EVERYDAY, GIVEN_NAMES, LIGHT

_WORDS = Wordings.read("sides").words
_REQUESTS = tuple(sorted((tuple(t.split()) for t in _WORDS["requests"]), key=len, reverse=True))
_STARTS = frozenset(words[0] for words in _REQUESTS)
_CONDITIONS = frozenset({"if", "when", "whenever", "unless", "once"})
_OF_TIME = frozenset({"since", "before", "while", "as"})
_FIRST = frozenset({"i", "im", "ive", "id", "my"})
_TELLING = (
    _FIRST | {"he", "she", "hes", "shes", "everyone", "everybody", "nobody", "you"} | _WORDS["told"]
)
_PARTED = frozenset("()\u2013\u2014;")
_COMPANY = frozenset(
    {"with", "to", "told", "asked", "tell", "ask", "met", "saw", "helping", "help"}
)
# What stands before "need" or "show" there belongs to it: "I don't need ...".
_OPEN_ENDS = frozenset(
    {
        "i",
        "we",
        "you",
        "to",
        "not",
        "dont",
        "do",
        "didnt",
        "wont",
        "would",
        "will",
        "only",
        "really",
    }
    | {
        "also",
        "never",
        "no",
        "cant",
        "doesnt",
        "does",
        "did",
        "can",
        "could",
        "should",
        "for",
        "of",
    }
    | {"in", "from", "by", "on", "with", "at", "about", "the", "a", "an", "my", "our", "and", "or"}
)
_AHEAD = ROLES["ahead"] | {f"{word}s" for word in ROLES["ahead"]}
_ASKING = frozenset({"how", "what", "which", "who", "whose", "where", "when", "why"})
_LONGEST_TALE = 22
_FEWEST_BEFORE = 2

Clause = tuple[int, int]


def side_clauses(
    tokens: Sequence[Token], sentence: Clause, vocabulary: Vocabulary, question: str
) -> set[int]:
    """Return the words of a sentence that surely say nothing of the number that is asked for."""
    found: set[int] = set()
    for start, end in _clauses(tokens, sentence, question):
        found |= set(_sides(tokens, (start, end), sentence, vocabulary))
    return found


def _sides(
    tokens: Sequence[Token], clause: Clause, sentence: Clause, vocabulary: Vocabulary
) -> Iterator[int]:
    """Yield the words of a clause that are only told: all, its beginning or its end."""
    start, end = clause
    if is_side(tokens[start:end], vocabulary):
        yield from range(start, end)
        return
    for at in _requests(tokens, start + 1, end):
        is_whole = tokens[at - 1].text not in _OPEN_ENDS
        if is_whole and is_side(tokens[start:at], vocabulary, is_before=True):
            yield from range(start, at)
            start = at
            break
    for at in range(end - 2, start + _FEWEST_BEFORE - 1, -1):
        words = tokens[at].text, tokens[at + 1].text
        is_told = words[0] in _WORDS["tails"] and words[1] in _WORDS["tellers"]
        if is_told and end == sentence[1] and is_side(tokens[at:end], vocabulary):
            yield from range(at, end)
            break


def _clauses(tokens: Sequence[Token], sentence: Clause, question: str) -> Iterator[Clause]:
    """Yield the stretches of a sentence between its marks of punctuation."""
    start, end = sentence
    for at in range(*sentence):
        gap = question[tokens[at].end : tokens[at + 1].start] if at + 1 < end else ""
        if tokens[at].is_before_comma or tokens[at].text == "-" or _PARTED & set(gap):
            yield start, at + 1
            start = at + 1
    if start < end:
        yield start, end


def _requests(tokens: Sequence[Token], start: int, end: int) -> Iterator[int]:
    """Yield where a request may begin."""
    for at in range(start, end):
        if tokens[at].text in _STARTS and not tokens[at].is_quoted:
            words = tuple(token.text for token in tokens[at : at + 3])
            if any(words[: len(request)] == request for request in _REQUESTS):
                yield at


def is_side(tokens: Sequence[Token], vocabulary: Vocabulary, *, is_before: bool = False) -> bool:
    """Return whether words tell of people and their day, and of nothing that could be counted."""
    words = [token.text for token in tokens]
    if not words or any(token.is_quoted for token in tokens) or len(words) > _LONGEST_TALE:
        return False
    if _IDLE.issuperset(words) and _exclaims(words, is_before=is_before):
        return not set(words) & _ASKING and words[0] not in _TYING
    return _tells(tokens, vocabulary)


def leans_on_tale(words: Sequence[str]) -> bool:
    """Return whether a request asks of what was told: "my friend has a shop, how did it do"."""
    return any(
        word in {"it", "they", "he", "she"}
        and words[at] in {"did", "does", "do", "has", "have", "had"}
        for at, word in enumerate(words[1:])
    )


def _exclaims(words: Sequence[str], *, is_before: bool) -> bool:
    """Return whether words are an interjection and not a limit: "serious now", "noob q"."""
    is_said = bool(_WORDS["exclaims"] & set(words)) and not set(words) & {
        "last",
        "today",
        "tonight",
    }
    return is_said and (words != ["now"] or not is_before)


def _tells(tokens: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Return whether a clause has somebody who does something, and nothing of the data."""
    words = [token.text for token in tokens]
    first = _subject(words)
    joints, rest = set(words[:first]), words[first:]
    is_own = rest[0] in _TELLING or (rest[0] in _CONDITIONS and bool(set(rest[1:2]) & _TELLING))
    if _blocks(rest, is_own=is_own) or not _is_told(rest):
        return False
    said = said_in(_in_another_sense(tokens, vocabulary) if is_own else tokens, vocabulary)
    is_known = not (said.metrics or said.dimensions or said.values or said.others)
    if not is_known or not said.times <= _AHEAD:
        return False
    if any(word.isdecimal() for word in words) and rest[0] not in _FIRST:
        return False
    if rest[0] in _CONDITIONS and not set(rest[1:2]) & _WORDS["addressed"]:
        return False
    if joints & _OF_TIME and not _is_present(rest[1:4]):
        return False
    return _is_everyday(said, _introduced(words))


def _in_another_sense(tokens: Sequence[Token], vocabulary: Vocabulary) -> Sequence[Token]:
    """Return the words without those that mean nothing of the data where somebody tells a tale."""
    found = [
        token
        for at, token in enumerate(tokens)
        if token.text not in _WORDS["senses"]
        and not (at and tokens[at - 1].text in _COMPANY and _is_person(token, vocabulary))
    ]
    return found or tokens


def _is_person(token: Token, vocabulary: Vocabulary) -> bool:
    concepts = vocabulary.lookup([token.text])
    return any(isinstance(item, ValueWord) and item.dimension == "owner" for item in concepts)


def _subject(words: Sequence[str]) -> int:
    """Return where somebody or something is named that a clause tells of."""
    for at, word in enumerate(words):
        if word in _HEADS:
            return at
        if word in _TYING or not (word in _IDLE or word in _WORDS["joints"]):
            break
    return next((at for at, word in enumerate(words) if word not in _WORDS["joints"]), 0)


def _is_present(words: Sequence[str]) -> bool:
    return any(word in _WORDS["present"] or word.endswith("ing") for word in words)


def _introduced(words: Sequence[str]) -> set[str]:
    """Return the name by which somebody introduces himself: "this is Margaret"."""
    for at in range(len(words) - 1):
        before = tuple(words[max(0, at - 1) : at + 1])
        if words[at] in {"it", "im", "i"} or before in {
            ("this", "is"),
            ("name", "is"),
            ("i", "am"),
        }:
            return set(words[at + 1 : at + 2])
    return set()


def _blocks(words: Sequence[str], *, is_own: bool) -> bool:
    """Return whether a word limits, compares, ranks or asks for anything."""
    return any(word in _LIMITS or (word in _WORDS["loose"] and not is_own) for word in words)


def _is_told(words: Sequence[str]) -> bool:
    """Return whether a clause has somebody or something that does or is something."""
    if words[0] in _WORDS["persons"] | _CONDITIONS | _WORDS["told"]:
        return len(words) > 1
    near = words[1:7]
    is_done = any(word in ROLES["finite"] or word.endswith("ed") for word in near)
    return words[0] in _WORDS["determiners"] and is_done


def _is_everyday(said: Said, names: set[str]) -> bool:
    """Return whether all words are light or of everyday life."""
    strange = (said.words[at] for at in said.unknown)
    return all(word in _KNOWN or word in names for word in strange)


_TYING = frozenset(
    {"for", "in", "from", "of", "on", "to", "with", "at", "about", "by", "as", "into"}
)
_HEADS = _WORDS["persons"] | _WORDS["determiners"] | _CONDITIONS | _WORDS["told"]
_LIMITS = (
    _WORDS["blocking"]
    | ROLES["forms"]
    | ROLES["charts"]
    | (ROLES["limiting"] - _WORDS["loose"] - {"just", "both", "rather"})
)
_IDLE = _WORDS["interjections"] | LIGHT
_KNOWN = (
    EVERYDAY
    | GIVEN_NAMES
    | ROLES["artefacts"]
    | ROLES["events"]
    | _WORDS["interjections"]
    | _WORDS["small"]
)
