"""One slip of the finger in a question, the same one each time."""

from __future__ import annotations

import random
import re

_WORD = re.compile(r"[A-Za-z]{4,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\S*[/.@_]\S*|\S*\d\S*")
# Keys that lie beside each other.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def with_typo(text: str) -> str | None:
    """Return the question with one slip in one word; None when no word is long enough.

    Names in quotes, paths, addresses and numbers stay: a slip there is another name.
    """
    draw = random.Random(text)  # noqa: S311 - the same slip each time, no secret
    held = [match.span() for match in _QUOTED.finditer(text)]
    words = [
        match
        for match in _WORD.finditer(text)
        if not any(start <= match.start() < end for start, end in held)
    ]
    if not words:
        return None
    word = draw.choice(words)
    slipped = draw.choice((_swap, _drop, _double, _beside))(word.group(), draw)
    return text[: word.start()] + slipped + text[word.end() :]


def _swap(word: str, draw: random.Random) -> str:
    places = [at for at in range(1, len(word) - 1) if word[at] != word[at + 1]]
    if not places:
        return _drop(word, draw)
    at = draw.choice(places)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _drop(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _double(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word))
    return word[:at] + word[at - 1] + word[at:]


def _beside(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word))
    row = next((row for row in _ROWS if word[at].lower() in row), _ROWS[0])
    place = row.find(word[at].lower())
    return word[:at] + row[place - 1 if place > 0 else 1] + word[at + 1 :]
