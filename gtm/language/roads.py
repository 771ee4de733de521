"""The way from a visit to an order by its ends: "between cart and paying, whom do we lose"."""

from __future__ import annotations

from gtm.language.concepts import FunnelWord
from gtm.language.mention import Mention
from gtm.language.tokens import Hit, Owner, Tape
from gtm.language.wordings import Wordings

_LISTS = Wordings.read("roads")
_ROADS, _WAYS, _LOSSES, _STEPS, _POINTING = (
    _LISTS.compiled(name) for name in ("road", "way", "loss", "steps", "pointing")
)
_CALLED = _LISTS.words["ways"]
_OTHERS = _LISTS.words["others"]


def claim_roads(tape: Tape) -> list[Mention]:
    """Claim the way to an order as the funnel, where its steps or those who leave it are asked."""
    for compiled in (*_ROADS, *_WAYS):
        hit = tape.find(compiled)
        if hit is None or _is_of_others(tape, hit):
            continue
        tape.claim(hit.start, hit.end, Owner.TERM)
        is_walked = any(tape.find(item) for item in (*_LOSSES, *_STEPS))
        is_walked |= not _CALLED.isdisjoint(tape.text(hit.start, hit.end).split())
        is_asked = compiled in _ROADS or any(tape.find(item) for item in _POINTING)
        if is_walked and is_asked:
            for item in (*_LOSSES, *_STEPS, *_POINTING):
                tape.take_all(item, Owner.LIGHT)
            return [Mention(hit.start, hit.end, (FunnelWord("purchase"),))]
        tape.release(hit.start, hit.end)
    return []


def _is_of_others(tape: Tape, hit: Hit) -> bool:
    """Return whether words around a road ask for a rate, a time or for deals."""
    around = (*tape.tokens[: hit.start], *tape.tokens[hit.end :])
    return any(token.text in _OTHERS for token in around if not token.is_aside)
