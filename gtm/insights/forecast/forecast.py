"""A forecast with its range, from a series that is long enough and a trial that went well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gtm.errors import InvalidQueryError
from gtm.insights.forecast.back_test import (
    Leads,
    Trial,
    best_trial,
    days_needed,
    scales_of,
)
from gtm.insights.forecast.models import WEEK
from gtm.insights.forecast.series import Series, cleaned

MAX_LEAD = 92


class CannotForecastError(InvalidQueryError):
    """The data does not carry a forecast."""

    code = "cannot_forecast"


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """What is expected of one day, and the range that 80 % of such days kept to."""

    day: date
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """The days ahead, and how the same way fared before; `naive` repeated the last week."""

    days: tuple[ForecastDay, ...]
    trial: Trial
    naive: Trial


def forecast(series: Series, leads: Leads, *, decimals: int) -> Forecast:
    """Return the days up to the last lead. Raises CannotForecastError with the reason."""
    _check_length(series, leads)
    trial, naive = best_trial(series, leads)
    if trial.day_error > naive.day_error:
        raise CannotForecastError(
            "No way to forecast this is better than repeating the last week: "
            f"off by {trial.day_error:.1%} a day instead of {naive.day_error:.1%} over the last "
            "weeks.",
            hint="Ask for its trend or its unusual days instead.",
        )
    return Forecast(tuple(_days(series, trial, leads, decimals)), trial, naive)


def _check_length(series: Series, leads: Leads) -> None:
    known = len(series.values)
    if leads.last > MAX_LEAD:
        raise CannotForecastError(
            f"A forecast reaches {MAX_LEAD} days ahead at most; that is {leads.last}.",
            hint=f"Ask for days up to {series.day(known - 1 + MAX_LEAD).isoformat()}.",
        )
    if known >= days_needed(leads):
        return
    possible = known - days_needed(Leads(1, 0))
    hint = (
        f"Ask for up to {possible} days after {series.last.isoformat()}."
        if possible >= WEEK
        else "Ask again when more weeks are known."
    )
    raise CannotForecastError(
        f"{known} days are known; a forecast {leads.last} days ahead needs "
        f"{days_needed(leads)}: 8 weeks to learn from and some to test it on.",
        hint=hint,
    )


def _days(series: Series, trial: Trial, leads: Leads, decimals: int) -> list[ForecastDay]:
    values = trial.model.run(cleaned(series), leads.last)
    found = []
    for lead, (value, scale) in enumerate(zip(values, scales_of(values), strict=True)):
        room = trial.reach[lead // WEEK] * scale
        low, high = max(0.0, value - room), value + room
        day = series.day(len(series.values) + lead)
        found.append(ForecastDay(day, *(round(number, decimals) for number in (value, low, high))))
    return found
