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
_CONTAINS = pattern(
    rf"{_LEFT_OUT}{_WHICH}{_NOT}"
    r"(?:containing|contains?|including the words?|with the words?|matching|mentioning|mentions?"
    r"|includes? the words?|ha(?:s|ve|ving) the words?|featuring the words?)(?: the)?"
    r"(?: words?| text| term| phrase| string)? (?P<text>\S+)"
)
_IN_IT = pattern(
    rf"{_LEFT_OUT}{_WHICH}{_NOT}"
    r"(?:with|having|ha(?:s|ve|d)|containing|contains?|including|includes?|carrying|mentioning"
    rf"|mentions?|w|(?P<without>without|lacking)){_TEXT}(?: the)?"
    rf" {_NO_TEXT}(?P<text>\S+(?: \S+){{0,3}}?)(?: (?:some|any)where)?"
    rf" (?:in|inside|within) (?:it|them|there|(?:the|its|their) (?:\S+ )?{_THING})"
)
_IN_NAME = pattern(
    r"(?P<negation>without |not )?(?:with |having )?(?:the )?(?:words? |text )?(?P<text>\S+)"
    r" in (?:the|its|their) (?:names?|urls?|paths?|address)"
)
# Small words that a text of several words may hold; others end it.
_WITHIN = frozenset({"data", "report", "reports", "business", "website", "analysis", "chart"})
_ENDS = LIGHT - _WITHIN | frozenset(STRUCTURE) | frozenset({"and", "or", "not", "no", "-", "+"})
_LONGEST = 4
# What a thing is called by, where it is counted and not split by.
_NAMED_BY = {"companies": "company", "new_companies": "company"}
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
    return found


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
    return sorted(found, key=lambda part: part.start)


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
    counted = [word.name for item in reading.mentions for word in item.of(MetricWord)]
    if named := next((_NAMED_BY[name] for name in counted if name in _NAMED_BY), None):
        return (named,)
    said = [token.text for token in reading.tape.tokens[: part.start]]
    return next((_HOLDERS[word] for word in reversed(said) if word in _HOLDERS), ())
