"""How numbers, names, periods and filters read in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gtm.charts.titles import date_span, join_words, lower_first, period_label
from gtm.semantics.query import Filter, MetricFilter, TimeRange
from gtm.semantics.result import Format, ResolvedQuery, ResultColumn, Value

_NAME_ROOM = 80
# A value may come from anybody's browser or search box. Anything a Markdown reader would act on
# (emphasis, links, images, HTML, bare addresses) goes into a code span, where it stays inert.
_ACTIVE = re.compile(r"[*\[\]<>~|\\!#`]|://|\bwww\.|^[-+]\s|^\d+\.\s|__|^/")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARE_PERIOD = re.compile(
    r"^(today|yesterday|this|last (week|month|quarter|year)|since|from|between)\b"
)
_OPERATORS = {
    ">": "above",
    ">=": "at least",
    "<": "below",
    "<=": "at most",
    "=": "exactly",
    "!=": "other than",
}


def number_text(value: float, form: Format) -> str:
    """Return a number as its format reads: 1,234 · 12.3% · $1,234 · 83 s."""
    if form is Format.PERCENT:
        return f"{value * 100:,.{_decimals(value * 100, small=0.1)}f}%"
    if form is Format.USD:
        sign = "-" if value < 0 else ""
        return f"{sign}${abs(value):,.{0 if abs(value) >= 100 else 2}f}"
    if form is Format.SECONDS:
        return f"{value:,.{0 if abs(value) >= 10 else 1}f} s"
    if form is Format.INTEGER and float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.{0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2}f}"


def difference_text(value: float, form: Format) -> str:
    """Return a signed difference; rates differ in percentage points."""
    sign = "+" if value >= 0 else "-"
    if form is Format.PERCENT:
        return f"{sign}{abs(value) * 100:,.{_decimals(value * 100, small=0.1)}f} points"
    return f"{sign}{number_text(abs(value), form)}"


def percent_text(fraction: float) -> str:
    """Return a fraction as a percentage."""
    return number_text(fraction, Format.PERCENT)


def amount_text(column: ResultColumn, value: float) -> str:
    """Return a number with what it counts: "12,345 sessions", "a bounce rate of 41.2%"."""
    label, number = metric_name(column), number_text(value, column.format)
    if column.format is Format.INTEGER:
        is_one = value == 1 and label.endswith("s") and not label.endswith("ss")
        return f"{number} {label[:-1] if is_one else label}"
    if column.format is Format.USD:
        return f"{number} in {label}"
    return f"{'an' if label[:1] in 'aeiou' else 'a'} {label} of {number}"


def metric_name(column: ResultColumn) -> str:
    """Return a metric's label for the middle of a sentence, without its unit in brackets."""
    return lower_first(re.sub(r"\s*\([^)]*\)$", "", column.label)) or column.name


def plural(word: str) -> str:
    """Return several of what a label names."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "ch", "x")) else f"{word}s"


def sentence_start(text: str) -> str:
    """Raise the first letter."""
    return text[:1].upper() + text[1:]


def value_name(value: Value) -> str:
    """Return a dimension's value as it may stand in Markdown: short, on one line, inert."""
    text = "(not set)" if value is None or value == "" else " ".join(str(value).split())
    if len(text) > _NAME_ROOM:
        text = text[: _NAME_ROOM - 1] + "…"
    return f"`{text.replace('`', chr(39))}`" if _ACTIVE.search(text) else text


def names_text(values: Sequence[Value]) -> str:
    """Return the name of a group with one or more dimensions."""
    return " / ".join(value_name(value) for value in values)


def against_phrase(time: TimeRange) -> str:
    """Return what something is compared with: "the period before (from and to)"."""
    span, name = date_span(time.start, time.end), period_label(time)
    if name == span:
        return span
    article = "the " if re.match(r"^(last|next|past|previous|same)\b", name) else ""
    return f"{article}{name} ({span})"


def period_phrase(time: TimeRange) -> str:
    """Return when: "in the last 7 days (from and to)"."""
    span, label = date_span(time.start, time.end), time.label.strip()
    if label == "now":
        return f"as of {span}"
    if not label or _ISO_DATE.search(label) or label == span:
        return f"on {span}" if time.start == time.end else f"in the period {span}"
    label = label if label[1:2].isupper() or _is_month(label) else label[:1].lower() + label[1:]
    if _BARE_PERIOD.match(label):
        return f"{label} ({span})"
    article = "the " if re.match(r"^(last|next|past|previous|same)\b", label) else ""
    return f"in {article}{label} ({span})"


def scope_phrase(resolved: ResolvedQuery | None) -> str:
    """Return when and under which filters a number holds; empty for free SQL."""
    if resolved is None:
        return ""
    clauses = [filter_clause(entry) for entry in resolved.query.filters]
    when = period_phrase(resolved.time)
    return f"{when}, {join_words(clauses)}" if clauses else when


def filter_clause(entry: Filter, label: str | None = None) -> str:
    """Return a filter inside a sentence: "with country Germany or France"."""
    name = lower_first(label or entry.dimension.replace("_", " "))
    values = join_words([value_name(value) for value in entry.values], "or")
    words = {
        "in": f"with {name} {values}",
        "not_in": f"without {name} {values}",
        "contains": f"with {name} containing {values}",
        "not_contains": f"with {name} not containing {values}",
    }
    return words[entry.op]


def filter_sentence(entry: Filter, label: str) -> str:
    """Return a filter as a sentence of its own: "Country is Germany or France."."""
    values = join_words([value_name(value) for value in entry.values], "or")
    verbs = {
        "in": "is",
        "not_in": "is not",
        "contains": "contains",
        "not_contains": "does not contain",
    }
    return f"{sentence_start(label)} {verbs[entry.op]} {values}."


def threshold_sentence(entry: MetricFilter, label: str, form: Format) -> str:
    """Return a threshold on a metric as a sentence."""
    number = number_text(entry.value, form)
    return f"Only groups with {lower_first(label)} {_OPERATORS[entry.op]} {number}."


def sentence(*parts: str, starts_with_name: bool = False) -> str:
    """Join the parts that are there into one sentence; a value's name keeps its own case."""
    text = " ".join(part for part in parts if part).replace(" ,", ",").replace(" ;", ";")
    return f"{text if starts_with_name else sentence_start(text)}."


def _decimals(value: float, *, small: float) -> int:
    return 2 if 0 < abs(value) < small else 1


def _is_month(label: str) -> bool:
    return bool(re.match(r"^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|q[1-4])", label, re.I))
