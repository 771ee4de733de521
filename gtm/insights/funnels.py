"""Facts about a funnel: the way through, the weakest step, the best and the worst group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gtm.charts.titles import join_words, lower_first
from gtm.insights.fact import Fact, FactKind
from gtm.insights.reading import Reading, as_number
from gtm.insights.wording import (
    metric_name,
    names_text,
    number_text,
    percent_text,
    sentence,
    value_name,
)
from gtm.semantics.result import ResultColumn, Value

# A conversion over fewer entries than this says more about chance than about the group.
_MIN_ENTRIES = 30


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel and how many reached it."""

    order: float
    name: str
    count: float


def funnel_facts(reading: Reading) -> list[Fact]:
    """Return the facts of a funnel, by group where it has dimensions."""
    metric = reading.metrics[0]
    funnels = _funnels(reading, metric)
    resolved = reading.table.resolved
    if resolved is not None and not resolved.is_closed_funnel:
        return _entries(reading, metric, funnels)
    facts: list[Fact] = []
    # A session is in one group and may be added over them, though never over the steps.
    if len(funnels) == 1 or (metric.name == "sessions" and not reading.is_limited):
        steps = _together(list(funnels.values()))
        facts += [fact for fact in (_way(reading, metric, steps), _weakest(metric, steps)) if fact]
    if len(funnels) > 1:
        spread = _spread(reading, metric, funnels)
        facts += [spread] if spread else []
    return facts


def _entries(
    reading: Reading, metric: ResultColumn, funnels: dict[tuple[Value, ...], list[Step]]
) -> list[Fact]:
    """Say how many entered each step where the steps do not hold each other: no rate would hold."""
    if reading.is_limited and len(funnels) > 1:
        return []
    steps = _together(list(funnels.values()))
    counts = [f"{number_text(step.count, metric.format)} {_step(step)}" for step in steps]
    values = {f"step_{at}": step.count for at, step in enumerate(steps, start=1)}
    entered = Fact(
        FactKind.FUNNEL,
        sentence(f"{metric_name(metric)}: {join_words(counts)}", reading.scope),
        values,
        1.0,
    )
    text = "the steps hold what entered them in the period, so they are not rates of each other"
    return [entered, Fact(FactKind.FUNNEL_STEP, sentence(text), {}, 0.85)]


def _way(reading: Reading, metric: ResultColumn, steps: Sequence[Step]) -> Fact | None:
    first, last = steps[0], steps[-1]
    if first.count <= 0:
        text = f"no {metric_name(metric)} entered the funnel at {_step(first)}"
        return Fact(FactKind.FUNNEL, sentence(text, reading.scope), {}, 1.0)
    if len(steps) < 2:
        return None
    rate = last.count / first.count
    text = (
        f"{number_text(last.count, metric.format)} of {number_text(first.count, metric.format)} "
        f"{metric_name(metric)} went all the way from {_step(first)} to {_step(last)}, "
        f"an overall conversion of {percent_text(rate)},"
    )
    values = {"first": first.count, "last": last.count, "conversion": rate}
    return Fact(FactKind.FUNNEL, sentence(text, reading.scope).replace(",.", "."), values, 1.0)


def _weakest(metric: ResultColumn, steps: Sequence[Step]) -> Fact | None:
    pairs = [(a, b, b.count / a.count) for a, b in pairwise(steps) if a.count > 0]
    if len(pairs) < 2:
        return None
    before, after, rate = min(pairs, key=lambda pair: pair[2])
    lost = before.count - after.count
    text = (
        f"the weakest step is from {_step(before)} to {_step(after)}: {percent_text(rate)} go on, "
        f"{number_text(lost, metric.format)} {metric_name(metric)} are lost"
    )
    values = {"before": before.count, "after": after.count, "rate": rate, "lost": lost}
    return Fact(FactKind.FUNNEL_STEP, sentence(text), values, 0.85)


def _spread(
    reading: Reading, metric: ResultColumn, funnels: dict[tuple[Value, ...], list[Step]]
) -> Fact | None:
    rated = [
        (steps[-1].count / steps[0].count, names)
        for names, steps in funnels.items()
        if len(steps) > 1 and steps[0].count >= _MIN_ENTRIES
    ]
    if len(rated) < 2:
        return None
    best, worst = max(rated, key=lambda entry: entry[0]), min(rated, key=lambda entry: entry[0])
    if best[0] == worst[0]:
        return None
    values = {"best": best[0], "worst": worst[0], "groups": len(funnels)}
    small = len(funnels) - len(rated)
    aside = ""
    if small:
        values |= {"small": small, "min_entries": _MIN_ENTRIES}
        aside = f" ({small:,} with fewer than {_MIN_ENTRIES} {metric_name(metric)} left out)"
    text = (
        f"best overall conversion by {reading.dimension_text}: {names_text(best[1])} with "
        f"{percent_text(best[0])}; lowest: {names_text(worst[1])} with {percent_text(worst[0])}"
        f"{aside}"
    )
    return Fact(FactKind.FUNNEL_RANGE, sentence(text), values, 0.8)


def _funnels(reading: Reading, metric: ResultColumn) -> dict[tuple[Value, ...], list[Step]]:
    table = reading.table
    order, name, count = (
        table.column(column) for column in ("step_order", "step_name", metric.name)
    )
    places = [table.column(column.name) for column in reading.dimensions]
    funnels: dict[tuple[Value, ...], list[Step]] = {}
    for row in table.rows:
        step = Step(as_number(row[order]) or 0.0, str(row[name]), as_number(row[count]) or 0.0)
        funnels.setdefault(tuple(row[at] for at in places), []).append(step)
    return {names: sorted(steps, key=lambda step: step.order) for names, steps in funnels.items()}


def _together(funnels: Sequence[Sequence[Step]]) -> list[Step]:
    sums: dict[float, Step] = {}
    for step in (step for steps in funnels for step in steps):
        known = sums.get(step.order)
        sums[step.order] = Step(step.order, step.name, step.count + (known.count if known else 0.0))
    return [sums[order] for order in sorted(sums)]


def _step(step: Step) -> str:
    return value_name(lower_first(step.name.replace("_", " ")))
