"""Names in a workspace's data: where a word of a question may be read as one.

Every word can be a name in somebody's data. One that also means something else, or nothing, is
read as a name only where it is quoted, a path, or stands beside the word for what it is a name of.
"""

from __future__ import annotations

from gtm.language.lexicon import (
    Concept,
    DimensionWord,
    UnsupportedWord,
    ValueWord,
    Vocabulary,
    to_phrase,
)
from gtm.language.tokens import Owner, Tape
from gtm.language.words import LIGHT, STRUCTURE

_QUALIFIES = frozenset(
    {"is", "are", "was", "=", "equals", "named", "called", "like", "the", "of", "as"}
)
# Numbers that are kept for each lifecycle stage and do not add up over them.
BY_STAGE = frozenset({"stage_conversion_rate", "contacts_entered"})
# Sources are often named by what they are.
NAMED_LIKE_IT = frozenset({"newsletter", "newsletters"})
PAGES = frozenset({"page", "landing_page"})
# What people typed may be any words at all.
_TYPED = frozenset({"query", "site_search_term"})
_CALLED_IN_PART = frozenset({"item", "campaign"})
_SPLITTING = frozenset({"by", "per", "each", "every", "which", "what", "all", "any"})
# The page that has no path of its own.
HOME = frozenset({"homepage", "home page", "start page", "front page"})
_MEDIUMS = frozenset({"medium", "mediums", "utm"})
_SPENDING = frozenset({"spend", "spends", "spent", "spending"})
_DURATIONS = frozenset({"time", "long", "longest", "longer", "day", "days", "seconds", "stage"})
_SELLERS = frozenset({"rep", "reps", "owner", "owners", "ae", "aes", "sdr", "sdrs", "hubspot"})
_SUBSCRIBERS = frozenset({"subscriber", "subscribers"})
_IN_CRM = frozenset(
    {"contact", "contacts", "lead", "leads", "mql", "mqls", "sql", "sqls", "customer", "customers"}
    | {"form", "forms", "hubspot", "crm", "lifecycle"}
)
_STAGED = frozenset({"contact", "contacts", "stage", "lifecycle", "crm", "hubspot"})
# "Won amount in EUR" may ask for another currency than the one it is kept in.
_OF_DEALS = frozenset({"deal", "deals", "currency", "currencies"})
_LOSING = frozenset({"lost", "lose", "loses", "losing", "loosing", "loss", "losses"})
_SMALL = LIGHT | frozenset(STRUCTURE) | frozenset({"not", "no", "set", "other", "none"})


def admitted(
    tape: Tape, vocabulary: Vocabulary, start: int, end: int, concepts: tuple[Concept, ...]
) -> tuple[Concept, ...]:
    """Return the readings of a phrase without those that its place does not allow."""
    concepts = _without_refusals(tape, start, end, concepts)
    names = [item for item in concepts if isinstance(item, ValueWord) and item.is_data]
    if not names:
        return concepts
    beside = _named_beside(tape, vocabulary, start, end)
    if beside & PAGES:
        beside |= PAGES
    if _LOSING & {token.text for token in tape.tokens}:
        beside |= {"lost_reason"}
    if tape.text(start, end) in NAMED_LIKE_IT:
        # What can't be told by the name is told by the channel.
        named = [word for word in names if word.dimension == "source"]
        return (*named, *(item for item in concepts if item not in names))
    meant = tuple(word for word in names if word.dimension in beside)
    if not meant and tells_of_people(tape):
        # "Leads from demo requests" filled in a form, in "demo requests by page" it is an event.
        meant = tuple(word for word in names if word.dimension == "first_conversion")
    if meant:
        return meant
    others = tuple(item for item in concepts if item not in names)
    if {word.dimension for word in names} - PAGES and not _is_title(tape, start, end):
        names = [word for word in names if word.dimension not in PAGES]
    kept = [word for word in names if _is_told(tape, vocabulary, start, end, word, others)]
    return tuple(item for item in concepts if item in others or item in kept)


def tells_of_people(tape: Tape) -> bool:
    """Return whether a question is about people in the CRM, not about what is done on the site."""
    return not _IN_CRM.isdisjoint(token.text for token in tape.tokens)


def _without_refusals(
    tape: Tape, start: int, end: int, concepts: tuple[Concept, ...]
) -> tuple[Concept, ...]:
    """Drop what the data does not hold where the words around mean something that it holds."""
    words = {token.text for token in tape.tokens}
    said = {token.text for token in tape.tokens[start:end]}
    is_time = bool(said & _SPENDING) and bool(words & _DURATIONS)
    is_sellers = bool({"sent", "send"} & said) and bool(words & _SELLERS)
    is_stage = bool(said & _SUBSCRIBERS) and bool(words & _STAGED)
    is_medium = "cpc" in said and (bool(words & _MEDIUMS) or _is_behind_slash(tape, start))
    if not (is_time or is_sellers or is_stage or is_medium):
        return concepts
    return tuple(item for item in concepts if not isinstance(item, UnsupportedWord))


def _is_behind_slash(tape: Tape, start: int) -> bool:
    """Whether a word is the second part of "google/cpc"."""
    before = tape.tokens[start - 1].end if start else 0
    return "/" in tape.question[before : tape.tokens[start].start]


def _is_split_by(tape: Tape, start: int, end: int, word: ValueWord) -> bool:
    """Whether a part of a name stands where a split would: "sessions by launch"."""
    before = tape.tokens[start - 1].text if start else ""
    is_whole = any(to_phrase(value) == _phrase(tape, start, end) for value in word.values)
    return word.dimension in _CALLED_IN_PART and before in _SPLITTING and not is_whole


def _phrase(tape: Tape, start: int, end: int) -> tuple[str, ...]:
    return tuple(token.text for token in tape.tokens[start:end])


def _is_told(
    tape: Tape,
    vocabulary: Vocabulary,
    start: int,
    end: int,
    word: ValueWord,
    others: tuple[Concept, ...],
) -> bool:
    """Return whether a phrase can hardly be anything but a name."""
    texts = [token.text for token in tape.tokens[start:end]]
    if _is_split_by(tape, start, end, word):
        return False
    if any("/" in text or "." in text for text in texts):
        return True
    if _is_bracketed(tape, start, end, word) and word.dimension in _named(tape, vocabulary):
        return True
    if tape.text(start, end) in HOME:
        return True
    if word.dimension in PAGES:
        # The words of a path are hardly anything else where they are many.
        return not others and _is_title(tape, start, end) and not _is_small(texts)
    if word.dimension == "currency" and not {t.text for t in tape.tokens} & _OF_DEALS:
        return False
    if any(not isinstance(item, ValueWord) for item in others):
        return False
    if others:
        return word.dimension not in _TYPED
    is_known = all(_is_known(vocabulary, text) for text in texts)
    return not is_known or (
        len(texts) > 1 and word.dimension not in _TYPED and not _is_small(texts)
    )


def _is_bracketed(tape: Tape, start: int, end: int, word: ValueWord) -> bool:
    """Whether a name in brackets is written as it stands in the data: "(not set)"."""
    around = tape.question[max(0, tape.tokens[start].start - 1) : tape.tokens[end - 1].end + 1]
    return around.startswith("(") and around.lower() in {item.lower() for item in word.values}


def _named(tape: Tape, vocabulary: Vocabulary) -> set[str]:
    """Return the dimensions that are named anywhere in a question."""
    return {
        name
        for size in (1, 2)
        for start in range(len(tape) - size + 1)
        for name in _dimensions(tape, vocabulary, start, start + size)
    }


def _is_title(tape: Tape, start: int, end: int) -> bool:
    """Return whether words may be what a page is called by: a path, or many words."""
    texts = [token.text for token in tape.tokens[start:end]]
    return len(texts) > 2 or any("/" in text or "." in text for text in texts)


def _is_known(vocabulary: Vocabulary, text: str) -> bool:
    if text in _SMALL or text.isdecimal():
        return True
    meanings = vocabulary.lookup([text])
    return any(not (isinstance(item, ValueWord) and item.is_data) for item in meanings)


def _is_small(texts: list[str]) -> bool:
    return all(text in _SMALL for text in texts)


def _named_beside(tape: Tape, vocabulary: Vocabulary, start: int, end: int) -> set[str]:
    """Return the dimensions named right before or behind a phrase."""
    before = start
    while before > 0 and tape.tokens[before - 1].text in _QUALIFIES:
        before -= 1
    found = _ending_at(tape, vocabulary, before)
    for size in (3, 2, 1):
        if end + size <= len(tape):
            found |= _dimensions(tape, vocabulary, end, end + size)
    return found


def _ending_at(tape: Tape, vocabulary: Vocabulary, end: int) -> set[str]:
    found: set[str] = set()
    for size in (3, 2, 1):
        if end - size >= 0:
            found |= _dimensions(tape, vocabulary, end - size, end)
    return found


def _dimensions(tape: Tape, vocabulary: Vocabulary, start: int, end: int) -> set[str]:
    if tape.owner(start) not in {None, Owner.TERM}:
        return set()
    words = [token.text for token in tape.tokens[start:end]]
    return {item.name for item in vocabulary.lookup(words) if isinstance(item, DimensionWord)}
