"""Titles of results and charts, from what was asked: metrics, dimensions, period, filters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from gtm.semantics.query import Filter, Grain, TimeRange
from gtm.semantics.result import ColumnRole, ResolvedQuery, ResultColumn, ResultTable

_EN_DASH = "\u2013"
_FILTER_ROOM = 60
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADVERBS = {
    Grain.DAY: "Daily",
    Grain.WEEK: "Weekly",
    Grain.MONTH: "Monthly",
    Grain.QUARTER: "Quarterly",
    Grain.YEAR: "Yearly",
}


def title_of(table: ResultTable) -> str:
    """Return a title such as "Sessions by source, last 30 days"."""
    resolved = table.resolved
    if resolved is None:
        return _subject(table, None) or "Query result"
    parts = [_subject(table, resolved) + _filters(resolved.query.filters)]
    parts.append(period_label(resolved.time))
    if resolved.comparison is not None:
        parts[-1] += f" vs {period_label(resolved.comparison)}"
    return ", ".join(parts)


def period_label(time: TimeRange) -> str:
    """Return the name of a period, or its dates when it has none but them."""
    label = time.label.strip()
    return date_span(time.start, time.end) if not label or _ISO_DATE.search(label) else label


def date_span(start: date, end: date) -> str:
    """Return two dates in the shortest unambiguous form: "1 to 21 Nov 2026", with a dash."""
    if start == end:
        return day_text(end)
    if start.year != end.year:
        return f"{day_text(start)} {_EN_DASH} {day_text(end)}"
    if start.month != end.month:
        return f"{start.day} {start:%b} {_EN_DASH} {day_text(end)}"
    return f"{start.day} {_EN_DASH} {day_text(end)}"


def day_text(day: date) -> str:
    """Return one date: "21 Nov 2026"."""
    return f"{day.day} {day:%b %Y}"


def lower_first(label: str) -> str:
    """Lower the words of a label but leave abbreviations ("CTR", "GA4 sessions") alone."""
    return " ".join(word if _is_abbreviation(word) else word.lower() for word in label.split())


def join_words(words: Sequence[str], conjunction: str = "and") -> str:
    """Join words as a sentence does: "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def _is_abbreviation(word: str) -> bool:
    return sum(letter.isupper() for letter in word) > 1


def _subject(table: ResultTable, resolved: ResolvedQuery | None) -> str:
    dimensions = [
        column for column in table.of_role(ColumnRole.DIMENSION) if column.name != "step_name"
    ]
    by = f" by {join_words([lower_first(column.label) for column in dimensions])}"
    if resolved is not None and resolved.query.funnel is not None:
        subject = resolved.query.funnel.replace("_", " ").strip().capitalize()
        subject = subject if "funnel" in subject.lower() else f"{subject} funnel"
    else:
        subject = _metric_names(table.of_role(ColumnRole.METRIC))
    grain = resolved.grain if resolved is not None else None
    if grain is not None and subject:
        subject = f"{_ADVERBS[grain]} {lower_first(subject)}"
    return f"{subject}{by if dimensions else ''}".strip()


def _metric_names(columns: Sequence[ResultColumn]) -> str:
    names = [columns[0].label] if columns else []
    names += [lower_first(column.label) for column in columns[1:3]]
    if len(columns) > 3:
        names.append(f"{len(columns) - 3} more")
    return join_words(names)


def _filters(filters: Sequence[Filter]) -> str:
    if not filters:
        return ""
    text = "; ".join(_filter(entry) for entry in filters)
    return f" ({text})" if len(text) <= _FILTER_ROOM else " (filtered)"


def _filter(entry: Filter) -> str:
    words = {"in": "", "not_in": "not ", "contains": "~ ", "not_contains": "not ~ "}
    name = entry.dimension.replace("_", " ")
    return f"{name}: {words[entry.op]}{', '.join(entry.values)}"
