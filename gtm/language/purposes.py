"""What an answer is for and who wants it: "for Thursday's call with the client", "slide 4"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gtm.language.concepts import Filler
from gtm.language.lexicon import DimensionWord, ValueWord, Vocabulary
from gtm.language.tokens import Owner, Tape
from gtm.language.wordings import Wordings

_WORDS = Wordings.read("purposes").words
_KINDS = ("occasions", "counted", "papers", "numbered", "people", "houses")
# Behind what is counted they limit it: "meetings with the client", "sessions before the meeting".
_LIMITING = frozenset({"with", "to", "before"})
# Without a "the" it is where deals are: "open deals in negotiation" may be a stage.
_WITHIN = frozenset({"in", "into", "at", "under"})
_PAPERS = frozenset({"papers", "numbered"})


@dataclass(frozen=True, slots=True)
class _Noun:
    """A noun with the words that belong to it, and the ones around it."""

    start: int
    end: int
    lead: str
    after: str
    has_determiner: bool
    is_numbered: bool


def _by_first(names: Sequence[str]) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Index the phrases of some classes by their first word, the longest first."""
    found: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for name in names:
        for text in _WORDS[name]:
            phrase = tuple(text.split())
            found[phrase[0]].append((phrase, name))
    return {
        first: tuple(sorted(items, key=lambda item: -len(item[0])))
        for first, items in found.items()
    }


_NOUNS = _by_first(_KINDS)
_BEFORE = {
    tuple(text.split()) for name in ("adjectives", "fields", "times") for text in _WORDS[name]
}
_LONGEST = max(map(len, _BEFORE))


def claim_purposes(tape: Tape, vocabulary: Vocabulary) -> None:
    """Claim what only says what the answer is for, when that is, and who wants to see it."""
    index = 0
    while index < len(tape):
        found = _noun_at(tape, index)
        end = _claim(tape, vocabulary, index, *found) if found is not None else None
        index = end if end is not None else index + 1


def _noun_at(tape: Tape, index: int) -> tuple[int, str] | None:
    """Return where a noun of one of the classes ends, and the class."""
    for phrase, kind in _NOUNS.get(tape.tokens[index].text, ()):
        end = index + len(phrase)
        if _text(tape, index, end) == phrase and _is_open(tape, index, end):
            return end, kind
    return None


def _text(tape: Tape, start: int, end: int) -> tuple[str, ...]:
    return tuple(token.text for token in tape.tokens[start:end])


def _is_open(tape: Tape, start: int, end: int) -> bool:
    """Return whether a stretch lies within one sentence, unquoted and free."""
    tokens = tape.tokens[start:end]
    is_one = all(token.sentence == tokens[0].sentence for token in tokens)
    return is_one and tape.is_free(start, end) and not any(token.is_quoted for token in tokens)


def _claim(tape: Tape, vocabulary: Vocabulary, index: int, end: int, kind: str) -> int | None:
    """Claim a noun with all that belongs to it, and return where that ends."""
    noun = _noun(tape, index, _with_number(tape, end) if kind in _PAPERS else end)
    if noun.lead in _WORDS["blocked"] and not _is_ours(tape, noun.start - 2):
        return None
    if noun.lead in _LIMITING and _limits(tape, vocabulary, noun):
        return None
    if noun.lead in _WITHIN and _is_where(tape, vocabulary, noun):
        return None
    if _is_modifier(noun.after, vocabulary) or not _HOLDS[kind](noun):
        return None
    end = noun.end if kind in {"people", "houses"} else _with_tail(tape, noun.end)
    tape.claim_rest(noun.start - (noun.lead == "before"), end, Owner.LIGHT)
    return end


def _limits(tape: Tape, vocabulary: Vocabulary, noun: _Noun) -> bool:
    """Return whether a small word ties a noun to what is counted."""
    at = noun.start - 2
    if at < 0 or not _is_same(tape, at, noun.start) or tape.tokens[at].is_before_comma:
        return False
    concepts = vocabulary.lookup([tape.tokens[at].text])
    is_own = bool({"my", "our"} & set(_text(tape, noun.start, noun.end)))
    is_counted = any(not isinstance(item, Filler) for item in concepts)
    return is_counted or (noun.lead == "before" and not is_own)


def _is_where(tape: Tape, vocabulary: Vocabulary, noun: _Noun) -> bool:
    """Return whether a bare noun is where things of the data are: "stuck in negotiation"."""
    at = noun.start - 2
    if noun.has_determiner or at < 0 or tape.tokens[at].is_before_comma:
        return False
    if _text(tape, noun.end, noun.end + 2) == ("that", "is"):
        return False
    concepts = vocabulary.lookup([tape.tokens[at].text])
    is_counted = any(not isinstance(item, Filler) for item in concepts)
    return is_counted or tape.tokens[at].text in _WORDS["staying"]


def _noun(tape: Tape, index: int, end: int) -> _Noun:
    start, has_determiner = _with_modifiers(tape, index)
    is_first = start == 0 or not _is_same(tape, start - 1, start)
    is_first = is_first or tape.tokens[start - 1].is_before_comma
    return _Noun(
        start=start,
        end=end,
        lead="" if is_first else tape.tokens[start - 1].text,
        after=_follows(tape, end),
        has_determiner=has_determiner,
        is_numbered=tape.tokens[end - 1].text.isdecimal(),
    )


def _with_modifiers(tape: Tape, index: int) -> tuple[int, bool]:
    """Return where a noun's own words begin, and whether it is one that is known: "the", "our"."""
    start, has_determiner = index, False
    while start > 0:
        size = next((n for n in range(_LONGEST, 0, -1) if _is_before(tape, start, n)), 0)
        if not size:
            break
        has_determiner |= tape.tokens[start - size].text in _WORDS["times"]
        start -= size
    while start > 0 and _word(tape, start - 1) in _WORDS["determiners"]:
        if not _is_same(tape, start - 1, start) or tape.tokens[start - 1].is_before_comma:
            break
        start, has_determiner = start - 1, True
    return start, has_determiner


def _is_before(tape: Tape, start: int, size: int) -> bool:
    first = start - size
    is_known = first >= 0 and _text(tape, first, start) in _BEFORE
    is_joined = is_known and not any(token.is_before_comma for token in tape.tokens[first:start])
    return is_joined and _is_open(tape, first, start) and _is_same(tape, first, start)


def _is_same(tape: Tape, first: int, second: int) -> bool:
    return tape.tokens[first].sentence == tape.tokens[second].sentence


def _word(tape: Tape, index: int) -> str:
    """Return a free word, or nothing where none is."""
    is_there = 0 <= index < len(tape) and tape.owner(index) is None
    return tape.tokens[index].text if is_there else ""


def _is_ours(tape: Tape, index: int) -> bool:
    return index >= 0 and tape.owner(index) is Owner.LIGHT


def _follows(tape: Tape, end: int) -> str:
    """Return the word right behind a stretch, of the same sentence and before any comma."""
    is_end = end >= len(tape) or not _is_same(tape, end - 1, end)
    return "" if is_end or tape.tokens[end - 1].is_before_comma else _word(tape, end)


def _is_modifier(after: str, vocabulary: Vocabulary) -> bool:
    """Return whether what follows makes a noun part of another name: "the call type"."""
    if after in _WORDS["not_before"]:
        return True
    concepts = vocabulary.lookup([after]) if after else ()
    is_filler = any(isinstance(item, Filler) for item in concepts)
    kinds = (DimensionWord, ValueWord)
    return not is_filler and any(isinstance(item, kinds) for item in concepts)


def _is_occasion(noun: _Noun) -> bool:
    """Return whether a meeting is one the answer is for."""
    return noun.lead in _WORDS["leads"] or noun.has_determiner or not noun.lead


def _is_counted(noun: _Noun) -> bool:
    """Return whether a word for a meeting is one the answer is for: "for the call"."""
    is_told = noun.lead in {"for", "before", "in", "into", "at"}
    opens = not noun.lead and noun.after in _WORDS["wanting"]
    return noun.has_determiner and (is_told or noun.lead in _WORDS["having"] or opens)


def _is_paper(_noun: _Noun) -> bool:
    return True


def _is_numbered(noun: _Noun) -> bool:
    """Return whether a part of a paper is one: "slide 4", "the SEO section of the deck"."""
    return noun.is_numbered or (noun.has_determiner and noun.after == "of")


def _is_person(noun: _Noun) -> bool:
    """Return whether people ask or are shown: "for our auditors", "my client wants"."""
    is_shown = noun.lead in {"for", "with", "to"}
    return noun.has_determiner and (is_shown or noun.after in _WORDS["wanting"])


def _is_house(noun: _Noun) -> bool:
    return noun.after in _WORDS["wanting"]


_HOLDS: Mapping[str, Callable[[_Noun], bool]] = {
    "occasions": _is_occasion,
    "counted": _is_counted,
    "papers": _is_paper,
    "numbered": _is_numbered,
    "people": _is_person,
    "houses": _is_house,
}


def _with_number(tape: Tape, end: int) -> int:
    """Return the end of "slide 4"."""
    return end + 1 if _follows(tape, end).isdecimal() else end


def _with_tail(tape: Tape, end: int) -> int:
    """Return the end of "the call on Thursday at ten with the client"."""
    while (further := _with_time(tape, end) or _with_company(tape, end)) is not None:
        end = further
    return end


def _with_time(tape: Tape, end: int) -> int | None:
    """Return the end of when a meeting is, or a paper is due."""
    at = end
    while _follows(tape, at) in {"is", "are", "s", "due", "starts", "begins", "coming", "up"}:
        at += 1
    first, second = _follows(tape, at), _follows(tape, at + 1) if at + 1 < len(tape) else ""
    if first in _WORDS["days"] | {"tomorrow", "tonight", "later"}:
        return at + 1 + (second in _WORDS["daytimes"])
    if first in {"on", "this", "next", "by"} and second in _WORDS["days"]:
        third = _follows(tape, at + 2) if at + 2 < len(tape) else ""
        return at + 2 + (third in _WORDS["daytimes"])
    if first == "this" and second in _WORDS["daytimes"]:
        return at + 2
    is_clock = second in _WORDS["clock"] or second.rstrip("apm").isdecimal()
    return at + 2 if first in {"at", "by", "around"} and is_clock else None


def _with_company(tape: Tape, end: int) -> int | None:
    """Return the end of "with the client", behind a meeting."""
    if _follows(tape, end) != "with":
        return None
    at = end + 1
    while at < len(tape) and _word(tape, at) in _WORDS["determiners"] | _WORDS["adjectives"]:
        at += 1
    found = _noun_at(tape, at) if at < len(tape) and _is_same(tape, at, end) else None
    is_company = found is not None and found[1] in {"people", "houses"}
    return found[0] if found is not None and is_company else None
