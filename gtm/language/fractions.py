"""Parts of a whole in digits: "half a million", "a minute and a half", "below half a percent"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gtm.language.scan import Token

_SMALL = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_SMALL |= {"eight": 8, "nine": 9, "ten": 10, "a": 1, "an": 1, "couple": 2}
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "tenth": 10}
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000}
_SCALES |= {"mio": 1_000_000, "billion": 1_000_000_000}
# Words that start a rewriting: a text without any of these says no part of anything.
PARTS = frozenset({*_PARTS, *(f"{word}s" for word in _PARTS), "couple", "percent", "minute"})

_COUNT = rf"(?:{'|'.join(word for word in _SMALL if word != 'couple')}|\d+)"
_PART = r"(?:half|(?:third|quarter|fourth|fifth|tenth)s?)"
_UNIT = rf"(?:percent|%|minutes?|mins?|seconds?|{'|'.join(_SCALES)})"
_SIGN = (
    r"(?:than|above|below|under|over|beneath|beyond|exceed(?:s|ed|ing)|at (?:the )?(?:least|most))"
)
_LONGER = (
    rf"(?! (?:of )?(?:(?:a|one) )?{_UNIT}(?!\S))"
    + r"(?! (?:a|an|year|years|quarter|quarters|hour|month|week|day|way|ago|old|time)(?!\S))"
)
_SAID = re.compile(
    rf"(?<!\S)(?:(?P<whole>{_COUNT}) and (?:a|one) half (?P<unit>{_UNIT})"
    rf"|(?P<before>{_COUNT}) (?P<unit_before>{_UNIT}) and (?:a|one) half"
    rf"|(?:(?:a|one) )?(?P<half>half)(?: of)?(?: a| an| one)? (?P<of_half>{_UNIT})"
    rf"|(?:(?P<many>{_COUNT}) )?(?P<part>{_PART})(?: of)? (?:a |an |one )?"
    r"(?P<of>million|billion|percent)"
    r"|(?:a )?(?P<couple>couple)(?: of)? (?P<of_couple>hundred|thousand|grand|million)"
    rf"|(?<=than )(?:a|one) (?P<one>percent|minute)|(?<=above )a (?P<one_b>percent|minute)"
    rf"|(?<=below )a (?P<one_c>percent|minute)|(?<=under )a (?P<one_d>percent|minute)"
    rf"|(?<=over )a (?P<one_e>percent|minute)|(?<=least )a (?P<one_f>percent|minute)"
    rf"|(?P<sign>{_SIGN} (?:of )?)(?:(?P<some>{_COUNT}) )?(?P<share>{_PART}){_LONGER})(?!\S)"
)
# These alone may be a time: "over a quarter", "under a quarter old".
_MAY_BE_TIME = frozenset({"quarter", "quarters"})


def with_fractions(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with every part of a whole written in digits."""
    text = " ".join("\x01" if token.is_quoted else token.text for token in tokens)
    found: list[Token] = []
    done = 0
    for match in _SAID.finditer(text):
        words = _in_digits(match, text)
        skipped = match.group("sign") or ""
        start = text.count(" ", 0, match.start() + len(skipped))
        end = text.count(" ", 0, match.end()) + 1
        if words is None or len(text.split(" ")) != len(tokens) or _is_parted(tokens, start, end):
            continue
        found += tokens[done:start]
        run = tokens[start:end]
        for word in words[:-1]:
            found.append(replace(run[0], text=word, end=run[0].end, is_before_comma=False))
        found.append(
            replace(run[-1], text=words[-1], start=run[0 if len(words) == 1 else -1].start)
        )
        done = end
    return [*found, *tokens[done:]]


def _is_parted(tokens: Sequence[Token], start: int, end: int) -> bool:
    run = tokens[start:end]
    return any(token.is_before_comma for token in run[:-1]) or run[0].sentence != run[-1].sentence


def _in_digits(match: re.Match[str], text: str) -> tuple[str, ...] | None:
    """Return a number and what it counts, in words of the stages; None where it may be a time."""
    said = {name: value for name, value in match.groupdict().items() if value is not None}
    if "whole" in said:
        return _scaled(_count(said["whole"]) + 0.5, said["unit"])
    if "before" in said:
        return _scaled(_count(said["before"]) + 0.5, said["unit_before"])
    if "half" in said:
        return _scaled(0.5, said["of_half"])
    if "of" in said:
        return _scaled(_count(said.get("many", "a")) / _PARTS[said["part"].rstrip("s")], said["of"])
    if "couple" in said:
        return _scaled(2, said["of_couple"])
    if "share" in said:
        is_open = said["share"] in _MAY_BE_TIME and "some" not in said
        is_long = said["share"] in _MAY_BE_TIME and said["sign"].split()[0] in {"over", "under"}
        is_long |= text[: match.start()].endswith((" in less ", " in more "))
        if is_open or is_long:
            return None
        whole = _PARTS[said["share"].rstrip("s")]
        return _scaled(100 * _count(said.get("some", "a")) / whole, "percent")
    return _scaled(1, next(value for name, value in said.items() if name.startswith("one")))


def _count(word: str) -> float:
    return float(_SMALL.get(word, 0) or word)


def _scaled(number: float, unit: str) -> tuple[str, ...]:
    if scale := _SCALES.get(unit):
        return (f"{number * scale:.12g}",)
    return (f"{number:.12g}", unit)
