"""What a text says about the question before it: corrections, repeats, and what is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gtm.language.lexicon import Vocabulary
from gtm.language.removals import PATTERNS, SAID, Removal, read_removals
from gtm.language.tokens import Hit, Owner, Tape
from gtm.language.wordings import takes
from gtm.semantics.query import MetricQuery

_LIFTED = {
    "lifts_owner": frozenset({"owner"}),
    "lifts_country": frozenset({"country", "search_country"}),
}


@dataclass(slots=True)
class Turn:
    """How a text hangs on the one before it."""

    is_reset: bool = False
    is_tied: bool = False
    is_added: bool = False
    has_same_period: bool = False
    shift: str | None = None
    removals: list[Removal] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Return whether it changes the former question by itself."""
        return bool(self.removals or self.shift or self.has_same_period)


def read_turn(tape: Tape, vocabulary: Vocabulary, previous: MetricQuery | None) -> Turn:
    """Claim the words that are about the question before; without one only a fresh start."""
    turn = Turn(is_reset=_opens(tape, "reset"))
    if previous is None or turn.is_reset:
        return turn
    if (hit := _found(tape, "shift")) is not None and hit.start == 0:
        tape.claim(hit.start, hit.end, Owner.TIME)
        turn.shift = next(iter(hit.groups.values()))
        return turn
    _claim_openers(tape)
    ties = [_opens(tape, name) for name in ("corrects", "repeats", "changes")]
    turn.is_tied = any(ties) or _ends_corrected(tape)
    turn.is_added = takes(tape, PATTERNS["adds"], Owner.LINK) or _says_added(tape)
    turn.removals = [*_lifted(tape, previous), *read_removals(tape, vocabulary, previous)]
    turn.has_same_period = takes(tape, PATTERNS["same_period"], Owner.TIME)
    takes(tape, PATTERNS["points"], Owner.LIGHT)
    return turn


def _opens(tape: Tape, name: str) -> bool:
    """Claim a phrase that stands at the start, after nothing but small words."""
    hit = _found(tape, name)
    if hit is None or not SAID.words["openers"].issuperset(_texts(tape, 0, hit.start)):
        return False
    tape.claim_rest(0, hit.end, Owner.LINK)
    return True


def _claim_openers(tape: Tape) -> None:
    """Claim what acknowledges the reply before: "good. only mobile", "ok, then by device"."""
    small = SAID.words["acknowledges"]
    for index, token in enumerate(tape.tokens):
        if token.text in {"and", "but"}:
            continue
        if token.text not in small or token.is_quoted:
            break
        tape.claim_rest(index, index + 1, Owner.LIGHT)
    last = len(tape) - 1
    if last > 0 and tape.tokens[last].text in {"then", "now", "please", "again"}:
        tape.claim_rest(last, last + 1, Owner.LIGHT)


def _ends_corrected(tape: Tape) -> bool:
    """Claim "I mean" behind what is meant: "orders, I mean"."""
    hit = _found(tape, "corrects")
    if hit is None or hit.end < len(tape):
        return False
    tape.claim(hit.start, hit.end, Owner.LINK)
    return True


def _found(tape: Tape, name: str) -> Hit | None:
    hits = [hit for compiled in PATTERNS[name] if (hit := tape.find(compiled)) is not None]
    return min(hits, key=lambda hit: hit.start, default=None)


def _texts(tape: Tape, start: int, end: int) -> list[str]:
    return [token.text for token in tape.tokens[start:end]]


def _says_added(tape: Tape) -> bool:
    return any(token.text in SAID.words["adds"] for token in tape.tokens if not token.is_quoted)


def _lifted(tape: Tape, previous: MetricQuery) -> Iterator[Removal]:
    """Yield what is asked for in full again: all rows, everyone, everywhere."""
    filtered = {item.dimension for item in previous.filters}
    is_cut = previous.limit is not None or previous.order is not None
    if is_cut and takes(tape, PATTERNS["lifts_rows"], Owner.LINK):
        yield Removal("limit")
    for name, dimensions in _LIFTED.items():
        if filtered & dimensions and takes(tape, PATTERNS[name], Owner.LINK):
            yield Removal("filter_on", dimensions)
    if filtered and takes(tape, PATTERNS["lifts_filters"], Owner.LINK):
        yield Removal("filters")
