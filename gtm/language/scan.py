"""The first look at a text: its words, numbers and signs, and which sentence each stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(
    r"""
      [“"„](?P<quoted>[^“”"„]+)[”"“]
    | (?<!\w)['\u2018](?P<single>[^'\u2018\u2019“”"„\n]{1,60})['\u2019](?!\w)
    | (?P<date>\d{4}-\d{1,2}(?:-\d{1,2})?(?![\w-])|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}(?!\w))
    | (?P<decimal>\d+,\d{1,2}(?=\s?(?:%|per\s?cent|pct)))
    | (?P<number>[1-9]\d{0,2}(?:[.,]\d{3})+(?![.,]?\w)|\d{1,3}(?:,\d{3})+(?:\.\d+)?[km]?(?!\w)
        |\d+(?:\.\d+)?[km]?(?!\w))
    | (?P<path>(?<![\w/])/[\w\-/.%]+
        | [a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){0,5}\.[a-z]{2,}(?:/[\w\-/.]*)?)
    | (?P<latin>i\.\s?e\.|e\.\s?g\.|a\.\s?k\.\s?a\.|etc\.|p\.\s?s\.)
    | (?P<short>y['\u2019]all\b|w/o\b|w/c\b|b/w\b|b/c\b|w/(?=\s|\w)|u\.\s?s\.(?:\s?a\.)?|u\.\s?k\.)
    | (?P<per>(?<=[a-z])\s?/\s?(?=(?:session|sess|visit|user|visitor|person|order|purchase|lead|deal
        |rep|head)\b))
    | (?P<arrow>->|=>|→|(?<=[a-z])>(?=[a-z]))
    | (?P<word>[^\W_]+(?:['\u2019][^\W\d_]+)*)
    | (?P<money>\$(?!\s?\d))
    | (?P<sign>>=|<=|≥|≤|[><=%+&\u00d7@])
    | (?P<without>(?<=\s)-(?=\(?[a-z]))
    | (?P<dash>(?<=\s)[-\u2013\u2014](?=\s)|(?<=\d)[-\u2013\u2014](?=\d)|(?<=\s)-(?=\d)|\u2013)
    | (?P<other>[^\s\w,;:?!.()\[\]'\u2019"“”„`$#*_/\\|-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_END = re.compile(r"[?!…]+|[:;](?=\s)|\.{2,}|\.(?=\s|$)|(?<=[,.;:!?])\s*\n+|\n\s*\n+")
_COMMA = re.compile(r"\s*[,:;]")
_SHORTENED = re.compile(
    r"(?:\b(?:vs|eg|ie|approx|avg|no|nr|dr|mr|ms|mrs|st|incl|excl|max|min|etc|cf)|\.[a-z])$"
)
_SIGNS = {"≥": ">=", "≤": "<=", "&": "and", "\u00d7": "x", "@": "at"}
_SHORT = {
    "y'all": "you",
    "w/o": "without",
    "w/c": "week of",
    "b/w": "between",
    "b/c": "because",
    "w/": "with",
    "us": "us",
    "usa": "usa",
    "uk": "uk",
}
_SCALES = {"k": 1_000, "m": 1_000_000}
_NEGATED = re.compile(r"n['\u2019]t$")
_SUFFIX = re.compile(r"['\u2019].*$")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word: as the stages read it, and where it stands in the question.

    `sentence` counts the sentences from 0; an aside is a part of a message that asks for nothing.
    """

    text: str
    start: int
    end: int
    is_quoted: bool = False
    sentence: int = 0
    is_asked: bool = False
    is_before_comma: bool = False
    is_aside: bool = False


def scan(question: str) -> list[Token]:
    """Return the words, numbers and signs of a question, in lower case."""
    lowered = question.lower()
    ends = _sentence_ends(lowered)
    tokens, sentence = [], 0
    for match in _WORD.finditer(lowered):
        kind = match.lastgroup or ""
        while sentence < len(ends) and ends[sentence][0] <= match.start():
            sentence += 1
        is_asked = sentence < len(ends) and ends[sentence][1]
        text = _normalised(kind, match.group(kind))
        if text:
            tokens.append(
                Token(
                    text,
                    match.start(),
                    match.end(),
                    is_quoted=kind in {"quoted", "single"},
                    sentence=sentence,
                    is_asked=is_asked,
                    is_before_comma=_COMMA.match(lowered, match.end()) is not None,
                )
            )
    return tokens


def _sentence_ends(text: str) -> list[tuple[int, bool]]:
    """Return where sentences end, and whether with a question mark."""
    return [
        (match.start(), "?" in match.group())
        for match in _END.finditer(text)
        if not (match.group() == "." and _SHORTENED.search(text[: match.start()][-12:]))
    ]


_FIXED = {
    "without": "without",
    "dash": "-",
    "arrow": "to",
    "money": "dollars",
    "latin": "",
    "per": "per",
}


def _normalised(kind: str, text: str) -> str:
    if kind in _FIXED:
        return _FIXED[kind]
    match kind:
        case "number":
            return _plain_number(text)
        case "decimal":
            return text.replace(",", ".")
        case "sign" | "other":
            return _SIGNS.get(text, text)
        case "short":
            return _SHORT[re.sub(r"[.\s]", "", text).replace("\u2019", "'")]
        case "word":
            is_negated = _NEGATED.search(text)
            return re.sub(r"['\u2019]", "", text) if is_negated else _SUFFIX.sub("", text)
        case _:
            return " ".join(text.split())


def _plain_number(text: str) -> str:
    if _THOUSANDS.fullmatch(text):
        return text.replace(".", "")
    digits = text.replace(",", "")
    if digits[-1] not in _SCALES:
        return digits
    return f"{float(digits[:-1]) * _SCALES[digits[-1]]:.12g}" if len(digits) > 1 else digits
