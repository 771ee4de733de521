"""Which agent a question is for, by its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gtm.charts.spec import ChartType


class Destination(StrEnum):
    """The agents that answer."""

    SQL_ANALYST = "sql_analyst"
    CHART_BUILDER = "chart_builder"
    INTEGRATION_SETUP = "integration_setup"


@dataclass(frozen=True, slots=True)
class Route:
    """An agent, and for the chart builder the chart wanted."""

    destination: Destination
    chart: ChartType | None = None


_SOURCE: Final = r"(?:ga ?4|google analytics|(?:google )?search console|gsc|hub ?spot|crm)"
_CONNECT: Final = (
    r"connect(?:ed|ing|ion|ions)?|link(?:ed|ing)?|integrat\w+|set ?up|setting up|hook up|install"
    r"|configure|bulk export|private app|access token|import"
)
_THINGS: Final = rf"(?:{_SOURCE}|(?:data )?sources?|integrations?|accounts?|data|it)"
_SETUP: Final = (
    re.compile(rf"\b(?:{_CONNECT})\b.*\b{_THINGS}\b"),
    re.compile(rf"\b{_SOURCE}\b.*\b(?:{_CONNECT})\b"),
    re.compile(rf"\b{_THINGS}\b.*\bconnected\b"),
    re.compile(
        r"\bhow (?:fresh|recent|current|up to date|far|old)\b.*\b(?:data|sources?)\b"
        rf"|\b(?:data|{_SOURCE}|sources?)\b.*\b(?:fresh(?:ness)?|up to date|stale|delayed)\b"
        r"|\blast (?:sync|export|import|load)\b|\bdata freshness\b"
    ),
)
_KINDS: Final[dict[str, ChartType]] = {
    "line": "line",
    "bar": "bar",
    "bars": "bar",
    "column": "bar",
    "columns": "bar",
    "area": "area",
    "pie": "pie",
    "donut": "pie",
    "doughnut": "pie",
    "scatter": "scatter",
    "funnel": "funnel",
}
_KIND: Final = "|".join(_KINDS)
# The whole of it must be about drawing: "sessions as a pie" is a question for numbers.
_REDRAW: Final = re.compile(
    r"(?:(?:and|now|ok|okay|please|can you|could you|then) )*"
    r"(?:(?:make|show|draw|display|plot|turn|change|convert|render|switch|give|see|as)(?: me)? )?"
    r"(?:(?:it|this|that|them|the (?:chart|result|graph)) )?(?:(?:as|into|to|in|with) )?"
    rf"(?:an? |the )?(?P<kind>{_KIND})(?: (?:chart|graph|plot|diagram))?"
    r"(?: (?:instead|please|now|again))*"
)


def route(question: str, *, has_result: bool) -> Route:
    """Return the agent for a question; only an earlier result can be drawn differently."""
    text = " ".join(re.sub(r"[^\w\s]", " ", question.lower()).split())
    redraw = _REDRAW.fullmatch(text) if has_result else None
    if redraw is not None:
        return Route(Destination.CHART_BUILDER, _KINDS[redraw["kind"]])
    if any(pattern.search(text) for pattern in _SETUP):
        return Route(Destination.INTEGRATION_SETUP)
    return Route(Destination.SQL_ANALYST)
