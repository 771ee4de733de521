"""Finding the facts of a result: deterministic, each number in them from the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gtm.insights.cautions import chance_fact, days_fact, none_before_or_now_fact
from gtm.insights.changes import change_fact, contributors_fact, movers_fact, overall
from gtm.insights.explain.facts import explain_facts
from gtm.insights.fact import Fact, FactKind
from gtm.insights.forecast.facts import forecast_facts
from gtm.insights.funnels import funnel_facts
from gtm.insights.ranking import concentration_fact, leader_fact, runners_up_fact, total_fact
from gtm.insights.reading import Group, Reading
from gtm.insights.series import (
    anomaly_facts,
    groups_over_time,
    peak_fact,
    points_of,
    trend_fact,
)
from gtm.insights.unusual_facts import unusual_facts
from gtm.insights.wording import amount_text, sentence
from gtm.semantics.result import ResultColumn, ResultTable

_MAX_METRICS = 3
_LATER_METRIC = 0.6
_ANALYSED = {
    "explain": explain_facts,
    "forecast": forecast_facts,
    "anomalies": unusual_facts,
}


def find_facts(table: ResultTable) -> list[Fact]:
    """Return what is worth saying about a result, the most important first."""
    analysis = table.resolved.analysis if table.resolved else None
    if analysis is not None:
        facts = _ANALYSED[analysis.kind](table, analysis)
        return sorted(facts, key=lambda fact: -fact.score)
    reading = Reading(table)
    if reading.is_empty:
        return [_empty(reading)]
    if reading.is_funnel:
        facts = funnel_facts(reading)
    else:
        facts = []
        for place, metric in enumerate(reading.metrics[:_MAX_METRICS]):
            found = _metric_facts(reading, metric)
            facts += found if place == 0 else _as_aside(found)
    return sorted(facts, key=lambda fact: -fact.score)


def _metric_facts(reading: Reading, metric: ResultColumn) -> list[Fact]:
    if reading.period is not None:
        return _series_facts(reading, metric)
    if reading.dimensions:
        return _group_facts(reading, metric)
    if len(reading.table.rows) == 1:
        change = change_fact(reading, metric) or _value_fact(reading, metric)
        return _present([change, *_cautions(reading, metric, ())])
    return []


def _group_facts(reading: Reading, metric: ResultColumn) -> list[Fact]:
    groups = reading.groups(metric)
    change, leader = change_fact(reading, metric), leader_fact(reading, metric, groups)
    # The change and the leader's share already name the whole.
    named = leader.values if leader is not None else {}
    is_whole_said = change is not None or "total" in named or "overall" in named
    return _present(
        [
            change,
            contributors_fact(reading, metric),
            movers_fact(reading, metric),
            leader,
            runners_up_fact(reading, metric, groups),
            concentration_fact(reading, metric, groups),
            total_fact(reading, metric, score=0.1 if is_whole_said else 0.4),
            *_cautions(reading, metric, groups),
        ]
    )


def _cautions(
    reading: Reading, metric: ResultColumn, groups: Sequence[Group]
) -> Iterator[Fact | None]:
    """Yield what keeps a comparison from being over-read."""
    earlier = reading.previous(metric)
    if earlier is None or reading.is_funnel:
        return
    now, before = overall(reading, metric), overall(reading, earlier)
    if now is None or before is None:
        return
    yield chance_fact(metric, now, before)
    if metric.is_additive:
        yield days_fact(reading, metric, now, before)
        yield none_before_or_now_fact(groups, metric, max(now, before))


def _series_facts(reading: Reading, metric: ResultColumn) -> list[Fact]:
    facts = [change_fact(reading, metric) or total_fact(reading, metric, score=0.9)]
    if reading.dimensions:
        facts.append(leader_fact(reading, metric, groups_over_time(reading, metric)))
    facts += _cautions(reading, metric, ())
    points = points_of(reading, metric)
    if points is not None:
        facts += [trend_fact(metric, points), *anomaly_facts(metric, points)]
        facts.append(peak_fact(metric, points))
    return _present(facts)


def _value_fact(reading: Reading, metric: ResultColumn) -> Fact | None:
    value = reading.numbers(metric)[0]
    if value is None:
        return None
    text = sentence(amount_text(metric, value), reading.scope)
    return Fact(FactKind.VALUE, text, {"value": value}, 1.0)


def _empty(reading: Reading) -> Fact:
    """Say what was looked for: an empty answer is a finding, not a refusal."""
    text = sentence(f"there are no rows for {reading.subject}", reading.scope)
    return Fact(FactKind.EMPTY, text, {}, 1.0)


def _present(facts: Iterable[Fact | None]) -> list[Fact]:
    return [fact for fact in facts if fact is not None]


def _as_aside(facts: Iterable[Fact]) -> list[Fact]:
    """Weigh the facts of a further metric below those of the first."""
    return [
        Fact(fact.kind, fact.text, fact.values, fact.score * _LATER_METRIC)
        for fact in facts
        if fact.kind is not FactKind.RUNNERS_UP
    ]
