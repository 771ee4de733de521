"""Which chart is wished for: "as a line", "stacked bars", "pie chart", "in one table"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from gtm.language.chart_words import PHRASES
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.semantics.query import ChartWish

_KINDS = r"(?P<kind>lines?|bars?|columns?|areas?|pie|cake|donut|doughnut|scatter|funnel|table)"
_NAMES = {
    "donut": "pie",
    "doughnut": "pie",
    "cake": "pie",
    "curve": "line",
    "column": "bar",
    "scatterplot": "scatter",
    "tabular": "table",
}
_CHARTS = r"(?:chart|graph|plot|diagram|view|format|form|visual|visuali[sz]ation)s?"
_STYLE = r"(?:(?:stacked|grouped|clustered|horizontal|vertical|simple|plain|nice|single|sorted) )*"
# What was said first is taken back: "a bar chart, no, make it a line".
_NO_RATHER = r"(?:(?:no|nope|sorry|wait|actually|or|rather|instead|better) )*"
_MAKE = r"(?:(?:please )?(?:make|show|draw|plot|put|display|render|do) (?:it |this |that |them )?)?"
_AS = r"(?:(?:as|in|into|on|to|with|using|be) )?(?:(?:the form of )?(?:an?|one|the) )?"
_LEADING = rf"{_NO_RATHER}{_MAKE}{_AS}{_STYLE}"
_END = r"(?= please|$)"
_CHART = pattern(
    rf"{_LEADING}{_KINDS} {_CHARTS}"
    rf"|{_NO_RATHER}{_MAKE}(?:as|into|in|to) (?:an? |one )?{_STYLE}"
    r"(?P<as>lines?|bars?|columns?|area|pie|scatter|donut|table)(?! items?)"
    rf"|{_LEADING}(?P<alone>pie|donut|doughnut|scatterplot|scatter)"
    r"|(?:a |as |in a |one )?(?P<table>table)(?= of(?!\S)|$| please| with)"
    r"|one (?P<one>table)(?! of)|(?:a |one )(?P<will>table)(?= \x00| will| would| is)"
    r"|in (?P<tabular>tabular) form"
    r"|(?:draw|plot|sketch|show|give|make)(?: (?:me|us))? (?:an? )"
    r"(?P<drawn>line|bar|area|curve(?!.* (?:retention|cohorts?|ctr)(?!\S)))"
    r"(?= (?:of|for|with|showing)(?!\S))"
    rf"|{_STYLE}(?P<last>lines?|bars?|columns?|area|table){_END}"
    r"|(?:stacked|grouped|clustered|horizontal|vertical) (?P<styled>bars?|columns?|areas?|lines?)"
)
_ALONE = frozenset({"line", "lines", "bar", "bars", "column", "columns", "area", "table"})
_NAMED = frozenset(
    {"a", "an", "one", "funnel", "summary", "pivot", "as", "in", "overview", "simple"}
)
_STOPS = frozenset({"", ",", ";", ":", ".", "(", ")", "!", "?"})
_NO_CHART = pattern(
    r"(?:as |in )?(?:an? )?(?:heat ?map|histogram|tree ?map|sankey|gauge|radar|bubble|box plot"
    r"|word cloud|waterfall|candlestick|geo map|world map|choropleth)(?: (?:chart|graph|plot))?"
)


# Said beside a question these can only be meant for its chart.
_LOOKS = ("labels_on", "labels_off", "color_blind", "stacked", "horizontal", "vertical")
_STYLED = pattern(r"stacked|grouped|clustered|horizontal|vertical")


@dataclass(frozen=True, slots=True)
class ChartReading:
    """The kind of chart wished for, a kind that can't be drawn, and words of how it is to look."""

    kind: ChartWish | None = None
    unknown: str | None = None
    look: str | None = None


def _alone(tape: Tape) -> list[Hit]:
    """Find a chart that is named by itself between commas: "a table, channels as rows"."""
    found = []
    for index in tape.free():
        token = tape.tokens[index]
        after = tape.question[token.end :].lstrip()[:1]
        before = tape.question[: token.start].rstrip()[-1:]
        is_named = index > 0 and tape.tokens[index - 1].text in _NAMED
        if token.text in _ALONE and after in _STOPS and (before in _STOPS or is_named):
            tape.claim(index, index + 1, Owner.CHART)
            found.append(Hit(index, index + 1, {"alone": token.text}))
    return found


def read_chart(tape: Tape) -> ChartReading:
    """Claim chart words."""
    if hit := tape.take(_NO_CHART, Owner.CHART):
        return ChartReading(unknown=tape.text(hit.start, hit.end))
    hits = [*tape.take_all(_CHART, Owner.CHART), *_alone(tape)]
    hits.sort(key=lambda hit: hit.start)
    said = [text for hit in hits[-1:] if _STYLED.search(text := tape.text(hit.start, hit.end))]
    looks = [tape.take(PHRASES[name], Owner.CHART) for name in _LOOKS]
    said += [tape.text(hit.start, hit.end) for hit in looks if hit is not None]
    return ChartReading(_wish(hits[-1]) if hits else None, look=", ".join(said) or None)


def _wish(hit: Hit) -> ChartWish:
    word = next(iter(hit.groups.values())).rstrip("s")
    name = _NAMES.get(word, word)
    return next(kind for kind in get_args(ChartWish) if kind == name)
