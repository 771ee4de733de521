"""What the other stages left: words without a meaning of their own, and words nobody knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gtm.language.tokens import Owner, Tape
from gtm.language.words import LIGHT

_PERSONS = frozenset(
    {"people", "those", "ones", "visitors", "users", "persons", "folks", "customers", "contacts"}
    | {"readers", "leads", "anyone", "everyone", "somebody", "someone", "guests", "buyers"}
)
_EXPLAINS = re.compile(r"i\.\s?e\.")
_LONGEST_EXPLAINED = 3
_READ = frozenset({Owner.VALUE, Owner.TERM})
_ALL = frozenset(
    ["all", "every", "everything", "any", "anything", "nothing", "none", "nobody", "no", "everyone"]
)
_PARTICLES = {
    "down": frozenset({"break", "breaks", "breaking", "broken", "drill", "narrow", "split"}),
    "up": frozenset({"show", "sum", "add", "look", "end", "split", "hold", "stack", "pull"}),
}
_ENUMERATING = frozenset(
    {"first", "second", "third", "firstly", "secondly", "thirdly", "lastly", "finally", "1", "2"}
)
_WON = frozenset({"won", "win", "wins", "winning", "placed", "scraped"})
_NAMED = frozenset({"the", "our", "my", "me", "us", "all", "those", "every", "which", "any"})
_BECAME = frozenset({"became", "become", "becomes", "becoming"})
_AUXILIARIES = frozenset({"has", "can", "could", "would", "might", "may", "should", "sees"})
_POINTING = frozenset(
    {"which", "the", "this", "that", "each", "every", "any", "no", "only", "other", "another"}
)


def claim_light(tape: Tape) -> None:
    """Claim the words that carry no meaning of their own."""
    _claim_explained(tape)
    for index in tape.free():
        token = tape.tokens[index]
        is_light = token.text in LIGHT or _is_dash(tape, index) or _is_particle(tape, index)
        # "Channel wise" is said in some Englishes for "by channel".
        is_named = index > 0 and tape.owner(index - 1) is Owner.TERM
        is_light |= token.text in {"wise", "level"} and is_named
        is_light |= token.text == "who" and index > 0 and _is_somebody(tape, index - 1)
        is_light |= token.text == "who" and is_named and not tape.is_parted(index - 1)
        is_light |= token.text in {"set", "lay"} and _stands_beside(tape, index)
        # "The funnel from the visit until the purchase" runs through all its steps.
        is_light |= token.text == "until" and any(t.text == "funnel" for t in tape.tokens)
        is_light |= token.text in {"other", "others"} and _is_after_left_out(tape, index)
        is_light |= token.text == "=" and is_named
        is_light |= token.text == "but" and _is_conjunction(tape)
        is_light |= token.text == "one" and _is_anybody(tape, index)
        is_light |= token.text in _ENUMERATING and _is_enumerated(tape, index)
        # "Which campaigns became more than 50 orders": got them.
        is_light |= token.text in _WON and _leads_to_rank(tape, index)
        is_light |= token.text == "name" and _is_request(tape, index)
        is_light |= token.text in _BECAME and tape.owner_at(index + 1) is Owner.THRESHOLD
        if is_light and not token.is_quoted:
            tape.claim(index, index + 1, Owner.LIGHT)


def _stands_beside(tape: Tape, index: int) -> bool:
    """Return whether things are set side by side: "could you set our countries side by side"."""
    return "side by side" in tape.text(index + 1, len(tape))


def _leads_to_rank(tape: Tape, index: int) -> bool:
    """Tell "which queries won the most clicks" from what becomes of deals, which others read."""
    at = index + 1
    while at < len(tape) and tape.tokens[at].text in {"us", "the"}:
        at += 1
    return tape.owner_at(at) is Owner.RANKING


def _is_request(tape: Tape, index: int) -> bool:
    """Return whether a sentence begins with it: "Name the three countries where ..."."""
    tokens = tape.tokens
    is_first = index == 0 or tokens[index - 1].sentence != tokens[index].sentence
    is_first |= index > 0 and tokens[index - 1].text in {"please", "you"}
    after = tokens[index + 1].text if index + 1 < len(tape) else ""
    return is_first and (after in _NAMED or after.isdecimal())


def explained(tape: Tape) -> Iterator[int]:
    """Yield where what was said before is said again in other words: behind "i.e."."""
    for index in range(1, len(tape)):
        gap = tape.question[tape.tokens[index - 1].end : tape.tokens[index].start]
        if _EXPLAINS.search(gap.lower()) and tape.owner(index) in _READ:
            yield index


def _claim_explained(tape: Tape) -> None:
    """Pass over words that are said again in others: "trial starts, i.e. sign_up events"."""
    for index in explained(tape):
        start = index
        while start > 0 and index - start < _LONGEST_EXPLAINED and tape.is_free(start - 1, start):
            start -= 1
            if start > 0 and tape.is_parted(start - 1):
                break
        tape.claim_rest(start, index, Owner.LIGHT)


def _is_somebody(tape: Tape, index: int) -> bool:
    """Return whether a word speaks of people, of whom "who" says more."""
    return tape.tokens[index].text in _PERSONS and not tape.is_parted(index)


def _is_enumerated(tape: Tape, index: int) -> bool:
    """Return whether wishes are counted up: "first, the orders; second, their revenue"."""
    if not tape.tokens[index].is_before_comma or tape.tokens[index].is_quoted:
        return False
    is_start = index == 0 or tape.is_parted(index - 1) or tape.tokens[index - 1].text == "and"
    said = [t.text for t in tape.tokens if t.text in _ENUMERATING and t.is_before_comma]
    return is_start and len(said) > 1


def _is_anybody(tape: Tape, index: int) -> bool:
    """Tell "how often one has searched" from "this one has fewer"."""
    after = tape.tokens[index + 1].text if index + 1 < len(tape) else ""
    before = tape.tokens[index - 1].text if index else ""
    is_inverted = before in _AUXILIARIES and after in {"see", "have", "get", "find", "say"}
    return is_inverted or (after in _AUXILIARIES and before not in _POINTING)


def _is_after_left_out(tape: Tape, index: int) -> bool:
    """Return whether all but some are meant: "except Direct, the other channels"."""
    is_named = index + 1 < len(tape) and tape.owner(index + 1) is Owner.TERM
    return is_named and any(tape.owner(at) is Owner.NEGATION for at in range(index))


def _is_dash(tape: Tape, index: int) -> bool:
    """Tell the dash between parts of a sentence from a range and from a minus."""
    if tape.tokens[index].text != "-":
        return False
    after = tape.tokens[index + 1] if index + 1 < len(tape) else None
    return after is None or after.start > tape.tokens[index].end or not after.text[:1].isdigit()


def _is_conjunction(tape: Tape) -> bool:
    """Tell the "but" between two wishes from the one that leaves something out."""
    return not any(token.text in _ALL for token in tape.tokens)


def _is_particle(tape: Tape, index: int) -> bool:
    """Return whether a word belongs to a verb before it: "break visits down"."""
    verbs = _PARTICLES.get(tape.tokens[index].text, frozenset())
    return any(token.text in verbs for token in tape.tokens[max(0, index - 6) : index])


def unknown_runs(tape: Tape) -> Iterator[tuple[int, int]]:
    """Yield the stretches nobody has accounted for."""
    start = None
    for index in range(len(tape) + 1):
        is_open = index < len(tape) and tape.owner(index) is None
        if is_open and start is None:
            start = index
        elif not is_open and start is not None:
            yield start, index
            start = None
