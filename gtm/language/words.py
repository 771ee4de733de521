"""The word lists that are data: light words, words of structure, requests to refuse."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

_FOLDER = Path(__file__).parent / "lists"


class WordLists(BaseModel):
    """The content of lists/words.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    short_values: frozenset[str]
    metrics: dict[str, tuple[str, ...]]
    forbidden: tuple[str, ...]
    structure: tuple[str, ...]
    foreign: frozenset[str]
    greetings: frozenset[str]
    redraw: frozenset[str]


def _read_light() -> frozenset[str]:
    lines = (_FOLDER / "light.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


_LISTS = WordLists.model_validate(
    yaml.safe_load((_FOLDER / "words.yml").read_text(encoding="utf-8"))
)
LIGHT = _read_light()
SHORT_VALUES = _LISTS.short_values
METRIC_WORDS = _LISTS.metrics
FORBIDDEN = _LISTS.forbidden
STRUCTURE = _LISTS.structure
FOREIGN = _LISTS.foreign
GREETINGS = _LISTS.greetings
REDRAW = _LISTS.redraw
