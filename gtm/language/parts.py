"""Filters on a part of a text: "pages containing pricing", "firms with Health in the name"."""

from __future__ import annotations

from gtm.language.ask import clarify
from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord
from gtm.language.reading import FilterDraft, Reading, StopReadingError, TextPart
from gtm.language.tokens import QUOTED, Hit, Owner, Tape, pattern

_WHICH = r"(?:that |which |whose names? |names? |with names? )?"
_CONTAINS = pattern(
    rf"(?P<left_out>(?:without|excluding|except|no) (?:the |any )?(?:ones?|those|anything|all)? ?)?"
    rf"{_WHICH}(?P<negation>(?:not|dont|doesnt|do not|does not) )?"
    r"(?:containing|contains?|including the words?|with the words?|matching|mentioning|mentions?"
    r"|includes? the words?|ha(?:s|ve) the words?)(?: the)?(?: words?| text| term)?"
    r" (?P<text>\S+)(?: in (?:it|them|(?:the|its|their) (?:names?|urls?|paths?|address|query)))?"
)
_IN_NAME = pattern(
    r"(?P<negation>without |not )?(?:with |having )?(?:the )?(?:words? |text )?(?P<text>\S+)"
    r" in (?:the|its|their) (?:names?|urls?|paths?|address)"
)
# What a thing is called by, where it is counted and not split by.
_NAMED_BY = {"companies": "company", "new_companies": "company"}
_DEALS = frozenset({"deal", "deals"})


def read_parts(tape: Tape) -> list[TextPart]:
    """Claim every wish for a part of a text; the text itself is never interpreted."""
    hits = [*tape.take_all(_CONTAINS, Owner.VALUE), *tape.take_all(_IN_NAME, Owner.VALUE)]
    return [_part(tape, hit) for hit in hits]


def _part(tape: Tape, hit: Hit) -> TextPart:
    where = _place(tape, hit, hit.groups["text"])
    is_negated = ("negation" in hit.groups) is not ("left_out" in hit.groups)
    return TextPart(hit.start, hit.end, tape.raw(where, where + 1), is_negated)


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
    said = {token.text for token in reading.tape.tokens[: part.start]}
    return ("deal_name",) if said & _DEALS else ()
