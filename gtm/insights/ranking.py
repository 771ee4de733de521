"""Facts about groups: totals, who leads, how much of the whole, how concentrated."""

from __future__ import annotations

from collections.abc import Sequence

from gtm.charts.titles import join_words
from gtm.insights.fact import Fact, FactKind
from gtm.insights.reading import Group, Reading, total_of
from gtm.insights.wording import (
    amount_text,
    metric_name,
    number_text,
    percent_text,
    plural,
    sentence,
)
from gtm.semantics.result import Format, ResultColumn

_CONCENTRATION = 0.8
_MIN_GROUPS = 5
_FEW = 0.4


def total_fact(reading: Reading, metric: ResultColumn, *, score: float) -> Fact | None:
    """Return a metric over all groups, or of the rows shown where the whole is not known."""
    total = reading.total(metric.name)
    if total is not None:
        text = sentence(_overall(reading, metric, total), reading.scope)
        return Fact(FactKind.TOTAL, text, {"total": total}, score)
    shown = reading.sum_of_rows(metric)
    if shown is None:
        return None
    of_rows = "of the rows shown" if reading.is_limited else ""
    text = sentence("together", amount_text(metric, shown), of_rows, reading.scope)
    return Fact(FactKind.TOTAL, text, {"total": shown}, score)


def leader_fact(reading: Reading, metric: ResultColumn, groups: Sequence[Group]) -> Fact | None:
    """Return the group at the top, or at the bottom when that was asked for."""
    if not groups:
        return None
    picks_lowest = _picks_lowest(reading, metric)
    ranked = _ranked(groups, is_lowest_first=picks_lowest)
    top = ranked[0]
    level = [group for group in ranked if group.value == top.value]
    if len(level) > 1:
        return _tie(reading, metric, level, picks_lowest=picks_lowest)
    values = {"value": top.value}
    if _is_rate(metric):
        overall = reading.total(metric.name)
        against = ""
        if overall is not None:
            values["overall"] = overall
            against = f", against {number_text(overall, metric.format)} overall"
        text = (
            f"{top.text} has the {_superlative(metric, picks_lowest=picks_lowest)} "
            f"{metric_name(metric)}: {number_text(top.value, metric.format)}{against}"
        )
        return _leader(reading, text, values)
    rank = "lowest" if picks_lowest else "top"
    text = (
        f"{top.text} is your {rank} {reading.dimension_text} with {amount_text(metric, top.value)}"
    )
    text += _share_of_whole(reading, metric, groups, top.value, values)
    return _leader(reading, text, values)


def runners_up_fact(reading: Reading, metric: ResultColumn, groups: Sequence[Group]) -> Fact | None:
    """Return the second and third group."""
    ranked = _ranked(groups, is_lowest_first=_picks_lowest(reading, metric))[1:3]
    if not ranked or len(groups) < 3:
        return None
    values: dict[str, float] = {}
    whole = whole_of(reading, metric, groups)
    parts = []
    for place, group in enumerate(ranked, start=2):
        values[f"value_{place}"] = group.value
        share = ""
        if whole is not None:
            values[f"share_{place}"] = group.value / whole
            share = f" ({percent_text(group.value / whole)})"
        parts.append(f"{group.text} with {number_text(group.value, metric.format)}{share}")
    text = f"next for {metric_name(metric)}: {join_words(parts)}"
    return Fact(FactKind.RUNNERS_UP, sentence(text), values, 0.6)


def concentration_fact(
    reading: Reading, metric: ResultColumn, groups: Sequence[Group]
) -> Fact | None:
    """Return how few groups make up four fifths of the whole."""
    count, whole = reading.group_count, whole_of(reading, metric, groups)
    is_whole_known = metric.name in reading.table.totals or not reading.is_limited
    if whole is None or count is None or count < _MIN_GROUPS or not is_whole_known:
        return None
    reached, needed = 0.0, 0
    for group in _ranked(groups, is_lowest_first=False):
        reached += group.value
        needed += 1
        if reached >= _CONCENTRATION * whole:
            break
    if reached < _CONCENTRATION * whole or needed > max(1, _FEW * count):
        return None
    verb = "makes" if needed == 1 else "make"
    text = (
        f"{needed:,} of {count:,} {plural(reading.dimension_text)} {verb} up "
        f"{percent_text(reached / whole)} of {metric_name(metric)}"
    )
    values = {"needed": needed, "groups": count, "share": reached / whole}
    return Fact(FactKind.CONCENTRATION, sentence(text), values, 0.5)


def whole_of(reading: Reading, metric: ResultColumn, groups: Sequence[Group]) -> float | None:
    """Return what a share is a share of; None where shares make no sense."""
    if not metric.is_additive or any(group.value < 0 for group in groups):
        return None
    whole = reading.total(metric.name)
    shown = total_of(group.value for group in groups)
    # Rounding aside, parts above their whole mean the total answers another question.
    if whole is None or whole < shown * 0.999:
        whole = shown
    return whole if whole > 0 else None


def _share_of_whole(
    reading: Reading,
    metric: ResultColumn,
    groups: Sequence[Group],
    value: float,
    values: dict[str, float],
) -> str:
    whole = whole_of(reading, metric, groups)
    if whole is None or len(groups) < 2:
        return ""
    values["total"] = whole
    values["share"] = value / whole
    is_of_all = whole == reading.total(metric.name) or not reading.is_limited
    of_what = "" if is_of_all else " of the rows shown"
    return f", {percent_text(value / whole)} of the {number_text(whole, metric.format)}{of_what}"


def _tie(
    reading: Reading, metric: ResultColumn, level: Sequence[Group], *, picks_lowest: bool
) -> Fact:
    value = level[0].value
    names = [group.text for group in level[:3]]
    if len(level) > len(names):
        names.append(f"{len(level) - len(names)} more")
    place = "lowest" if picks_lowest else "highest"
    text = (
        f"{join_words(names)} are level with the {place} {metric_name(metric)}: "
        f"{number_text(value, metric.format)} each"
    )
    return _leader(reading, text, {"value": value, "more": max(0, len(level) - 3)})


def _leader(reading: Reading, text: str, values: dict[str, float]) -> Fact:
    text = sentence(text, reading.scope, starts_with_name=True)
    return Fact(FactKind.LEADER, text, values, 0.9)


def _overall(reading: Reading, metric: ResultColumn, total: float) -> str:
    if _is_rate(metric):
        return f"{metric_name(metric)} is {number_text(total, metric.format)} overall"
    if not reading.dimensions:
        return amount_text(metric, total)
    return f"all {plural(reading.dimension_text)} together: {amount_text(metric, total)}"


def _picks_lowest(reading: Reading, metric: ResultColumn) -> bool:
    order = reading.table.resolved.query.order if reading.table.resolved else None
    if order is not None and order.field == metric.name:
        return not order.is_descending
    return metric.is_lower_better


def _superlative(metric: ResultColumn, *, picks_lowest: bool) -> str:
    word = "lowest" if picks_lowest else "highest"
    if metric.is_lower_better:
        return f"{word} ({'best' if picks_lowest else 'worst'})"
    return word


def _is_rate(metric: ResultColumn) -> bool:
    return metric.format in {Format.PERCENT, Format.DECIMAL, Format.SECONDS}


def _ranked(groups: Sequence[Group], *, is_lowest_first: bool) -> list[Group]:
    return sorted(groups, key=lambda group: group.value if is_lowest_first else -group.value)
