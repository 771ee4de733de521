"""Thresholds: "more than 100 sessions", "bounce rate above 60%", "between 100 and 500"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gtm.language.dates import MONTH
from gtm.language.tokens import Hit, Owner, Tape, pattern

Sign = Literal[">", ">=", "<", "<=", "="]

_SIGNS: tuple[tuple[Sign, str], ...] = (
    ("<=", r"<=|(?:not|no) (?:more|greater|higher) than|at most|up to|a maximum of|maximum of"),
    (">=", r">=|(?:not|no) (?:less|fewer|lower) than|at least|a minimum of|minimum of|min"),
    (
        ">",
        r">|(?:more|greater|higher|larger|bigger|better) than|over|above|exceeding|beyond"
        r"|(?:that )?exceeds?|north of",
    ),
    ("<", r"<|(?:less|fewer|lower|smaller|worse) than|under|below"),
    ("=", r"=|exactly|equal to|equals?"),
)
_UNIT_AFTER = r"(?:days?|weeks?|months?|quarters?|years?|hours?|minutes?|d|w)"
_NUMBER = r"(?P<{0}>\d+(?:\.\d+)?)(?P<{0}_unit> %| percent)?"
_NOT_TIME = rf"(?! (?:{_UNIT_AFTER}|{MONTH}|of)(?!\S))"
_BETWEEN = pattern(
    rf"between {_NUMBER.format('low')} and {_NUMBER.format('high')}{_NOT_TIME}"
    rf"|from {_NUMBER.format('a')} to {_NUMBER.format('b')}(?= (?:%|percent))"
)
_SINGLE = tuple(
    (sign, pattern(rf"(?:{words}) {_NUMBER.format('low')}{_NOT_TIME}")) for sign, words in _SIGNS
)
_AFTERWARDS: tuple[tuple[Sign, str], ...] = (
    (">=", r"or (?:more|higher|above)|and (?:more|above|up)"),
    ("<=", r"or (?:less|fewer|lower|below)|and (?:less|below)"),
)
_TRAILING = tuple(
    (sign, pattern(rf"{_NUMBER.format('low')} (?:{words})")) for sign, words in _AFTERWARDS
)
_PLUS = pattern(rf"{_NUMBER.format('low')} \+")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit as it was said, and where; `metric` is found by the words around it."""

    start: int
    end: int
    sign: Sign
    number: float
    is_percent: bool


def read_thresholds(tape: Tape) -> list[Threshold]:
    """Claim every limit in a question, in order."""
    found: list[Threshold] = []
    while hit := _find_between(tape):
        found.extend(_between(hit))
    for sign, compiled in (*_SINGLE, *_TRAILING, (">=", _PLUS)):
        hits = tape.take_all(compiled, Owner.THRESHOLD)
        found.extend(_threshold(hit, sign, "low") for hit in hits)
    return sorted(found, key=lambda threshold: threshold.start)


def _find_between(tape: Tape) -> Hit | None:
    hit = tape.find(_BETWEEN)
    if hit is None or _are_years(hit):
        return None
    tape.claim(hit.start, hit.end, Owner.THRESHOLD)
    return hit


def _are_years(hit: Hit) -> bool:
    limits = [hit.groups.get("low", ""), hit.groups.get("high", "")]
    return all(len(limit) == 4 and limit.startswith(("19", "20")) for limit in limits)


def _between(hit: Hit) -> list[Threshold]:
    low, high = ("low", "high") if "low" in hit.groups else ("a", "b")
    lower, upper = _threshold(hit, ">=", low), _threshold(hit, "<=", high)
    is_percent = lower.is_percent or upper.is_percent
    return [
        Threshold(limit.start, limit.end, limit.sign, limit.number, is_percent)
        for limit in (lower, upper)
    ]


def _threshold(hit: Hit, sign: Sign, name: str) -> Threshold:
    is_percent = f"{name}_unit" in hit.groups
    return Threshold(hit.start, hit.end, sign, float(hit.groups[name]), is_percent)
