"""Which agent a question belongs to, decided by its words alone."""

from __future__ import annotations

from typing import Literal

from gtm.language.shape import read_chart
from gtm.language.tokens import Tape, pattern, tokenise
from gtm.language.words import GREETINGS, REDRAW

Route = Literal["analytics", "setup", "chart", "smalltalk"]

_MAX_LENGTH = 2_000
_SOURCE = (
    r"(?:ga ?4|ga|google analytics(?: 4)?|analytics|gsc|(?:google )?search console|hubspot|bigquery"
    r"|crm|data ?sources?|sources?|integrations?|connectors?|export|bulk export|propert(?:y|ies)"
    r"|accounts?|csv|files?)"
)
_ACTS = (
    r"(?:connect(?:ed|ing)?|disconnect|reconnect|link(?:ed|ing)?|set ?up|setup|integrat(?:e|ing)"
    r"|integration|install|configur(?:e|ing)|upload|import|add|enable|sync|authori[sz]e)"
)
_SETUP = tuple(
    pattern(source)
    for source in (
        rf"{_ACTS}(?: \S+){{0,5}}? {_SOURCE}",
        rf"{_SOURCE}(?: \S+){{0,3}}? {_ACTS}",
        r"(?:is|are|was|were)(?: \S+){0,4}?"
        r" (?:fresh|up to date|synced|synchroni[sz]ed|stale|complete)",
        r"how (?:fresh|recent|old|current|up to date) (?:is|are)(?: \S+){0,4}",
        r"(?:when|what)(?: \S+){0,4}? (?:last|latest)"
        r" (?:sync|synced|update|updated|import|load|export)",
        r"when(?: \S+){0,5}? (?:last )?(?:synced|updated|refreshed|loaded|imported)",
        r"(?:last|latest|next) sync|sync status|data freshness|freshness",
        r"refresh (?:the |my |our )?(?:data|sources?)|re ?sync",
        r"which (?:data )?sources (?:are|do)(?: \S+){0,4}? (?:connected|connect|have)",
    )
)


def route(question: str) -> Route:
    """Return who should take a question; what nobody else claims is a question about data."""
    if len(question) > _MAX_LENGTH:
        return "analytics"
    tokens = tokenise(question)
    tape = Tape(question, tokens)
    text = " ".join(token.text for token in tokens)
    if any(tape.find(compiled) for compiled in _SETUP):
        return "setup"
    if text in GREETINGS or (tokens and all(token.text in GREETINGS for token in tokens)):
        return "smalltalk"
    return "chart" if _only_redraws(tape) else "analytics"


def _only_redraws(tape: Tape) -> bool:
    """Return whether a question names a kind of chart and nothing else."""
    wish, _ = read_chart(tape)
    if wish is None:
        return False
    rest = [tape.tokens[index].text for index in tape.free()]
    return all(word in REDRAW for word in rest)
