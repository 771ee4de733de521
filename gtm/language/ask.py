"""Puts things back to the person: options are whole questions that can be read again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from gtm.language.lexicon import Vocabulary, to_phrase
from gtm.language.outcome import Clarify, Option, Refuse
from gtm.language.tokens import Tape
from gtm.semantics.query import (
    ComparisonKind,
    Filter,
    MetricFilter,
    MetricQuery,
    RelativeRange,
    TimeRange,
)

EXAMPLES = (
    "top traffic sources last 30 days",
    "sessions by channel last month vs previous period",
    "conversion funnel by channel",
    "top search queries by clicks last month",
)
_SAYABLE = re.compile(r"[A-Z][a-z]+ \d{4}|Q[1-4] \d{4}|\d{4}")
_MAX_OPTIONS = 5
_OPS = {">": "more than", ">=": "at least", "<": "less than", "<=": "at most"}


def options(questions: Iterable[str]) -> tuple[Option, ...]:
    """Return questions as options, each once."""
    unique = dict.fromkeys(questions)
    return tuple(
        Option(label=text[:1].upper() + text[1:], question=text)
        for text in list(unique)[:_MAX_OPTIONS]
    )


def clarify(message: str, questions: Iterable[str] = (), unknown: Iterable[str] = ()) -> Clarify:
    """Return a question back with ways on."""
    return Clarify(message=message, options=options(questions), unknown=tuple(unknown))


def refuse(message: str, questions: Iterable[str] = ()) -> Refuse:
    """Return a refusal with the nearest questions that can be answered."""
    return Refuse(message=message, options=options(questions))


def retold(tape: Tape, put: Mapping[tuple[int, int], str]) -> str:
    """Word a question again with some stretches replaced; what was quoted stays quoted."""
    words: list[str] = []
    starts = {start: (end, text) for (start, end), text in put.items()}
    index = 0
    while index < len(tape):
        if index in starts:
            index, text = starts[index]
            words.append(text)
            continue
        token = tape.tokens[index]
        if not token.is_aside:
            words.append(f'"{token.text}"' if token.is_quoted else token.text)
        index += 1
    return " ".join(word for word in words if word)


def say(query: MetricQuery, vocabulary: Vocabulary) -> str:
    """Word a query as a question."""
    if query.funnel is not None:
        subject = vocabulary.funnels[query.funnel].say
    else:
        subject = _list(vocabulary.metrics[name].say for name in query.metrics)
    dimensions = _list(vocabulary.dimensions[name].say for name in query.dimensions)
    is_top = query.limit is not None and query.dimensions
    if is_top:
        end = "bottom" if query.order is not None and not query.order.is_descending else "top"
        names = _list(_plural(vocabulary.dimensions[n].say, vocabulary) for n in query.dimensions)
        ranked = query.order.field if query.order is not None else ""
        measure = vocabulary.metrics[ranked].say if ranked in query.metrics else subject
        parts = [f"{end} {query.limit} {names} by {measure}"]
    else:
        parts = [subject, f"by {dimensions}" if dimensions else ""]
    parts += [_say_filter(item, vocabulary) for item in query.filters]
    parts += [say_having(item, vocabulary) for item in query.having]
    parts += [f"by {query.grain.value}" if query.grain else "", _say_time(query)]
    parts.append(_say_comparison(query))
    if query.chart is not None:
        parts.append("as a table" if query.chart == "table" else f"as a {query.chart} chart")
    return " ".join(part for part in parts if part)


def _plural(word: str, vocabulary: Vocabulary) -> str:
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return plural if vocabulary.lookup(to_phrase(plural)) else word


def _list(words: Iterable[str]) -> str:
    return " and ".join(words)


def _say_filter(item: Filter, vocabulary: Vocabulary) -> str:
    if item.op.endswith("contains"):
        name = vocabulary.dimensions[item.dimension].say
        verb = "not containing" if item.op.startswith("not") else "containing"
        return f'{name} {verb} "{item.values[0]}"'
    values = [say_value(item.dimension, value, vocabulary) for value in item.values]
    word = "excluding" if item.op.startswith("not") else "for"
    return f"{word} {' and '.join(values)}"


def say_value(dimension: str, value: str, vocabulary: Vocabulary) -> str:
    """Word a value so that it is read as the same one again."""
    known = vocabulary.phrases.get(to_phrase(value), ())
    if known and all(getattr(word, "values", None) == (value,) for word in known):
        return value
    return f'{vocabulary.dimensions[dimension].say} "{value}"'


def say_having(item: MetricFilter, vocabulary: Vocabulary) -> str:
    """Word a limit on a metric."""
    metric = vocabulary.metrics[item.metric]
    number = f"{item.value * 100:g}%" if metric.is_percent else f"{item.value:g}"
    return f"with {metric.say} {_OPS.get(item.op, 'exactly')} {number}"


def _say_time(query: MetricQuery) -> str:
    if query.time is None:
        return ""
    return say_range(query.time)


def say_range(time: TimeRange | RelativeRange) -> str:
    """Word a period so that it is read as the same one again."""
    if isinstance(time, RelativeRange):
        return time.value.replace("_", " ")
    if _SAYABLE.fullmatch(time.label):
        return f"in {time.label}"
    return f"from {time.start} to {time.end}"


def _say_comparison(query: MetricQuery) -> str:
    if query.compare is None:
        return ""
    if query.compare.kind is ComparisonKind.PREVIOUS_YEAR:
        return "vs same period last year"
    if query.compare.range is None:
        return "vs previous period"
    return f"vs {say_range(query.compare.range).removeprefix('in ').removeprefix('from ')}"
