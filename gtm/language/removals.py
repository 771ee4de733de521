"""What is taken away of the question before: "drop the owner", "without the comparison"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord, Vocabulary
from gtm.language.tokens import Hit, Owner, Tape
from gtm.language.wordings import Wordings
from gtm.semantics.query import MetricQuery, RelativeRange

Part = Literal[
    "metric",
    "dimension",
    "value",
    "grain",
    "compare",
    "having",
    "filters",
    "order",
    "limit",
    "chart",
    "splits",
    "filter_on",
    "period",
]

SAID = Wordings.read("turns")
PATTERNS = {name: SAID.compiled(name) for name in SAID.patterns}
_NAMED: tuple[Part, ...] = ("compare", "grain", "order", "limit", "chart", "splits")
_ARTICLES = frozenset(
    {"by", "per", "the", "our", "my", "that", "those", "this", "these", "any", "all", "of"}
)
_INSTEAD = frozenset({"instead of", "rather than"})
_EXCLUDES = re.compile(r"\b(?:without|minus|no|not|omit|leave out|skip|hide)\b")
_LONGEST = 4
# The first pattern of `removes` needs no word behind what is taken away.
_ALONE = 0
_EXCHANGES = ("replace", "swap", "exchange", "substitute", "switch")


@dataclass(frozen=True, slots=True)
class Removal:
    """A part of the former question that is taken away; `names` say which, none of them all."""

    part: Part
    names: frozenset[str] = frozenset()
    said: str = ""


def read_removals(tape: Tape, vocabulary: Vocabulary, previous: MetricQuery) -> list[Removal]:
    """Claim and return what is taken away of the former question."""
    found: list[Removal] = []
    for index, compiled in enumerate(PATTERNS["removes"]):
        position = 0
        while (hit := tape.find(compiled, position)) is not None:
            position = hit.end
            reader = _Objects(tape, vocabulary, previous, tape.text(hit.start, hit.end))
            removals, end = reader.read(hit.end)
            tail = reader.tail(end)
            if removals and (index == _ALONE or tail > end):
                tape.claim_rest(hit.start, tail, Owner.LINK)
                found += removals
                position = tail
    return found


class _Objects:
    """Reads what is taken away, from the word behind the verb on."""

    def __init__(
        self, tape: Tape, vocabulary: Vocabulary, previous: MetricQuery, verb: str
    ) -> None:
        self._tape = tape
        self._vocabulary = vocabulary
        self._previous = previous
        self._verb = verb

    def read(self, position: int) -> tuple[list[Removal], int]:
        """Return the things named one after the other, and where they end."""
        found: list[Removal] = []
        end = position
        while (read := self._one(self._past(end, first=not found))) is not None:
            found.append(read[0])
            end = read[1]
        return found, end

    def tail(self, position: int) -> int:
        """Return where the words end that belong to the verb: "take … out again"."""
        is_exchange = self._verb.endswith(_EXCHANGES)
        for compiled in PATTERNS["exchanges_end" if is_exchange else "removes_end"]:
            if hit := self._at(compiled, position):
                return hit.end
        return position

    def _past(self, position: int, *, first: bool) -> int:
        skipped = _ARTICLES if first else _ARTICLES | {"and", "or"}
        while position < len(self._tape) and self._tape.tokens[position].text in skipped:
            position += 1
        return position

    def _at(self, compiled: re.Pattern[str], position: int) -> Hit | None:
        hit = self._tape.find(compiled, position)
        return hit if hit is not None and hit.start == position else None

    def _one(self, position: int) -> tuple[Removal, int] | None:
        if position >= len(self._tape):
            return None
        return (
            self._limit(position)
            or self._filter(position)
            or self._named(position)
            or self._period(position)
            or self._listed(position)
        )

    def _limit(self, position: int) -> tuple[Removal, int] | None:
        hit = self._first("having", position)
        if hit is None or not self._previous.having:
            return None
        return Removal("having", said=self._said(hit)), hit.end

    def _filter(self, position: int) -> tuple[Removal, int] | None:
        """Read "the desktop filter", "the scoring thing"."""
        hit = self._first("filters", position)
        if hit is None:
            return None
        what = self._tape.text(hit.start, hit.end - 1)
        found = self._values(what) or self._dimensions(what)
        return (Removal(found[0], found[1], self._said(hit)), hit.end) if found else None

    def _named(self, position: int) -> tuple[Removal, int] | None:
        has = {
            "compare": self._previous.compare,
            "grain": self._previous.grain,
            "order": self._previous.order,
            "limit": self._previous.limit,
            "chart": self._previous.chart,
            "splits": self._previous.dimensions,
        }
        for part in _NAMED:
            hit = self._first(part, position)
            if hit is not None and has[part]:
                return Removal(part, said=self._said(hit)), hit.end
        return None

    def _period(self, position: int) -> tuple[Removal, int] | None:
        """Read "instead of last week", which the new period replaces anyway."""
        time = self._previous.time
        if not isinstance(time, RelativeRange) or not self._verb.endswith(tuple(_INSTEAD)):
            return None
        words = time.value.split("_")
        end = position + len(words)
        is_named = self._tape.text(position, end) == " ".join(words)
        return (Removal("period", said=" ".join(words)), end) if is_named else None

    def _listed(self, position: int) -> tuple[Removal, int] | None:
        for size in range(min(_LONGEST, len(self._tape) - position), 0, -1):
            end = position + size
            if not self._tape.is_free(position, end):
                continue
            text = self._tape.text(position, end)
            is_value_left_out = _EXCLUDES.search(self._verb) and self._verb not in _INSTEAD
            found = self._metrics(text) or self._splits(text)
            found = found or (None if is_value_left_out else self._values(text))
            if found:
                return Removal(found[0], found[1], self._tape.raw(position, end)), end
        return None

    def _metrics(self, text: str) -> tuple[Part, frozenset[str]] | None:
        words = self._vocabulary.lookup(text.split())
        names = {word.name for word in words if isinstance(word, MetricWord)}
        shown = names & set(self._previous.metrics)
        return ("metric", frozenset(shown)) if shown else None

    def _splits(self, text: str) -> tuple[Part, frozenset[str]] | None:
        words = self._vocabulary.lookup(text.split())
        names = {word.name for word in words if isinstance(word, DimensionWord)}
        shown = names & set(self._previous.dimensions)
        return ("dimension", frozenset(shown)) if shown else None

    def _dimensions(self, text: str) -> tuple[Part, frozenset[str]] | None:
        """Return the dimension a filter is on: "the device filter"."""
        words = self._vocabulary.lookup(text.split())
        names = {word.name for word in words if isinstance(word, DimensionWord)}
        shown = names & {item.dimension for item in self._previous.filters}
        return ("value", self._values_of(shown)) if shown else None

    def _values(self, text: str) -> tuple[Part, frozenset[str]] | None:
        """Return the values of a filter of the former question that are named."""
        said = {text}
        for word in self._vocabulary.lookup(text.split()):
            if isinstance(word, ValueWord):
                said |= {value.casefold() for value in word.values}
        shown = {
            value.casefold()
            for item in self._previous.filters
            for value in item.values
            if value.casefold() in said
        }
        return ("value", frozenset(shown)) if shown else None

    def _values_of(self, dimensions: set[str]) -> frozenset[str]:
        return frozenset(
            value.casefold()
            for item in self._previous.filters
            if item.dimension in dimensions
            for value in item.values
        )

    def _first(self, name: str, position: int) -> Hit | None:
        hits = (self._at(compiled, position) for compiled in PATTERNS[name])
        return next((hit for hit in hits if hit is not None), None)

    def _said(self, hit: Hit) -> str:
        return self._tape.raw(hit.start, hit.end)
