"""Facts that keep a change from being over-read: chance, uneven periods, what was not there."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gtm.charts.titles import join_words
from gtm.insights.fact import Fact, FactKind
from gtm.insights.reading import Group, Reading
from gtm.insights.wording import metric_name, number_text, sentence
from gtm.semantics.result import Format, ResultColumn

# Two standard deviations: less happens by itself every twentieth time.
_CHANCE_Z = 1.96
_FEW = 30
_MIN_PART = 0.05
_MAX_NAMED = 2
# A change this many times larger than what the lengths of the periods make is a change.
_MATTERS = 3


def chance_fact(metric: ResultColumn, now: float, before: float) -> Fact | None:
    """Say that a change of a count is no more than counts differ by themselves."""
    if metric.format is not Format.INTEGER or now == before or min(now, before) < 0:
        return None
    is_few = max(now, before) < _FEW
    is_beyond_chance = abs(now - before) >= _CHANCE_Z * math.sqrt(now + before)
    if is_beyond_chance and not is_few:
        return None
    why = "these are small numbers" if is_few else "this is a small difference"
    reading = "counts of this size differ as much by chance alone"
    text = f"{why}: {'read little into the percentages' if is_beyond_chance else reading}"
    return Fact(FactKind.CHANCE, sentence(text), {}, 0.7)


def rate_chance_fact(
    metric: ResultColumn, *, rates: tuple[float, float], bases: tuple[float, float]
) -> Fact | None:
    """Say that a change of a rate is no more than it differs by itself over so few cases."""
    whole = sum(bases)
    if min(bases) <= 0 or not all(0 <= rate <= 1 for rate in rates):
        return None
    pooled = (rates[0] * bases[0] + rates[1] * bases[1]) / whole
    spread = math.sqrt(pooled * (1 - pooled) * (1 / bases[0] + 1 / bases[1]))
    if abs(rates[1] - rates[0]) >= _CHANCE_Z * spread:
        return None
    cases = f"{number_text(bases[0], Format.INTEGER)} and {number_text(bases[1], Format.INTEGER)}"
    text = (
        f"{metric_name(metric)} is over {cases} cases: "
        "it differs by as much as this by chance alone"
    )
    values = {"base_before": bases[0], "base_after": bases[1]}
    return Fact(FactKind.CHANCE, sentence(text), values, 0.7)


def days_fact(reading: Reading, metric: ResultColumn, now: float, before: float) -> Fact | None:
    """Say what a sum is a day, where the lengths of the periods make up part of the change."""
    resolved = reading.table.resolved
    if resolved is None or resolved.comparison is None:
        return None
    days, days_before = resolved.time.days, resolved.comparison.days
    a_day, a_day_before = now / days, before / days_before
    turned = (a_day - a_day_before) * (now - before) < 0
    if not turned and abs(now - before) >= _MATTERS * abs(days / days_before - 1) * before:
        return None
    form = Format.DECIMAL if metric.format is Format.INTEGER else metric.format
    aside = f", so a day it {'rose' if a_day > a_day_before else 'fell'}" if turned else ""
    text = (
        f"the periods have {days} and {days_before} days: a day it is {number_text(a_day, form)} "
        f"against {number_text(a_day_before, form)}{aside}"
    )
    values = {"a_day": a_day, "a_day_before": a_day_before, "days": days, "before": days_before}
    return Fact(FactKind.CAUTION, sentence(text), values, 0.93 if turned else 0.72)


def none_before_or_now_fact(
    groups: Sequence[Group], metric: ResultColumn, whole: float
) -> Fact | None:
    """Name the large groups that had nothing before, and those that have nothing now."""
    came = [(g.text, g.value) for g in groups if not g.previous and g.value]
    went = [(g.text, g.previous) for g in groups if g.previous and not g.value]
    values: dict[str, float] = {}
    parts = []
    for lead, had, found in (("none before", "", came), ("none now", "had ", went)):
        named = _largest(found, whole)
        values |= {f"{lead} {name}": size for name, size in named}
        if named:
            sizes = [f"{name} ({had}{number_text(size, metric.format)})" for name, size in named]
            parts.append(f"with {lead}: {join_words(sizes)}")
    if not parts:
        return None
    return Fact(FactKind.NONE_BEFORE_OR_NOW, sentence("; ".join(parts)), values, 0.75)


def _largest(found: Sequence[tuple[str, float]], whole: float) -> list[tuple[str, float]]:
    """Return the largest few; two groups of one size are one seen by two dimensions."""
    named: dict[float, str] = {}
    for name, size in sorted(found, key=lambda entry: -abs(entry[1])):
        if abs(size) >= _MIN_PART * abs(whole):
            named.setdefault(size, name)
    return [(name, size) for size, name in list(named.items())[:_MAX_NAMED]]
