"""Which days of GA4 events go into which file, and what that file lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa

from gtm.demo.anomalies import Anomaly
from gtm.demo.choices import Choices
from gtm.models.landing.ga4 import EVENTS

_OLDER_DAYS = 10
_LATE_BEFORE_END = 3
# What the stream does not fill in, and what exports had not before 2023 and 2024.
_NOT_STREAMED = ("traffic_source", "is_active_user", "user_ltv")
_NOT_YET = (
    "is_active_user",
    "batch_event_index",
    "batch_page_id",
    "batch_ordering_id",
    "collected_traffic_source",
    "session_traffic_source_last_click",
)


@dataclass(frozen=True, slots=True)
class EventFile:
    """Days of the window, `until` not included, as one file.

    `percent` of the events are in it. `empty` columns have no value; with `is_older` the file does
    not even have them.
    """

    name: str
    first: int
    until: int
    percent: int = 100
    empty: tuple[str, ...] = ()
    is_older: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The columns of the file."""
        if not self.is_older:
            return EVENTS.schema
        return pa.schema([field for field in EVENTS.schema if field.name not in self.empty])


def event_files(choices: Choices) -> list[EventFile]:
    """Return the files in the order in which they must be loaded."""
    on, days = choices.anomalies, choices.days
    # Today's daily table is not written yet while the stream's one is there.
    is_streamed = bool(on & {Anomaly.DAILY_AND_INTRADAY, Anomaly.FRESH_TABLES})
    first = _OLDER_DAYS if Anomaly.OLDER_COLUMNS in on else 0
    files = []
    if Anomaly.OLDER_COLUMNS in on:
        files.append(EventFile("ga4_events_older", 0, first, empty=_NOT_YET, is_older=True))
    if Anomaly.LATE_EVENTS in on:
        day = days - 1 - _LATE_BEFORE_END
        files.append(EventFile(f"events_{_suffix(choices, day)}", day, day + 1, percent=90))
    if Anomaly.DAILY_AND_INTRADAY in on:
        files += _last_days(choices, "intraday", percent=95, empty=_NOT_STREAMED)
    if Anomaly.FRESH_TABLES in on:
        files += _last_days(choices, "fresh", percent=98, empty=())
    files.append(EventFile("ga4_events", first, days - 1 if is_streamed else days))
    return files


def _last_days(
    choices: Choices, kind: str, *, percent: int, empty: tuple[str, ...]
) -> Iterator[EventFile]:
    for day in (choices.days - 2, choices.days - 1):
        name = f"events_{kind}_{_suffix(choices, day)}"
        yield EventFile(name, day, day + 1, percent=percent, empty=empty)


def _suffix(choices: Choices, day: int) -> str:
    return f"{choices.first_date + timedelta(days=day):%Y%m%d}"
