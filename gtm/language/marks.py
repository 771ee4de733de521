"""The small words that give others their role: what is left out, limited, split and set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gtm.language.tokens import Owner, Tape, pattern
from gtm.language.wordings import Wordings

_LEAVING_OUT = Wordings.read("leaving_out")
_NEGATION = _LEAVING_OUT.joined("before")
# Said behind what is left out: "offline excluded", "leave tablet out".
_NEGATION_AFTER = _LEAVING_OUT.joined("after")
# Before a name only: a bar is also a chart, and outside a place.
_BARRING = pattern(r"(?:bar|outside(?: of)?|sans)(?: (?:the|our))*(?= \x00)")
_SETTING, _TAKING = _LEAVING_OUT.joined("setting"), _LEAVING_OUT.joined("taking")
_DROPS = _LEAVING_OUT.words["drops"]
_AT_THE_END = frozenset({"please", "and", "but", "thanks", "pls", "though"})
# "Drop direct", not "the drop in sessions": a command that other stages would read as a fall.
_DROP = pattern(
    rf"(?:{'|'.join(sorted(_DROPS))})(?! (?:the |all |any )*(?:in|of|by|from|for|last|this|off|out"
    r"|to|it|that|at|over|since|was|is|filter|comparison)(?!\S))"
)
_EVERYTHING = pattern(r"all|every(?:thing|body|one)?|any(?:thing|body|one)?")
_ALL_BUT = pattern(
    r"but(?! (?:not|only|just|by|for|with|as|per|without|excluding|also|show)(?!\S))"
)
_ONLY = pattern(r"only|solely|exclusively|just|limited to|nothing but|restricted to")
_EVERY = pattern(r"all(?: (?:of )?(?:the|our|my))?|any|every|each")
_SPLITS = pattern(
    r"by|per|broken down by|split by|grouped by|as a function of"
    r"|(?:sorted|split|broken(?: down)?|grouped|divided|bucketed|arranged|separated) into"
)
_VERSUS = pattern(
    r"vs|against|next to|alongside|stack(?:ed|s|ing)?(?: up)? (?:against|with|to)|beside"
)
_JOINS = pattern(r"\+|x")
_CUES = pattern(
    r"and|or|also|too|as well|in addition|plus|add(?:ing)?|include|including|instead|again|same"
    r"|both|but(?= (?:not|only|just|by|for|with|in|as|per|from|on|without|excluding|this|last|also"
    r"|show)(?!\S))|what about|how about|what if|rather"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the small words stand that give the others their role."""

    negations: tuple[tuple[int, int], ...]
    negations_after: tuple[tuple[int, int], ...]
    onlies: tuple[tuple[int, int], ...]
    everies: tuple[tuple[int, int], ...]
    splits: tuple[int, ...]
    versus: tuple[int, ...]


def claim_marks(tape: Tape) -> Marks:
    """Claim negations, limits and joints between words."""
    all_but = _spans(tape, _ALL_BUT, Owner.NEGATION) if tape.find(_EVERYTHING) else ()
    early = tuple(_owned(tape, Owner.NEGATION))
    after = _claim_negations_after(tape)
    before = _spans(tape, _NEGATION, Owner.NEGATION)
    before += _spans(tape, _BARRING, Owner.NEGATION)
    return Marks(
        negations=(*all_but, *early, *before),
        negations_after=after,
        onlies=_spans(tape, _ONLY, Owner.ONLY),
        everies=_spans(tape, _EVERY, Owner.LINK),
        splits=tuple(end - 1 for _, end in _spans(tape, _SPLITS, Owner.LINK)),
        versus=tuple(start for start, _ in _spans(tape, _VERSUS, Owner.COMPARISON)),
    )


def _claim_negations_after(tape: Tape) -> tuple[tuple[int, int], ...]:
    """Claim "excluded" behind values, and both halves of "leave tablet out"."""
    found = []
    for hit in tape.take_all(_NEGATION_AFTER, Owner.NEGATION):
        if tape.text(hit.start, hit.end) == "cut out" and not tape.is_parted(hit.end - 1):
            tape.release(hit.start, hit.end)
            continue
        if tape.text(hit.start, hit.end) == "out":
            if _is_before_it(tape, hit.start):
                tape.release(hit.start, hit.end)
                continue
            first = tape.find(_TAKING)
            if first is not None and first.start < hit.start:
                tape.claim(first.start, first.end, Owner.LIGHT)
            elif not _is_sent_out(tape, hit.start):
                continue
        elif tape.text(hit.start, hit.end).endswith("aside"):
            tape.take(_SETTING, Owner.LIGHT)
        found.append((hit.start, hit.end))
    return tuple(found)


def _is_before_it(tape: Tape, index: int) -> bool:
    """Tell "for Germany, leave out direct" from "leave direct out"."""
    is_beside = index > 0 and _TAKING.fullmatch(tape.tokens[index - 1].text) is not None
    return is_beside and not tape.is_parted(index)


def _is_sent_out(tape: Tape, index: int) -> bool:
    """Tell "by query, brand out" from "how much went out"."""
    is_value = index > 0 and tape.owner(index - 1) in {Owner.VALUE, Owner.TERM}
    is_last = tape.is_parted(index) or tape.tokens[index + 1].text in _AT_THE_END
    return is_value and is_last


def claim_drops(tape: Tape) -> None:
    """Claim commands to leave something out that stand where a command stands."""
    for index, token in enumerate(tape.tokens):
        is_start = index == 0 or tape.tokens[index - 1].sentence != token.sentence
        is_start |= index > 0 and (
            tape.tokens[index - 1].is_before_comma
            or tape.tokens[index - 1].text in {"and", "but", "please", "then", "to"}
        )
        hit = tape.find(_DROP) if is_start and token.text in _DROPS else None
        if hit is not None and hit.start == index:
            tape.claim(index, index + 1, Owner.NEGATION)


def _owned(tape: Tape, owner: Owner) -> Iterator[tuple[int, int]]:
    for index in range(len(tape)):
        if tape.owner(index) is owner:
            yield index, index + 1


def _spans(tape: Tape, compiled: re.Pattern[str], owner: Owner) -> tuple[tuple[int, int], ...]:
    return tuple((hit.start, hit.end) for hit in tape.take_all(compiled, owner))


def claim_cues(tape: Tape) -> frozenset[str]:
    """Claim the words that tie a question to the one before, and return them."""
    tape.take_all(_JOINS, Owner.LINK)
    return frozenset(tape.text(hit.start, hit.end) for hit in tape.take_all(_CUES, Owner.LINK))
