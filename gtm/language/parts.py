"""Filters on a part of a text: "landing pages containing pricing"."""

from __future__ import annotations

from gtm.language.ask import clarify
from gtm.language.lexicon import DimensionWord, ValueWord
from gtm.language.reading import FilterDraft, Reading, StopReadingError, TextPart
from gtm.language.tokens import Owner, Tape, pattern

_CONTAINS = pattern(
    r"(?:that |which )?(?P<negation>(?:not|dont|doesnt|do not|does not) )?"
    r"(?:containing|contains?|including the word|with the word|matching)"
    r"(?: the)?(?: words?| text)?(?: (?P<text>\S+))"
)


def read_parts(tape: Tape) -> list[TextPart]:
    """Claim every wish for a part of a text; the text itself is never interpreted."""
    return [
        TextPart(hit.start, hit.end, tape.raw(hit.end - 1, hit.end), "negation" in hit.groups)
        for hit in tape.take_all(_CONTAINS, Owner.VALUE)
    ]


def part_filters(reading: Reading) -> list[FilterDraft]:
    """Give each part the dimension named before it. Raises StopReadingError where none is."""
    return [_filter(reading, part) for part in reading.parts]


def _filter(reading: Reading, part: TextPart) -> FilterDraft:
    before = [item for item in reading.mentions_of(DimensionWord) if item.end <= part.start]
    if not before:
        ways = (f'landing pages containing "{part.text}"', f'queries containing "{part.text}"')
        raise StopReadingError(clarify(f"What should contain {part.text!r}?", ways))
    words = tuple(ValueWord(word.name, (part.text,)) for word in before[-1].of(DimensionWord))
    return FilterDraft(words, part.is_negated, part.text, is_part=True)
