"""The value index: which words are names in a workspace's own data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlglot import exp, parse_one

from gtm.language.outcome import ValueMatch
from gtm.semantics.catalog import Catalog, Dimension

DIMENSIONS = (
    "channel",
    "source",
    "medium",
    "campaign",
    "device_category",
    "country",
    "city",
    "landing_page",
    "query",
)
MAX_VALUES = 2_000
_MAX_NEAR = 3
_MAX_PHRASE = 5
_NEAR = 82
_MIN_NEAR_LENGTH = 4
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Entry:
    dimension: str
    value: str


class ValueIndex:
    """The names of one workspace's data, found by their words."""

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        self._by_words: dict[tuple[str, ...], list[_Entry]] = {}
        for dimension, names in values.items():
            for name in names:
                words = _words(name)
                if words:
                    self._by_words.setdefault(words, []).append(_Entry(dimension, name))
        self._phrases = {" ".join(words): words for words in self._by_words}

    def find(self, terms: Sequence[str]) -> tuple[ValueMatch, ...]:
        """Return the names that terms stand for: equal ones, else those that come near.

        Terms that follow each other may be one name: "spring", "sale" finds `spring_sale`.
        """
        matches: list[ValueMatch] = []
        start = 0
        while start < len(terms):
            phrase, found = self._longest(terms, start)
            term = " ".join(terms[start : start + phrase])
            if found:
                matches += [_match(term, entry, is_exact=True) for entry in found]
            else:
                matches += [_match(term, entry, is_exact=False) for entry in self._near(term)]
            start += phrase
        return tuple(matches)

    def _longest(self, terms: Sequence[str], start: int) -> tuple[int, list[_Entry]]:
        for size in range(min(_MAX_PHRASE, len(terms) - start), 0, -1):
            words = _words(" ".join(terms[start : start + size]))
            found = self._by_words.get(words)
            if found:
                return size, found
        return 1, []

    def _near(self, term: str) -> list[_Entry]:
        words = _words(term)
        phrase = " ".join(words)
        if len(phrase) < _MIN_NEAR_LENGTH:
            return []
        containing = [known for known in self._by_words if _contains(known, words)]
        containing.sort(key=lambda known: (len(known), known))
        alike = process.extract(
            phrase, self._phrases.keys(), scorer=fuzz.ratio, limit=_MAX_NEAR, score_cutoff=_NEAR
        )
        ranked = [*(self._phrases[found] for found, _, _ in alike), *containing]
        entries = [entry for known in dict.fromkeys(ranked) for entry in self._by_words[known]]
        return entries[:_MAX_NEAR]


def values_sql(catalog: Catalog, name: str) -> str | None:
    """Return SQL for a dimension's most used values; None when the catalogue lacks it."""
    dimension = catalog.dimensions.get(name)
    if dimension is None:
        return None
    view = next(iter(dimension.expressions))
    value = parse_one(dimension.expressions[view], dialect="bigquery")
    select = (
        exp.select(
            exp.alias_(value.copy(), "value"), exp.alias_(_weight(catalog, dimension, view), "n")
        )
        .from_(exp.to_table(view))
        .where(exp.Not(this=exp.Is(this=value.copy(), expression=exp.null())))
        .group_by(exp.Literal.number(1))
        .order_by(exp.Ordered(this=exp.column("n"), desc=True), exp.column("value"))
        .limit(MAX_VALUES)
    )
    return select.sql(dialect="bigquery")


def _weight(catalog: Catalog, dimension: Dimension, view: str) -> exp.Expr:
    metric = catalog.metrics.get(dimension.default_metric)
    expression = metric.expressions.get(view) if metric else None
    if expression is None:
        return exp.Count(this=exp.Star())
    return parse_one(expression, dialect="bigquery")


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _contains(known: tuple[str, ...], words: tuple[str, ...]) -> bool:
    size = len(words)
    return any(known[at : at + size] == words for at in range(len(known) - size + 1))


def _match(term: str, entry: _Entry, *, is_exact: bool) -> ValueMatch:
    return ValueMatch(term=term, dimension=entry.dimension, value=entry.value, is_exact=is_exact)
