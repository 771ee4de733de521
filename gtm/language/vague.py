"""Times that can't be placed: hours, holidays, fiscal years, "the last few weeks"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from gtm.language.dates import MONTH, NUMBER, WAYS, DateProblemError
from gtm.language.named import WEEKDAY, YEAR
from gtm.language.timeline import P, Timeline, sign
from gtm.language.tokens import Hit, Owner, Tape, pattern

_CALENDAR = {
    "month": f"(?:{MONTH})",
    "year": YEAR,
    "weekday": f"(?:{WEEKDAY})",
    "number": NUMBER,
    "stretch": P,
    "year_ago": sign("yearago"),
}
_PART = re.compile(r"<([a-z_]+)>")


class _Kind(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    message: str
    patterns: tuple[str, ...]


class _Vague(BaseModel):
    """The content of lists/vague.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    worded: tuple[_Kind, ...]
    placed: tuple[_Kind, ...]
    parts: dict[str, str]

    def compiled(self, kinds: Sequence[_Kind]) -> tuple[tuple[re.Pattern[str], str], ...]:
        """Return one pattern a kind, with its parts put in, beside its message."""
        return tuple(
            (pattern("|".join(map(self._filled, kind.patterns))), kind.message) for kind in kinds
        )

    def _filled(self, source: str) -> str:
        parts = {**self.parts, **_CALENDAR}
        while part := _PART.search(source):
            source = source.replace(part.group(), parts[part.group(1)])
        return source


def _load() -> _Vague:
    path = Path(__file__).parent / "lists" / "vague.yml"
    return _Vague.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))


_VAGUE = _load()
_WORDED = _VAGUE.compiled(_VAGUE.worded)
_PLACED = _VAGUE.compiled(_VAGUE.placed)


def stop_at_words(tape: Tape) -> None:
    """Claim a time that no rule can place. Raises DateProblemError when there is one."""
    for compiled, message in _WORDED:
        hit = tape.find(compiled)
        # "Black-friday-2026" and "spring-launch" are names, not times.
        if hit is not None and not _is_in_a_name(tape, hit):
            tape.claim(hit.start, hit.end, Owner.TIME)
            said = tape.text(hit.start, hit.end)
            raise DateProblemError(f"I can't use {said!r}. {message}", *WAYS)


def _is_in_a_name(tape: Tape, hit: Hit) -> bool:
    first, last = tape.tokens[hit.start], tape.tokens[hit.end - 1]
    around = tape.question[max(0, first.start - 1) : first.start]
    around += tape.question[last.end : last.end + 1]
    return any(letter in "-_/" for letter in around)


def stop_at_places(line: Timeline) -> None:
    """The same for what is said around a stretch: "before October", "mid November"."""
    for compiled, message in _PLACED:
        if found := line.find(compiled):
            said = line.said(found)
            line.claim(found, Owner.TIME)
            raise DateProblemError(f"I can't use {said!r}. {message}", *WAYS)
