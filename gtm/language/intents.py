"""What is to be done with a query: answer it, explain a change, look ahead, look for odd days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gtm.language.ahead import Ahead, read_ahead
from gtm.language.outcome import Intent
from gtm.language.tokens import Owner, Tape, Token
from gtm.language.wordings import Wordings, finds, takes

_SAID = Wordings.read("intents")
_EXPLAIN = _SAID.compiled("explain")
_POINTING = _SAID.compiled("pointing")
_TOLD = _SAID.compiled("told")[0]
_ANOMALIES = _SAID.compiled("anomalies")
_FORECAST = _SAID.compiled("forecast")
_PROJECT = _SAID.compiled("project")[0]
_WILL = _SAID.compiled("will")
_ENDS = _SAID.compiled("ends")
_WOULD = _SAID.compiled("would")
_HOW_MUCH_WILL = _SAID.compiled("how_much_will")
_MOVEMENT = _SAID.compiled("movement")


@dataclass(slots=True)
class IntentReading:
    """What a question wants done, and the period ahead that it names."""

    intent: Intent = "query"
    ahead: Ahead | None = None

    @property
    def is_plain(self) -> bool:
        """Return whether only numbers of what has been are wanted."""
        return self.intent == "query" and self.ahead is None


def read_intent(tape: Tape, today: date) -> IntentReading:
    """Claim the words that say what is to be done: the earliest stage."""
    if takes(tape, _FORECAST) or _opens_with_project(tape):
        ahead = read_ahead(tape, today, is_asked=True)
        takes(tape, [*_WILL, *_ENDS])
        return IntentReading("forecast", ahead)
    if takes(tape, _EXPLAIN) or _asks_back(tape):
        takes(tape, _MOVEMENT)
        return IntentReading("explain")
    if takes(tape, _ANOMALIES):
        return IntentReading("anomalies")
    return _future(tape, today)


def reasons_asked(tokens: Sequence[Token]) -> set[int]:
    """Return the words that ask where a change comes from that was told before."""
    text = " ".join(token.text for token in tokens)
    starts = {0: 0}
    for index, token in enumerate(tokens):
        starts[len(token.text) + 1 + next(reversed(starts))] = index + 1
    told = _TOLD.search(text)
    found: set[int] = set()
    for compiled in _POINTING if told is not None else ():
        for match in compiled.finditer(text, told.end() if told else 0):
            first = starts[match.start() + len(match.group()) - len(match.group().lstrip())]
            found |= set(range(first, first + len(match.group().split())))
    return {index for index in found if not tokens[index].is_quoted}


def _asks_back(tape: Tape) -> bool:
    """Claim a question that points at a change told before: "…, where does this come from?"."""
    told = _TOLD.search(tape.masked)
    return told is not None and takes(tape, _POINTING)


def _future(tape: Tape, today: date) -> IntentReading:
    """Tell "how many sessions will we have in May" from "a line will do"."""
    is_asked = finds(tape, _WILL)
    ahead = read_ahead(tape, today, is_asked=is_asked)
    if is_asked and (ahead is not None or finds(tape, _HOW_MUCH_WILL)):
        takes(tape, [*_WILL, *_ENDS])
        return IntentReading("forecast", ahead)
    takes(tape, _WOULD, Owner.LIGHT)
    return IntentReading("query", ahead)


def _opens_with_project(tape: Tape) -> bool:
    hit = tape.find(_PROJECT)
    if hit is None or hit.start > 0:
        return False
    tape.claim(hit.start, hit.end, Owner.SHAPE)
    return True
