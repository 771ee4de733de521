"""What rates are divided by: measured beside them, so that a rate can be taken apart."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp, parse_one

from gtm.semantics.catalog import Catalog, Metric, MetricKind
from gtm.semantics.result import Format

_ENDING = "_base"


def base_name(metric: Metric) -> str:
    """Return the name under which a rate's base is measured."""
    return metric.name + _ENDING


def with_bases(catalog: Catalog) -> Catalog:
    """Return a catalogue that can also measure the base of each rate that has one.

    Nobody may ask by these names: the catalogue that callers meet stays as it is.
    """
    rates = [metric for metric in catalog.metrics.values() if metric.kind is MetricKind.RATIO]
    bases = {
        base_name(metric): _base(metric, expressions)
        for metric in rates
        if (expressions := _denominators(metric)) is not None
    }
    return catalog.model_copy(update={"metrics": {**catalog.metrics, **bases}})


def base_label(catalog: Catalog, metric: Metric) -> str:
    """Return what a rate's base counts, in the catalogue's words where it has them."""
    wanted = _denominators(metric) or {}
    for known in catalog.metrics.values():
        shared = wanted.keys() & known.expressions.keys()
        is_sum = known.kind is MetricKind.ADDITIVE
        if is_sum and any(_same(wanted[view], known.expressions[view]) for view in shared):
            return known.label
    return "Measured over"


def _base(metric: Metric, expressions: Mapping[str, str]) -> Metric:
    return Metric(
        name=base_name(metric),
        label="Base",
        definition=f"What {metric.label} is divided by.",
        source=metric.source,
        format=Format.INTEGER,
        kind=MetricKind.ADDITIVE,
        expressions=dict(expressions),
        times=metric.times,
    )


def _denominators(metric: Metric) -> dict[str, str] | None:
    """Return the base on each view; None where one of them does not add up over groups."""
    found = {view: _denominator(sql) for view, sql in metric.expressions.items()}
    whole = {view: sql for view, sql in found.items() if sql is not None}
    return whole if len(whole) == len(found) else None


def _denominator(sql: str) -> str | None:
    """Return what the one division of an expression divides by; an average is one, too."""
    tree = parse_one(sql, dialect="bigquery")
    divisions = list(tree.find_all(exp.SafeDivide, exp.Div, exp.Avg))
    if len(divisions) != 1:
        return None
    division = divisions[0]
    base = (
        exp.Count(this=division.this.copy(), big_int=True)
        if isinstance(division, exp.Avg)
        else division.expression.copy()
    )
    if base.find(exp.Distinct) is not None:
        return None
    return base.sql(dialect="bigquery")


def _same(one: str, other: str) -> bool:
    return parse_one(one, dialect="bigquery") == parse_one(other, dialect="bigquery")
