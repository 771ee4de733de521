"""The value index: which words are names in a workspace's own data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlglot import exp, parse_one

from gtm.analytics.called import place_names, thing_names
from gtm.language.normal import REWRITTEN
from gtm.language.outcome import ValueMatch
from gtm.language.tokens import QUOTES, Token, tokenise
from gtm.semantics.catalog import Catalog, Dimension

# How many of a dimension's values are known, the most used first. Names of people's own making
# are many; nothing here may be personal data, so deals' names and e-mail domains are left out.
_MANY, _FEW = 2_000, 300
LIMITS: Mapping[str, int] = {
    **dict.fromkeys(("query", "landing_page", "page", "company", "campaign", "source"), _MANY),
    **dict.fromkeys(
        (
            "channel",
            "medium",
            "source_medium",
            "device_category",
            "country",
            "region",
            "city",
            "browser",
            "operating_system",
            "hostname",
            "event_name",
            "item",
            "item_category",
            "item_brand",
            "site_search_term",
            "search_appearance",
            "owner",
            "pipeline",
            "deal_stage",
            "deal_type",
            "lost_reason",
            "currency",
            "source_detail",
            "lifecycle_stage",
            "lead_status",
            "first_conversion",
            "industry",
        ),
        _FEW,
    ),
}
DIMENSIONS = tuple(LIMITS)
_MAX_NEAR = 3
_MAX_PHRASE = 7
_NEAR = 82
_MIN_NEAR_LENGTH, _MIN_WITHIN_LENGTH = 4, 3
_MAX_NEAR_WORDS = 4
_WORD = re.compile(r"[^\W_]+")
_DOMAIN = re.compile(
    r"(?:www\.)?(?P<name>[a-z0-9-]{2,})\.(?:com|org|net|io|co|ai|example)", re.IGNORECASE
)
# A site is called by its own name, whichever of its hosts it is.
_SUBDOMAIN = re.compile(
    r"(?!www\.)[a-z0-9-]+\.(?P<name>[a-z0-9-]{4,})\.(?:com|org|net|io|co|ai|example)", re.IGNORECASE
)
_PATHS = frozenset({"page", "landing_page"})
_LISTED = frozenset({"source", "source_medium", "hostname"})
# People are called by one of their names, reasons and branches by the word that matters.
_CALLED_SHORT = frozenset({"owner", "lost_reason", "industry"})
# Things of the house are called by a part of their name: "the digest", "admin certificates".
_CALLED_IN_PART = frozenset({"item", "campaign"})
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "chose",
        "lost",
        "missing",
        "no",
        "not",
        "of",
        "on",
        "or",
        "other",
        "services",
        "set",
        "the",
        "to",
        "with",
    ]
)


@dataclass(frozen=True, slots=True)
class _Entry:
    dimension: str
    value: str


class ValueIndex:
    """The names of one workspace's data, found by their words."""

    def __init__(self, values: Mapping[str, Iterable[str]]) -> None:
        self._by_words: dict[tuple[str, ...], list[_Entry]] = {}
        shorts: dict[tuple[str, ...], list[_Entry]] = {}
        for dimension, names in values.items():
            for name in dict.fromkeys(names):
                entry = _Entry(dimension, name)
                if words := _key(name):
                    self._by_words.setdefault(words, []).append(entry)
                for short in _shorts(entry):
                    shorts.setdefault(short, []).append(entry)
        self._phrases = {" ".join(words): words for words in self._by_words}
        self._containing = self._by_single_words()
        for short, entry in self._parts():
            shorts.setdefault(short, []).append(entry)
        self._shorts = {words: found for words, found in shorts.items() if _is_one(found)}

    def _parts(self) -> Iterator[tuple[tuple[str, ...], _Entry]]:
        """Yield the parts of names that stand for them, where no other name holds the part."""
        for words, entries in self._by_words.items():
            called = [entry for entry in entries if entry.dimension in _CALLED_IN_PART]
            for short in thing_names(words) if called else ():
                if all(other == words for other in self._holding(short)):
                    yield from ((short, entry) for entry in called)

    def _holding(self, part: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        return (known for known in self._containing.get(part[0], ()) if _contains(known, part))

    def _by_single_words(self) -> dict[str, list[tuple[str, ...]]]:
        index: dict[str, list[tuple[str, ...]]] = {}
        for words in self._by_words:
            for word in dict.fromkeys(words):
                index.setdefault(word, []).append(words)
        return index

    def find(self, terms: Sequence[str]) -> tuple[ValueMatch, ...]:
        """Return the names that terms stand for: equal ones, else those that come near.

        A term may be a whole question, in which names are looked for. Terms that follow each other
        may be one name: "spring", "sale" finds `spring_sale`.
        """
        tokens = [(index, token) for index, term in enumerate(terms) for token in tokenise(term)]
        matches: list[ValueMatch] = []
        known: set[int] = set()
        start = 0
        while start < len(tokens):
            size, found = self._longest(tokens, start)
            if found:
                term = _said(terms, tokens[start : start + size])
                matches += [_match(term, entry, is_exact=True) for entry in found]
                known.update(index for index, _ in tokens[start : start + size])
            start += size
        for index, term in enumerate(terms):
            if index not in known and len(_words(term)) <= _MAX_NEAR_WORDS:
                matches += [_match(term, entry, is_exact=False) for entry in self._near(term)]
        return tuple(dict.fromkeys(matches))

    def _longest(self, tokens: Sequence[tuple[int, Token]], start: int) -> tuple[int, list[_Entry]]:
        words: tuple[str, ...] = ()
        best: tuple[int, list[_Entry]] = (1, [])
        for size in range(1, min(_MAX_PHRASE, len(tokens) - start) + 1):
            said = _words(tokens[start + size - 1][1].text)
            if not said:
                # A sign is no part of the name beside it: "nyc + sf".
                if size == 1:
                    break
                continue
            words += said
            is_path = tokens[start][1].text.startswith("/") and size == 1
            if found := self._named(words, is_path=is_path):
                best = (size, found)
        return best

    def _named(self, words: tuple[str, ...], *, is_path: bool) -> list[_Entry]:
        found = [*self._by_words.get(words, ()), *self._shorts.get(words, ())]
        # A path is a page; other names that consist of its words are not meant.
        return [entry for entry in found if not is_path or "/" in entry.value]

    def _near(self, term: str) -> list[_Entry]:
        words = _words(term)
        phrase = " ".join(words)
        if len(phrase) < _MIN_WITHIN_LENGTH:
            return []
        containing = [
            known for known in self._containing.get(words[0], ()) if _contains(known, words)
        ]
        containing.sort(key=lambda known: (len(known), known))
        # Of a shorter word nearly every other is a near miss.
        choices = self._phrases.keys() if len(phrase) >= _MIN_NEAR_LENGTH else ()
        alike = process.extract(
            phrase, choices, scorer=fuzz.ratio, limit=_MAX_NEAR, score_cutoff=_NEAR
        )
        ranked = [*(self._phrases[found] for found, _, _ in alike), *containing]
        entries = [entry for known in dict.fromkeys(ranked) for entry in self._by_words[known]]
        return entries[:_MAX_NEAR]


def _shorts(entry: _Entry) -> Iterator[tuple[str, ...]]:
    """Yield the shorter names by which a value is called."""
    words = _words(entry.value)
    if entry.dimension in _PATHS:
        yield from _page_names(entry, words)
    elif entry.dimension in _LISTED:
        yield from _site_names(entry)
    elif entry.dimension in {"city", "region"}:
        yield from place_names(words, is_city=entry.dimension == "city")
    elif entry.dimension == "first_conversion" and ":" in entry.value:
        *first, last = _words(entry.value.partition(":")[0]) or ("",)
        yield (*first, last)
        yield (*first, f"{last}s")
        if len(first) > 1:
            # "Free trial" and "free trial signups" for "Free trial sign-up".
            yield tuple(first[:2])
            yield (*first[:-1], f"{first[-1]}{last}")
            yield (*first[:-1], f"{first[-1]}{last}s")
    elif entry.dimension in _CALLED_SHORT and len(words) > 1:
        for word in words:
            if len(word) >= 3 and word not in _SMALL:
                yield (word,)
                if entry.dimension == "lost_reason":
                    yield (f"{word}s",)


def _page_names(entry: _Entry, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the path of a page, and what it is called by where that is more than a word."""
    if entry.dimension == "page" and "/" not in entry.value:
        yield from (("homepage",), ("home", "page"), ("start", "page"), ("front", "page"))
    path = _words(entry.value.partition("/")[2])
    if path and path != words:
        yield path
    name = _words(entry.value.rpartition("/")[2])
    if len(name) > 1 and name not in {path, words}:
        yield name


def _site_names(entry: _Entry) -> Iterator[tuple[str, ...]]:
    if domain := _DOMAIN.fullmatch(entry.value):
        yield _words(domain["name"])
    if entry.dimension == "source" and (host := _SUBDOMAIN.fullmatch(entry.value)):
        yield _words(host["name"])


def _is_one(entries: Sequence[_Entry]) -> bool:
    """Whether a short name says which value is meant; pages of several hosts are all meant."""
    names = {(entry.dimension, entry.value) for entry in entries}
    by_dimension = {dimension for dimension, _ in names}
    return len(by_dimension) == len(names) or by_dimension <= {*_PATHS, *_LISTED}


def _said(terms: Sequence[str], tokens: Sequence[tuple[int, Token]]) -> str:
    """Return the words of a name as they were said."""
    first, last = tokens[0], tokens[-1]
    if first[0] == last[0]:
        return terms[first[0]][first[1].start : last[1].end].strip(QUOTES)
    return " ".join(terms[index][token.start : token.end] for index, token in tokens)


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
        .limit(LIMITS.get(name, _FEW))
    )
    return select.sql(dialect="bigquery")


def _weight(catalog: Catalog, dimension: Dimension, view: str) -> exp.Expr:
    metric = catalog.metrics.get(dimension.default_metric)
    expression = metric.expressions.get(view) if metric else None
    if expression is None:
        return exp.Count(this=exp.Star())
    return parse_one(expression, dialect="bigquery")


def _key(name: str) -> tuple[str, ...]:
    """Return a name as a question's words would say it: "Five extra seats" as "5 extra seats"."""
    words = _words(name)
    if REWRITTEN.isdisjoint(words):
        return words
    return _words(" ".join(token.text for token in tokenise(name.replace("_", " "))))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


def _contains(known: tuple[str, ...], words: tuple[str, ...]) -> bool:
    size = len(words)
    return any(known[at : at + size] == words for at in range(len(known) - size + 1))


def _match(term: str, entry: _Entry, *, is_exact: bool) -> ValueMatch:
    return ValueMatch(term=term, dimension=entry.dimension, value=entry.value, is_exact=is_exact)
