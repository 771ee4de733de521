"""Facts about change: how much, and where it came from."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gtm.charts.titles import join_words
from gtm.insights.fact import Fact, FactKind
from gtm.insights.reading import Group, Reading, total_of
from gtm.insights.wording import (
    amount_text,
    difference_text,
    metric_name,
    number_text,
    percent_text,
    sentence,
)
from gtm.semantics.result import Format, ResultColumn

_SHOWN = 3
# Below this part of all movement the net change is what is left of ups and downs, and shares of it
# run into hundreds of percent.
_MIN_NET_PART = 0.2


def change_fact(reading: Reading, metric: ResultColumn) -> Fact | None:
    """Return how a metric moved over all groups against the earlier period."""
    earlier = reading.previous(metric)
    if earlier is None:
        return None
    now, before = overall(reading, metric), overall(reading, earlier)
    if now is None:
        return None
    name, against = metric_name(metric), reading.comparison_text
    if before is None:
        text = sentence(
            amount_text(metric, now), reading.scope, f"; there is no data for {against}"
        )
        return Fact(FactKind.CHANGE, text, {"value": now}, 0.95)
    values = {"value": now, "previous": before, "difference": now - before}
    if before > 0 and metric.format is not Format.PERCENT:
        values["relative"] = (now - before) / before
    text = sentence(
        f"{name} {movement_text(metric, now, before)}", reading.scope, f", against {against}"
    )
    return Fact(FactKind.CHANGE, text, values, 0.95)


def contributors_fact(reading: Reading, metric: ResultColumn) -> Fact | None:
    """Return which groups made the net change; only for what adds up."""
    earlier = reading.previous(metric)
    if earlier is None or not metric.is_additive or not reading.dimensions or reading.period:
        return None
    moves = _moves(reading.groups(metric))
    net = _net(reading, metric, earlier, moves)
    driving = sorted((m for m in moves if m[1] * net > 0), key=lambda m: -abs(m[1]))[:_SHOWN]
    if not driving or len(moves) < 2:
        return None
    gross = total_of(abs(move) for _, move in moves)
    with_shares = abs(net) >= _MIN_NET_PART * gross
    values = {"net": net, "gross": gross}
    parts = []
    for place, (group, move) in enumerate(driving, start=1):
        values[f"move_{place}"] = move
        share = f", {percent_text(move / net)} of it" if with_shares else ""
        if with_shares:
            values[f"share_{place}"] = move / net
        parts.append(f"{group.text} ({difference_text(move, metric.format)}{share})")
    word = "rise" if net > 0 else "fall"
    text = (
        f"The {word} of {number_text(abs(net), metric.format)} in {metric_name(metric)} "
        f"came mostly from {join_words(parts)}"
    )
    return Fact(
        FactKind.CONTRIBUTORS, sentence(text + _against(moves, net, metric, values)), values, 0.92
    )


def movers_fact(reading: Reading, metric: ResultColumn) -> Fact | None:
    """Return the largest change of a rate or of users: ranked, never added up."""
    is_compared = reading.previous(metric) is not None
    if not is_compared or metric.is_additive or not reading.dimensions or reading.period:
        return None
    groups = [group for group in reading.groups(metric) if group.previous is not None]
    if len(groups) < 2:
        return None
    top = max(groups, key=lambda group: abs(group.value - (group.previous or 0.0)))
    before = top.previous or 0.0
    if top.value == before:
        return None
    text = (
        f"{metric_name(metric)} moved most for {top.text}: "
        f"from {number_text(before, metric.format)} to {number_text(top.value, metric.format)} "
        f"({difference_text(top.value - before, metric.format)})"
    )
    values = {"value": top.value, "previous": before, "difference": top.value - before}
    return Fact(FactKind.MOVERS, sentence(text), values, 0.8)


def movement_text(metric: ResultColumn, now: float, before: float) -> str:
    """Return how a metric moved: "fell from 1,200 to 1,000 (-16.7%, -200)"."""
    form = metric.format
    if now == before:
        return f"did not change: {number_text(now, form)}"
    verb = "rose" if now > before else "fell"
    text = f"{verb} from {number_text(before, form)} to {number_text(now, form)}"
    if before == 0:
        return f"{text} (no percentage: it started from zero)"
    moved = difference_text(now - before, form)
    if before > 0 and form is not Format.PERCENT:
        relative = (now - before) / before
        moved = f"{'+' if relative >= 0 else '-'}{percent_text(abs(relative))}, {moved}"
    return f"{text} ({moved}{_judgement(metric, now, before)})"


def _judgement(metric: ResultColumn, now: float, before: float) -> str:
    if not metric.is_lower_better:
        return ""
    return ", better: lower is better" if now < before else ", worse: lower is better"


def overall(reading: Reading, column: ResultColumn) -> float | None:
    """Return a column over everything, as the warehouse computed it or the rows add up to it."""
    if column.name in reading.table.totals:
        return reading.total(column.name)
    if len(reading.table.rows) == 1 and not reading.dimensions and reading.period is None:
        return reading.numbers(column)[0]
    return None if reading.is_limited else reading.sum_of_rows(column)


def _moves(groups: Sequence[Group]) -> list[tuple[Group, float]]:
    # A group that was not there before counts from zero: the metric is additive.
    return [(group, group.value - (group.previous or 0.0)) for group in groups]


def _net(
    reading: Reading,
    metric: ResultColumn,
    earlier: ResultColumn,
    moves: Sequence[tuple[Group, float]],
) -> float:
    now, before = reading.total(metric.name), reading.total(earlier.name)
    if now is not None and before is not None:
        return now - before
    return math.fsum(move for _, move in moves)


def _against(
    moves: Sequence[tuple[Group, float]],
    net: float,
    metric: ResultColumn,
    values: dict[str, float],
) -> str:
    group, move = min(moves, key=lambda entry: entry[1] * (1 if net > 0 else -1))
    if move * net >= 0 or abs(move) < 0.1 * abs(net):
        return ""
    values["against"] = move
    return f"; {group.text} went the other way ({difference_text(move, metric.format)})"
