"""The question inside a message: greetings, courtesies and what only says why ask for nothing.

A sentence is set aside only where another one asks for a number, and only when it surely says no
more than why or for whom; one that limits the question ("only Germany, please") stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from gtm.language.bearing import may_limit
from gtm.language.clauses import addressed, is_left_open, plain_wishes, why_clause
from gtm.language.intents import reasons_asked
from gtm.language.lexicon import Filler, Vocabulary, singular
from gtm.language.roles import is_courtesy, is_idle, is_statement, points_back, wants
from gtm.language.said import Said, said_in
from gtm.language.scan import Token
from gtm.language.sides import leans_on_tale, side_clauses
from gtm.language.tellers import tellers
from gtm.language.words import ENGLISH, FRAMING, LIGHT, STRUCTURE

_LONGEST_SALUTATION = 9
_LONGEST_CLOSE = 9
_LONGEST_FRAGMENT = 5
_FEWEST_SENTENCES = 3

_STRUCTURE = frozenset(STRUCTURE)
_LEADS, _ENDS = FRAMING.leads, FRAMING.ends

_COUNTING = frozenset({"many", "number", "count", "total", "quantity"})
_SAYING = frozenset(
    {"is", "are", "was", "were", "has", "have", "had", "looks", "look", "looked", "seems", "went"}
    | {"fell", "rose", "dropped", "grew", "will", "would", "should", "could", "can", "did", "does"}
    | {"do", "matters", "matter", "needs", "need", "feels", "keeps", "comes", "came", "goes", "say"}
)
# A wish that is counted up or added: "second, the revenue they produced".
_NEXT = frozenset(
    {"first", "second", "third", "fourth", "firstly", "secondly", "thirdly", "also", "plus", "and"}
)
Sentence = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Framed:
    """A message with what asks for nothing marked as asides.

    `names` are words of its context that nobody knows and that may be names in the data.
    """

    tokens: list[Token]
    notes: list[str]
    names: tuple[str, ...] = ()


def frame(tokens: Sequence[Token], vocabulary: Vocabulary, question: str = "") -> Framed:
    """Return the tokens with what asks for nothing marked as asides, and a note of it.

    Where the question as it was typed has capitals, they tell its names.
    """
    sentences = _sentences(tokens)
    asides = _salutation(tokens, sentences)
    close = _close(tokens, sentences)
    is_letter = (bool(asides) or bool(close)) and len(sentences) >= _FEWEST_SENTENCES
    if is_letter:
        asides |= close
    asides |= tellers(tokens, vocabulary, question)
    context: set[int] = set()
    if len(sentences) > 1:
        context = _context(tokens, sentences, asides, vocabulary)
    context |= _reasons(tokens, sentences, vocabulary) - asides
    context |= _sides(tokens, sentences, asides | context, vocabulary, question)
    asides |= context | addressed(tokens) | plain_wishes(tokens)
    asides -= reasons_asked(tokens)
    if not asides or len(asides) == len(tokens):
        return Framed(list(tokens), [])
    framed = [
        replace(token, is_aside=True) if index in asides else token
        for index, token in enumerate(tokens)
    ]
    kept = " ".join(token.text for token in framed if not token.is_aside)
    note = f"Of the message, this was read as the question: “{kept}”."
    notes = [note] if is_letter or context else []
    is_told_by_case = question != question.lower()
    named = sorted(
        index
        for index in context
        if not is_told_by_case or question[tokens[index].start : tokens[index].end][:1].isupper()
    )
    return Framed(framed, notes, _names(tokens, named, vocabulary))


def _names(
    tokens: Sequence[Token], context: Sequence[int], vocabulary: Vocabulary
) -> tuple[str, ...]:
    """Return unknown words of the context, those that stand together first."""
    unknown = [
        index
        for index in context
        if tokens[index].text not in LIGHT
        and tokens[index].text not in ENGLISH
        and not tokens[index].text.isdecimal()
        and not vocabulary.lookup([tokens[index].text])
    ]
    pairs = [f"{tokens[a].text} {tokens[b].text}" for a, b in pairwise(unknown) if b == a + 1]
    return tuple(dict.fromkeys([*pairs, *(tokens[index].text for index in unknown)]))


def _sentences(tokens: Sequence[Token]) -> list[Sentence]:
    found: list[Sentence] = []
    start = 0
    for _, group in groupby(tokens, key=lambda token: token.sentence):
        size = len(list(group))
        found.append((start, start + size))
        start += size
    return found


def _words(tokens: Sequence[Token], sentence: Sentence) -> list[str]:
    return [token.text for token in tokens[sentence[0] : sentence[1]]]


def _salutation(tokens: Sequence[Token], sentences: Sequence[Sentence]) -> set[int]:
    """Return the words by which somebody is addressed at the start of a message."""
    if not sentences or not tokens:
        return set()
    words = [token.text for token in tokens[:_LONGEST_SALUTATION]]
    size = next((len(lead) for lead in _LEADS if words[: len(lead)] == list(lead)), 0)
    if not size:
        return set()
    end = size
    limit = min(sentences[0][1], _LONGEST_SALUTATION)
    if words[0] in FRAMING.formal:
        end = _up_to_comma(tokens, size, limit)
    while end < limit and words[end] in FRAMING.addressees:
        end += 1
    return set(range(end))


def _up_to_comma(tokens: Sequence[Token], start: int, limit: int) -> int:
    """Return where the address ends: at the first mark of punctuation behind a word."""
    for index in range(start, limit):
        if tokens[index].is_before_comma:
            return index + 1
    is_line = limit < _LONGEST_SALUTATION
    return limit if is_line else start


def _close(tokens: Sequence[Token], sentences: Sequence[Sentence]) -> set[int]:
    """Return the words of the close and the name under it."""
    for number in range(1, len(sentences)):
        start, end = sentences[number]
        words = _words(tokens, (start, end))
        leads = any(words[: len(lead)] == list(lead) for lead in _ENDS)
        rest = len(tokens) - start
        if leads and rest <= _LONGEST_CLOSE and not any(token.is_asked for token in tokens[start:]):
            return set(range(start, len(tokens)))
    return set()


def _context(
    tokens: Sequence[Token],
    sentences: Sequence[Sentence],
    asides: set[int],
    vocabulary: Vocabulary,
) -> set[int]:
    """Return the sentences that surely only say why; none where no sentence asks."""
    spoken = [(max(start, _first_free(start, end, asides)), end) for start, end in sentences]
    spoken = [sentence for sentence in spoken if sentence[0] < sentence[1]]
    said = {item: said_in(tokens[item[0] : item[1]], vocabulary) for item in spoken}
    asking = [item for item in spoken if _asks(tokens, item, said[item], vocabulary)]
    if not any(_is_whole(tokens, item, said[item]) for item in asking):
        asking += [item for item in spoken if item not in asking and wants(said[item])]
    limiting = [item for item in spoken if _limits(tokens, item, said[item], vocabulary)]
    if not asking or not any(_is_whole(tokens, i, said[i]) for i in [*asking, *limiting]):
        return set()
    asking = [item for item in asking if not _is_put_better(item, asking, said)]
    kept = [item for item in spoken if item in asking or item in limiting]
    kept += [item for item in spoken if item not in kept and not _is_told(said[item], item, asking)]
    asked = _together([said[item] for item in kept])
    if any(points_back(said[item]) for item in asking):
        return set()
    found = [item for item in spoken if item not in kept and not may_limit(said[item], asked)]
    found += [item for item in kept if is_left_open(said[item].words) and item not in asking]
    return {index for start, end in found for index in range(start, end)}


def _reasons(
    tokens: Sequence[Token], sentences: Sequence[Sentence], vocabulary: Vocabulary
) -> set[int]:
    """Return the words of clauses that say why something is asked."""
    sizes = [(end, why_clause(tokens[start:end], vocabulary)) for start, end in sentences]
    return {index for end, size in sizes for index in range(end - size, end)}


def _sides(
    tokens: Sequence[Token],
    sentences: Sequence[Sentence],
    passed: set[int],
    vocabulary: Vocabulary,
    question: str,
) -> set[int]:
    """Return the words of clauses that are only told beside what is asked."""
    found: set[int] = set()
    for start, end in sentences:
        start = _first_free(start, end, passed)
        if start < end and not passed & set(range(start, end)):
            found |= side_clauses(tokens, (start, end), vocabulary, question)
    rest = [token for at, token in enumerate(tokens) if at not in found | passed]
    left = said_in(rest, vocabulary) if found and rest else None
    is_asked = left is not None and left.has_data
    is_tied = left is not None and (points_back(left) or leans_on_tale(left.words))
    return found if is_asked and not is_tied else set()


def _is_whole(tokens: Sequence[Token], sentence: Sentence, said: Said) -> bool:
    is_question = tokens[sentence[0]].is_asked and said.has_data
    return said.names_number or is_question


def _is_put_better(
    sentence: Sentence, asking: Sequence[Sentence], said: Mapping[Sentence, Said]
) -> bool:
    """Return whether a later request says in the words of the data what a question is after."""
    this = said[sentence]
    later = [said[item] for item in asking if item > sentence and said[item].metrics]
    if this.values or this.dimensions or this.times or this.others or not later:
        return False
    parts = {word for item in later for name in item.metrics for word in name.split("_")}
    is_part = this.is_asked and not _COUNTING & set(this.words)
    is_part = is_part and all(singular(name) in parts for name in this.metrics)
    if this.metrics and is_part and not any(this.metrics & item.metrics for item in later):
        # "What is a lead worth to us? … the won amount per lead …"
        return True
    if this.metrics and not this.is_heading:
        return False
    return any(this.metrics <= item.metrics for item in later)


def _is_told(said: Said, sentence: Sentence, asking: Sequence[Sentence]) -> bool:
    """Return whether a sentence only tells something, or asks for no number."""
    if said.is_asked and asking and sentence < asking[-1]:
        return True
    return is_statement(said) or is_idle(said) or is_courtesy(said)


def _together(sentences: Sequence[Said]) -> Said:
    whole = Said([])
    for said in sentences:
        whole.words += said.words
        whole.metrics |= said.metrics
        whole.dimensions |= said.dimensions
        whole.values |= said.values
        whole.times |= said.times
    return whole


def _first_free(start: int, end: int, asides: set[int]) -> int:
    return next((index for index in range(start, end) if index not in asides), end)


def _asks(tokens: Sequence[Token], sentence: Sentence, said: Said, vocabulary: Vocabulary) -> bool:
    """Return whether a sentence asks for something that could be a number."""
    words = said.words[said.first :]
    if is_idle(said):
        return False
    is_wish = wants(said, mine=True)
    is_request = tokens[sentence[0]].is_asked or words[0] in FRAMING.requests or is_wish
    is_request |= said.names_number and (
        not is_statement(said) or said.words[0] in _NEXT or _is_named(said)
    )
    is_social = _is_social(words, 8 if is_wish else 2)
    return is_request and not is_social and _is_about_data(words, vocabulary)


def _is_named(said: Said) -> bool:
    """Tell "the revenue they produced", which names a number, from "revenue was down"."""
    return said.starts_with_number and not _SAYING & set(said.words)


def _is_social(words: Sequence[str], size: int) -> bool:
    return any(word in FRAMING.social for word in words[:size])


def _limits(
    tokens: Sequence[Token], sentence: Sentence, said: Said, vocabulary: Vocabulary
) -> bool:
    """Return whether a sentence that asks nothing itself says something of what is asked."""
    words = said.words[said.first :]
    if _is_social(words, 3):
        return False
    starts = {" ".join(words[:size]) for size in (1, 2, 3)}
    is_wish = words[0] in {"i", "we"} and not wants(said) and not said.has_data
    if starts & FRAMING.limits:
        return not is_courtesy(said) and not is_wish
    is_told = bool(set(words) & FRAMING.subjects) or is_statement(said)
    is_short = len(words) <= _LONGEST_FRAGMENT and _is_about_data(words, vocabulary)
    return not is_told and (is_short or bool(starts & FRAMING.loose_limits))


def _is_about_data(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Return whether any word or phrase of the catalogue, of time or a number is in a sentence."""
    if any(word in _STRUCTURE or word.isdecimal() for word in words):
        return True
    for size in range(1, 4):
        for start in range(len(words) - size + 1):
            meanings = vocabulary.lookup(words[start : start + size])
            is_light = size == 1 and words[start] in LIGHT
            if meanings and not is_light and not any(isinstance(m, Filler) for m in meanings):
                return True
    return False
