"""What one sentence of a message names, apart from the meetings and papers it is needed for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from gtm.language.lexicon import (
    AmbiguousWord,
    Concept,
    DimensionWord,
    Filler,
    FunnelWord,
    MetricWord,
    ValueWord,
    Vocabulary,
)
from gtm.language.scan import Token
from gtm.language.wordings import Wordings
from gtm.language.words import LIGHT

ROLES = Wordings.read("roles").words
# "The new office" and "a long call" name no visitors and no calls.
_LOOSE_VALUES = frozenset({"visitor_type", "engagement_type"})
_DETERMINERS = frozenset({"the", "our", "this", "that", "my", "your", "his", "her", "their"})
_DETERMINED = 3
_LOOSE_WORDS = frozenset({"push", "new", "open", "web", "lost", "won"})
# "At 10", "slide 4": numbers that count nothing.
_BEFORE_LABEL = frozenset(
    {"at", "by", "slide", "page", "line", "before", "my", "until", "till", "room", "floor", "past"}
)
_LONGEST = 4


@dataclass(slots=True)
class Said:
    """What one sentence names; `first` is its first word that counts."""

    words: list[str]
    first: int = 0
    # The words outside what a message is needed for.
    free: list[str] = field(default_factory=list)
    metrics: set[str] = field(default_factory=set)
    weak: set[str] = field(default_factory=set)
    dimensions: set[str] = field(default_factory=set)
    singles: set[str] = field(default_factory=set)
    values: set[str] = field(default_factory=set)
    others: int = 0
    times: set[str] = field(default_factory=set)
    unknown: list[int] = field(default_factory=list)
    starts_with_number: bool = False
    last_data: int = -1
    # What stands before a colon says what the rest is about.
    is_heading: bool = False
    is_asked: bool = False

    def is_count(self, at: int) -> bool:
        """Return whether a word is a number, and not that of a slide or an hour."""
        before = self.words[at - 1] if at else ""
        return self.words[at].isdecimal() and before not in _BEFORE_LABEL

    @property
    def names_number(self) -> bool:
        """Return whether anything that can be counted is named."""
        return bool(self.metrics or self.weak)

    @property
    def has_data(self) -> bool:
        """Return whether any word of the data or of time is said."""
        named = self.metrics or self.weak or self.dimensions or self.values or self.times
        return bool(named) or bool(self.others)


def said_in(tokens: Sequence[Token], vocabulary: Vocabulary) -> Said:
    """Return what a sentence names outside the meetings and papers it is needed for."""
    said = Said([token.text for token in tokens])
    said.first = _first(said.words)
    said.singles = _singles(said.words)
    said.is_heading, said.is_asked = tokens[-1].is_before_comma, tokens[-1].is_asked
    passed = set(_event_words(said.words))
    said.free = [word for at, word in enumerate(said.words) if at not in passed]
    index = 0
    while index < len(tokens):
        if index in passed:
            index += 1
            continue
        index += _note(said, tokens, index, vocabulary)
    return said


def _singles(words: Sequence[str]) -> set[str]:
    """Return the one thing of a kind that is spoken of: "the campaign", "our new page"."""
    found = set()
    for at, word in enumerate(words[1:], 1):
        before = words[max(0, at - _DETERMINED) : at]
        if word in ROLES["singles"] and "same" not in before and _DETERMINERS & set(before):
            found.add(word)
    return found


def _first(words: Sequence[str]) -> int:
    index = 0
    while index < len(words) - 1 and words[index] in ROLES["leads"]:
        if words[index] == "sorry" and words[index + 1] in {
            "for",
            "to",
            "about",
            "i",
            "that",
            "if",
        }:
            break
        index += 1
    return index


def _note(said: Said, tokens: Sequence[Token], index: int, vocabulary: Vocabulary) -> int:
    """Take down what is named at one word, and return how many words name it."""
    token = tokens[index]
    if token.is_quoted or token.text.startswith("/") or "." in token.text:
        said.values.add(token.text)
        return 1
    size, concepts = _named(tokens, index, vocabulary)
    if not concepts:
        if token.text in ROLES["times"]:
            said.times.add(token.text)
        elif token.text not in LIGHT and not token.text.isdecimal():
            said.unknown.append(index)
        return 1
    if all(isinstance(item, Filler) for item in concepts):
        return size
    _take(said, tokens[index : index + size], concepts)
    said.last_data = index
    if index <= said.first + 1 and said.names_number:
        said.starts_with_number = True
    return size


def _named(
    tokens: Sequence[Token], index: int, vocabulary: Vocabulary
) -> tuple[int, tuple[Concept, ...]]:
    reach = max(vocabulary.reach.get(tokens[index].text, 0), 1)
    for size in range(min(reach, _LONGEST, len(tokens) - index), 0, -1):
        words = [token.text for token in tokens[index : index + size]]
        if size == 1 and words[0] in LIGHT:
            return 1, ()
        if concepts := vocabulary.lookup(words):
            return size, concepts
    return 1, ()


def _take(said: Said, run: Sequence[Token], concepts: Sequence[Concept]) -> None:
    text = " ".join(token.text for token in run)
    if any(isinstance(item, (MetricWord, FunnelWord)) for item in concepts):
        strong = [i for i in concepts if isinstance(i, MetricWord) and not i.is_weak]
        strong_names = {item.name for item in strong}
        said.metrics |= strong_names or {
            item.name for item in concepts if isinstance(item, FunnelWord)
        }
        said.weak |= {item.name for item in concepts if isinstance(item, MetricWord)}
        return
    values = [item for item in concepts if isinstance(item, ValueWord)]
    if values:
        if any(item.dimension == "day_of_week" for item in values):
            said.times.add(text)
        elif all(item.dimension in _LOOSE_VALUES for item in values):
            said.weak |= {text} if text.endswith("s") and text != "news" else set()
        elif text not in _LOOSE_WORDS:
            said.values |= {value.lower() for item in values for value in item.values}
        return
    if any(isinstance(item, DimensionWord) for item in concepts):
        said.dimensions |= {item.name for item in concepts if isinstance(item, DimensionWord)}
        return
    if any(isinstance(item, AmbiguousWord) for item in concepts):
        said.weak.add(text)
    else:
        said.others += 1


def _event_words(words: Sequence[str]) -> Iterator[int]:
    """Yield the words of a meeting or paper with its time: "Thursday's call with the client"."""
    for index, word in enumerate(words):
        if word not in ROLES["events"]:
            continue
        start = next(
            (at for at in range(index - 1, max(-1, index - 4), -1) if words[at] in _BEFORE_EVENT),
            None,
        )
        if start is None and index > 1:
            continue
        yield from range(start if start is not None else 0, index + 1)
        yield from _event_time(words, index + 1)


_BEFORE_EVENT = ROLES["of_event"]


def _event_time(words: Sequence[str], index: int) -> Iterator[int]:
    """Yield the words that say when an event is: "is due Tuesday", "at 10", "next week"."""
    end = index
    while end < len(words) and words[end] in _TIME_WORDS:
        end += 1
    run = words[index:end]
    is_ahead = any(word in ROLES["ahead"] or word == "next" or word.isdecimal() for word in run)
    if is_ahead and not {"last", "past", "ago"} & set(run):
        yield from range(index, end)


_TIME_WORDS = ROLES["ahead"] | {
    "is", "due", "on", "at", "next", "this", "week", "month", "quarter", "year", "by", "the", "in",
    "for", "of", "until", "till", "before", "first", "thing",
    *(str(number) for number in range(1, 60)), *(str(number) for number in range(2026, 2040)),
}  # fmt: skip
