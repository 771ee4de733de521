"""One spelling for what people write in several ways: shortened words, numbers in words, speech."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gtm.language.scan import Token
from gtm.language.words import LIGHT, SHORTENED, SPOKEN, STRUCTURE

_SMALL = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_UNITS = {word: number for number, word in enumerate(_SMALL)}
_UNITS |= {word: number * 10 for number, word in enumerate(_TENS, 2)}
_UNITS |= {"fourty": 40, "dozen": 12}
_SCALES = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "k": 1_000}
_SCALES |= {"million": 1_000_000, "mio": 1_000_000, "mn": 1_000_000}
# "A hundred sessions" is a number; "a grand plan" and "one of them" are not.
_SAID_WITH_A = frozenset({"hundred", "thousand", "million", "dozen"})
_PARTS_OF_YEAR = frozenset({"q", "h"})
# A text without any of these is in one spelling already.
REWRITTEN = frozenset(
    {*SHORTENED, *_UNITS, *_SCALES, *_PARTS_OF_YEAR, "slash", *(words[0] for words in SPOKEN)}
)
_LONGEST = max(map(len, SPOKEN), default=0)
_DRAWN = re.compile(r"([a-z])\1{2,}")
_KNOWN = LIGHT | frozenset(STRUCTURE) | SHORTENED.keys() | {"so", "too", "all", "good"}


def normalise(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens as the stages know their words; quoted texts stay as they are."""
    tokens = [_shortened_vowels(token) for token in tokens]
    if not any(token.text in REWRITTEN for token in tokens):
        return tokens
    return _joined(_numbers(_expanded(_spoken(tokens))))


def _shortened_vowels(token: Token) -> Token:
    """Write "hiii" with as many letters as its word has, and "lookin" with its g."""
    text = token.text
    if token.is_quoted or text in _KNOWN or not text.isalpha():
        return token
    if text.endswith("in") and f"{text}g" in _KNOWN:
        return replace(token, text=f"{text}g")
    if _DRAWN.search(text) is None:
        return token
    for shorter in (_DRAWN.sub(r"\1", text), _DRAWN.sub(r"\1\1", text)):
        if shorter in _KNOWN:
            return replace(token, text=shorter)
    return token


def _spoken(tokens: Sequence[Token]) -> list[Token]:
    """Join what was spelled out or dictated: "c t r", "chat gpt", "slash pricing"."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        size, text = _said(tokens, index)
        if size:
            run, (*first, last) = tokens[index : index + size], text.split()
            found.extend(replace(run[0], text=word, is_before_comma=False) for word in first)
            found.append(_merged(run, last))
        else:
            found.append(tokens[index])
        index += size or 1
    return found


def _said(tokens: Sequence[Token], index: int) -> tuple[int, str]:
    for size in range(min(_LONGEST, len(tokens) - index), 1, -1):
        run = tokens[index : index + size]
        text = SPOKEN.get(tuple(token.text for token in run))
        if text is not None and not any(token.is_quoted for token in run):
            return size, text
    is_slash = tokens[index].text == "slash" and not tokens[index].is_quoted
    if is_slash and index + 1 < len(tokens):
        return 2, f"/{tokens[index + 1].text}"
    return 0, ""


def _merged(run: Sequence[Token], text: str) -> Token:
    last = run[-1]
    return replace(run[0], text=text, end=last.end, is_before_comma=last.is_before_comma)


def _expanded(tokens: Iterable[Token]) -> list[Token]:
    """Write shortened words out: "kw" is a keyword, "lp" a landing page."""
    found: list[Token] = []
    for token in tokens:
        words = () if token.is_quoted else SHORTENED.get(token.text, ())
        if not words:
            found.append(token)
            continue
        *first, last = words
        # What stands behind the token stands behind the last of its words.
        found.extend(replace(token, text=word, is_before_comma=False) for word in first)
        found.append(replace(token, text=last))
    return found


def _numbers(tokens: Sequence[Token]) -> list[Token]:
    """Write numbers in digits: "two hundred", "twenty eight", "50 grand"."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        size, number = _number(tokens, index)
        if size:
            found.append(_merged(tokens[index : index + size], f"{number:.12g}"))
        else:
            found.append(tokens[index])
        index += size or 1
    return found


def _number(tokens: Sequence[Token], start: int) -> tuple[int, float]:
    """Return how many words make a number, and which; none where it may be something else."""
    total, current, index = 0.0, 0.0, start
    last_unit: float | None = None
    while index < len(tokens) and not tokens[index].is_quoted:
        word = tokens[index].text
        if word in _SCALES and (index > start or _is_counted(tokens, index)):
            current, total = _scaled(current or 1, _SCALES[word], total)
            last_unit = None
        elif word in _UNITS and _may_follow(last_unit, _UNITS[word]):
            current += _UNITS[word]
            last_unit = float(_UNITS[word])
        elif index == start and _is_digits(word) and _is_scale(tokens, index + 1):
            current, last_unit = float(word), None
        elif not (word == "and" and _is_inside(tokens, index, start)):
            break
        index += 1
    size = index - start
    if size == 1 and tokens[start].text == "one":
        return 0, 0
    return size, total + current


def _scaled(current: float, scale: int, total: float) -> tuple[float, float]:
    # A hundred stays open for what follows it: "two hundred and fifty thousand".
    return (current * scale, total) if scale == 100 else (0.0, total + current * scale)


def _may_follow(last: float | None, unit: int) -> bool:
    return last is None or (last >= 20 and last % 10 == 0 and 0 < unit < 10)


def _is_digits(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal()


def _is_scale(tokens: Sequence[Token], index: int) -> bool:
    return index < len(tokens) and tokens[index].text in _SCALES


def _is_counted(tokens: Sequence[Token], index: int) -> bool:
    before = tokens[index - 1].text if index else ""
    return tokens[index].text in _SAID_WITH_A and before in {"a", "one", "than", "least", "most"}


def _is_inside(tokens: Sequence[Token], index: int, start: int) -> bool:
    """Tell "two hundred and fifty" from "sam and dana"."""
    after = tokens[index + 1].text if index + 1 < len(tokens) else ""
    return index > start and tokens[index - 1].text in {"hundred", "thousand"} and after in _UNITS


def _joined(tokens: Sequence[Token]) -> list[Token]:
    """Join the letter and the number of a quarter or half: "q three"."""
    found: list[Token] = []
    for token in tokens:
        is_part = found and found[-1].text in _PARTS_OF_YEAR and token.text in {"1", "2", "3", "4"}
        if is_part and not token.is_quoted:
            found[-1] = _merged([found[-1], token], found[-1].text + token.text)
        else:
            found.append(token)
    return found
