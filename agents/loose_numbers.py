"""Numbers in a text that nobody has given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_LARGEST_COUNT: Final = 4
# What begins with a digit and stands alone; "GA4" and "h1" are names.
_NUMBER: Final = re.compile(r"(?<![\w.,])\d[\d.,]*\w*")
# Part of how one asks, or of a name, and no figure: "the last 30 days", "top 5", "GA4".
_PERIOD: Final = re.compile(
    r"\b(?:last|past|previous|next|top|bottom|first)\s+\d+\b|\b\d+\s+(?:days?|weeks?|months?)\b"
    r"|(?m:^[ \t]*\d+[.)]\s)",
    re.IGNORECASE,
)


def loose_numbers(text: str, told: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers of a text that stand in none of the texts told, as they are written.

    Small counts are how one talks ("two ways", "3 questions"), not figures.
    """
    known = {_plain(number) for one in told for number in _NUMBER.findall(one)}
    found = dict.fromkeys(number.rstrip(".,") for number in _NUMBER.findall(_PERIOD.sub(" ", text)))
    return tuple(
        number for number in found if not _is_count(number) and _plain(number) not in known
    )


def _is_count(number: str) -> bool:
    return number.isdecimal() and int(number) <= _LARGEST_COUNT


def _plain(number: str) -> str:
    plain = number.replace(",", "").rstrip(".").casefold()
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
