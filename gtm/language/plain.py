"""A text as its reader sees it: look-alike and invisible characters do not hide what it says."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_LEET = str.maketrans("013457@$!", "oieastasi")
# Pictures that are mere politeness; others may mean something and stay to be asked about.
# ":wave:", ":)", "xD": politeness, as its picture is.
_TYPED = re.compile(
    r"(?<!\S)(?::[a-z][a-z_+-]*:|[:;=8][-']?[)(dpo/|]|\^\^|xd+)(?=[\s.,!?]|$)", re.I
)
_SMILEYS = range(0x1F600, 0x1F650)
_POLITE = {
    *map(
        ord,
        "\U0001f4aa\U0001f680\U0001f44f\U0001f44c\u2615\u2b50\u2705\u26a1\U0001f44d\U0001f44b\u2764\u2728\U0001f389\U0001f525\U0001f440",
    )
}
_FACES = range(0x1F90C, 0x1F940)
_SKINS = range(0x1F3FB, 0x1F400)
# Formats, private use, unassigned, halves of pairs, and marks that fit on no letter.
_UNSEEN = frozenset({"Cf", "Co", "Cn", "Cs", "Mn", "Me"})


def _look_alikes() -> dict[int, str]:
    path = Path(__file__).parent / "lists" / "look_alikes.txt"
    found: dict[int, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        letter, _, others = line.partition(" ")
        if len(letter) == 1 and letter != "#":
            found.update(dict.fromkeys(map(ord, others), letter))
    return found


_LOOK_ALIKES = _look_alikes()


def plain(text: str) -> str:
    """Return a text without characters that no reader sees, in one form of each letter."""
    composed = _TYPED.sub(" ", unicodedata.normalize("NFKC", text))
    if composed.isascii() and composed.isprintable():
        return composed
    return "".join(filter(_is_seen, composed))


def skeleton(text: str) -> str:
    """Return what a disguised text is to be read as; for looking at, never for answering."""
    letters = unicodedata.normalize("NFKD", plain(text))
    if not letters.isascii():
        letters = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return letters.translate(_LOOK_ALIKES).lower()


def unleet(text: str) -> str:
    """Return a text with the digits in its words read as the letters they stand for."""
    return " ".join(
        word.translate(_LEET) if any(map(str.isalpha, word)) else word for word in text.split()
    )


def _is_seen(letter: str) -> bool:
    code = ord(letter)
    if code in _SMILEYS or code in _FACES or code in _POLITE or code in _SKINS:
        return False
    category = unicodedata.category(letter)
    return category not in _UNSEEN and (category != "Cc" or letter in "\n\t\r")
