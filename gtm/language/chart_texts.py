"""The texts people give a chart, as they were typed: its title and the names of its axes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from gtm.language.chart_words import NEXT_WISH, PHRASES
from gtm.language.tokens import Hit, Owner, Tape, Token

MAX_TITLE: Final = 200
MAX_LABEL: Final = 80
# Stands between the words where a clause ends, so that no phrase reaches over it.
BREAK: Final = "|"
_ENDS: Final = re.compile(r"[,;\n]|\.(?=\s|$)")
_NOT_TITLED: Final = frozenset({"page", "pages", "post", "posts", "article", "articles", "blog"})
_POLITE: Final = re.compile(r"[\s,]+(?:please|pls|plz|thanks|thank you)[.!]*$", re.I)


def read_title(tape: Tape) -> str:
    """Claim a title that is given, and return it; empty when there is none."""
    hit = tape.find(PHRASES["title"])
    if hit is None or (hit.start and tape.tokens[hit.start - 1].text in _NOT_TITLED):
        return ""
    # "The title of the best page" is asked for, not given.
    is_of = hit.end < len(tape) and tape.tokens[hit.end].text == "of"
    return "" if is_of else _text_after(tape, hit)[:MAX_TITLE]


def read_axis_names(tape: Tape) -> dict[str, str]:
    """Claim the names that are given to axes, by the field each belongs to."""
    named: dict[str, str] = {}
    while hit := tape.find(PHRASES["axis_name"]):
        axis = next(iter(hit.groups.values()))
        field = "x_label" if axis.startswith(("x", "horizontal")) else "y_label"
        name = _text_after(tape, hit)[:MAX_LABEL]
        if not name:
            break
        named[field] = name
    return named


def _text_after(tape: Tape, hit: Hit) -> str:
    """Claim what introduces a text and the text itself; return the text as it was typed."""
    start = hit.end
    if start >= len(tape) or not tape.is_free(start, start + 1) or _is_break(tape, start):
        return ""
    if tape.tokens[start].is_quoted:
        tape.claim(hit.start, start + 1, Owner.CHART)
        return tape.raw(start, start + 1).strip()
    end = start + 1
    while end < len(tape) and not _is_break(tape, end) and not _begins_wish(tape, end):
        end += 1
    tape.claim(hit.start, hit.end, Owner.CHART)
    tape.claim_rest(start, end, Owner.CHART)
    until = tape.tokens[end].start if end < len(tape) else len(tape.question)
    typed = _ENDS.split(tape.question[tape.tokens[start].start : until])[0]
    typed = re.sub(r"\s+(?:and|but|then)\s*$", "", typed, flags=re.I)
    return _POLITE.sub("", " ".join(typed.split())).strip("'\"\u2018\u2019 ")


def _begins_wish(tape: Tape, index: int) -> bool:
    word, before = tape.tokens[index].text, tape.tokens[index - 1].text
    return before in {"and", "but", "then"} and word in NEXT_WISH


def _is_break(tape: Tape, index: int) -> bool:
    return tape.tokens[index].text == BREAK


def with_breaks(text: str, tokens: Sequence[Token]) -> list[Token]:
    """Put a mark between the words where a clause ends."""
    found: list[Token] = []
    # Tokens stand where they do in lower case, which may be longer.
    text = text if len(text) == len(text.lower()) else text.lower()
    for before, after in pairwise(tokens):
        found.append(before)
        if _ENDS.search(text[before.end : after.start]):
            found.append(Token(BREAK, before.end, before.end))
    return [*found, *tokens[-1:]]


def clauses(tape: Tape) -> list[list[int]]:
    """Return the positions of the words between the ends of clauses and what joins wishes."""
    found: list[list[int]] = [[]]
    for index, token in enumerate(tape.tokens):
        if token.text in {BREAK, "and", "but", "then", "plus"} and not token.is_quoted:
            found.append([])
        else:
            found[-1].append(index)
    return [clause for clause in found if clause]
