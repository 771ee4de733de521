"""Checks of the catalogue at load: a wrong entry stops the start, not a question weeks later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from gtm.errors import ConfigurationError

if TYPE_CHECKING:
    from gtm.semantics.catalog import Catalog, Metric


def check_catalog(catalog: Catalog) -> None:
    """Raise ConfigurationError naming every entry that does not hold together."""
    problems = [
        *_expression_problems(catalog),
        *_reference_problems(catalog),
        *_funnel_problems(catalog),
        *_collisions(catalog),
    ]
    if problems:
        raise ConfigurationError(
            "The catalogue has mistakes: " + " ".join(problems),
            hint="Correct the files in gtm/semantics/catalog.",
        )


def _expression_problems(catalog: Catalog) -> Iterator[str]:
    for name, view in catalog.views.items():
        if view.time is not None and view.columns.get(view.time) != "DATE":
            yield f"{name}: time column {view.time!r} is not one of its DATE columns."
    for metric in catalog.metrics.values():
        yield from _time_problems(catalog, metric)
        for view_name, sql in metric.expressions.items():
            yield from _problems_of(catalog, metric.name, view_name, sql, is_aggregate=True)
    for dimension in catalog.dimensions.values():
        for view_name, sql in dimension.expressions.items():
            yield from _problems_of(catalog, dimension.name, view_name, sql, is_aggregate=False)


def _time_problems(catalog: Catalog, metric: Metric) -> Iterator[str]:
    for view in sorted(metric.times.keys() - metric.expressions.keys()):
        yield f"{metric.name}: has a time for {view!r} but no expression."
    for view, column in metric.times.items():
        known = catalog.views[view].columns if view in catalog.views else {}
        if column != "now" and known.get(column) != "DATE":
            yield f"{metric.name}: time column {column!r} is not a DATE column of {view}."


def _problems_of(
    catalog: Catalog, name: str, view_name: str, sql: str, *, is_aggregate: bool
) -> Iterator[str]:
    view = catalog.views.get(view_name)
    if view is None:
        yield f"{name}: view {view_name!r} is not known."
        return
    try:
        tree = sqlglot.parse_one(sql, dialect="bigquery")
    except SqlglotError:
        yield f"{name}: {sql!r} on {view_name} can't be read."
        return
    used = {column.name for column in tree.find_all(exp.Column)}
    for column in sorted(used - view.columns.keys()):
        yield f"{name}: column {column!r} is not in {view_name}."
    if (tree.find(exp.AggFunc) is not None) is not is_aggregate:
        yield f"{name}: {sql!r} must {'' if is_aggregate else 'not '}be an aggregate."


def _reference_problems(catalog: Catalog) -> Iterator[str]:
    known = catalog.metrics.keys() | catalog.dimensions.keys()
    for metric in catalog.metrics.values():
        yield from _unknown(metric.name, filter(None, [metric.counterpart]), catalog.metrics)
    for dimension in catalog.dimensions.values():
        if dimension.name in catalog.metrics:
            yield f"{dimension.name}: is a metric and a dimension."
        if dimension.default_metric not in catalog.metrics:
            yield f"{dimension.name}: metric {dimension.default_metric!r} is not known."
        linked = [*dimension.alternatives, dimension.counterpart or dimension.name]
        yield from _unknown(dimension.name, linked, catalog.dimensions.keys())
        for values in dimension.groups.values():
            yield from _unknown(dimension.name, values, dimension.values.keys())
    for term in catalog.ambiguous:
        yield from _unknown(term.terms[0], term.options, known)
        if term.default is not None and term.default not in term.options:
            yield f"{term.terms[0]}: default {term.default!r} is not one of its options."
    for unsupported in catalog.unsupported:
        yield from _unknown(unsupported.name, unsupported.nearest, known)


def _unknown(owner: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for name in sorted(set(names) - set(known)):
        yield f"{owner}: {name!r} is not known."


def _funnel_problems(catalog: Catalog) -> Iterator[str]:
    for funnel in catalog.funnels.values():
        view = catalog.views.get(funnel.view)
        if view is None or funnel.step not in view.columns:
            yield f"{funnel.name}: {funnel.view!r} has no steps to count."
            continue
        if funnel.metric not in catalog.metrics:
            yield f"{funnel.name}: metric {funnel.metric!r} is not known."
        yield from _problems_of(catalog, funnel.name, funnel.view, funnel.counts, is_aggregate=True)
        if len(set(funnel.steps.values())) != len(funnel.steps):
            yield f"{funnel.name}: two steps share a label."


def _collisions(catalog: Catalog) -> Iterator[str]:
    """Find words that mean two things without being listed as ambiguous."""
    owners: dict[str, set[str]] = defaultdict(set)
    for owner, words in _words(catalog):
        for word in words:
            owners[word.casefold()].add(owner)
    for word, names in owners.items():
        if len(names) > 1:
            yield f"{word!r} means {' and '.join(sorted(names))}."
    for dimension in catalog.dimensions.values():
        values = {**dimension.values, **dict.fromkeys(dimension.groups, ())}
        yield from _value_collisions(dimension.name, values)


def _words(catalog: Catalog) -> Iterator[tuple[str, Iterable[str]]]:
    for metric in catalog.metrics.values():
        yield f"metric {metric.name}", (metric.label, *metric.synonyms)
    for dimension in catalog.dimensions.values():
        yield f"dimension {dimension.name}", (dimension.label, *dimension.synonyms)
    for funnel in catalog.funnels.values():
        yield f"funnel {funnel.name}", (funnel.label, *funnel.synonyms)
    for term in catalog.ambiguous:
        yield f"ambiguous {term.terms[0]}", term.terms
    for unsupported in catalog.unsupported:
        yield f"unsupported {unsupported.name}", unsupported.terms


def _value_collisions(name: str, values: dict[str, tuple[str, ...]]) -> Iterator[str]:
    owners: dict[str, set[str]] = defaultdict(set)
    for value, words in values.items():
        for word in (value, *words):
            owners[word.casefold()].add(value)
    for word, meant in owners.items():
        if len(meant) > 1:
            yield f"{name}: {word!r} means {' and '.join(sorted(meant))}."
