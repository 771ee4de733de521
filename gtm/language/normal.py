"""One spelling for what people write in several ways: shortened words, numbers in words, speech."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gtm.language.fractions import PARTS, with_fractions
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
    {*SHORTENED, *_UNITS, *_SCALES, *_PARTS_OF_YEAR, *PARTS, "slash", "dot", "d", "ty"}
    | {words[0] for words in SPOKEN}
)
_DOMAINS = frozenset({"com", "co", "org", "net", "io", "ai", "de", "uk", "example"})
# "L28" in the heads of tables; other counts may be names of things.
_LAST_DAYS = re.compile(r"l(7|14|28|30|60|90|180|365)")
# "Channelwise revenue", "moneywise"; the others are words of their own.
_WISE = re.compile(r"(?!(?:other|like|clock|step|pair|length|cross|side|un)wise)([a-z]{4,})wise")
_RANK = re.compile(r"(top|bottom)(\d{1,3})")
_SENTENCE = frozenset(
    {"show", "give", "get", "can", "could", "please", "pls", "what", "how", "which", "who", "tell"}
    | {"need", "want", "i", "me", "my", "we", "is", "are", "did", "do", "thanks", "was", "were"}
)
_TIMES = frozenset(
    {"last", "this", "yesterday", "today", "ytd", "mtd", "qtd"}
    | {"since", "lm", "lw", "lq", "ly", "past", "yoy", "wow", "mom"}
    | {"january", "february", "march", "april", "may", "june", "july", "august", "september"}
    | {"october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep"}
    | {"sept", "oct", "nov", "dec", "q1", "q2", "q3", "q4", "h1", "h2", "tm", "tw", "tq", "wtd"}
)
_LONGEST = max(map(len, SPOKEN), default=0)
_DRAWN = re.compile(r"([a-z])\1{2,}")
_KNOWN = LIGHT | frozenset(STRUCTURE) | SHORTENED.keys() | {"so", "too", "all", "good"}


def normalise(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens as the stages know their words; quoted texts stay as they are."""
    tokens = [_shortened_vowels(token) for token in tokens]
    tokens = _parted(tokens)
    if not any(token.text in REWRITTEN for token in tokens):
        return tokens
    return _joined(_numbers(with_fractions(_expanded(_spoken(_with_year(tokens))))))


def _parted(tokens: Sequence[Token]) -> list[Token]:
    """Write "L28" and "top5" in their words."""
    found: list[Token] = []
    for token in tokens:
        if token.is_quoted:
            found.append(token)
        elif stem := _WISE.fullmatch(token.text):
            found += _as_words(token, (stem.group(1), "wise"))
        elif days := _LAST_DAYS.fullmatch(token.text):
            found += _as_words(token, ("last", days.group(1), "days"))
        elif rank := _RANK.fullmatch(token.text):
            found += _as_words(token, rank.groups())
        else:
            found.append(token)
    return found


def _as_words(token: Token, words: Sequence[str]) -> Iterator[Token]:
    """Yield the words a token stands for; what stands behind it stands behind the last."""
    for word in words[:-1]:
        yield replace(token, text=word, is_before_comma=False)
    yield replace(token, text=words[-1])


def _with_year(tokens: Sequence[Token]) -> list[Token]:
    """Write "28 d" out, and "ty" as this year where it is no thanks: "revenue by channel ty"."""
    words = {token.text for token in tokens}
    is_thanks = bool(words & (_SENTENCE | _TIMES)) or any(word[:2] == "20" for word in words)
    found: list[Token] = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else None
        is_free = before is not None and not token.is_quoted and not before.is_before_comma
        is_same = before is not None and before.sentence == token.sentence
        if token.text == "d" and before is not None and is_free and _is_span(tokens, at):
            found.append(replace(token, text="days"))
        elif token.text == "ty" and is_free and is_same and not is_thanks:
            found += _as_words(token, ("this", "year"))
        else:
            found.append(token)
    return found


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


def _is_span(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a number of days is said before a word: "last 28 d", not "in 3-D"."""
    is_counted = at > 1 and tokens[at - 1].text.isdecimal()
    return is_counted and tokens[at - 2].text in {"last", "past", "previous", "prev", "trailing"}


def _spoken(tokens: Sequence[Token]) -> list[Token]:
    """Join what was spelled out or dictated: "c t r", "chat gpt", "slash pricing"."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        size, text = _said(tokens, index)
        if found and _is_domain(tokens, index):
            found[-1] = _merged(
                [found[-1], tokens[index + 1]], _with_domain(found[-1], tokens, index)
            )
            index += 2
            continue
        if size:
            run, (*first, last) = tokens[index : index + size], text.split()
            found.extend(replace(run[0], text=word, is_before_comma=False) for word in first)
            found.append(_merged(run, last))
        else:
            found.append(tokens[index])
        index += size or 1
    return found


def _is_domain(tokens: Sequence[Token], index: int) -> bool:
    """Return whether "dot com" is said behind a name."""
    after = tokens[index + 1].text if index + 1 < len(tokens) else ""
    return tokens[index].text == "dot" and after in _DOMAINS


def _with_domain(token: Token, tokens: Sequence[Token], index: int) -> str:
    return f"{token.text}.{tokens[index + 1].text}"


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
        found += _as_words(token, words)
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
