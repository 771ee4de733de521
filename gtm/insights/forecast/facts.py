"""What is said of a forecast: the sum and its range, how it was tested, what it can't know."""

from __future__ import annotations

from gtm.insights.fact import Fact, FactKind
from gtm.insights.forecast.back_test import COVERAGE
from gtm.insights.reading import Reading
from gtm.insights.wording import metric_name, number_text, percent_text, sentence
from gtm.semantics.result import Analysis, Format, ResultColumn, ResultTable

_YEAR = 365
_UNKNOWN = (
    "It carries on what was: holidays, campaigns and changes to the site that have not been there "
    "before are not in it."
)
_NO_SEASON = "Less than a year is known, so the season of the year is not in it either."


def forecast_facts(table: ResultTable, analysis: Analysis) -> list[Fact]:
    """Return what is worth saying about a forecast."""
    reading, metric = Reading(table), table.columns[table.column("actual")]
    figures = analysis.figures
    facts = [
        _headline(reading, metric, figures),
        _a_day(metric, figures),
        _tested(metric, figures),
        _method(analysis),
    ]
    if figures["known_days"]:
        facts.append(_known(metric, figures))
    unknown = f"{_UNKNOWN} {_NO_SEASON}" if figures["history_days"] < _YEAR else _UNKNOWN
    facts.append(Fact(FactKind.CAVEAT, unknown, {}, 0.01))
    return facts


def _headline(reading: Reading, metric: ResultColumn, figures: dict[str, float]) -> Fact:
    low, high = (number_text(round(figures[n]), metric.format) for n in ("low", "high"))
    text = sentence(
        f"{metric_name(metric)}: {_number(metric, figures['total'])} forecast",
        reading.scope,
        f", between {low} and {high} if it is off by as much as in its worst test",
    )
    values = {name: figures[name] for name in ("total", "low", "high")}
    return Fact(FactKind.FORECAST, text, values, 1.0)


def _known(metric: ResultColumn, figures: dict[str, float]) -> Fact:
    text = (
        f"{_number(metric, figures['known'])} of it are known from {figures['known_days']:,.0f} "
        f"days, {_number(metric, figures['ahead'])} are forecast for {figures['ahead_days']:,.0f}"
    )
    names = ("known", "known_days", "ahead", "ahead_days")
    return Fact(FactKind.FORECAST, sentence(text), {name: figures[name] for name in names}, 0.95)


def _a_day(metric: ResultColumn, figures: dict[str, float]) -> Fact:
    form = Format.DECIMAL if metric.format is Format.INTEGER else metric.format
    text = (
        f"a day it is {number_text(figures['a_day'], form)} on average, against "
        f"{number_text(figures['a_day_of_late'], form)} over the last "
        f"{figures['recent_days']:,.0f} days"
    )
    names = ("a_day", "a_day_of_late", "recent_days")
    return Fact(FactKind.VALUE, sentence(text), {name: figures[name] for name in names}, 0.8)


def _tested(metric: ResultColumn, figures: dict[str, float]) -> Fact:
    text = (
        f"over the last {figures['tested_weeks']:,.0f} weeks, {figures['tests']:,.0f} forecasts "
        f"made the same way were off by {percent_text(figures['error'])} on average and "
        f"{percent_text(figures['worst'])} at worst; a single day by "
        f"{percent_text(figures['day_error'])}, where repeating the week before was off by "
        f"{percent_text(figures['naive_day_error'])}"
    )
    names = ("tested_weeks", "tests", "error", "worst", "day_error", "naive_day_error")
    values = {name: figures[name] for name in names}
    return Fact(FactKind.BACK_TEST, sentence(text), values, 0.9)


def _method(analysis: Analysis) -> Fact:
    text = (
        f"forecast by {analysis.method}, which fared best; "
        f"{percent_text(COVERAGE)} of the tested days were within the range given for a day"
    )
    return Fact(FactKind.BACK_TEST, sentence(text), {"coverage": COVERAGE}, 0.7)


def _number(metric: ResultColumn, value: float) -> str:
    return number_text(round(value) if metric.format is Format.INTEGER else value, metric.format)
