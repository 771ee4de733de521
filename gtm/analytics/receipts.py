"""Receipts: what stands behind an answer, in sentences anyone can check."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gtm.insights.wording import filter_sentence, threshold_sentence
from gtm.semantics.catalog import Catalog
from gtm.semantics.query import Filter, MetricQuery
from gtm.semantics.result import MetricDefinition, Receipt, ResolvedQuery, SourceFreshness
from gtm.warehouse.base import QueryResult, ScopedSql


def governed_receipt(
    catalog: Catalog,
    resolved: ResolvedQuery,
    scoped: ScopedSql,
    answers: Sequence[QueryResult],
    freshness: Sequence[SourceFreshness],
) -> Receipt:
    """Return the receipt of a compiled query; the first answer is the one that is shown."""
    query = resolved.query
    return Receipt(
        is_governed=True,
        metrics=_definitions(catalog, query, resolved.view),
        time=resolved.time,
        comparison=resolved.comparison,
        filters=tuple(_filters(catalog, query)),
        assumptions=resolved.assumptions,
        view=resolved.view,
        sql=scoped.text,
        row_count=len(answers[0].rows),
        bytes_processed=sum(answer.bytes_processed for answer in answers),
        is_bytes_estimated=any(answer.is_bytes_estimated for answer in answers),
        # They ran side by side.
        duration_ms=max(answer.duration_ms for answer in answers),
        freshness=tuple(freshness),
    )


def free_receipt(
    scoped: ScopedSql, answer: QueryResult, freshness: Sequence[SourceFreshness]
) -> Receipt:
    """Return the receipt of free SQL, which no definition stands behind."""
    return Receipt(
        is_governed=False,
        view=", ".join(scoped.views) or None,
        sql=scoped.text,
        row_count=len(answer.rows),
        bytes_processed=answer.bytes_processed,
        is_bytes_estimated=answer.is_bytes_estimated,
        duration_ms=answer.duration_ms,
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
