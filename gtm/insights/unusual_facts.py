"""What is said of days that stand out, days in a row together; also when there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gtm.charts.titles import date_span, day_text
from gtm.insights.fact import Fact, FactKind
from gtm.insights.reading import Reading, as_number
from gtm.insights.series import day_of
from gtm.insights.wording import amount_text, metric_name, number_text, sentence
from gtm.semantics.result import Analysis, Format, ResultColumn, ResultTable

_MAX_TOLD = 5
_DAY = timedelta(days=1)
_UNKNOWN = "That a day stands out is told here, not why: ask why it rose or fell on that day."


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    value: float
    expected: float
    low: float
    high: float

    @property
    def is_above(self) -> bool:
        """Whether there was more than expected."""
        return self.value > self.expected

    @property
    def distance(self) -> float:
        """How far beyond its usual range it is, in widths of that range."""
        return abs(self.value - self.expected) / ((self.high - self.low) or 1.0)


def unusual_facts(table: ResultTable, analysis: Analysis) -> list[Fact]:
    """Return what is worth saying about the days that stand out."""
    reading, metric = Reading(table), table.columns[table.column("actual")]
    looked = analysis.figures["days"]
    runs = _runs(_days_of(table))
    if not runs:
        return [_none(reading, metric, looked)]
    count = sum(len(run) for run in runs)
    verb = "stands" if count == 1 else "stand"
    text = sentence(
        f"{count:,} of {looked:,.0f} days {verb} out in {metric_name(metric)}", reading.scope
    )
    headline = Fact(FactKind.ANOMALY, text, {"found": count, "days": looked}, 1.0)
    ranked = sorted(runs, key=lambda run: -max(day.distance for day in run))[:_MAX_TOLD]
    told = [_run(run, metric, 0.9 - place / 50) for place, run in enumerate(ranked)]
    return [headline, *told, Fact(FactKind.CAVEAT, _UNKNOWN, {}, 0.01)]


def _none(reading: Reading, metric: ResultColumn, looked: float) -> Fact:
    text = (
        f"no day stands out in {metric_name(metric)}: all {looked:,.0f} are within what their "
        "weekday and the level around them lead one to expect,"
    )
    said = sentence(text, reading.scope).replace(",.", ".")
    return Fact(FactKind.EMPTY, said, {"days": looked}, 1.0)


def _run(run: Sequence[_Day], metric: ResultColumn, score: float) -> Fact:
    """Say of days in a row how long they are and which is furthest out."""
    top = max(run, key=lambda day: day.distance)
    side = "above" if top.is_above else "below"
    usual = f"{_number(top.low, metric)} to {_number(top.high, metric)}"
    values = {"value": top.value, "expected": top.expected, "low": top.low, "high": top.high}
    furthest = f"{top.day:%a} {day_text(top.day)}"
    if len(run) == 1:
        text = (
            f"{furthest}: {amount_text(metric, top.value)}, {side} the usual {usual} "
            f"of a {top.day:%A}"
        )
    else:
        values["in_a_row"] = len(run)
        text = (
            f"{date_span(run[0].day, run[-1].day)}: {len(run)} days in a row {side} the usual, "
            f"the furthest {furthest} with {amount_text(metric, top.value)} "
            f"(usual for a {top.day:%A}: {usual})"
        )
    return Fact(FactKind.ANOMALY, sentence(text), values, score)


def _runs(days: Sequence[_Day]) -> list[list[_Day]]:
    runs: list[list[_Day]] = []
    for day in days:
        last = runs[-1][-1] if runs else None
        if last is not None and day.day - last.day == _DAY and day.is_above == last.is_above:
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs


def _days_of(table: ResultTable) -> list[_Day]:
    places = [table.column(name) for name in ("actual", "expected", "low", "high")]
    found = []
    for row in table.rows:
        day = day_of(row[table.column("period")])
        numbers = [as_number(row[at]) or 0.0 for at in places]
        if day is not None:
            found.append(_Day(day, *numbers))
    return found


def _number(value: float, metric: ResultColumn) -> str:
    return number_text(round(value) if metric.format is Format.INTEGER else value, metric.format)
