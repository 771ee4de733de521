"""The words by which people change how a chart looks: lists/chart.yml, ready to be found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict

from gtm.charts.spec import ChartType, ColorName
from gtm.charts.unmet import UnmetWish
from gtm.language.tokens import pattern

_FILE: Final = Path(__file__).parent / "lists" / "chart.yml"
Name = TypeVar("Name", bound=str)
_PART: Final = re.compile(r"@([a-z_]+)")


class _Lists(BaseModel):
    """The content of lists/chart.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: dict[ChartType, tuple[str, ...]]
    parts: dict[str, str]
    phrases: dict[str, tuple[str, ...]]
    unmet: dict[UnmetWish, tuple[str, ...]]
    colors: dict[ColorName, tuple[str, ...]]
    shades: dict[str, tuple[str, ...]]
    color_verbs: frozenset[str]
    highlights: frozenset[str]
    whole: frozenset[str]
    not_in_a_name: frozenset[str]
    light: frozenset[str]
    asking: frozenset[str]
    pointers: frozenset[str]
    edit_verbs: frozenset[str]
    next_wish: frozenset[str]


_LISTS: Final = _Lists.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def _written_out(phrase: str) -> str:
    """Put the parts into a phrase that names them."""
    while _PART.search(phrase):
        phrase = _PART.sub(lambda part: f"(?:{_LISTS.parts[part[1]]})", phrase)
    return phrase


def _found(phrases: Sequence[str]) -> re.Pattern[str]:
    return pattern("|".join(map(_written_out, phrases)))


def _by_word(lists: Mapping[Name, Sequence[str]]) -> dict[str, Name]:
    return {word: name for name, words in lists.items() for word in words}


PHRASES: Final = {name: _found(phrases) for name, phrases in _LISTS.phrases.items()}
UNMET: Final = {wish: _found(phrases) for wish, phrases in _LISTS.unmet.items()}
KINDS: Final = _by_word(_LISTS.kinds)
COLORS: Final = _by_word(_LISTS.colors)
SHADES: Final = _by_word(_LISTS.shades)
COLOR: Final = pattern(
    rf"(?:(?:shades|tones|hues) of )?(?:(?P<shade>{'|'.join(SHADES)}) )?"
    rf"(?P<base>{'|'.join(COLORS)})(?: colou?rs?)?"
)
HIGHLIGHTS: Final = _LISTS.highlights
COLOR_VERBS: Final = _LISTS.color_verbs | HIGHLIGHTS
WHOLE: Final = _LISTS.whole | COLOR_VERBS
NOT_IN_A_NAME: Final = _LISTS.not_in_a_name
LIGHT: Final = _LISTS.light
ASKING: Final = _LISTS.asking
POINTERS: Final = _LISTS.pointers
EDIT_VERBS: Final = _LISTS.edit_verbs
NEXT_WISH: Final = _LISTS.next_wish
