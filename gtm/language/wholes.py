"""Words that put a number against its whole: shares, how it is spread, one value and the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gtm.language.tokens import Owner, Tape, pattern

_OF = r"of(?: (?:the|our|my|all|total|overall|whole|entire))*"
_HOW_MUCH = r"(?:what|which|how much|how many|how big|the|as|in|a|an|by|their|its|relative)"
_PART = r"(?:share|percentages?|percents?|%|proportion|fraction|portion|part|slice|chunk)"
_AMONG = r"(?:over|across|between|among|amongst|amid|within)"
_SHARE = pattern(
    rf"(?:{_HOW_MUCH} )*{_PART} {_OF}"
    # The "of" of "what portion of this year's deals" belongs to the time.
    rf"|(?:what|which) {_PART}(?= \x00)"
    r"|(?:the )?distribution of|(?:relative )?(?:share|mix|distribution|proportions?|split in %)"
    rf"|(?:{_HOW_MUCH} )+(?:percentages?|percents?|%|shares?)"
    r"(?: (?:split|breakdown|terms|share|wise))?"
    r"|percentages?(?= (?:split|breakdown|share|by|per)(?!\S))"
    r"|percent(?:age)?(?:-| )wise|percentwise"
)
# How a number is to be shown, which of a rate says nothing new.
_FORM = re.compile(
    r"(?:(?:as|in|a|an|the) )*(?:percentages?|percents?|%)(?: (?:terms|split|breakdown|wise))?"
    r"|percent(?:age)?(?:-| )wise|percentwise"
)
# How a whole is made up: "how are sessions spread over devices".
_SPREAD = pattern(
    rf"distribut(?:ed?|es|ing)(?: (?:itself|themselves))?(?: {_AMONG})?"
    rf"|(?:spread|scattered|shared|split|divided)(?: (?:out|up|itself|themselves))? {_AMONG}"
    r"|concentration(?: risks?)?(?: (?:of|on|in))?|(?:relative )?weight(?:ing)? of(?= each| every)"
)
# Only where it is asked how much: "does revenue depend on the device" is another question.
_LEANS = pattern(
    r"(?:depend(?:s|ed|ent|ing)?|rel(?:y|ies|ied|ying)|reliant|hinge[sd]?)(?: heavily)? (?:up)?on"
    r"|concentrated(?: (?:in|on|over|across|among))?|dependent|reliant|dependence (?:up)?on"
)
_TO_WHAT_DEGREE = re.compile(
    r"(?:how|to what (?:extent|degree))(?: (?:much|heavily|strongly|highly|far))?(?: \S+){0,9}? "
    r"(?:depend|rel(?:y|ies|ied)|reliant|hinge|concentrated)"
)
# "How big is the organic part".
_BIG = pattern(
    r"how (?:big|large|high|great|significant) (?:is|are|was|were)(?: (?:the|our))*"
    rf"(?= (?:\S+ ){{1,3}}{_PART}(?!\S))"
)
_BIG_PART = pattern(_PART)
# "What each category accounts for", where no accounts are counted.
_ACCOUNTS = pattern(r"accounts?(?: for)?")
_CONTRIBUTES = re.compile(
    r"(?:(?:do|does|did)(?: \S+){1,5}? account|(?:each|every)(?: \S+){1,3}? accounts?) for(?!\S)"
)
_BETWEEN = pattern(r"(?:between|among|amongst)(?! \d)")
# "How much of the clicks were branded", where what is said of it is one value.
_LIKELY = pattern(rf"how much {_OF}")
_OTHERS = (
    r"(?:all )?(?:the |our )?(?:rest(?! of the (?:day|week|month|quarter|year))(?: of (?:the|our)"
    r" (?:world|team|lot|bunch|site|reps|channels|countries|devices|pages))?|remainder"
    r"|others|other ones|remaining ones)|everyone else|everybody else|everywhere else"
    r"|everything else|anything else|all else|elsewhere"
)
_JOINT = r"(?:and|or|vs|against|(?:when )?compared (?:to|with)|next to|beside|as opposed to)"
_REST = pattern(
    rf"{_JOINT}(?: how (?:much|many)(?: (?:is|are|was|were|comes?|came))?)?"
    rf"(?: (?:with|from|to|by|in|on|for|of|through|via|at))?(?: all)? (?:{_OTHERS})"
    r"(?=$|\n| (?:\x00|in|by|per|for|over|during|last|this|please|pls|combined|together))"
)


@dataclass(frozen=True, slots=True)
class Portion:
    """What is said of parts and wholes; `at` is where the share of something is asked for."""

    is_asked: bool = False
    at: tuple[int, int] | None = None
    is_form: bool = False
    is_likely: bool = False
    has_rest: bool = False


def read_portion(tape: Tape) -> Portion:
    """Claim the words that ask for shares, or set one value against all others."""
    has_rest = bool(tape.take_all(_REST, Owner.COMPARISON))
    hits = tape.take_all(_SHARE, Owner.SHAPE)
    is_form = bool(hits) and all(
        _FORM.fullmatch(tape.text(hit.start, hit.end)) is not None for hit in hits
    )
    of_whole = [
        (hit.start, hit.end)
        for hit in hits
        if _FORM.fullmatch(tape.text(hit.start, hit.end)) is None
    ]
    is_spread = bool(tape.take_all(_SPREAD, Owner.SHAPE)) | _leans(tape) | _is_big_part(tape)
    if is_spread or hits:
        # "How is distributed the pipeline between Expansion and New business."
        tape.take(_BETWEEN, Owner.LINK)
    if _CONTRIBUTES.search(tape.text(0, len(tape))) is not None:
        tape.take(_ACCOUNTS, Owner.LIGHT)
    return Portion(
        is_asked=bool(hits) or is_spread,
        at=min(of_whole, default=None),
        is_form=is_form and not is_spread,
        is_likely=tape.find(_LIKELY) is not None,
        has_rest=has_rest,
    )


def _leans(tape: Tape) -> bool:
    """Claim "how dependent is X on each Y"."""
    if _TO_WHAT_DEGREE.search(tape.text(0, len(tape))) is None:
        return False
    return bool(tape.take_all(_LEANS, Owner.SHAPE))


def _is_big_part(tape: Tape) -> bool:
    """Claim "how big is the organic part"."""
    if tape.take(_BIG, Owner.SHAPE) is None:
        return False
    tape.take_all(_BIG_PART, Owner.SHAPE)
    return True
