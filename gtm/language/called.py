"""What things are called: "by name and amount", "names please", "what are they called"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gtm.language.lexicon import DimensionWord, MetricWord
from gtm.language.mention import Mention
from gtm.language.shape import Shape
from gtm.language.things import AMOUNTS
from gtm.language.tokens import Owner, Tape
from gtm.language.words import LIGHT

_NAMES = frozenset({"name", "names"})
_BEHIND_NAME = frozenset({"the", "all", "me", "us", "our", "my", "every", "each", "any", "those"})
_ONLY = frozenset({"only", "just"})
_BESIDE = _ONLY | {"by", "with", "the", "their"}
_LISTING = frozenset({"by", "per", "with"})
# "People searching for our name" limits what is counted; "their names" are those of the list.
_ELSEWHERE = frozenset(
    {"our", "my", "your", "his", "her", "this", "that", "for", "under", "in", "on"}
)
_ASKING = frozenset({"how", "what"})
_PEOPLE = frozenset(
    {"contacts", "new_contacts", "leads", "mqls", "sqls", "opportunities", "customers"}
    | {"active_users", "total_users", "new_users", "returning_users"}
)
_DEALS = AMOUNTS.keys() | set(AMOUNTS.values())


def with_names(
    tape: Tape, mentions: list[Mention], shape: Shape, *, is_limited: bool
) -> list[Mention]:
    """Account for words that ask what things are called, where a list of them is asked for.

    A list says the names of what it lists anyway; deals that nothing else lists are listed by it.
    """
    said = list(_said(tape))
    if not said:
        return mentions
    is_cut = bool(shape.rankings) or shape.sort_position is not None or is_limited
    is_list = any(item.of(DimensionWord) for item in mentions)
    of_deals = [item for item in mentions if _names(item) & _DEALS]
    # The names of single people are in no view.
    is_list &= not any(_names(item) & _PEOPLE for item in mentions)
    for index in said:
        if (
            _is_asked(tape, index)
            or (is_list and _goes_with_list(tape, index, mentions))
            or (is_cut and of_deals and not is_list)
        ):
            _pass_over(tape, index)
        elif of_deals and not is_list and tape.tokens[index].text in _NAMES:
            tape.claim(index, index + 1, Owner.TERM)
            name = Mention(index, index + 1, (DimensionWord("deal_name"),))
            return sorted([*map(_by_amount, mentions), name], key=lambda item: item.start)
    return mentions


def _pass_over(tape: Tape, index: int) -> None:
    """Account for a name that the list says anyway, with its "by" or "only"."""
    start, end = index, index + 1
    while start > 0 and tape.tokens[start - 1].text in _BESIDE and tape.is_free(start - 1, start):
        start -= 1
    while end < len(tape) and tape.tokens[end].text in _ONLY and tape.is_free(end, end + 1):
        end += 1
    tape.claim(start, end, Owner.LIGHT)


def _said(tape: Tape) -> Iterator[int]:
    for index in tape.free():
        token = tape.tokens[index]
        if token.is_quoted or token.is_aside:
            continue
        is_called = token.text == "called" and bool(_ASKING & _texts(tape, 0, index))
        if token.text in _NAMES or is_called:
            yield index


def _texts(tape: Tape, start: int, end: int) -> set[str]:
    return {token.text for token in tape.tokens[start:end]}


def _is_asked(tape: Tape, index: int) -> bool:
    """Return whether naming is what is asked for: "name the three countries", "can you name"."""
    after = tape.text(index + 1, index + 2)
    is_first = all(tape.tokens[at].text in LIGHT for at in range(index))
    is_verb = tape.tokens[index].text == "name" and is_first
    is_led = index > 0 and tape.tokens[index - 1].text in {"the", "a", "by", "its", "their"}
    return is_verb and not is_led and (after in _BEHIND_NAME or after.isdecimal())


def _goes_with_list(tape: Tape, index: int, mentions: Sequence[Mention]) -> bool:
    """Tell "owners, names please" and "reps by name" from "by stage and name"."""
    before = index - 1
    while before >= 0 and tape.tokens[before].text in {"the", "their", "its", "only", "just"}:
        before -= 1
    said = tape.tokens[before].text if before >= 0 else ""
    is_beside = any(item.end == before and item.of(DimensionWord) for item in mentions)
    if said == "and" or said in _ELSEWHERE:
        return False
    return said not in _LISTING or is_beside


def _names(mention: Mention) -> set[str]:
    return {word.name for word in mention.of(MetricWord)}


def _by_amount(mention: Mention) -> Mention:
    concepts = tuple(
        replace(word, name=AMOUNTS.get(word.name, word.name))
        if isinstance(word, MetricWord)
        else word
        for word in mention.concepts
    )
    return replace(mention, concepts=concepts)
