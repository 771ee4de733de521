"""The shape of the answer: chart, ranking, sort, trend, share, change."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import get_args

from gtm.language.dates import NUMBERS
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.semantics.query import ChartWish

DEFAULT_LIMIT = 10

_KINDS = r"(?P<kind>line|bar|column|area|pie|donut|doughnut|scatter|funnel|table)"
_CHART_ALIASES = {
    "donut": "pie",
    "doughnut": "pie",
    "column": "bar",
    "columns": "bar",
    "bars": "bar",
    "scatterplot": "scatter",
}
_LEADING = r"(?:(?:as|in|into|on|to|with|using) (?:an? )?|(?:an? ))?"
_CHART = pattern(
    rf"{_LEADING}{_KINDS} (?:chart|graph|plot|diagram)s?"
    r"|(?:as|into|to) (?:an? )?(?P<as>line|bar|bars|columns?|area|pie|scatter|donut|table)s?"
    rf"|{_LEADING}(?P<alone>pie|donut|doughnut|scatterplot|scatter)"
    r"|(?:a |as |in a )?(?P<table>table)(?= of(?!\S)|$)|in (?P<tabular>table|tabular) form"
)
_NO_CHART = pattern(
    r"(?:as |in )?(?:an? )?(?:heat ?map|histogram|tree ?map|sankey|gauge|radar|bubble|box plot|"
    r"word cloud|waterfall|candlestick|geo map|world map|choropleth|"
    r"stacked(?: (?:bar|area|column))?(?= (?:chart|graph)))(?: (?:chart|graph|plot))?"
)

_COUNT = rf"\d+|{'|'.join(NUMBERS)}"
_HIGH = (
    r"most|highest|biggest|largest|greatest|leading|top performing|top|maximum|max|peak|busiest|"
    r"strongest"
)
_LOW = r"least|lowest|fewest|smallest|bottom|minimum|weakest|quietest|slowest"
_RANK = pattern(
    rf"(?:the )?(?:(?P<n1>{_COUNT}) )?(?P<word>{_HIGH}|{_LOW}|best|worst)"
    rf"(?: (?:performing|converting(?= rate)))?(?: (?P<n2>{_COUNT}))?"
)
_RANK_VERB = pattern(r"rank(?:ed|ing)?(?= [\w ]*\bby\b)|rank")
_SORT = pattern(
    r"(?:and )?(?:sort|sorted|order|ordered)(?: them| it| the list)? by"
    r"|(?P<how>desc|descending|asc|ascending)(?: order)?"
)
_LIMIT = pattern(
    rf"limit(?:ed)?(?: to)? (?P<n>{_COUNT})|(?:show )?only (?:the )?first (?P<m>{_COUNT})"
)

_TREND = pattern(
    r"(?:the )?(?:trend(?:s|ing|line)?(?: of| in| for)?|over time|time ?line|time series|evolution"
    r"|development|developed|developing|evolved|evolving|progress(?:ed|ion)?|histor(?:y|ical))"
)
_SHARE = pattern(
    r"(?:what |which )?(?:the )?(?:share|percentage|percent|%|proportion|fraction|portion|part)"
    r" of(?: (?:the|our|my|all|total))*|(?:the )?distribution of|(?:share|mix|distribution)"
)
_CHANGE = pattern(
    r"(?:by )?how much (?:did|has|have)(?= .*\b(?:change|grow|drop|fall|rise)\b)"
    r"|chang(?:e|es|ed|ing)(?: in| of)?|gr(?:ew|owth|ow|own|owing)(?: in| of| rate)?"
    r"|(?:increase|decrease|decline|drop|rise|fall|jump|dip|loss|gain)(?:s|d|ped|ping|n)?"
    r"(?: in| of)?"
    r"|increasing|decreasing|declining|rising|falling|fell|rose|risen|losing|gaining|lost"
    r"|(?:went|go|going|gone|goes) (?:up|down)|(?:are|is) (?:up|down)|differences?(?: in| of)?"
)
_WHY = pattern(
    r"why|how come|(?:the )?reasons?(?: (?:for|behind))?|root causes?|caus(?:e|es|ed|ing)"
    r"|what(?: is| are|s)? (?:driving|drove|explains?|behind)|explain(?:s|ed)?|explanation"
    r"|drivers?(?: (?:of|behind))?|because of|due to|impact of|effect of|affect(?:s|ed)?"
)
_FUTURE = pattern(
    r"will|forecast(?:s|ed|ing)?|predict(?:s|ed|ion|ions)?|projections?|project(?:ed)?(?= \w)"
    r"|expect(?:ed)?|going to be|estimate[ds]?|likely"
)
_TOTAL = pattern(
    r"(?:in )?total(?: number of| of)?|(?:the )?(?:sum|count|number|amount) of|overall|altogether"
    r"|combined|count"
)
_JUDGED = pattern(r"doing|going(?: on)?|faring|fare|holding up|getting on")
_AVERAGE = pattern(
    r"(?:on )?(?:the )?(?:average|avg|mean)(?: of)?|median|cumulative|running total|cumulated"
    r"|standard deviation|variance|percentile|correlat(?:ion|ed?|ions)(?: between)?|ratio of"
    r"|weighted|rolling|moving|normali[sz]ed|per capita|significant(?:ly)?|distinct"
)
_COMPARE = pattern(r"compar(?:e|es|ed|ing|ison|isons)(?: (?:of|between|the))?")
_MEANING = (
    pattern(r"define|(?:the )?(?:definition|meaning) of|explain what"),
    pattern(r"what (?:do|does)(?= .*\b(?:means?|stand for)$)"),
    pattern(r"how (?:is|are|do you|do we)(?= .*\b(?:calculated?|computed?|defined?|measured?)$)"),
)
_MEANING_REST = pattern(r"means?|stand for|calculated?|computed?|defined?|measured?")
_OUTLIER = pattern(r"(?:spikes?|anomal(?:y|ies)|outliers?|unusual)")


@dataclass(frozen=True, slots=True)
class Ranking:
    """A wish for the first or last of a list; `limit` is None where no number was said."""

    word: str
    position: int
    end: int
    is_highest: bool
    is_evaluative: bool = False
    limit: int | None = None


@dataclass(slots=True)
class Shape:
    """What a question says about the form of its answer."""

    chart: ChartWish | None = None
    unknown_chart: str | None = None
    rankings: list[Ranking] = field(default_factory=list)
    sort_position: int | None = None
    sort_is_ascending: bool | None = None
    limit: int | None = None
    has_trend: bool = False
    has_share: bool = False
    share: tuple[int, int] | None = None
    has_change: bool = False
    asks_meaning: bool = False
    asks_why: bool = False
    asks_future: bool = False
    has_total: bool = False
    aggregate: str | None = None
    has_compare: bool = False
    is_judged: bool = False


def read_chart(tape: Tape) -> tuple[ChartWish | None, str | None]:
    """Claim chart words; the second part names a kind that can't be drawn."""
    if hit := tape.take(_NO_CHART, Owner.CHART):
        return None, tape.text(hit.start, hit.end)
    wish: ChartWish | None = None
    for hit in tape.take_all(_CHART, Owner.CHART):
        word = next(iter(hit.groups.values()))
        name = _CHART_ALIASES.get(word, "table" if word.startswith("tab") else word)
        wish = next(kind for kind in get_args(ChartWish) if kind == name)
    return wish, None


def read_shape(tape: Tape) -> Shape:
    """Claim every word about the form of the answer. Catalogue phrases are claimed before."""
    shape = Shape()
    _read_definition(tape, shape)
    shape.asks_why = bool(tape.take_all(_WHY, Owner.SHAPE))
    shape.asks_future = bool(tape.take_all(_FUTURE, Owner.SHAPE))
    shape.has_trend = bool(tape.take_all(_TREND, Owner.SHAPE))
    for hit in tape.take_all(_SHARE, Owner.SHAPE):
        shape.has_share = True
        shape.share = shape.share or (hit.start, hit.end)
    shape.has_change = bool(tape.take_all(_CHANGE, Owner.SHAPE))
    if shape.asks_why or shape.has_change:
        tape.take_all(_OUTLIER, Owner.SHAPE)
    _read_sort(tape, shape)
    _read_rankings(tape, shape)
    shape.has_total = bool(tape.take_all(_TOTAL, Owner.SHAPE))
    if found := tape.take(_AVERAGE, Owner.SHAPE):
        shape.aggregate = tape.text(found.start, found.end)
    shape.is_judged = bool(tape.take_all(_JUDGED, Owner.SHAPE))
    shape.has_compare = bool(tape.take_all(_COMPARE, Owner.COMPARISON))
    return shape


def _read_definition(tape: Tape, shape: Shape) -> None:
    """Tell a question about what a number means from one for the number."""
    for compiled in _MEANING:
        if tape.take(compiled, Owner.SHAPE):
            shape.asks_meaning = True
            tape.take_all(_MEANING_REST, Owner.SHAPE)


def _read_sort(tape: Tape, shape: Shape) -> None:
    for hit in tape.take_all(_SORT, Owner.RANKING):
        if how := hit.groups.get("how"):
            shape.sort_is_ascending = how.startswith("asc")
        else:
            shape.sort_position = hit.end
    if found := tape.take(_LIMIT, Owner.RANKING):
        shape.limit = _number(next(iter(found.groups.values())))


def _read_rankings(tape: Tape, shape: Shape) -> None:
    for hit in tape.take_all(_RANK, Owner.RANKING):
        shape.rankings.append(_ranking(hit))
    for hit in tape.take_all(_RANK_VERB, Owner.RANKING):
        shape.rankings.append(Ranking("rank", hit.start, hit.end, is_highest=True))
    shape.rankings.sort(key=lambda ranking: ranking.position)


def _ranking(hit: Hit) -> Ranking:
    word = hit.groups["word"]
    said = hit.groups.get("n2") or hit.groups.get("n1")
    return Ranking(
        word=word,
        position=hit.start,
        end=hit.end,
        is_highest=word == "best" or re.fullmatch(_HIGH, word) is not None,
        is_evaluative=word in {"best", "worst", "strongest", "weakest"},
        limit=_number(said) if said else None,
    )


def _number(text: str) -> int:
    return NUMBERS.get(text) or int(text)
