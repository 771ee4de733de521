"""The last look: every constraint that was recognised is in the query, or the question stops."""

from __future__ import annotations

from collections.abc import Iterator

from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.reading import Reading
from gtm.semantics.catalog import Catalog
from gtm.semantics.query import Grain, MetricQuery, RelativeRange

_PEOPLE = frozenset({"active_users", "total_users"})
_ASKING = frozenset({"what", "where", "how", "who", "which", "why"})
# "How many visitors", "what was the number of people", "how is the audience doing".
_COUNTING = frozenset(
    {"many", "much", "is", "was", "were", "are", "about", "have", "has", "of", "number", "total"}
    | {"the", "s", "our"}
)


def missing(reading: Reading, query: MetricQuery, catalog: Catalog) -> list[str]:
    """Return what was said but is not in the query, in the person's words."""
    return [
        *_missing_time(reading, query, catalog),
        *_missing_form(reading, query),
        *_missing_terms(reading, query, catalog),
        *_missing_joints(reading, query),
        *_missing_doings(reading, query),
    ]


def _missing_time(reading: Reading, query: MetricQuery, catalog: Catalog) -> Iterator[str]:
    time, shape = reading.time, reading.shape
    is_now = bool(query.metrics) and all(map(catalog.is_state, query.metrics))
    is_meant = is_now and time.period is not None and time.period.relative is RelativeRange.TODAY
    if time.period is not None and query.time is None and not is_meant:
        yield time.period.label
    if time.comparison is not None and query.compare is None:
        yield "the comparison"
    if shape.has_change and query.compare is None:
        yield "the change"
    is_by_day = reading.intent.intent == "anomalies" and time.grain is Grain.DAY
    if time.grain is not None and query.grain is not time.grain and not is_by_day:
        yield f"by {time.grain.value}"
    if shape.has_trend and query.grain is None:
        yield "the trend"
    is_percent = any(catalog.metrics[name].format == "percent" for name in query.metrics)
    if shape.has_share and not (query.dimensions or is_percent):
        yield "the share"


def _missing_form(reading: Reading, query: MetricQuery) -> Iterator[str]:
    shape = reading.shape
    if reading.chart is not None and query.chart != reading.chart:
        yield f"the {reading.chart} chart"
    if shape.rankings and (query.limit is None or query.order is None):
        yield shape.rankings[0].word
    is_sorted = shape.sort_position is not None or shape.sort_is_ascending is not None
    if is_sorted and query.order is None:
        yield "the order"
    if shape.limit is not None and query.limit != shape.limit:
        yield f"the first {shape.limit}"
    if len(reading.thresholds) > len(query.having):
        yield "the limit"
    yield from _contradictory(query)
    parts = [item for item in query.filters if item.op.endswith("contains")]
    if len(reading.parts) > len(parts):
        yield reading.parts[0].text


def _contradictory(query: MetricQuery) -> Iterator[str]:
    """Find limits that no number keeps: one of them was meant for another number."""
    for metric in dict.fromkeys(item.metric for item in query.having):
        bounds = [item for item in query.having if item.metric == metric]
        least = [item.value for item in bounds if item.op in {">", ">="}]
        most = [item.value for item in bounds if item.op in {"<", "<="}]
        if least and most and max(least) >= min(most):
            yield f"both limits of {metric.replace('_', ' ')}"


def _missing_terms(reading: Reading, query: MetricQuery, catalog: Catalog) -> Iterator[str]:
    tape = reading.tape
    limited = {item.metric for item in query.having}
    shown = {*query.metrics, *limited}
    used = {*query.dimensions, *(item.dimension for item in query.filters)}
    for mention in reading.metrics():
        names = {word.name for word in mention.of(MetricWord)}
        names |= {other for name in names if (other := catalog.metrics[name].counterpart)}
        names |= {"lost_amount"} if "won_amount" in names and "lost_reason" in used else set()
        if not names & (shown | reading.settled) and query.funnel is None:
            yield tape.raw(mention.start, mention.end)
    is_explained = reading.intent.intent == "explain"
    for mention in () if is_explained else reading.mentions_of(DimensionWord):
        names = {word.name for word in mention.of(DimensionWord)}
        names |= {other for name in names if (other := catalog.dimensions[name].counterpart)}
        names |= {"landing_page"} if "page" in names else set()
        is_lifted = any(end == mention.start for _, end in reading.marks.everies)
        if not names & used and not is_lifted:
            yield tape.raw(mention.start, mention.end)
    for mention in reading.mentions_of(ValueWord):
        if not _has_landed(mention, query):
            yield tape.raw(mention.start, mention.end)


def _has_landed(mention: Mention, query: MetricQuery) -> bool:
    for word in mention.of(ValueWord):
        if word.dimension in query.dimensions:
            return True
        for item in query.filters:
            if item.dimension == word.dimension and (
                set(word.values) <= set(item.values) or item.op == "in"
            ):
                return True
    return False


def _missing_joints(reading: Reading, query: MetricQuery) -> Iterator[str]:
    is_several = (
        len(query.metrics) > 1
        or len(query.dimensions) > 1
        or any(len(item.values) > 1 for item in query.filters)
    )
    has_comparison = query.compare is not None or is_several
    first = reading.marks.versus[:1]
    is_against_former = first == (0,) and len(query.metrics) > 1
    joints = reading.marks.versus[1:] if is_against_former else reading.marks.versus
    if any(not _joins_alike(reading, position) for position in joints):
        yield "versus"
    if reading.shape.has_compare and not (has_comparison or query.dimensions):
        yield "compare"


def _missing_doings(reading: Reading, query: MetricQuery) -> Iterator[str]:
    """Find what people were asked to do or where, when the answer would only count them."""
    is_split = query.dimensions or query.grain or query.compare or query.funnel
    if is_split or reading.intent.intent != "query" or not set(query.metrics) <= _PEOPLE:
        return
    tape = reading.tape
    for mention in reading.metrics():
        asking = [i for i in range(mention.start) if tape.tokens[i].text in _ASKING]
        if not asking or asking[-1] + 1 == mention.start:
            continue
        after = tape.text(asking[-1] + 1, asking[-1] + 2)
        if after not in _COUNTING and not tape.tokens[asking[-1]].is_aside:
            yield tape.raw(asking[-1], mention.start)


def _joins_alike(reading: Reading, position: int) -> bool:
    """Return whether "vs" stands between two metrics, two splits or two values of one split."""
    before = [mention for mention in reading.mentions if mention.end <= position]
    after = [mention for mention in reading.mentions if mention.start > position]
    if not before or not after:
        return False
    return bool(_kinds(before) & _kinds(after[:1]))


def _kinds(mentions: list[Mention]) -> set[str]:
    """Return what mentions may stand for: "metric", "dimension", or values of which dimension."""
    found: set[str] = set()
    for mention in mentions:
        if mention.of(MetricWord):
            found.add("a metric")
        if mention.of(DimensionWord):
            found.add("a dimension")
        found |= {word.dimension for word in mention.of(ValueWord)}
    return found
