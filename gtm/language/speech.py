"""What is said and taken back: hesitations, words said twice, and corrections of a period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from gtm.language.dates import NUMBERS
from gtm.language.lexicon import DimensionWord, Vocabulary
from gtm.language.said import ROLES, said_in
from gtm.language.scan import Token

_HESITATIONS = ROLES["hesitations"]
_MARKERS = tuple(sorted((tuple(text.split()) for text in ROLES["restarts"]), key=len, reverse=True))
_STARTS = frozenset(words[0] for words in _MARKERS)
_STRONG = ROLES["starting_over"]
_REGRETS = frozenset({"sorry", "oops", "whoops", "oops sorry"})
# A sentence that ends with one of these goes on, or was given up.
_LEFT_HANGING = frozenset(
    {"than", "by", "for", "in", "from", "with", "the", "a", "of", "per", "many", "much", "which"}
    | {"how", "what", "our", "to", "and", "or", "show", "me", "give", "since", "between", "vs"}
)
# "Do you know how many ..." asks; "sort it, you know, highest first" hesitates.
_ASKED_OF = frozenset(
    {
        "do",
        "did",
        "does",
        "dont",
        "let",
        "if",
        "as",
        "would",
        "can",
        "could",
        "should",
        "what",
        "all",
    }
)
_TOLD_OF = frozenset(
    {"how", "what", "which", "if", "who", "where", "when", "why", "that", "about", "of", "whether"}
)
_ANEW = frozenset({"no", "nah", "nope", "wait", "actually", "sorry", "scratch", "just", "rather"})
_SPLITS = frozenset({"by", "per"})
_OPENERS = frozenset({"i", "we", "show", "give", "tell", "how", "what", "which", "who", "just"})
_UNIT = r"(?:days?|weeks?|months?|quarters?|years?)"
_MONTH = (
    r"(?:january|february|march|april|june|july|august|september|october|november|december"
    r"|jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_TIME = re.compile(
    rf"(?<!\S)(?:(?:in|for|since|during|over|from) )?(?:the )?(?:"
    rf"(?:last|this|past|previous) (?:\d+ )?{_UNIT}|\d+ {_UNIT}|yesterday|today"
    rf"|{_MONTH}(?: 20\d\d)?|q[1-4](?: 20\d\d)?|20\d\d)(?!\S)"
)
_WHO_ASKS = frozenset({"how", "what", "which", "who", "where", "show", "give"})
# "Compared with the same month last year": no period of its own that could be corrected.
_LEANING = frozenset(
    {"same", "than", "vs", "versus", "against", "compared", "to", "with", "month", "week", "period"}
    | {"time", "quarter", "days", "of", "the"}
)
_LEANS = frozenset({"same", "than", "vs", "versus", "against", "compared"})
_COUNTED = re.compile(rf"(?:{'|'.join(NUMBERS)}|\d{{1,3}})")
_RANK = re.compile(r"(?<!\S)(?:top|bottom|over|under|above|below|at least|more than) \d+(?!\S)")
_LONGEST_REPEAT = 3
_NEAR = 4
# "Actually no, just sessions" puts one number in the place of another.
_ONE_NUMBER = 3


def as_meant(tokens: Sequence[Token], vocabulary: Vocabulary) -> tuple[list[Token], list[str]]:
    """Return the tokens without what the speaker took back, and a note of what was left."""
    said = [token for token in tokens if token.is_quoted or token.text not in _HESITATIONS]
    said = _finished(_once(_without_you_know(said))) if said else list(tokens)
    said = _with_meant_ahead(said)
    place = _marker(said) or _plain_no(said, tokens)
    if place is None:
        return said, []
    start, end = place
    before, after = said[:start], said[end:]
    if not before or not after or after[0].text in {"and", "also", "plus", "or"}:
        return said, []
    is_strong = " ".join(token.text for token in said[start:end]) in _STRONG | {"no"}
    if is_strong and _starts_over(after, vocabulary):
        return after, [f"Read as started over: “{_text(after)}”."]
    words = " ".join(token.text for token in said[start:end])
    kept = _without_former(before, after) or _without_split(before, after, vocabulary)
    if kept is None and (recounted := _recounted(before, after)) is not None:
        return recounted, [f"Read as corrected: “{_text(recounted)}”."]
    if kept is not None and not _names_anew(after, vocabulary):
        rest = [*kept, *after]
        return rest, [f"Read as corrected: “{_text(rest)}”."]
    is_weak = words in ROLES["weak_restarts"] | {"no"} and kept is None
    if is_weak and not (words in _REGRETS and _is_said_anew(before, after, vocabulary)):
        return said, []
    # Other corrections are settled where words have been told to be alike.
    first, last = replace(said[start], text="no"), replace(said[end - 1], text="wait")
    return [*(kept or before), first, last, *after], []


def _is_said_anew(before: Sequence[Token], after: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Return whether two things of one kind stand around a "sorry": "leads, sorry, mqls"."""
    former, anew = said_in(before[-_NEAR + 1 :], vocabulary), said_in(after[:2], vocabulary)
    pairs = ((former.metrics, anew.metrics), (former.dimensions, anew.dimensions))
    is_alike = any(one and other for one, other in (*pairs, (former.values, anew.values)))
    return is_alike and after[0].text not in {"for", "about", "to", "if", "i", "but", "my"}


def _names_anew(after: Sequence[Token], vocabulary: Vocabulary) -> bool:
    return said_in(after[:1], vocabulary).names_number


def _text(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def _without_you_know(tokens: Sequence[Token]) -> list[Token]:
    """Return tokens without a "you know" in the middle that asks for nothing."""
    found: list[Token] = []
    index = 0
    while index < len(tokens):
        pair = _text(tokens[index : index + 2])
        after = tokens[index + 2].text if index + 2 < len(tokens) else ""
        before = tokens[index - 1].text if index else ""
        is_idle = pair == "you know" and bool(before) and bool(after)
        if is_idle and before not in _ASKED_OF and after not in _TOLD_OF:
            index += 2
            continue
        found.append(tokens[index])
        index += 1
    return found


def _finished(tokens: Sequence[Token]) -> list[Token]:
    """Return tokens without a sentence that was broken off: "longer than... no just ..."."""
    for at in range(1, len(tokens)):
        is_broken = tokens[at - 1].sentence != tokens[at].sentence
        is_broken &= tokens[at - 1].text in _LEFT_HANGING and tokens[at].text in _ANEW
        if is_broken and not any(token.is_quoted for token in tokens[:at]):
            rest = list(tokens[at:])
            while len(rest) > 1 and rest[0].text in _ANEW:
                del rest[0]
            return rest
    return list(tokens)


def _once(tokens: Sequence[Token]) -> list[Token]:
    """Return tokens without words that are said twice at once: "how many how many"."""
    found: list[Token] = []
    for token in tokens:
        found.append(token)
        for size in range(_LONGEST_REPEAT, 0, -1):
            is_near = len(found) >= 2 * size and found[-1 - size].text == token.text
            if is_near and _is_repeat(found[-2 * size : -size], found[-size:]):
                del found[-size:]
                break
    return found


def _is_repeat(former: Sequence[Token], run: Sequence[Token]) -> bool:
    is_word = all(item.text.isalpha() and len(item.text) > 1 for item in run)
    is_plain = not any(item.is_quoted or item.is_before_comma for item in [*former, *run[:-1]])
    return is_word and is_plain and _text(former) == _text(run)


def _marker(tokens: Sequence[Token]) -> tuple[int, int] | None:
    """Return the last place where somebody takes back what was said."""
    found, start = None, 1
    while start < len(tokens):
        size = _marked(tokens, start) if tokens[start].text in _STARTS else 0
        if size:
            found = (start, start + size)
        start += size or 1
    return found


def _plain_no(tokens: Sequence[Token], heard: Sequence[Token]) -> tuple[int, int] | None:
    """Return where a "no" alone takes something back: behind a pause, or before the same words."""
    paused = {
        after.start
        for before, after in pairwise(heard)
        if before.text in _HESITATIONS or before.is_before_comma or after.sentence > before.sentence
    }
    for at in range(len(tokens) - 2, 0, -1):
        if tokens[at].text != "no" or tokens[at].is_quoted:
            continue
        after, before = tokens[at + 1].text, [token.text for token in tokens[:at]]
        is_again = after in before and (after in _WHO_ASKS or after in {"top", "bottom"})
        if is_again or (tokens[at].start in paused and _is_corrective(tokens[at + 1 :], before)):
            return at, at + 1
    return None


def _is_corrective(after: Sequence[Token], before: Sequence[str]) -> bool:
    """Return whether a count, a rank, a period or a question follows that was said before."""
    texts = [_text(after[at : at + _NEAR]) for at in (0, 1)]
    is_told = any(item.match(text) for item in (_TIME, _RANK) for text in texts)
    is_counted = any(_COUNTED.fullmatch(token.text) for token in after[:2])
    return is_told or is_counted or (after[0].text in _WHO_ASKS and after[0].text in before)


def _with_meant_ahead(tokens: Sequence[Token]) -> list[Token]:
    """Put an "I mean" at the end before the period that it speaks of: "September, I mean"."""
    if len(tokens) < _NEAR or [token.text for token in tokens[-2:]] not in (
        ["i", "mean"],
        ["i", "meant"],
    ):
        return list(tokens)
    rest, meant = tokens[:-2], tokens[-2:]
    found = [match for match in _TIME.finditer(_text(rest)) if match.end() == len(_text(rest))]
    if not found:
        return list(tokens)
    start = len(_text(rest)[: found[-1].start()].split())
    if start == 0 or not (
        rest[start - 1].is_before_comma or rest[start - 1].sentence != rest[start].sentence
    ):
        return list(tokens)
    if _without_former(rest[:start], rest[start:]) is None:
        # Nothing is taken back: the period is only told late.
        return list(rest)
    return [*rest[:start], *meant, *rest[start:]]


def _recounted(before: Sequence[Token], after: Sequence[Token]) -> list[Token] | None:
    """Return a question whose number is said anew: "the five pages, no, the six"."""
    at = next((i for i, token in enumerate(after[:2]) if _COUNTED.fullmatch(token.text)), None)
    if at is None or (at == 1 and after[0].text not in {"the", "top", "bottom", "just", "first"}):
        return None
    counts = [i for i, token in enumerate(before) if _COUNTED.fullmatch(token.text)]
    noun = after[at + 1].text if at + 1 < len(after) else ""
    for former in reversed(counts):
        if before[former - 1].text in {"last", "past", "previous", "over", "under", "than"}:
            continue
        if not noun:
            anew = replace(before[former], text=after[at].text)
            return [*before[:former], anew, *before[former + 1 :]]
        if former + 1 < len(before) and before[former + 1].text == noun:
            start = former - 1 if former and before[former - 1].text == after[0].text else former
            return [*before[:start], *after] if former + 2 == len(before) else None
        if former + 1 == len(before):
            start = former - 1 if former and before[former - 1].text == after[0].text else former
            return [*before[:start], *after]
    return None


def _marked(tokens: Sequence[Token], start: int) -> int:
    for words in _MARKERS:
        run = tokens[start : start + len(words)]
        if tuple(token.text for token in run) == words and not run[0].is_quoted:
            return len(words)
    return 0


def _starts_over(after: Sequence[Token], vocabulary: Vocabulary) -> bool:
    """Return whether what follows is a whole question of its own."""
    said = said_in(after, vocabulary)
    first = [token for token in after if token.sentence == after[0].sentence]
    is_one_word = after[0].text == "just" and len(first) <= _ONE_NUMBER
    return after[0].text in _OPENERS and said.names_number and not is_one_word


def _without_former(before: Sequence[Token], after: Sequence[Token]) -> list[Token] | None:
    """Return what came before without the last period or rank, where one is said anew."""
    for pattern in (_TIME, _RANK):
        near = (_text(after[at : at + _NEAR]) for at in (0, 1))
        formers = list(pattern.finditer(_text(before)))
        formers = [found for found in formers if not _leans(_text(before)[: found.start()])]
        if formers and any(pattern.match(text) for text in near):
            start = len(_text(before)[: formers[-1].start()].split())
            return [*before[:start], *before[start + len(formers[-1].group().split()) :]]
    return None


def _leans(text: str) -> bool:
    """Return whether what is compared with follows: "… than in", "compared with the same month"."""
    words = text.split()
    while words and words[-1] in _LEANING:
        if words.pop() in _LEANS:
            return True
    return False


def _without_split(
    before: Sequence[Token], after: Sequence[Token], vocabulary: Vocabulary
) -> list[Token] | None:
    """Return what came before without the last "by channel", where another split follows."""
    if after[0].text not in _SPLITS or not _split_size(after, 0, vocabulary):
        return None
    for at in range(len(before) - 2, -1, -1):
        size = _split_size(before, at, vocabulary) if before[at].text in _SPLITS else 0
        if size:
            return [*before[:at], *before[at + size :]]
    return None


def _split_size(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> int:
    """Return how many words "by landing page" has, 0 where no dimension is named."""
    for size in range(_NEAR, 1, -1):
        words = [token.text for token in tokens[at + 1 : at + size]]
        concepts = vocabulary.lookup(words) if len(words) == size - 1 else ()
        if any(isinstance(item, DimensionWord) for item in concepts):
            return size
    return 0
