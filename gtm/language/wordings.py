"""Ways of saying things that are data: files of patterns and words under `lists`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from gtm.language.tokens import Owner, Tape, pattern

_PART = re.compile(r"(?<!\?P)<([a-z_]+)>")


class Wordings(BaseModel):
    """A file of `patterns` over the words of a question, and of `words`; each under a name.

    `<name>` in a pattern stands for the part of that name, whose lines are put together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    parts: dict[str, tuple[str, ...]] = {}
    patterns: dict[str, tuple[str, ...]] = {}
    words: dict[str, frozenset[str]] = {}

    @classmethod
    def read(cls, name: str) -> Wordings:
        """Read one file of the folder."""
        path = Path(__file__).parent / "lists" / f"{name}.yml"
        # Every scalar is a text: "on" and "no" are words here, not truth values.
        return cls.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CBaseLoader))

    def compiled(self, name: str) -> tuple[re.Pattern[str], ...]:
        """Return the patterns of a name, in the order of the file."""
        return tuple(pattern(self.filled(source)) for source in self.patterns[name])

    def joined(self, name: str) -> re.Pattern[str]:
        """Return the lines of a name as one pattern."""
        return pattern(self.filled("".join(self.patterns[name])))

    def filled(self, source: str) -> str:
        """Return a pattern with its parts put in."""
        while part := _PART.search(source):
            source = source.replace(part.group(), "".join(self.parts[part.group(1)]))
        return source


def takes(tape: Tape, patterns: Sequence[re.Pattern[str]], owner: Owner = Owner.SHAPE) -> bool:
    """Claim every stretch that one of the patterns matches, and return whether any did."""
    found = [tape.take_all(compiled, owner) for compiled in patterns]
    return any(found)


def finds(tape: Tape, patterns: Sequence[re.Pattern[str]]) -> bool:
    """Return whether one of the patterns matches, and claim nothing."""
    return any(tape.find(compiled) for compiled in patterns)
