"""Periods that move: "last 12 weeks" of a kept question ends today, not on the day it was asked."""

from __future__ import annotations

from datetime import date, timedelta

from gtm.language.dates import Period
from gtm.language.time import read_time
from gtm.language.tokens import Tape, tokenise
from gtm.semantics.query import MetricQuery, RelativeRange, TimeRange

# A question that follows on another has the dates of that one, which may be some days older.
_DAYS_BACK = 31
_SO_FAR = " so far"


def moved(query: MetricQuery, *, asked_on: date, today: date) -> MetricQuery:
    """Return a query as it would read had it been asked today.

    Named ranges move by themselves. Dates move when their label, read on the day of asking, gave
    just them: "last 12 weeks" and "since March 2026" do, "Q3 2026" stays what it is.
    """
    changes: dict[str, object] = {}
    if isinstance(query.time, TimeRange):
        changes["time"] = _moved(query.time, asked_on, today)
    if query.compare is not None and query.compare.range is not None:
        span = query.compare.range
        found = _read_again(span, asked_on, today)
        if found is not None:
            span = TimeRange(start=found.start, end=found.end, label=found.label)
        changes["compare"] = query.compare.model_copy(update={"range": span})
    return query.model_copy(update=changes) if changes else query


def _moved(span: TimeRange, asked_on: date, today: date) -> TimeRange | RelativeRange:
    found = _read_again(span, asked_on, today)
    return span if found is None else found.as_time()


def _read_again(span: TimeRange, asked_on: date, today: date) -> Period | None:
    """Return what a span's label means today; None when its dates do not come from its label."""
    for days in range(_DAYS_BACK + 1):
        read = _read(span.label, asked_on - timedelta(days=days))
        if read is not None and (read.start, read.end) == (span.start, span.end):
            return _read(span.label, today)
    return None


def _read(label: str, today: date) -> Period | None:
    # It still ran then; whether it does today is found out anew.
    text = label.casefold().removesuffix(_SO_FAR)
    tape = Tape(text, tokenise(text))
    reading = read_time(tape, today)
    is_whole = all(tape.owner(at) is not None for at in range(len(tape)))
    says_more = reading.problem or reading.comparison or reading.grain
    return reading.period if is_whole and not says_more else None
