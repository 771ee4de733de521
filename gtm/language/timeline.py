"""The question with every named stretch of the calendar as one sign, for the rules about time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from gtm.language.dates import MONTHS
from gtm.language.named import ABSOLUTE, Groups, Named, Reader
from gtm.language.numeric import NUMERIC, read_dates
from gtm.language.relative import RELATIVE
from gtm.language.tokens import OWNED, QUOTED, Owner, Tape

# A sign shows what the rules ask about: "@0:month:last_month:open:".
P = r"@\S+"

_SOURCES = (*ABSOLUTE, *RELATIVE)
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(source), reader) for source, reader in _SOURCES
)
_ANY = re.compile(
    r"(?<!\S)(?:"
    + "|".join(re.sub(r"\?P<\w+>", "?:", source) for source, _ in _SOURCES)
    + r")(?!\S)"
)
_RANKS = frozenset(
    {"top", "bottom", "first", "last", "best", "worst", "biggest", "largest", "highest", "lowest"}
    | {"most", "least", "limit", "only"}
)
_BREAKS = re.compile(r"[,;:?!\n]|\.(?=\s)")
_MONTH_THEN_DAY = re.compile(
    rf"(?:\S+ )?(?:{'|'.join(MONTHS)}) (?:the )?(?P<day>\d{{1,2}})(?: \S+)*"
)
_DAY_THEN_MONTH = re.compile(r"\d{1,2} [a-z]+(?: .*)?")
_YEAR_FIRST = re.compile(r"(20\d\d)[/.](\d{1,2})[/.](\d{1,2})(?![\w/])")
_MONTH_AND_YEAR = re.compile(r"(\d{1,2})[/.](20\d\d)(?![\w/.])")
_COMPACT = re.compile(r"20[0-3]\d(?:0[1-9]|1[0-2])[0-3]\d")
_MONTHS_SHORT = re.compile(r"\d{1,2}m")
_BEFORE_COUNT = frozenset({"last", "past", "previous", "prior", "trailing", "rolling", "next"})
_TAKES_YEAR = re.compile(rf"{'|'.join(MONTHS)}|[qh][1-4]|[1-4][qh]|fy|cy|\d\d?(?:st|nd|rd|th)?")
_RANGE_WORDS = frozenset({"to", "-", "until", "till", "through", "and"})


def sign(kind: str) -> str:
    """Return the pattern of a stretch of a kind."""
    return rf"@\d+:{kind}:\S*"


@dataclass(frozen=True, slots=True)
class Cell:
    """A word, or a stretch of the calendar, and the tokens it stands on."""

    text: str
    start: int
    end: int
    named: Named | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Where a pattern was found: cell positions, end excluded, and what its groups hold."""

    start: int
    end: int
    words: dict[str, str]
    named: dict[str, Named]


Rules = tuple[tuple[re.Pattern[str], Callable[["Timeline", Found, date], Named | None]], ...]


class Timeline:
    """The free words of a tape in which named stretches stand as signs."""

    def __init__(self, tape: Tape, today: date) -> None:
        self._tape = tape
        self._today = today
        self._all: list[Named] = []
        self._cells = _cells(tape)
        self._text: str | None = None
        self._read()

    @property
    def text(self) -> str:
        """The cells as the rules see them."""
        if self._text is None:
            self._text = " ".join(cell.text for cell in self._cells)
        return self._text

    @property
    def whole(self) -> str:
        """All words of the question, whoever accounts for them."""
        return self._tape.text(0, len(self._tape))

    def is_left_alone(self, index: int, after: frozenset[str]) -> bool:
        """Return whether no noun stands at a cell: an end, a break or some words."""
        if index >= len(self._cells):
            return True
        before, cell = self._cells[index - 1], self._cells[index]
        is_step = self._tape.owner(cell.start) is Owner.GRAIN
        return is_step or cell.text in after or _is_parted(self._tape, before.end - 1, cell.start)

    def word(self, index: int) -> str:
        """Return the word at a cell, none behind the last."""
        return self._cells[index].text if index < len(self._cells) else ""

    def index_of(self, cell: Cell) -> int:
        """Return where a cell stands."""
        return self._cells.index(cell)

    def cells(self) -> list[Cell]:
        """Return the stretches that nothing has accounted for."""
        return [cell for cell in self._cells if cell.named is not None]

    def find(self, compiled: re.Pattern[str], start: int = 0) -> Found | None:
        """Return the first place, from a cell on, where cells match."""
        offset = sum(len(cell.text) + 1 for cell in self._cells[:start]) if start else 0
        match = compiled.search(self.text, offset)
        if match is None or match.start() == match.end():
            return None
        text = match.group()
        start = self._index_at(match.start() + len(text) - len(text.lstrip()))
        end = self._index_at(match.end() - len(text) + len(text.rstrip()))
        words = {name: value for name, value in match.groupdict().items() if value is not None}
        named = {
            name: self._all[int(value[1:].partition(":")[0])]
            for name, value in words.items()
            if value.startswith("@")
        }
        return Found(start, end, words, named)

    def reduce(self, rules: Rules, today: date) -> None:
        """Apply rules in their order, each as often as it fits."""
        for compiled, rule in rules:
            start = 0
            while (found := self.find(compiled, start)) is not None:
                named = rule(self, found, today)
                start = found.start + (named is None)
                if named is not None:
                    self.fold(found, named)

    def fold(self, found: Found, named: Named) -> None:
        """Put one stretch in the place of several cells."""
        first, last = self._cells[found.start], self._cells[found.end - 1]
        self._put(found.start, found.end, self._cell(first.start, last.end, named))

    def claim(self, found: Found, owner: Owner) -> None:
        """Account for the tokens of a place; nothing is found there any more."""
        for index in range(found.start, found.end):
            cell = self._cells[index]
            self._tape.claim(cell.start, cell.end, owner)
            self._put(index, index + 1, Cell(OWNED, cell.start, cell.end))

    def take(self, compiled: re.Pattern[str], owner: Owner) -> Found | None:
        """Find a place and claim it."""
        found = self.find(compiled)
        if found is not None:
            self.claim(found, owner)
        return found

    def has_break(self, found: Found) -> bool:
        """Return whether punctuation or a new sentence parts the cells of a place."""
        cells = self._cells[found.start : found.end]
        return any(
            _is_parted(self._tape, one.end - 1, other.start) for one, other in pairwise(cells)
        )

    def has_end(self, found: Found) -> bool:
        """Return whether a sentence ends between the cells of a place."""
        cells = self._cells[found.start : found.end]
        tokens = self._tape.tokens
        return tokens[cells[0].start].sentence != tokens[cells[-1].end - 1].sentence

    def has_dash(self, found: Found, dashes: str = "-") -> bool:
        """Return whether a dash stands between the first two cells of a place.

        A slash joins two days as well, but "March/April" are two months.
        """
        one, other = self._cells[found.start : found.start + 2]
        gap = _gap(self._tape, one.end - 1, other.start).strip()
        are_days = all(cell.named and cell.named.kind == "day" for cell in (one, other))
        return gap in {"-", "\u2013", "\u2014"} or (gap == "/" and "/" in dashes and are_days)

    def said(self, found: Found) -> str:
        """Return the words of a place."""
        return self._tape.text(self._cells[found.start].start, self._cells[found.end - 1].end)

    def _put(self, start: int, end: int, cell: Cell) -> None:
        """Put one cell in the place of several."""
        self._cells[start:end] = [cell]
        self._text = None

    def _cell(self, start: int, end: int, named: Named) -> Cell:
        self._all.append(named)
        name = named.period.relative.value if named.period.relative else ""
        tags = [name, "open" if named.in_year else "", "before" if named.is_before else ""]
        text = f"@{len(self._all) - 1}:{named.kind}:{':'.join(tags)}:"
        return Cell(text, start, end, named)

    def _index_at(self, offset: int) -> int:
        """Return the cell that begins at an offset, or right behind it."""
        position = 0
        for index, cell in enumerate(self._cells):
            if position >= offset:
                return index
            position += len(cell.text) + 1
        return len(self._cells)

    def _read(self) -> None:
        """Put a sign for every named stretch."""
        position = 0
        while match := _ANY.search(self.text, position):
            start, end = self._index_at(match.start()), self._index_at(match.end())
            end = self._cut(match.group(), start, end)
            words = " ".join(cell.text for cell in self._cells[start:end])
            stop = match.start() + len(words)
            named = _named(self.text, match.start(), stop, self._today) if words else None
            if named is None:
                position = match.start() + len(self._cells[start].text)
                continue
            cells = self._cells[start:end]
            cell = self._cell(cells[0].start, cells[-1].end, named)
            self._put(start, end, cell)
            position = match.start() + len(cell.text)

    def _cut(self, text: str, start: int, end: int) -> int:
        """Leave out a number that stands beside a month by chance: "in October, 10 pages"."""
        if (match := _MONTH_THEN_DAY.fullmatch(text)) is not None:
            at = start + text[: match.start("day")].count(" ")
            if self._is_parted_at(at):
                return at
        if _DAY_THEN_MONTH.fullmatch(text):
            is_counted = start > 0 and self._cells[start - 1].text in _RANKS
            if is_counted or self._is_parted_at(start + 1):
                return start
        return end

    def _is_parted_at(self, index: int) -> bool:
        one, other = self._cells[index - 1], self._cells[index]
        gap = _gap(self._tape, one.end - 1, other.start)
        is_shortened = gap.strip() == "." and len(one.text) <= 4
        return bool(_BREAKS.search(gap)) and not is_shortened


def _named(text: str, start: int, end: int, today: date) -> Named | None:
    for compiled, reader in _READERS:
        if match := compiled.fullmatch(text, start, end):
            groups: Groups = {k: v for k, v in match.groupdict().items() if v}
            return reader(groups, today)
    return None


def _gap(tape: Tape, one: int, other: int) -> str:
    return tape.question[tape.tokens[one].end : tape.tokens[other].start]


def _is_parted(tape: Tape, one: int, other: int) -> bool:
    return bool(_BREAKS.search(_gap(tape, one, other)))


def _cells(tape: Tape) -> list[Cell]:
    cells: list[Cell] = []
    dates = iter(_numeric(tape))
    index = 0
    while index < len(tape):
        size = 1
        if tape.owner(index) is not None:
            text = OWNED
        elif tape.tokens[index].is_quoted:
            text = QUOTED
        elif _is_numeric(tape, index):
            text = next(dates).isoformat()
        else:
            text, size = _spelled(tape, index)
        cells.append(Cell(text, index, index + size))
        index += size
    return cells


def _is_numeric(tape: Tape, index: int) -> bool:
    token = tape.tokens[index]
    return not token.is_quoted and NUMERIC.fullmatch(token.text) is not None


def _numeric(tape: Tape) -> list[date]:
    """Return the dates in digits, read all in one order."""
    free = [index for index in tape.free() if _is_numeric(tape, index)]
    if not free:
        return []
    is_range = len(free) == 2 and all(
        tape.tokens[index].text in _RANGE_WORDS for index in range(free[0] + 1, free[1])
    )
    return read_dates([tape.tokens[index].text for index in free], is_range=is_range)


def _spelled(tape: Tape, index: int) -> tuple[str, int]:
    """Return a word as the stretches are spelled, and how many tokens it takes."""
    token = tape.tokens[index]
    if not token.text[:1].isdigit():
        return token.text, 1
    before = tape.tokens[index - 1].text if index else ""
    for compiled, order in ((_YEAR_FIRST, (1, 2, 3)), (_MONTH_AND_YEAR, (2, 1))):
        if match := compiled.match(tape.question, token.start):
            size = sum(item.start < match.end() for item in tape.tokens[index:])
            if tape.is_free(index, index + size):
                return "-".join(match.group(at) for at in order), size
    lead = tape.question[max(0, token.start - 1) : token.start]
    is_year = len(token.text) == 2 and lead in {"'", "\u2019"} and _TAKES_YEAR.fullmatch(before)
    if is_year:
        return f"20{token.text}", 1
    raw = tape.question[token.start : token.end]
    if _COMPACT.fullmatch(token.text):
        return f"{token.text[:4]}-{token.text[4:6]}-{token.text[6:]}", 1
    if before in _BEFORE_COUNT and _MONTHS_SHORT.fullmatch(raw):
        return f"{raw}o", 1
    return token.text, 1
