"""Which agent a question belongs to, decided by its words alone."""

from __future__ import annotations

from typing import Literal

from gtm.language.about import is_about_freshness
from gtm.language.chart_edits import read_chart_edit
from gtm.language.shape import read_chart
from gtm.language.tokens import Tape, pattern, tokenise
from gtm.language.wordings import finds
from gtm.language.words import REDRAW

Route = Literal["analytics", "setup", "chart"]

_MAX_LENGTH = 2_000
_NAMED = (
    r"(?:ga ?4|ga|google analytics(?: 4)?|gsc|(?:google )?search console|hubspot|bigquery|csv"
    r"|data ?sources?|integrations?|connectors?|bulk export)"
)
_SOURCE = rf"(?:{_NAMED}|analytics|crm|sources?|export|propert(?:y|ies)|accounts?|files?)"
_CONNECT = (
    r"(?:connect(?:ed|ing)?|disconnect|reconnect|link(?:ed|ing)?|set ?up|setup|integrat(?:e|ing)"
    r"|install|configur(?:e|ing)|authori[sz]e)"
)
# These are done to numbers and splits, too: "add sources", "imported contacts".
_ADD = r"(?:upload|import|add|enable|sync|integration)"
_SETUP = tuple(
    pattern(source)
    for source in (
        rf"{_CONNECT}(?: \S+){{0,5}}? {_SOURCE}",
        rf"{_SOURCE}(?: \S+){{0,3}}? {_CONNECT}",
        rf"{_ADD}(?: (?:a|an|the|my|our|another|new|more))* {_NAMED}|{_NAMED} {_ADD}",
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
    if finds(tape, _SETUP) or is_about_freshness(tape):
        return "setup"
    if read_chart_edit(question, tokens) is not None or _only_redraws(tape):
        return "chart"
    return "analytics"


def _only_redraws(tape: Tape) -> bool:
    """Return whether a question names a kind of chart and nothing else."""
    if read_chart(tape).kind is None:
        return False
    rest = [tape.tokens[index].text for index in tape.free()]
    return all(word in REDRAW for word in rest)
