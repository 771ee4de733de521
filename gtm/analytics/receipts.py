"""Receipts: what stands behind an answer, in sentences anyone can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gtm.analytics.runner import Answered
from gtm.insights.wording import filter_sentence, threshold_sentence
from gtm.semantics.catalog import Catalog
from gtm.semantics.query import Filter, MetricQuery
from gtm.semantics.result import (
    MetricDefinition,
    Receipt,
    ResolvedQuery,
    ResultTable,
    SourceFreshness,
)


def governed_receipt(
    catalog: Catalog,
    resolved: ResolvedQuery,
    answered: Answered,
    freshness: Sequence[SourceFreshness],
) -> Receipt:
    """Return the receipt of a compiled query; the first answer is the one that is shown."""
    query, results = resolved.query, answered.results
    return Receipt(
        is_governed=True,
        metrics=_definitions(catalog, query, resolved.view),
        time=resolved.time,
        comparison=resolved.comparison,
        filters=tuple(_filters(catalog, query)),
        assumptions=resolved.assumptions,
        view=resolved.view,
        sql=answered.scoped[0].text,
        row_count=len(results[0].rows),
        bytes_processed=sum(result.bytes_processed for result in results),
        is_bytes_estimated=any(result.is_bytes_estimated for result in results),
        # They ran side by side.
        duration_ms=max(result.duration_ms for result in results),
        is_cached=all(answer.is_cached for answer in answered.answers),
        computed_at=min(answer.computed_at for answer in answered.answers),
        freshness=tuple(freshness),
    )


def analysed_receipt(
    catalog: Catalog,
    table: ResultTable,
    answered: Answered,
    freshness: Sequence[SourceFreshness],
) -> Receipt:
    """Return the receipt of findings, with all SQL that was run for them."""
    resolved = table.resolved
    if resolved is None:
        raise ValueError("Findings say what they are about.")
    receipt = governed_receipt(catalog, resolved, answered, freshness)
    sql = ";\n\n".join(scoped.text for scoped in answered.scoped)
    return receipt.model_copy(update={"sql": sql, "row_count": len(table.rows)})


def free_receipt(answered: Answered, freshness: Sequence[SourceFreshness]) -> Receipt:
    """Return the receipt of free SQL, which no definition stands behind."""
    scoped, answer = answered.scoped[0], answered.answers[0]
    result = answer.result
    return Receipt(
        is_governed=False,
        view=", ".join(scoped.views) or None,
        sql=scoped.text,
        row_count=len(result.rows),
        bytes_processed=result.bytes_processed,
        is_bytes_estimated=result.is_bytes_estimated,
        duration_ms=result.duration_ms,
        is_cached=answer.is_cached,
        computed_at=answer.computed_at,
        freshness=tuple(freshness),
    )


def _definitions(catalog: Catalog, query: MetricQuery, views: str) -> tuple[MetricDefinition, ...]:
    if query.funnel is not None:
        funnel = catalog.funnel(query.funnel)
        source = catalog.views[funnel.view].source
        return (
            MetricDefinition(
                name=funnel.name, label=funnel.label, definition=funnel.definition, source=source
            ),
        )
    return tuple(
        MetricDefinition(
            name=metric.name,
            label=metric.label,
            definition=metric.definition,
            source=metric.source,
        )
        for metric in (catalog.metric(name) for name in query.metrics)
    )


def _filters(catalog: Catalog, query: MetricQuery) -> Iterable[str]:
    for entry in query.filters:
        yield filter_sentence(_as_meant(catalog, entry), catalog.dimension(entry.dimension).label)
    for threshold in query.having:
        metric = catalog.metric(threshold.metric)
        yield threshold_sentence(threshold, metric.label, metric.format)


def _as_meant(catalog: Catalog, entry: Filter) -> Filter:
    """Name the values that a word of the filter stands for, as they stand in the SQL."""
    if entry.op not in {"in", "not_in"}:
        return entry
    dimension = catalog.dimension(entry.dimension)
    values = dict.fromkeys(value for text in entry.values for value in dimension.meaning(text))
    return entry.model_copy(update={"values": tuple(values)})
