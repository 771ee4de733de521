"""Limits on the place in Google's results: "between position 8 and 15", "ranking in the top 10"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from gtm.language.dates import MONTH
from gtm.language.tokens import QUOTED, Owner, Tape, pattern

Sign = Literal[">", ">=", "<", "<=", "=", "!="]
TO = r"(?:to|-|through|until|till)"
# "Position 8 to 15", "between places 4 and 10", "from rank 11 to 20".
_PLACE = r"\d+(?:\.\d+)?(?:st|nd|rd|th)?"
_SPOTS = r"(?:positions?|places?|ranks?|spots?)"
_PLACES = pattern(
    r"(?:(?:from|between|in|on|at|averaging) )*(?:the )?(?:average |avg |mean )?"
    rf"(?:{_SPOTS}|rank(?:ed|ing|s)?)"
    r"(?: (?:(?:is|are|was|were|on average|somewhere|anywhere) )*(?:from|between|of|in|on|at))?"
    rf"(?: the)? (?P<low>{_PLACE}) (?:{TO}|and) (?P<high>{_PLACE})(?! (?:%|percent|{MONTH})(?!\S))"
    rf"|(?:from|between|in) (?:the )?(?P<from>{_PLACE}) (?:{TO}|and) (?P<up_to>{_PLACE}) {_SPOTS}"
)
# "Ranking in the top 10" limits the place, where "the top 10 queries" cuts a list.
_AMONG_TOP = pattern(
    r"(?:rank(?:s|ed|ing)?|placed|positioned|appear(?:s|ed|ing)?) (?:we )?"
    r"(?:(?:in|within|inside|among|on average|(?P<out>outside(?: of)?|below|beyond)) )+"
    rf"(?:(?:the|google|googles) )*top (?P<n>\d+)(?: {_SPOTS}| results?)?"
    rf"|(?:in|within|inside|(?P<out_of>outside(?: of)?)) (?:the )?top (?P<m>\d+) {_SPOTS}"
)


def read_places(tape: Tape) -> Iterator[tuple[int, int, Sign, float]]:
    """Claim every limit on a rank, whoever took its name, and yield where it stands."""
    text = " ".join(QUOTED if token.is_quoted else token.text for token in tape.tokens)
    for match in _PLACES.finditer(text):
        first, last = ("low", "high") if match["low"] else ("from", "up_to")
        start = text.count(" ", 0, match.start(first))
        is_joined = " and " in match.group() and "between" not in match.group()
        if is_joined or not tape.is_free(start, start + 3):
            continue
        _claim(tape, text.count(" ", 0, match.start()), start + 3)
        yield start, start + 3, ">=", _number(match[first])
        yield start, start + 3, "<=", _number(match[last])
    for match in _AMONG_TOP.finditer(text):
        start, end = text.count(" ", 0, match.start()), text.count(" ", 0, match.end()) + 1
        at = next(index for index in range(start, end) if tape.tokens[index].text == "top")
        if not tape.is_free(at, at + 2):
            continue
        _claim(tape, start, end)
        sign: Sign = ">" if match["out"] or match["out_of"] else "<="
        yield at, at + 2, sign, _number(match["n"] or match["m"])


def _number(said: str) -> float:
    return float(said.rstrip("stndrh"))


def _claim(tape: Tape, start: int, end: int) -> None:
    """Account for the words of a limit; what names the rank is a number that is asked for, too."""
    for index in range(start, end):
        if tape.tokens[index].text not in {"position", "positions", "ranking", "ranked"}:
            tape.claim_rest(index, index + 1, Owner.THRESHOLD)
