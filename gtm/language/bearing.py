"""Whether a statement may say something of the numbers that are asked for.

Only what is sure to be context may be set aside. A sentence that names a value, a period or a
dimension which the request does not repeat may limit it, and so may one with a word that limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from gtm.language.roles import bids_unknown, is_mine, is_statement, is_wish, unknown_after
from gtm.language.said import ROLES, Said
from gtm.language.words import LIGHT

_SHORT = 7
_ADDING = frozenset(
    {"put", "add", "show", "include", "list", "place", "set", "have", "throw", "give"}
)
_BESIDE = frozenset(
    {"next", "beside", "besides", "alongside", "along", "too", "also", "well", "in"}
)
_ALL_OF = frozenset({"everybody", "everyone", "everything", "all", "anyone", "anybody", "any"})
_DRAWN = frozenset({"bar", "line", "area", "column", "pie", "stacked", "bars", "donut", "scatter"})
_CHARTS = frozenset({"chart", "charts", "graph", "graphs", "plot", "diagram", "bars", "please"})
_TELLERS = frozenset({"i", "we", "you", "it", "this", "that", "these", "those", "they", "please"})
_QUOTING = frozenset({"the", "a", "any", "with", "these", "having", "have", "has"})
_TEXTS = frozenset({"word", "words", "term", "phrase", "string", "letters"})
_HOLDING = frozenset({"containing", "contains", "contain", "mentioning"})
_LEAVING = frozenset(
    {"preparing", "prepping", "packing", "travelling", "traveling", "flying", "heading", "off"}
)
_BOUND = frozenset({"for", "to"})
_LONGEST_JOURNEY = 4
_LEFT_OUT = frozenset({"leave", "take", "cut", "strip", "throw", "keep", "filter"})

# What stands beside a step or a period that is said apart: "Monthly is enough."
_SETTLING = frozenset(
    {"is", "are", "will", "would", "should", "do", "be", "ok", "okay", "fine", "good", "great"}
    | {"enough", "plenty", "sufficient", "suffice", "suffices", "please", "i", "mean", "meant"}
    | {"talking", "about", "speaking", "of", "just", "only", "thinking", "the", "in", "for"}
    | {"say", "numbers", "figures", "steps", "here", "that", "view", "perfectly", "totally"}
    | {"this", "last", "by", "per", "to", "and", "from", "until", "make", "it", "so", "at"}
)


def may_limit(said: Said, asked: Said) -> bool:
    """Return whether a statement may say something of the numbers that are asked for."""
    if _is_journey(said, asked):
        return False
    if _holds_text(said.words):
        return True
    if _names_more(said, asked) or _says_when(said, asked) or bids_unknown(said):
        return True
    words = said.free
    if _has_limits(said, asked, words) or ROLES["charts"] & set(words) or _is_drawn(said.words):
        return True
    if _LEFT_OUT & set(words) and "out" in words:
        return not is_story(said)
    if "but" in words[1:] and words[words.index("but", 1) - 1] in _ALL_OF:
        return True
    if len(said.words) < _SHORT and any(said.is_count(at) for at in range(len(said.words))):
        return True
    if "if" in words and {"count", "counts"} & set(words):
        return True
    if _is_welcome(said) or _adds(said) or _settles(said):
        return True
    return _compares_number(words) or _obliges(words) or _wants_unknown(said, asked)


def _holds_text(words: Sequence[str]) -> bool:
    """Return whether a part of a text is named: "all they google with the word x in it"."""
    is_named = any(one in _QUOTING and two in _TEXTS for one, two in pairwise(words))
    return is_named or bool(_HOLDING & set(words[:-1]))


def _is_journey(said: Said, asked: Said) -> bool:
    """Tell "Preparing for London.", where the request names its own places, from a limit."""
    words = said.words[said.first :]
    is_short = 2 < len(words) <= _LONGEST_JOURNEY and words[0] in _LEAVING and words[1] in _BOUND
    return is_short and bool(asked.values) and not (said.metrics or said.dimensions or said.times)


def _is_drawn(words: Sequence[str]) -> bool:
    """Return whether a kind of chart is wished for: "bar chart if you can"."""
    return any(one in _DRAWN and two in _CHARTS for one, two in pairwise(words))


def _settles(said: Said) -> bool:
    """Return whether a short sentence says how or when alone: "Weekly is fine", "May, I mean"."""
    words = said.words[said.first :]
    said_so = ROLES["forms"] | ROLES["times"] | _SETTLING
    is_told = bool(set(words) & (ROLES["forms"] | ROLES["times"]))
    return is_told and all(word in said_so or word.isdecimal() for word in words)


def _adds(said: Said) -> bool:
    """Return whether a sentence has more shown: "Put their won dollars next to it"."""
    words = said.words[said.first :]
    return bool(words) and words[0] in _ADDING and bool(_BESIDE & set(words))


def _is_welcome(said: Said) -> bool:
    """Return whether a sentence wishes without a wisher: "A comparison would be welcome"."""
    at = said.words.index("would") if "would" in said.words else -1
    is_wish = at >= 0 and said.words[at + 1 : at + 2] in (["be"], ["do"], ["help"], ["suffice"])
    is_wish = is_wish and bool(ROLES["welcome"] & set(said.words))
    return is_wish and (said.has_data or unknown_after(said, 0))


def _has_limits(said: Said, asked: Said, words: Sequence[str]) -> bool:
    """Return whether words that limit stand in a sentence, loose ones beside words of the data."""
    limiting = [word for word in words if word in ROLES["limiting"]]
    if not is_story(said):
        limiting += [word for word in words if word in ROLES["forms"]]
    if any(word not in ROLES["loose"] for word in limiting):
        return True
    if set(limiting) == {"rather"} and not (said.values or said.metrics):
        return False
    has_data = bool(said.values or said.dimensions or said.metrics)
    has_data = has_data and not (is_story(said) and _is_within(said, asked))
    return bool(limiting) and (has_data or bool({"ones", "those", "these", "them"} & set(words)))


def is_story(said: Said) -> bool:
    """Return whether a sentence tells of others: "finance wants to reconcile the bookings"."""
    words = said.words[said.first :]
    if not words or said.is_asked:
        return False
    if set(words[:2]) & ROLES["social"]:
        return True
    return words[0] not in _TELLERS | ROLES["limiting"] and is_statement(said)


def _is_within(said: Said, asked: Said) -> bool:
    """Return whether the request names all that a sentence names."""
    has_values = all(any(v in o or o in v for o in asked.values) for v in said.values)
    return has_values and said.metrics <= asked.metrics and said.dimensions <= asked.dimensions


def _names_more(said: Said, asked: Said) -> bool:
    """Return whether a value or one thing of a kind is named that the request does not repeat."""
    for value in said.values:
        if not any(value in other or other in value for other in asked.values):
            return True
    return bool(said.singles - set(asked.words)) and not asked.values


def _says_when(said: Said, asked: Said) -> bool:
    if not said.times or (asked.times and not _is_period(said)):
        return False
    is_ahead = said.times <= ROLES["ahead"] and not _is_past(said.words)
    return not is_ahead


_UNITS = frozenset({"day", "days", "week", "weeks", "month", "months", "quarter", "year", "years"})


def _is_period(said: Said) -> bool:
    """Return whether a sentence says no more than when: "Say last month"."""
    rest = [word for word in said.words if word not in LIGHT | said.times]
    return not rest and not said.is_asked and bool(said.times - _UNITS)


def _is_past(words: Sequence[str]) -> bool:
    return any(
        word.endswith("ed") or word in {"was", "were", "went", "had", "ran"} for word in words
    )


def _compares_number(words: Sequence[str]) -> bool:
    return any(
        word in ROLES["than"] and any(after.isdecimal() for after in words[at + 1 : at + 3])
        for at, word in enumerate(words)
    )


_OBLIGED = frozenset(
    {"it", "they", "this", "that", "period", "dates", "range", "numbers", "figures", "list", "data"}
    | {"chart", "table", "timeframe", "frame", "answer", "result", "results", "number", "figure"}
)


def _obliges(words: Sequence[str]) -> bool:
    """Return whether a sentence says how an answer must be: "The period should be ..."."""
    for at, word in enumerate(words[1:], 1):
        if word in {"should", "must", "needs", "need", "has", "have"}:
            is_duty = word in {"should", "must"} or words[at + 1 : at + 2] == ["to"]
            if is_duty and words[at - 1] in _OBLIGED:
                return True
    return False


def _wants_unknown(said: Said, asked: Said) -> bool:
    """Return whether somebody wants a thing that is no paper, help or other harmless thing."""
    return any(
        _is_wanted(said, asked, at)
        for at, word in enumerate(said.words)
        if word in ROLES["wants"] and is_wish(said.words, at)
    )


def _is_wanted(said: Said, asked: Said, at: int) -> bool:
    words, rest = said.words, said.words[at + 1 :]
    is_own = is_mine(words, at)
    if words[at] in _TOLD and not is_own:
        return False
    if rest[:1] == ["to"] and not set(rest[1:3]) & ROLES["seeing"]:
        return False
    if rest[:1] and rest[0] in _IT and rest[1:2] and rest[1] in _PURPOSE:
        return said.last_data > at
    if not is_own:
        return not _is_within(said, asked)
    return said.last_data > at or unknown_after(said, at + 1)


# What was asked for is told; the request that follows says how it is meant.
_TOLD = frozenset({"asked", "wanted", "requested"})
_IT = frozenset({"it", "this", "that", "these", "them", "those"})
_PURPOSE = frozenset({"for", "by", "before", "to", "because", "so", "asap", "today", "now"})
