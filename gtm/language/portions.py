"""Rates in verbs beside a limit in percent: "converted under 2%", "left over half the time"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gtm.language.lexicon import MetricWord
from gtm.language.mention import Mention
from gtm.language.thresholds import Threshold
from gtm.language.tokens import Owner, Tape
from gtm.language.wordings import Wordings

_LISTS = Wordings.read("portions")
_WORDS = _LISTS.words
_LED = re.compile(_LISTS.filled("<led>"))
# What each rate is a part of; the first that fits is meant.
_OF = {
    "conversion_rate": "visits",
    "bounce_rate": "visits",
    "exit_rate": "views",
    "ctr": "searches",
    "win_rate": "deals",
    "engagement_rate": "visits",
    "cart_to_view_rate": "views",
    "purchase_to_view_rate": "views",
    "purchase_rate": "visits",
}
# Alone these verbs say of no rate that it is meant: "items sold below 5%".
_BARE = frozenset({"conversion_rate", "bounce_rate", "engagement_rate"})
_SMALL = frozenset({"at", "only", "just", "in", "on", "people", "visitors", "users", "they"})
Span = tuple[int, int]


def with_portions(tape: Tape, mentions: list[Mention], limits: list[Threshold]) -> list[Mention]:
    """Return the mentions with the rate that each limit in percent is said of by a verb.

    Each such limit is told which rate it is about.
    """
    for at, limit in enumerate(limits):
        if not limit.is_percent or limit.is_change:
            continue
        whole, noun = _whole(tape, limit.end)
        found = _done(tape, limit, whole, noun)
        if found is not None and _names_rate(tape, mentions, limit.end):
            # "Converting below 1% in purchase rate": the verb only leads to the rate.
            mentions = [item for item in mentions if not _is_within(item, found[1])]
            continue
        if found is None:
            continue
        name, verb = found
        limits[at] = replace(limit, metric=name)
        spans = [verb, whole]
        mentions = [item for item in mentions if not any(_is_within(item, span) for span in spans)]
        for start, end in spans:
            tape.release(start, end)
            tape.claim(start, end, Owner.TERM)
        mentions = [*mentions, Mention(*verb, (MetricWord(name),))]
    return sorted(mentions, key=lambda mention: mention.start)


def _names_rate(tape: Tape, mentions: Sequence[Mention], at: int) -> bool:
    """Return whether a rate is named right behind a limit: "below 1% in purchase rate"."""
    while at < len(tape) and tape.tokens[at].text in {"in", "of", "for", "the", "its", "their"}:
        at += 1
    named = [word.name for item in mentions if item.start == at for word in item.of(MetricWord)]
    return any(name.endswith(("_rate", "_share")) or name == "ctr" for name in named)


def _is_within(mention: Mention, span: Span) -> bool:
    return mention.start < span[1] and mention.end > span[0]


def _whole(tape: Tape, at: int) -> tuple[Span, str]:
    """Return where it says of what a part is, and the word for it: "of the time"."""
    end = at
    while end < len(tape) and tape.tokens[end].text in _WORDS["of"]:
        end += 1
    noun = tape.tokens[end].text if at < end < len(tape) else ""
    kinds = ("always", "visits", "views", "deals", "searches")
    kind = next((kind for kind in kinds if noun in _WORDS[kind]), "")
    return ((at, end + 1), kind) if kind else ((at, at), "")


def _done(tape: Tape, limit: Threshold, whole: Span, kind: str) -> tuple[str, Span] | None:
    """Return the rate of what is done, and where that is said: before a limit or behind it."""
    for name, of_what in _OF.items():
        is_whole = kind == of_what or kind == "always"
        is_whole |= name == "exit_rate" and kind == "visits" and _is_of_pages(tape)
        if not is_whole and (kind or name not in _BARE):
            continue
        for compiled in _LISTS.compiled(name):
            if verb := _before(tape, limit.start, compiled):
                return name, verb
            if kind and (verb := _behind(tape, whole[1], compiled)):
                return name, verb
    return None


def _is_of_pages(tape: Tape) -> bool:
    return any(token.text in {"page", "pages"} for token in tape.tokens)


def _before(tape: Tape, at: int, compiled: re.Pattern[str]) -> Span | None:
    end = at
    while end > 0 and tape.tokens[end - 1].text in _SMALL:
        end -= 1
    for start in range(max(0, end - 6), end):
        if compiled.fullmatch(tape.text(start, end)) and not _is_quoted(tape, start, end):
            return start, end
    return None


def _behind(tape: Tape, at: int, compiled: re.Pattern[str]) -> Span | None:
    led = _LED.match(tape.text(at, len(tape)))
    start = at + len(led.group().split()) if led else at
    for end in range(min(len(tape), start + 7), start, -1):
        if compiled.fullmatch(tape.text(start, end)) and not _is_quoted(tape, start, end):
            return at, end
    return None


def _is_quoted(tape: Tape, start: int, end: int) -> bool:
    return any(token.is_quoted or token.is_aside for token in tape.tokens[start:end])
