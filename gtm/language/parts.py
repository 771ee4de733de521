"""Filters on a part of a text: "pages containing pricing", "firms with Health in the name"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gtm.language.ask import clarify
from gtm.language.lexicon import (
    AmbiguousWord,
    DimensionWord,
    FunnelWord,
    MetricWord,
    ValueWord,
    Vocabulary,
)
from gtm.language.reading import FilterDraft, Reading, StopReadingError, TextPart
from gtm.language.tokens import QUOTED, Hit, Owner, Tape, pattern
from gtm.language.wordings import Wordings
from gtm.language.words import LIGHT, STRUCTURE

_LEFT_OUT = (
    r"(?P<left_out>(?:without|excluding|except|no) (?:the |any )?(?:ones?|those|anything|all)? ?)?"
)
_WHICH = r"(?:(?:that|which|whose names?|names?|with names?|where (?:it|they)) )?"
_NOT = r"(?P<negation>(?:not|dont|doesnt|do not|does not) )?"
_TEXT = r"(?:(?: the| any)? (?:words?|text|terms?|phrases?|string|expression|letters))?"
_THING = r"(?:names?|urls?|paths?|address(?:es)?|query|queries|slugs?|keywords?|links?)"
# "With at least 5 in it" is a number, and no text.
_NO_TEXT = r"(?!(?:at|more|less|over|under|fewer|most|least|no|any|a|only|the|both|\d+)(?!\S))"
# "Containing software but without crm in it" names two texts.
_GOES_ON = r"(?!(?:but|not|without|excluding|except)(?!\S))"
_CONTAINS = pattern(
    rf"{_LEFT_OUT}{_WHICH}{_NOT}"
    r"(?:containing|contains?|includ(?:e|es|ing)(?= \x01)|including the words?|with the words?"
    r"|matching|mentioning|mentions?"
    r"|includes? the words?|ha(?:s|ve|ving) the words?|featuring the words?)(?: the)?"
    r"(?: words?| text| term| phrase| string)?"
    r" (?!(?:it|them|that|this|these|those)(?!\S))(?P<text>\S+)"
)
_IN_IT = pattern(
    rf"{_LEFT_OUT}{_WHICH}{_NOT}"
    r"(?:with|having|ha(?:s|ve|d)|containing|contains?|including|includes?|carrying|mentioning"
    rf"|mentions?|w|(?P<without>without|lacking)){_TEXT}(?: the)?"
    rf" {_NO_TEXT}(?P<text>\S+(?: {_GOES_ON}\S+){{0,3}}?)(?: (?:some|any)where)?"
    rf" (?:in|inside|within) (?:it|them|there|(?:the|its|their) (?:\S+ )?{_THING})"
)
_IN_NAME = pattern(
    r"(?P<negation>without |not )?(?:with |having )?(?:the )?(?:words? |text )?(?P<text>\S+)"
    r" in (?:the|its|their) (?:names?|urls?|paths?|address)"
)
_LEAVING_OUT = Wordings.read("leaving_out")
_LEFT_OUT_BEFORE = _LEAVING_OUT.joined("firmly")
_DROPS, _ANYTHING = _LEAVING_OUT.words["drops"], _LEAVING_OUT.words["anything"]
_FAR = 4
# "Blog pages, not the revops one": a word nobody knows, of a thing that was named before.
_NOT_THE_ONE = pattern(
    r"(?P<left_out>not|but not|except(?: for)?|excluding|without|minus|apart from|other than)"
    r" (?:the |any |our )+(?P<text>[^\W\d_]{4,}) ones?"
)
# Small words that a text of several words may hold; others end it.
_WITHIN = frozenset({"data", "report", "reports", "business", "website", "analysis", "chart"})
_ENDS = LIGHT - _WITHIN | frozenset(STRUCTURE) | frozenset({"and", "or", "not", "no", "-", "+"})
_LONGEST = 4
# What a thing is called by, where it is counted and not split by.
_NAMED_BY = {
    "companies": "company",
    "new_companies": "company",
    "site_searches": "site_search_term",
}
_TEXTS = frozenset(
    {"query", "page", "landing_page", "campaign", "source", "site_search_term", "item", "company"}
    | {"deal_name", "source_detail"}
)
_HOLDERS = {
    **dict.fromkeys(("deal", "deals"), ("deal_name",)),
    **dict.fromkeys(("page", "pages", "url", "urls"), ("page",)),
    **dict.fromkeys(("query", "queries", "keyword", "keywords"), ("query",)),
}


def read_named_parts(tape: Tape, vocabulary: Vocabulary) -> list[TextPart]:
    """Claim "with lead scoring in them" before its words are taken for what they may also mean."""
    found = []
    for hit in _all(tape, _IN_IT):
        part = _part(tape, hit)
        if not _counts(tape, hit, vocabulary):
            tape.claim(hit.start, hit.end, Owner.VALUE)
            found.append(part)
    for hit in _all(tape, _CONTAINS):
        end = _name_end(tape, hit, vocabulary)
        if end > hit.end:
            tape.claim(hit.start, end, Owner.VALUE)
            found.append(replace(_part(tape, hit), end=end, text=tape.raw(hit.end - 1, end)))
    return [_as_left_out(tape, part, vocabulary) for part in found]


def _name_end(tape: Tape, hit: Hit, vocabulary: Vocabulary) -> int:
    """Return where a name of several words ends that a text to be held begins with."""
    start = hit.end - 1
    for size in range(_LONGEST, 1, -1):
        is_whole = start + size <= len(tape) and tape.is_free(start, start + size)
        meanings = vocabulary.lookup(tape.text(start, start + size).split()) if is_whole else ()
        if any(isinstance(item, ValueWord) and item.is_data for item in meanings):
            return start + size
    return hit.end


def read_parts(tape: Tape, vocabulary: Vocabulary) -> list[TextPart]:
    """Claim every wish for a part of a text; the text itself is never interpreted."""
    found = []
    for hit in tape.take_all(_CONTAINS, Owner.VALUE):
        part = _part(tape, hit)
        end = _text_end(tape, hit, vocabulary)
        tape.claim_rest(hit.end, end, Owner.VALUE)
        text = tape.raw(hit.end - 1, end) if end > hit.end else part.text
        found.append(replace(part, end=end, text=text))
    found += [_part(tape, hit) for hit in tape.take_all(_IN_NAME, Owner.VALUE)]
    one = tape.find(_NOT_THE_ONE)
    if one is not None and not _is_known(one.groups["text"], vocabulary):
        tape.claim(one.start, one.end, Owner.VALUE)
        found.append(_part(tape, one))
    found = [_as_left_out(tape, part, vocabulary) for part in found]
    return sorted(found, key=lambda part: part.start)


def _as_left_out(tape: Tape, part: TextPart, vocabulary: Vocabulary) -> TextPart:
    """Read "strip out anything with acme in it": the command stands some words before."""
    if part.is_negated:
        return part
    index = part.start
    while index > 0 and part.start - index < _FAR and _is_noun(tape, index - 1, vocabulary):
        index -= 1
    for size in (4, 3, 2, 1):
        start = index - size
        is_read = {tape.owner(at) for at in range(max(0, start), index)} <= {None, Owner.NEGATION}
        if start < 0 or not is_read:
            continue
        said = tape.text(start, index)
        is_command = said in _DROPS and (start == 0 or tape.is_parted(start - 1))
        # What follows is part of the pattern: "strip out" is one only before something.
        told = _LEFT_OUT_BEFORE.match(f"{said} x")
        if is_command or (told is not None and told.end() == len(said)):
            tape.release(start, index)
            tape.claim(start, index, Owner.VALUE)
            return replace(part, is_negated=True)
    return part


def _is_known(word: str, vocabulary: Vocabulary) -> bool:
    meanings = vocabulary.lookup([word])
    is_other = any(not (isinstance(item, ValueWord) and item.is_data) for item in meanings)
    return is_other or word in LIGHT or word in STRUCTURE


def _is_noun(tape: Tape, index: int, vocabulary: Vocabulary) -> bool:
    """Return whether a word only says what it is that holds a text."""
    token = tape.tokens[index]
    if token.is_quoted or tape.is_parted(index):
        return False
    meanings = vocabulary.lookup([token.text])
    return token.text in _ANYTHING or any(isinstance(item, DimensionWord) for item in meanings)


def _all(tape: Tape, compiled: re.Pattern[str]) -> Iterator[Hit]:
    start = 0
    while (hit := tape.find(compiled, start)) is not None:
        yield hit
        start = hit.end
        if start >= len(tape):
            return


def _counts(tape: Tape, hit: Hit, vocabulary: Vocabulary) -> bool:
    """Tell "campaigns with deals in them" from a text that is held."""
    words = hit.groups["text"].split()
    is_quoted = any(token.is_quoted for token in tape.tokens[hit.start : hit.end])
    counted = (MetricWord, FunnelWord, AmbiguousWord)
    meanings = () if is_quoted else vocabulary.lookup(words)
    return any(
        isinstance(item, counted) and not getattr(item, "is_weak", False) for item in meanings
    )


def _text_end(tape: Tape, hit: Hit, vocabulary: Vocabulary) -> int:
    """Return where a text ends that nothing closes: "containing crm data hygiene last month"."""
    end = hit.end
    if tape.tokens[end - 1].is_quoted or tape.tokens[end - 1].text in _ENDS:
        return end
    while end < len(tape) and end - hit.end < _LONGEST - 1 and _goes_on(tape, end, vocabulary):
        end += 1
    return end


def _goes_on(tape: Tape, index: int, vocabulary: Vocabulary) -> bool:
    token = tape.tokens[index]
    if tape.is_parted(index - 1) or token.is_quoted:
        return False
    if (
        token.text in _ENDS
        or token.text.isdecimal()
        or tape.owner(index) not in {None, Owner.VALUE}
    ):
        return False
    return not any(
        isinstance(item, MetricWord | DimensionWord | FunnelWord | AmbiguousWord)
        for item in vocabulary.lookup([token.text])
    )


def _part(tape: Tape, hit: Hit) -> TextPart:
    size = len(hit.groups["text"].split())
    where = _place(tape, hit, hit.groups["text"].split()[0])
    signs = [name in hit.groups for name in ("negation", "left_out", "without")]
    is_negated = sum(signs) % 2 == 1
    return TextPart(hit.start, hit.end, tape.raw(where, where + size), is_negated)


def _place(tape: Tape, hit: Hit, shown: str) -> int:
    """Return where the text itself stands; patterns see a quoted one blanked."""
    for index in reversed(range(hit.start, hit.end)):
        token = tape.tokens[index]
        if shown == (QUOTED * len(token.text) if token.is_quoted else token.text):
            return index
    return hit.end - 1


def part_filters(reading: Reading) -> list[FilterDraft]:
    """Give each part the dimension named before it. Raises StopReadingError where none is."""
    return [_filter(reading, part) for part in reading.parts]


def _filter(reading: Reading, part: TextPart) -> FilterDraft:
    names = _named_before(reading, part)
    if not names:
        ways = (f'landing pages containing "{part.text}"', f'queries containing "{part.text}"')
        raise StopReadingError(clarify(f"What should contain {part.text!r}?", ways))
    words = tuple(ValueWord(name, (part.text,)) for name in names)
    return FilterDraft(words, part.is_negated, part.text, is_part=True)


def _named_before(reading: Reading, part: TextPart) -> tuple[str, ...]:
    """Return the dimensions a part may be of: those named last, else what is counted."""
    before = [item for item in reading.mentions_of(DimensionWord) if item.end <= part.start]
    if before:
        return tuple(word.name for word in before[-1].of(DimensionWord))
    named = [item for item in reading.mentions_of(DimensionWord) if item.start >= part.end]
    names = tuple(word.name for word in named[0].of(DimensionWord)) if len(named) == 1 else ()
    if _TEXTS & set(names):
        return names
    counted = [word.name for item in reading.mentions for word in item.of(MetricWord)]
    if called := next((_NAMED_BY[name] for name in counted if name in _NAMED_BY), None):
        return (called,)
    said = [token.text for token in reading.tape.tokens[: part.start]]
    return next((_HOLDERS[word] for word in reversed(said) if word in _HOLDERS), ())
