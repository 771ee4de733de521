"""From what the queries about a change returned to the table of its findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gtm.analytics.bases import base_label, base_name
from gtm.analytics.change import MAX_GROUPS, Change
from gtm.analytics.measured import first_day_of, parts_of, whole_of
from gtm.charts.titles import join_words, lower_first
from gtm.insights.explain.drivers import Method, Split, Whole, split_of
from gtm.insights.explain.table import explain_table, figures_of
from gtm.semantics.catalog import Catalog
from gtm.semantics.result import Analysis, Claim, Format, ResolvedQuery, ResultTable
from gtm.warehouse.base import QueryResult

WHOLE = "the whole"
FIRST_DAY = "the first day"
_SHOWN_GROUPS = 8


def findings(
    catalog: Catalog,
    change: Change,
    measured: ResolvedQuery,
    results: Mapping[str, QueryResult],
    *,
    claim: Claim | None,
    unread: Sequence[str] = (),
) -> ResultTable:
    """Return the findings about a change, the splits that tell most of it first."""
    before, after = whole_of(results[WHOLE], change.metric.name)
    by = {name: found for name, found in results.items() if name not in {WHOLE, FIRST_DAY}}
    long = [name for name, result in by.items() if len(result.rows) > MAX_GROUPS]
    totals = {"before": before, "after": after, "change": None}
    splits: list[Split] = []
    if before is not None and after is not None:
        whole = Whole(before, after, is_count=change.metric.format is Format.INTEGER)
        short = {name: result for name, result in by.items() if name not in long}
        splits = _splits(catalog, change, short, whole)
        totals["change"] = whole.net
    figures = figures_of(splits) | _known_days(change, results.get(FIRST_DAY))
    analysis = Analysis(kind="explain", method=change.method, claim=claim, figures=figures)
    notes = (*change.cuts, *_split_notes(catalog, splits, long, unread))
    resolved = _resolved(change, measured, analysis, notes)
    label = base_label(catalog, change.metric)
    return explain_table(change.metric, splits, totals, resolved, base_label=label)


def _resolved(
    change: Change, measured: ResolvedQuery, analysis: Analysis, notes: Sequence[str]
) -> ResolvedQuery:
    """Return what was measured, under the question that was asked."""
    return measured.model_copy(
        update={
            "query": change.query,
            "comparison_kind": change.asked.comparison_kind,
            "assumptions": (*measured.assumptions, *notes),
            "analysis": analysis,
        }
    )


def _splits(
    catalog: Catalog, change: Change, results: Mapping[str, QueryResult], whole: Whole
) -> list[Split]:
    """Return the splits with more than one group, the most telling first."""
    base, found = base_name(change.metric), []
    most = change.query.limit or _SHOWN_GROUPS
    for name, result in results.items():
        parts = parts_of(result, name, change.metric.name, base)
        label = catalog.dimension(name).label
        split = split_of(name, label, parts, whole, change.method, most=most)
        if len(parts) > 1 and split is not None:
            found.append(split)
    # Where some splits make a whole, those that can only be ranked say less.
    return sorted(found, key=lambda split: (split.method is Method.RANK, -split.power))


def _known_days(change: Change, series: QueryResult | None) -> dict[str, float]:
    """Say how many days of the earlier period are known, when some are not."""
    first = None if series is None else first_day_of(series)
    if first is None or first <= change.comparison.start:
        return {}
    return {"known_days_before": (change.comparison.end - first).days + 1}


def _split_notes(
    catalog: Catalog, splits: Sequence[Split], long: Sequence[str], unread: Sequence[str]
) -> list[str]:
    notes = []
    if splits:
        notes.append(f"Split by {join_words([lower_first(split.label) for split in splits])}.")
    for names, why in ((long, f"more than {MAX_GROUPS} values"), (unread, "could not be read")):
        if names:
            labels = [lower_first(catalog.dimension(name).label) for name in names]
            notes.append(f"Not split by {join_words(labels, 'or')}: {why}.")
    return notes
