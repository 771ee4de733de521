"""Made-up changes: the parts of a split, and the table of findings that becomes of them."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from gtm.insights.explain.decompose import Part
from gtm.insights.explain.drivers import Method, Whole, split_of
from gtm.insights.explain.table import explain_table, figures_of
from gtm.semantics.catalog import Metric, load_catalog
from gtm.semantics.query import MetricQuery
from gtm.semantics.result import Analysis, Claim, Format, ResolvedQuery, ResultTable
from tests.support.tables import BEFORE, TIME

COUNTS = st.integers(0, 100_000)
RATES = st.floats(0, 1, allow_nan=False)


@st.composite
def sums(draw: st.DrawFn) -> list[Part]:
    """Draw groups of a sum; some are new, some are gone."""
    pairs = draw(st.lists(st.tuples(COUNTS, COUNTS), min_size=2, max_size=14))
    return [Part(f"group {at}", before, after) for at, (before, after) in enumerate(pairs)]


@st.composite
def rates(draw: st.DrawFn) -> list[Part]:
    """Draw groups of a rate, each measured over its base; one without a base has no rate."""
    size = draw(st.integers(2, 10))
    found = []
    for at in range(size):
        # The first is always there, so that there is a rate to speak of.
        least = 0 if at else 1
        bases = draw(st.tuples(*[st.integers(least, 100_000)] * 2))
        before, after = (draw(RATES) if base else None for base in bases)
        found.append(Part(f"group {at}", before, after, *map(float, bases)))
    return found


def overall(parts: Sequence[Part]) -> tuple[float, float]:
    """Return a rate over all groups, before and after."""
    before = sum((p.before or 0) * p.base_before for p in parts)
    after = sum((p.after or 0) * p.base_after for p in parts)
    return before / sum(p.base_before for p in parts), after / sum(p.base_after for p in parts)


def metric(name: str) -> Metric:
    """Return a metric of the catalogue."""
    return load_catalog().metrics[name]


def explained(
    name: str, parts: Sequence[Part], whole: tuple[float, float], *, claim: Claim | None = None
) -> ResultTable:
    """Return the findings about one split by channel."""
    asked = metric(name)
    before, after = whole
    method = {"additive": Method.PARTS, "ratio": Method.MIX_AND_RATE}.get(asked.kind, Method.RANK)
    is_count = asked.format is Format.INTEGER
    split = split_of("channel", "Channel", parts, Whole(before, after, is_count), method, most=8)
    figures = figures_of([split] if split else [])
    resolved = ResolvedQuery(
        query=MetricQuery(metrics=(name,)),
        view="vw_sessions_daily",
        time=TIME,
        comparison=BEFORE,
        analysis=Analysis(kind="explain", method=method, claim=claim, figures=figures),
    )
    totals: dict[str, float | None] = {"before": before, "after": after, "change": after - before}
    return explain_table(asked, [split] if split else [], totals, resolved, base_label="Sessions")
