"""Text as it is set in a picture: how wide it is, and what fits."""

from __future__ import annotations

import re
from typing import Final

# Thousandths of the font's size, from the space to the tilde; Roboto Regular.
_WIDTHS: Final = (
    "248 258 320 616 562 732 622 175 342 348 431 567 197 276 264 413 562 562 562 562 562 562 562 "
    "562 562 562 242 211 508 549 523 473 898 652 623 651 656 568 553 681 713 272 552 627 539 873 "
    "713 688 631 688 616 594 597 648 637 887 627 601 599 265 411 265 418 451 309 544 562 523 564 "
    "530 348 562 551 243 239 507 243 877 552 570 562 568 339 516 327 551 484 751 496 473 496 338 "
    "244 338 680"
)
_WIDTH_OF: Final = {chr(32 + at): int(width) for at, width in enumerate(_WIDTHS.split())}
_OTHER_WIDTH: Final = 560
# Letters of East Asia are as wide as they are high.
_WIDE: Final = re.compile("[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]")
_WIDE_WIDTH: Final = 1_000
# What our own font has, roughly; the rest is looked for on the machine.
_OWN: Final = re.compile(
    "[\u0020-\u007e\u00a0-\u024f\u0370-\u03ff\u0400-\u045f\u0490\u0491\u1e00-\u1eff\u2010-\u2027"
    "\u202f-\u203a\u20a0-\u20be\u2116\u2122\u2212\u2248\u2260\u2264\u2265]*"
)
_ELLIPSIS: Final = "\u2026"


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is, in pixels."""
    units = sum(
        _WIDE_WIDTH if _WIDE.match(letter) else _WIDTH_OF.get(letter, _OTHER_WIDTH)
        for letter in text
    )
    return units * size / 1_000


def is_own(text: str) -> bool:
    """Say whether the font that comes along has every letter of a text."""
    return _OWN.fullmatch(text) is not None


def fitted(text: str, room: float, size: float) -> str:
    """Return a text, cut where its room ends."""
    if width_of(text, size) <= room:
        return text
    while text and width_of(text + _ELLIPSIS, size) > room:
        text = text[:-1].rstrip()
    return text + _ELLIPSIS


def pinched(text: str, room: float, size: float) -> str:
    """Return a text, cut in its middle where there is too much of it: its end tells paths apart."""
    if width_of(text, size) <= room:
        return text
    half = len(text) // 2
    head, tail = text[:half], text[half:]
    while head and tail and width_of(head + _ELLIPSIS + tail, size) > room:
        head, tail = (head[:-1], tail) if len(head) > len(tail) else (head, tail[1:])
    return head.rstrip() + _ELLIPSIS + tail.lstrip()


def wrapped(text: str, room: float, size: float, *, lines: int) -> list[str]:
    """Break a text into at most so many lines; what is left over is cut."""
    found: list[str] = []
    words = text.split()
    while words and len(found) < lines:
        line = words.pop(0)
        if len(found) == lines - 1:
            line = " ".join([line, *words])
            words = []
        while words and width_of(f"{line} {words[0]}", size) <= room:
            line = f"{line} {words.pop(0)}"
        found.append(fitted(line, room, size))
    return found
