"""What is said of an explained change: first whether it happened, then where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gtm.charts.titles import join_words
from gtm.insights.cautions import chance_fact, days_fact, none_before_or_now_fact, rate_chance_fact
from gtm.insights.changes import movement_text
from gtm.insights.explain.sentences import label_of, named_of, split_fact
from gtm.insights.explain.table import Finding, count_key, findings_of
from gtm.insights.fact import Fact, FactKind
from gtm.insights.reading import Group, Reading
from gtm.insights.wording import metric_name, number_text, sentence
from gtm.semantics.result import Analysis, Format, ResultColumn, ResultTable

_MAX_SPLITS = 3
# Groups that are as large as each other, before and after, are one seen by two dimensions.
_ALIKE = 0.02
# Below this part of the net change the groups moved alike, as far as chance lets one tell.
_BROAD = 0.25
_SAME_CHANGE = "Each split shows the same change from another side."
_UNKNOWN = (
    "What lies outside this data (prices, budgets, the season, competitors, changes to the site) "
    "is not in it: where the change sits can be told, not what caused it."
)
_RANKED_ONLY = "This number does not add up over groups, so they are ranked and get no shares."

Splits = Sequence[Sequence[Finding]]


def explain_facts(table: ResultTable, analysis: Analysis) -> list[Fact]:
    """Return what is worth saying about why a number changed."""
    reading = Reading(table)
    metric = table.columns[table.column("after")]
    before, after = reading.total("before"), reading.total("after")
    if before is None or after is None:
        return [_nothing(reading, metric, before, after)]
    splits = [split for split in findings_of(table) if named_of(split)]
    facts = [_headline(reading, metric, before, after, analysis)]
    if after != before:
        facts += _told(splits, metric, after - before, analysis)
        facts.append(Fact(FactKind.CAVEAT, _caveat(splits, analysis), {}, 0.01))
    facts += _cautions(reading, splits, metric, analysis)
    return facts


def _nothing(
    reading: Reading, metric: ResultColumn, before: float | None, after: float | None
) -> Fact:
    name = metric_name(metric)
    if after is not None:
        against = reading.comparison_text
        text = f"there is no data for {name} in {against}, so there is no change to explain"
        return Fact(FactKind.EMPTY, sentence(text), {"value": after}, 1.0)
    values = {} if before is None else {"previous": before}
    return Fact(FactKind.EMPTY, sentence(f"there is no data for {name}", reading.scope), values, 1)


def _headline(
    reading: Reading, metric: ResultColumn, before: float, after: float, analysis: Analysis
) -> Fact:
    """Say what happened, and first of all if it is not what the person said."""
    moved = movement_text(metric, after, before)
    happened = "rise" if after > before else "fall"
    if after != before and analysis.claim not in {None, happened}:
        moved = f"did not {analysis.claim}: the figure {moved}"
    text = sentence(
        f"{metric_name(metric)} {moved}", reading.scope, f", against {reading.comparison_text}"
    )
    values = {"value": after, "previous": before, "difference": after - before}
    if before > 0:
        values["relative"] = (after - before) / before
    return Fact(FactKind.CHANGE, text, values, 1.0)


def _told(splits: Splits, metric: ResultColumn, net: float, analysis: Analysis) -> list[Fact]:
    if not splits:
        text = f"no split is known for {metric_name(metric)}, so it can't be taken apart further"
        return [Fact(FactKind.DRIVERS, sentence(text), {}, 0.9)]
    told = _different(splits)
    found: list[Fact | None] = []
    if analysis.figures.get("power", 1.0) < _BROAD:
        found.append(_broad(splits, net))
        told = told[:1]
    counts = analysis.figures
    found += [
        split_fact(split, alike, metric, net, count=counts.get(count_key(split[0].dimension)))
        for split, alike in told
    ]
    facts = [fact for fact in found if fact is not None]
    return [replace(fact, score=0.92 - place / 50) for place, fact in enumerate(facts)]


def _broad(splits: Splits, net: float) -> Fact:
    names = join_words([label_of(split) for split in splits[:_MAX_SPLITS]], "or")
    word = "rise" if net > 0 else "fall"
    text = f"the {word} is broad: no {names} moved much differently from the others"
    return Fact(FactKind.DRIVERS, sentence(text), {}, 0.0)


def _different(splits: Splits) -> list[tuple[Sequence[Finding], list[Finding]]]:
    """Return splits that each tell something else, with the groups that only repeat them."""
    told: list[tuple[Sequence[Finding], list[Finding]]] = []
    for split in splits:
        top = named_of(split)[0]
        same = next((alike for s, alike in told if _is_alike(named_of(s)[0], top)), None)
        if same is None:
            told.append((split, []))
        else:
            same.append(top)
    return told[:_MAX_SPLITS]


def _is_alike(one: Finding, other: Finding) -> bool:
    pairs = (
        (one.before, other.before),
        (one.after, other.after),
        (one.base_before, other.base_before),
        (one.base_after, other.base_after),
    )
    return all(abs((a or 0) - (b or 0)) <= _ALIKE * abs(a or 0) for a, b in pairs)


def _cautions(
    reading: Reading, splits: Splits, metric: ResultColumn, analysis: Analysis
) -> list[Fact]:
    before, after = reading.total("before") or 0, reading.total("after") or 0
    facts = [_known_fact(reading, analysis)]
    if analysis.method == "parts":
        groups = _groups(splits)
        facts += [
            days_fact(reading, metric, after, before),
            none_before_or_now_fact(groups, metric, max(before, after)),
            chance_fact(metric, after, before),
        ]
    elif analysis.method == "mix_and_rate":
        facts.append(_rate_chance(splits, metric, before, after))
    # Whether there is anything to explain comes before where it comes from.
    return [replace(f, score=0.96) if f.kind is FactKind.CHANCE else f for f in facts if f]


def _known_fact(reading: Reading, analysis: Analysis) -> Fact | None:
    """Say that the earlier period began before the data did."""
    days, comparison = analysis.figures.get("known_days_before"), reading.comparison
    if days is None or comparison is None:
        return None
    text = (
        f"only {number_text(days, Format.INTEGER)} of the {comparison.days} days of "
        f"{reading.comparison_text} have data, so this does not compare like with like"
    )
    return Fact(FactKind.CAUTION, sentence(text), {"known": days, "of": comparison.days}, 0.97)


def _rate_chance(splits: Splits, metric: ResultColumn, before: float, after: float) -> Fact | None:
    """Weigh a rate's change by what it was measured over, as the first whole split tells."""
    split = next((s for s in splits if s[0].contribution is not None), None)
    if split is None or metric.format is not Format.PERCENT:
        return None
    bases = sum(f.base_before for f in split), sum(f.base_after for f in split)
    return rate_chance_fact(metric, rates=(before, after), bases=bases)


def _groups(splits: Splits) -> list[Group]:
    return [
        Group((finding.value,), finding.after or 0, finding.before)
        for split in splits
        for finding in named_of(split)
        if finding.contribution is not None
    ]


def _caveat(splits: Splits, analysis: Analysis) -> str:
    said = [_RANKED_ONLY] if splits and analysis.method == "rank" else []
    said += [_SAME_CHANGE] if len(splits) > 1 else []
    return " ".join([*said, _UNKNOWN])
