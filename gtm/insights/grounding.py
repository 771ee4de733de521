"""The grounding check: which numbers in a text are neither in the result nor follow from it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from gtm.insights.fact import Fact
from gtm.insights.reading import Reading, as_number, total_of
from gtm.semantics.query import TimeRange
from gtm.semantics.result import ColumnRole, ResultTable

_MONTHS = {
    name: at
    for at, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
_DATES = (
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?\b",
        re.I,
    ),
    re.compile(
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?", re.I
    ),
)
# In "23-30 Nov" the first day borrows the month of the second.
_DAY_BEFORE_DATE = re.compile(r"\b(\d{1,2})\s*[-\u2013]\s*(?=\d{1,2}\s+[A-Z][a-z]{2})")
_ROUNDED = r"(?:about|around|roughly|nearly|almost|over|under|some|~|≈)\s*"
_ABOUT = re.compile(rf"^{_ROUNDED}", re.I)
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<about>{_ROUNDED})?"
    r"(?P<sign>[-+\u2212])?\s?\$?\s?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"(?P<unit>\s?(?:%|(?:percent|percentage points?|points?|pts?|pp|"
    r"k|m|bn|thousand|million|billion)\b))?"
    r"(?![\w])(?!\.\d)",
    re.I,
)
_LIST_MARKER = re.compile(r"(?m)^\s*\d+[.)]\s")
_RANKED = re.compile(r"\b(?:top|first|bottom|last|best|worst)[\s-]$", re.I)
_COUNTING = re.compile(
    r"\b(?:top|first|bottom|last|past|next|previous|up to|at most|at least|within|Q)"
    r"[\s-]?\d[\d,]*\b"
    r"|\b\d[\d,]*[\s-](?:full |whole |calendar )?"
    r"(?:days?|weeks?|months?|quarters?|years?|hours?|minutes?|questions?|options?)\b"
    r"|\b(?:19|20)\d\d\b",
    re.I,
)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_PARTS = ("%", "percent", "point", "pt", "pp")


@dataclass(frozen=True, slots=True)
class _Quoted:
    """A number as it stands in a text: how it reads, what it says, how finely."""

    text: str
    value: float
    step: float
    is_part: bool


def ungrounded_numbers(text: str, table: ResultTable, facts: Sequence[Fact]) -> list[str]:
    """Return the numbers and dates of a text that the result does not back, as written."""
    days = _known_days(table)
    rest, missing = _without_dates(_without_values(_LIST_MARKER.sub(" ", text), table), days)
    known = sorted({abs(value) for value in _known_numbers(table, facts, days)})
    for match in _NUMBER.finditer(rest):
        quoted = _read(match)
        is_rank = _RANKED.search(rest[: match.start()]) and quoted.value <= len(table.rows)
        if not is_rank and not _is_known(quoted, known):
            missing.append(quoted.text)
    return missing


def numbers_in(text: str) -> list[str]:
    """Return the numbers and dates of a text as written, without those that only count on.

    "The last 30 days" and "the top 5" ask for a number of something; they say nothing of the data.
    """
    found: list[str] = []
    rest = _LIST_MARKER.sub(" ", text)
    for pattern in _DATES:
        found += [match.group().strip() for match in pattern.finditer(rest)]
        rest = pattern.sub(" ", rest)
    rest = _COUNTING.sub(" ", rest)
    return found + [bare(match.group()) for match in _NUMBER.finditer(rest)]


def bare(number: str) -> str:
    """Return a number as written, without the word that says it is rounded."""
    return _ABOUT.sub("", number).strip()


def _read(match: re.Match[str]) -> _Quoted:
    digits, decimals = match["digits"].replace(",", ""), match["decimals"] or ""
    unit = (match["unit"] or "").strip().lower()
    scale = _SCALES.get(unit, 1.0)
    step = 10.0 ** -(len(decimals) - 1) if decimals else 1.0
    if match["about"] and not decimals:
        step = 10.0 ** (len(digits) - len(digits.rstrip("0")))
    text = match.group().strip()
    return _Quoted(text, float(digits + decimals) * scale, step * scale, unit.startswith(_PARTS))


def _is_known(quoted: _Quoted, known: Sequence[float]) -> bool:
    # Half a step is what honest rounding can cost; the last bits belong to binary fractions.
    room = quoted.step * 0.5000001
    if quoted.is_part and _has_within(known, quoted.value / 100, room / 100):
        return True
    return _has_within(known, quoted.value, room)


def _has_within(known: Sequence[float], value: float, room: float) -> bool:
    at = bisect_left(known, value - room)
    return at < len(known) and known[at] <= value + room


def _without_values(text: str, table: ResultTable) -> str:
    """Take names from the result out of the text: digits in a page or a query are no numbers."""
    cells = {cell for row in table.rows for cell in row if isinstance(cell, str)}
    if table.resolved is not None:
        cells |= {value for entry in table.resolved.query.filters for value in entry.values}
    lowered = text.lower()
    named = [
        cell
        for cell in cells
        if cell.lower() in lowered and any(letter.isdigit() for letter in cell) and not _date(cell)
    ]
    for cell in sorted(named, key=len, reverse=True):
        # A name of digits alone is not part of a number: "5" in "38.5".
        pattern = rf"(?<!\w)(?<!\d[.,]){re.escape(cell)}(?!\w)(?![.,]\d)"
        text = re.sub(pattern, " ", text, flags=re.IGNORECASE)
    return text


def _without_dates(text: str, days: set[date]) -> tuple[str, list[str]]:
    missing: list[str] = []
    years = {day.year for day in days}

    def replace(match: re.Match[str]) -> str:
        groups = match.groupdict()
        month = groups["month"]
        number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
        wanted = {int(groups["year"])} if groups["year"] else years
        found = any(_is_day(days, year, number, int(groups["day"])) for year in wanted)
        if not found:
            missing.append(match.group().strip())
        return " "

    text = _DAY_BEFORE_DATE.sub(" ", text)
    for pattern in _DATES:
        text = pattern.sub(replace, text)
    return text, missing


def _is_day(days: set[date], year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day) in days
    except ValueError:
        return False


def _known_days(table: ResultTable) -> set[date]:
    days = {day for row in table.rows for cell in row if (day := _date(cell)) is not None}
    resolved = table.resolved
    if resolved is not None:
        for time in (resolved.time, resolved.comparison):
            days |= set(_each_day(time)) if time is not None else set()
        days |= {day for note in resolved.assumptions for day in _days_in(note)}
    return days


def _days_in(text: str) -> Iterator[date]:
    """Yield the dates that a text gives with their year."""
    for match in (match for pattern in _DATES for match in pattern.finditer(text)):
        month, year = match["month"], match["year"]
        if year is not None:
            number = int(month) if month.isdigit() else _MONTHS[month[:3].lower()]
            with suppress(ValueError):
                yield date(int(year), number, int(match["day"]))


def _known_numbers(
    table: ResultTable, facts: Sequence[Fact], days: Iterable[date]
) -> Iterator[float]:
    for row in table.rows:
        yield from (number for cell in row if (number := as_number(cell)) is not None)
    yield from (value for value in table.totals.values() if value is not None)
    for fact in facts:
        yield from fact.values.values()
    yield from (len(table.rows), len(table.columns), table.group_count or 0)
    yield from {float(day.year) for day in days}
    yield from _asked(table)
    yield from _derived(table)


def _asked(table: ResultTable) -> Iterator[float]:
    resolved = table.resolved
    if resolved is None:
        return
    yield resolved.time.days
    if resolved.comparison is not None:
        yield resolved.comparison.days
    yield from (entry.value for entry in resolved.query.having)
    if resolved.query.limit is not None:
        yield resolved.query.limit
    for text in (resolved.time.label, *resolved.assumptions):
        yield from (float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", text))


def _derived(table: ResultTable) -> Iterator[float]:
    """What follows from a result by one honest step: sums, shares and changes."""
    reading = Reading(table)
    for metric in table.of_role(ColumnRole.METRIC):
        numbers = [number for number in reading.numbers(metric) if number is not None]
        if metric.is_additive:
            yield from _shares(numbers, total_of(numbers))
            yield from _shares(numbers, reading.total(metric.name) or 0.0)
        previous = reading.previous(metric)
        if previous is not None:
            pairs = list(zip(reading.numbers(metric), reading.numbers(previous), strict=True))
            pairs.append((reading.total(metric.name), reading.total(previous.name)))
            for now, before in pairs:
                if now is not None and before is not None:
                    yield from _change(now, before)


def _shares(numbers: Sequence[float], whole: float) -> Iterator[float]:
    yield whole
    if whole:
        yield from (number / whole for number in numbers)


def _change(now: float, before: float) -> Iterator[float]:
    yield now - before
    if before:
        yield (now - before) / before


def _each_day(time: TimeRange) -> Iterator[date]:
    return (time.start + timedelta(days=offset) for offset in range(time.days))


def _date(cell: object) -> date | None:
    try:
        return date.fromisoformat(cell[:10]) if isinstance(cell, str) else None
    except ValueError:
        return None
