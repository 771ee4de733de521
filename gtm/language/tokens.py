"""The words of a question, and the mask that says which stage has accounted for each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gtm.language.normal import normalise
from gtm.language.scan import Token, scan

__all__ = ["QUOTED", "QUOTES", "Hit", "Owner", "Tape", "Token", "pattern", "tokenise"]

OWNED, QUOTED = "\x00", "\x01"
QUOTES = "“”\"„'\u2018\u2019"


class Owner(StrEnum):
    """Which stage accounts for a word."""

    TIME = "time"
    COMPARISON = "comparison"
    GRAIN = "grain"
    CHART = "chart"
    RANKING = "ranking"
    THRESHOLD = "threshold"
    SHAPE = "shape"
    TERM = "term"
    VALUE = "value"
    NEGATION = "negation"
    ONLY = "only"
    LINK = "link"
    LIGHT = "light"


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern was found: token positions, end excluded, and its named groups."""

    start: int
    end: int
    groups: dict[str, str]


def tokenise(question: str) -> list[Token]:
    """Return the words, numbers and signs of a question, in lower case and in one spelling."""
    return normalise(scan(question))


def pattern(source: str) -> re.Pattern[str]:
    """Compile a pattern that starts and ends at the borders of words."""
    return re.compile(rf"(?<!\S)(?:{source})(?!\S)")


class Tape:
    """The tokens of one question; each has at most one owner."""

    def __init__(self, question: str, tokens: list[Token]) -> None:
        # Some letters change their length in lower case; positions then hold for that text only.
        lowered = question.lower()
        self.question = question if len(question) == len(lowered) else lowered
        self.tokens = tuple(tokens)
        self._owners: list[Owner | None] = [
            Owner.LIGHT if token.is_aside else None for token in tokens
        ]
        self._starts: dict[int, int] = {}
        self._ends: dict[int, int] = {}
        position = 0
        for index, token in enumerate(tokens):
            self._starts[position] = index
            position += len(token.text)
            self._ends[position] = index + 1
            position += 1
        self._pieces = [self._piece(index) for index in range(len(tokens))]
        self._masked: str | None = None

    def __len__(self) -> int:
        return len(self.tokens)

    def text(self, start: int, end: int) -> str:
        """Return the words of a stretch as the stages read them."""
        return " ".join(token.text for token in self.tokens[start:end])

    def raw(self, start: int, end: int) -> str:
        """Return a stretch exactly as it was typed, without its quotes."""
        return self.question[self.tokens[start].start : self.tokens[end - 1].end].strip(QUOTES)

    def is_parted(self, index: int) -> bool:
        """Return whether a mark of punctuation stands right behind a word."""
        if index + 1 >= len(self.tokens):
            return True
        token, after = self.tokens[index], self.tokens[index + 1]
        return token.is_before_comma or token.sentence != after.sentence

    def owner(self, index: int) -> Owner | None:
        """Return who accounts for a word, if anybody does."""
        return self._owners[index]

    def owner_at(self, index: int) -> Owner | None:
        """Return who accounts for a word, and nobody behind the last."""
        return self._owners[index] if index < len(self._owners) else None

    def is_free(self, start: int, end: int) -> bool:
        """Return whether nobody accounts for any word of a stretch."""
        return not any(self._owners[start:end])

    def claim(self, start: int, end: int, owner: Owner) -> None:
        """Account for a stretch. Raises ValueError when part of it has an owner already."""
        if not self.is_free(start, end):
            raise ValueError(f"{self.text(start, end)!r} is claimed twice")
        self._owners[start:end] = [owner] * (end - start)
        self._redraw(start, end)

    def claim_rest(self, start: int, end: int, owner: Owner) -> None:
        """Account for those words of a stretch that are still free."""
        for index in range(start, end):
            if self._owners[index] is None:
                self._owners[index] = owner
        self._redraw(start, end)

    def release(self, start: int, end: int) -> None:
        """Make words free again that turned out to mean nothing where they stand."""
        self._owners[start:end] = [None] * (end - start)
        self._redraw(start, end)

    @property
    def masked(self) -> str:
        """The text with every claimed word blanked, so that patterns see free words only."""
        if self._masked is None:
            self._masked = "".join(self._pieces)
        return self._masked

    def _redraw(self, start: int, end: int) -> None:
        for index in range(start, end):
            self._pieces[index] = self._piece(index)
        self._masked = None

    def _piece(self, index: int) -> str:
        """Return a word and the gap before it; no pattern reaches over the end of a sentence."""
        if index == 0:
            return self._shown(index)
        is_end = self.tokens[index - 1].sentence != self.tokens[index].sentence
        return ("\n" if is_end else " ") + self._shown(index)

    def _shown(self, index: int) -> str:
        token = self.tokens[index]
        if self._owners[index] is not None:
            return OWNED * len(token.text)
        return QUOTED * len(token.text) if token.is_quoted else token.text

    def find(
        self, compiled: re.Pattern[str], start: int = 0, *, is_over_owned: bool = False
    ) -> Hit | None:
        """Return the first place, from a word on, where free words match, or any words do."""
        offset = sum(len(token.text) + 1 for token in self.tokens[:start]) if start else 0
        for match in compiled.finditer(self.masked, offset):
            found = match.group()
            first = match.start() + len(found) - len(found.lstrip())
            last = match.end() - len(found) + len(found.rstrip())
            is_whole = first in self._starts and last in self._ends and last > first
            # A pattern that takes any word would take one that is blanked, too; a token such as
            # "week of" holds words that are none of their own.
            if is_whole and (is_over_owned or self.is_free(self._starts[first], self._ends[last])):
                said = match.groupdict().items()
                groups = {name: value for name, value in said if value is not None}
                return Hit(self._starts[first], self._ends[last], groups)
        return None

    def take(self, compiled: re.Pattern[str], owner: Owner) -> Hit | None:
        """Find free words that match and claim them."""
        hit = self.find(compiled)
        if hit is not None:
            self.claim(hit.start, hit.end, owner)
        return hit

    def take_all(self, compiled: re.Pattern[str], owner: Owner) -> list[Hit]:
        """Claim every stretch of free words that matches."""
        hits = []
        while hit := self.take(compiled, owner):
            hits.append(hit)
        return hits

    def free(self) -> list[int]:
        """Return the positions nobody has accounted for."""
        return [index for index, owner in enumerate(self._owners) if owner is None]
