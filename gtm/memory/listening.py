"""What a question says by the rules: its period, and whether it can be understood by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from gtm.errors import GtmError
from gtm.language.analyst import MakeAnalyst
from gtm.language.outcome import About, Answer, Clarify, Outcome
from gtm.language.time import read_time
from gtm.language.tokens import Tape, tokenise
from gtm.memory.equality import may_lean
from gtm.memory.verified import NotVerifiableError
from gtm.semantics.catalog import Catalog
from gtm.semantics.periods import resolve_range
from gtm.semantics.query import (
    Comparison,
    ComparisonKind,
    MetricQuery,
    RelativeRange,
    TimeRange,
)
from gtm.semantics.spans import Spans, spans_of

# A year later, and on another day of the week and month: words for a moving period mean other days.
_LATER: Final = timedelta(days=410)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_NAME_PERIOD: Final = "Give a `question` that says the period of the answer, such as last month."


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a question says of time."""

    time: TimeRange | RelativeRange | None
    compare: Comparison | None


class Listener:
    """Hears questions as the rules do, whichever model answers them."""

    def __init__(self, analyst: MakeAnalyst, catalog: Catalog) -> None:
        self._analyst = analyst
        self._catalog = catalog

    def settle(self, query: MetricQuery, question: str, *, on: date) -> MetricQuery:
        """Return a query whose period is the one its question says, as it was on a day.

        So it can be read off an equal question on any day. Raises NotVerifiableError where the
        answer is about another period than the question names.
        """
        spoken = self._spoken(question, on)
        if spoken is None:
            raise NotVerifiableError(
                "I can't tell which days the question means.", hint=_NAME_PERIOD
            )
        said = _with(query, spoken)
        answered, meant = self._spans(query, on), self._spans(said, on)
        if _days(answered.time) != _days(meant.time):
            raise NotVerifiableError(
                f"The answer is about {_named(answered.time)}, its question about "
                f"{_named(meant.time)}.",
                hint=_NAME_PERIOD,
            )
        if _compared(answered) != _compared(meant) or _is_lost(query, spoken):
            raise NotVerifiableError(
                "The answer compares with other days than its question names.", hint=_NAME_PERIOD
            )
        return said

    def renew(self, query: MetricQuery, question: str, *, today: date) -> MetricQuery | None:
        """Return a settled query with the period its question says today; None if it says none."""
        spoken = self._spoken(question, today)
        if spoken is None or (spoken.time is None) != (query.time is None):
            return None
        return _with(query, spoken)

    def check_dates(self, sql: str, question: str, *, on: date) -> None:
        """Refuse SQL that names dates where its question does not: tomorrow it would be wrong."""
        if not _YEAR.search(sql):
            return
        meant = self._meant_days(question, on)
        if meant is None or meant != self._meant_days(question, on + _LATER):
            raise NotVerifiableError(
                "The SQL of this answer names dates that its question does not, so it would soon "
                "be out of date.",
                hint="Ask with the dates in the question, and verify that answer.",
            )

    def stands_alone(
        self,
        question: str,
        previous: MetricQuery | None,
        *,
        today: date,
        asked_back: Clarify | About | None = None,
    ) -> bool:
        """Return whether a question means the same with and without what was said before it."""
        if previous is None and asked_back is None:
            return True
        alone = self._analyst().understand(question, today=today)
        following = self._analyst().understand(
            question, today=today, previous=previous, asked_back=asked_back
        )
        if isinstance(alone, Answer) or isinstance(following, Answer):
            return _meaning(alone) == _meaning(following)
        return not may_lean(question)

    def are_alike(self, one: str, other: str, *, today: date) -> bool:
        """Return whether the rules read two questions the same way."""
        first, second = (self._analyst().understand(text, today=today) for text in (one, other))
        return _meaning(first) == _meaning(second)

    def _meant_days(self, question: str, today: date) -> tuple[object, ...] | None:
        """Return the days a question names, and those it compares with; None where it has none."""
        spoken = self._spoken(question, today)
        if spoken is None or spoken.time is None:
            return None
        compare = None if spoken.compare is None else _days(spoken.compare.range)
        return _days(resolve_range(spoken.time, today)), compare

    def _spoken(self, question: str, today: date) -> _Spoken | None:
        outcome = self._analyst().understand(question, today=today)
        if isinstance(outcome, Answer):
            return _Spoken(outcome.query.time, outcome.query.compare)
        reading = read_time(Tape(question, tokenise(question)), today)
        if reading.problem is not None:
            return None
        time = reading.period.as_time() if reading.period else None
        return _Spoken(time, reading.comparison)

    def _spans(self, query: MetricQuery, on: date) -> Spans:
        try:
            return spans_of(self._catalog, query, on)
        except GtmError as error:
            raise NotVerifiableError(error.message, hint=error.hint) from error


def _with(query: MetricQuery, spoken: _Spoken) -> MetricQuery:
    compare = spoken.compare or query.compare
    return query.model_copy(update={"time": spoken.time, "compare": compare})


def _is_lost(query: MetricQuery, spoken: _Spoken) -> bool:
    """Return whether a comparison has dates that its question does not say."""
    is_custom = query.compare is not None and query.compare.kind is ComparisonKind.CUSTOM
    return is_custom and spoken.compare is None


def _meaning(outcome: Outcome) -> tuple[object, ...]:
    if isinstance(outcome, Answer):
        return outcome.kind, outcome.intent, outcome.query
    return (outcome.kind,)


def _days(time: TimeRange | None) -> tuple[date, date] | None:
    return None if time is None else (time.start, time.end)


def _compared(spans: Spans) -> tuple[date, date] | None:
    return _days(spans.comparison)


def _named(time: TimeRange) -> str:
    return f"{time.start} to {time.end}" if time.start != time.end else str(time.start)
