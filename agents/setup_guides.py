"""The guides for connecting each source: Markdown files, one a source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).parent / "integration_setup" / "guides"


@dataclass(frozen=True, slots=True)
class Guide:
    """How to connect one source; `words` are how people call it."""

    source: str
    words: tuple[str, ...]
    text: str

    def is_meant_by(self, question: str) -> bool:
        """Say whether a question names this source."""
        padded = f" {''.join(c if c.isalnum() else ' ' for c in question.lower())} "
        return any(f" {word} " in padded for word in self.words)


@cache
def load_guides() -> tuple[Guide, ...]:
    """Read the guides; a file's first line lists the words, the rest is the text."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.md")))


def _read(path: Path) -> Guide:
    head, _, text = path.read_text(encoding="utf-8").partition("\n")
    words = head.removeprefix("<!-- words:").removesuffix("-->")
    return Guide(
        source=path.stem,
        words=tuple(word.strip() for word in words.split(",")),
        text=text.strip(),
    )
