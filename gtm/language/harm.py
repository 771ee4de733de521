"""Requests that are refused whatever else they ask: orders, secrets, tables, people, writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from gtm.language.plain import skeleton, unleet

_QUOTED = re.compile(r"[“\"„«][^“”\"„«»]*[”\"“»]")
_APOSTROPHES = re.compile(r"['\u2019`]")
_SEPARATORS = re.compile(r"[^\w*=.]+|\.(?!\w)|(?<!\w)\.")
_CLAUSE = re.compile(r"[.!?;:,\n]+(?=\s|$)|\n| (?:and|then|but|also) ")
_POLITENESS = re.compile(
    r"(?:(?:ok|okay|please|pls|kindly|can|could|would|will|you|go|just|now|so|hey|hi|hello|also"
    r"|ahead|first|finally|next|i|want|need|like|id|to|help|me|lets|let|us|must|should|somebody|and"
    r"|then) )*"
)
# A single e-mail address is a person; so is none of its parts ("mail.example" is a domain).
_MAIL_ADDRESS = re.compile(r"\S+@\S+\.\w+")
_ROLE_LABEL = re.compile(
    r"(?m)^\W*(?:system|assistant|developer|user)\s*:|\b(?:system|assistant): |<\|?/?\w+\|?>"
    r"|\[/?inst\]|#{2,} ?(?:system|instruction|new)|\{\{|<script|!\[|javascript:"
)


class _Kind(BaseModel):
    """One entry of lists/harmful.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    message: str
    patterns: tuple[str, ...]
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Harm:
    """Why a request is refused, in a word and in a sentence."""

    kind: str
    message: str


def _kinds() -> tuple[tuple[_Kind, re.Pattern[str]], ...]:
    path = Path(__file__).parent / "lists" / "harmful.yml"
    entries = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    found = []
    for kind in map(_Kind.model_validate, entries):
        joined = "|".join(kind.patterns)
        source = (
            f"{_POLITENESS.pattern}(?:{joined})" if kind.opens else rf"(?<!\S)(?:{joined})(?!\S)"
        )
        found.append((kind, re.compile(source)))
    return tuple(found)


_KINDS = _kinds()
_REASONS = {kind.kind: kind.message for kind, _ in _KINDS}


def find_harm(question: str) -> Harm | None:
    """Return why a text is refused; disguises are seen through, quotes are values and left out."""
    text = _QUOTED.sub(" ", skeleton(question))
    if _ROLE_LABEL.search(text):
        return Harm("injection", _REASONS["injection"])
    if _MAIL_ADDRESS.search(text):
        return Harm("personal_data", _REASONS["personal_data"])
    readings = [_Text.of(reading) for reading in dict.fromkeys((text, unleet(text)))]
    for kind, pattern in _KINDS:
        if any(reading.matches(kind, pattern) for reading in readings):
            return Harm(kind.kind, kind.message)
    return None


@dataclass(frozen=True, slots=True)
class _Text:
    """A text in words, whole and clause by clause."""

    whole: str
    clauses: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> _Text:
        return cls(_words(text), tuple(map(_words, _CLAUSE.split(text))))

    def matches(self, kind: _Kind, pattern: re.Pattern[str]) -> bool:
        if not kind.opens:
            return pattern.search(self.whole) is not None
        return any(map(pattern.match, self.clauses))


def _words(text: str) -> str:
    return _SEPARATORS.sub(" ", _APOSTROPHES.sub("", text)).strip()
