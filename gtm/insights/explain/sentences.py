"""How one split of a change reads: who made it, who went the other way, by size or by rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gtm.charts.titles import join_words, lower_first
from gtm.insights.explain.table import Finding
from gtm.insights.fact import Fact, FactKind
from gtm.insights.wording import (
    difference_text,
    names_text,
    number_text,
    percent_text,
    plural,
    sentence,
)
from gtm.semantics.result import ResultColumn

_MAX_NAMED = 3
_MAX_RATES = 2
_MIN_SHARE = 0.1
_MOST = 0.8
_FEW = 0.3
# One of two causes this much smaller than the other is not worth its number.
_NEGLIGIBLE = 0.15


def split_fact(
    split: Sequence[Finding],
    alike: Sequence[Finding],
    metric: ResultColumn,
    net: float,
    *,
    count: float | None,
) -> Fact | None:
    """Return what a split tells of the net change; None where no group made it.

    `alike` are groups of other splits that moved just as its strongest one did, `count` says how
    many groups the split has in all.
    """
    named = named_of(split)
    fact = _fact(split, named, metric, net, count) if named else None
    if fact is None or not alike:
        return fact
    names = join_words([f"{label_of([other])} {name_of(other)}" for other in alike])
    text = f"{fact.text.removesuffix('.')}; {names} moved by the same as {name_of(named[0])}."
    return replace(fact, text=text)


def _fact(
    split: Sequence[Finding],
    named: Sequence[Finding],
    metric: ResultColumn,
    net: float,
    count: float | None,
) -> Fact | None:
    if named[0].contribution is None:
        return _ranked(named, metric)
    if any(finding.base_before or finding.base_after for finding in named):
        return _of_rate(split, named, metric, net)
    return _of_sum(named, metric, net, count)


def named_of(split: Sequence[Finding]) -> list[Finding]:
    """Return the findings that are one group and not a rest."""
    return [finding for finding in split if finding.is_named]


def label_of(named: Sequence[Finding]) -> str:
    """Return the name of a split inside a sentence."""
    return lower_first(named[0].dimension)


def name_of(finding: Finding) -> str:
    """Return a group's name as it may stand in Markdown."""
    return names_text((finding.value,))


def numbers_of(finding: Finding) -> dict[str, float]:
    """Return the numbers of a finding by names of their own."""
    found = {
        "before": finding.before,
        "after": finding.after,
        "change": finding.change,
        "contribution": finding.contribution,
        "share": finding.share,
    }
    return {_key(finding, name): value for name, value in found.items() if value is not None}


def _of_sum(
    named: Sequence[Finding], metric: ResultColumn, net: float, count: float | None
) -> Fact | None:
    driving = _driving(named, net)
    if not driving:
        return None
    values: dict[str, float] = {"net": net}
    parts = []
    for finding in driving:
        values |= numbers_of(finding)
        share = f", {percent_text(finding.share)} of it" if finding.share is not None else ""
        parts.append(f"{name_of(finding)} ({_moved(finding, metric)}{share})")
    word = "rise" if net > 0 else "fall"
    text = f"by {label_of(named)}, the {word} came mostly from {join_words(parts)}"
    text += _concentration(driving, count, values)
    other = next((f for f in named if (f.contribution or 0) * net < 0), None)
    if other is not None and abs(other.change) >= _MIN_SHARE * abs(net):
        values |= numbers_of(other)
        text += f"; {name_of(other)} went the other way ({_moved(other, metric)})"
    return Fact(FactKind.DRIVERS, sentence(text), values, 0.0)


def _concentration(
    driving: Sequence[Finding], count: float | None, values: dict[str, float]
) -> str:
    """Say that few of many groups made the change."""
    share = sum(finding.share or 0 for finding in driving)
    if count is None or share < _MOST or len(driving) > count * _FEW:
        return ""
    values |= {"few": len(driving), "many": count}
    return f": {len(driving)} of {count:,.0f} {plural(label_of(driving))}"


def _of_rate(
    split: Sequence[Finding], named: Sequence[Finding], metric: ResultColumn, net: float
) -> Fact | None:
    driving = _driving(named, net)
    if not driving:
        return None
    mix, rate = sum(finding.mix for finding in split), sum(finding.rate for finding in split)
    values = {"net": net, "mix": mix, "rate": rate}
    parts = [_rate_part(finding, split, metric, values) for finding in driving[:_MAX_RATES]]
    causes = _causes(plural(label_of(named)), mix, rate, metric)
    text = f"by {label_of(named)}, {causes}; most from {join_words(parts)}"
    return Fact(FactKind.DRIVERS, sentence(text), values, 0.0)


def _causes(groups: str, mix: float, rate: float, metric: ResultColumn) -> str:
    if abs(mix) <= _NEGLIGIBLE * abs(rate):
        return f"the change comes from the {groups} themselves, not from their mix"
    if abs(rate) <= _NEGLIGIBLE * abs(mix):
        return f"the change comes from a different mix of {groups}, not from themselves"
    return (
        f"{difference_text(rate, metric.format)} come from the {groups} themselves and "
        f"{difference_text(mix, metric.format)} from a different mix of them"
    )


def _rate_part(
    finding: Finding, split: Sequence[Finding], metric: ResultColumn, values: dict[str, float]
) -> str:
    """Say what a group added, and by what: its own rate, or how much of everything it is."""
    values |= numbers_of(finding)
    added = difference_text(finding.contribution or 0, metric.format)
    if abs(finding.rate) >= abs(finding.mix):
        before = number_text(finding.before or 0, metric.format)
        how = f"from {before} to {number_text(finding.after or 0, metric.format)}"
    else:
        was = finding.base_before / (sum(f.base_before for f in split) or 1)
        now = finding.base_after / (sum(f.base_after for f in split) or 1)
        values |= {_key(finding, "was"): was, _key(finding, "is"): now}
        how = f"its part of all went from {percent_text(was)} to {percent_text(now)}"
    return f"{name_of(finding)} ({added}: {how})"


def _ranked(named: Sequence[Finding], metric: ResultColumn) -> Fact | None:
    """Say who moved most, where parts make no whole."""
    top = named[0]
    if top.change == 0:
        return None
    text = (
        f"by {label_of(named)}, it moved most for {name_of(top)}: "
        f"from {number_text(top.before or 0, metric.format)} "
        f"to {number_text(top.after or 0, metric.format)} ({_moved(top, metric)})"
    )
    return Fact(FactKind.MOVERS, sentence(text), numbers_of(top), 0.0)


def _driving(named: Sequence[Finding], net: float) -> list[Finding]:
    """Return the groups that made the change, while they matter."""
    with_it = [finding for finding in named if (finding.contribution or 0) * net > 0]
    return [
        finding
        for place, finding in enumerate(with_it[:_MAX_NAMED])
        if place == 0 or abs(finding.contribution or 0) >= _MIN_SHARE * abs(net)
    ]


def _moved(finding: Finding, metric: ResultColumn) -> str:
    return difference_text(finding.change, metric.format)


def _key(finding: Finding, name: str) -> str:
    return f"{finding.dimension} {finding.value} {name}"
