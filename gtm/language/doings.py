"""What visitors do, in verbs: how long they stay, how often they look, where they leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gtm.language.lexicon import DimensionWord, FunnelWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.names import PAGES
from gtm.language.tokens import Owner, Tape
from gtm.language.wordings import Wordings

_LISTS = Wordings.read("doings")
_STAYS, _SEEN, _LEAVES, _LOST, _BEGINS, _MISSED = (
    _LISTS.compiled(name) for name in ("stays", "seen", "leaves", "lost", "begins", "missed")
)
_BUYING, _ON_THE_WAY = _LISTS.words["buying"], _LISTS.words["on_the_way"]
_ANYBODY, _STEPS = _LISTS.words["anybody"], _LISTS.words["steps"]
_PAGES, _LANDING = _LISTS.words["pages"], _LISTS.words["landing"]
_OF_SALES = _LISTS.words["sold"]
_PEOPLE = frozenset({"active_users", "total_users", "sessions"})


def claim_missed(tape: Tape) -> list[Mention]:
    """Read "leaving the most search clicks on the table" as the clicks that are missed."""
    text = tape.text(0, len(tape))
    hit = _found(_MISSED, text)
    if hit is None:
        return []
    found = []
    for group in ("verb", "what", "end"):
        start = text.count(" ", 0, hit.start(group))
        end = start + len(hit.group(group).split())
        tape.claim_rest(start, end, Owner.TERM)
        if group == "what":
            found = [Mention(start, end, (MetricWord("missed_clicks"),))]
    return found


_MONEY = frozenset({"revenue_usd", "revenue_local", "item_revenue", "avg_order_value"})


def of_doings(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read what people do as the number it is counted by, where no other number is named."""
    if funnel := _lost_on_the_way(tape, mentions):
        return funnel
    if any(_is_way(tape, item) for item in mentions):
        return mentions
    if any(word.name == "missed_clicks" for item in mentions for word in item.of(MetricWord)):
        return _where(tape, mentions)
    kept = [item for item in mentions if not _is_somebody(tape, item)]
    if any(not word.is_weak for item in kept for word in item.of(MetricWord)):
        return mentions
    text = tape.text(0, len(tape))
    said = [index for index in range(len(tape)) if tape.owner(index) is not Owner.VALUE]
    words = {tape.tokens[index].text for index in said if not tape.tokens[index].is_aside}
    if words & _OF_SALES:
        return mentions
    is_paged = bool(words & _PAGES) or any(_names(item) & PAGES for item in mentions)
    is_listed = any(_is_page_list(item) for item in mentions) or "where" in words
    if is_listed and (hit := _found(_BEGINS, text)):
        return _begun(tape, _said(tape, kept, hit, "sessions"))
    if hit := _found(_STAYS, text):
        on_page = is_paged and not words & _LANDING
        name = "avg_time_on_page" if on_page else "avg_engagement_time"
        return _where(tape, _said(tape, kept, hit, name))
    if is_paged and (hit := _found(_SEEN, text)):
        return _said(tape, kept, hit, "pageviews")
    if is_paged and not words & _STEPS and (hit := _found(_LEAVES, text)):
        return _where(tape, _said(tape, kept, hit, "exits"))
    return mentions


def _lost_on_the_way(tape: Tape, mentions: list[Mention]) -> list[Mention] | None:
    """Read "how many people do we lose each step from cart to purchase" as the funnel."""
    text = tape.text(0, len(tape))
    words = {token.text for token in tape.tokens if not token.is_aside}
    hit = _found(_LOST, text)
    if hit is None or not words & _STEPS or not words & _BUYING or words & _OF_SALES - _STEPS:
        return None
    if _MONEY & {word.name for item in mentions for word in item.of(MetricWord)}:
        # The way counts visits; the money lost on it is another number.
        return None
    kept = [item for item in mentions if not item.of(MetricWord) and not item.of(FunnelWord)]
    kept = [item for item in kept if tape.text(item.start, item.end) not in _STEPS]
    for index in range(len(tape)):
        if tape.tokens[index].text in _ON_THE_WAY:
            tape.claim_rest(index, index + 1, Owner.TERM)
    at = len(hit.string[: hit.start("verb")].split())
    found = [*kept, Mention(at, at + 1, (FunnelWord("purchase"),))]
    return sorted(found, key=lambda item: item.start)


def _is_way(tape: Tape, mention: Mention) -> bool:
    """Whether a mention is the way to an order itself, and not only somebody lost on some page."""
    is_lost = _found(_LOST, tape.text(mention.start, mention.end)) is not None
    return bool(mention.of(FunnelWord)) and not is_lost


def _is_somebody(tape: Tape, mention: Mention) -> bool:
    """Whether a mention names no more than those who do something."""
    names = {word.name for word in mention.of(MetricWord)}
    said = tape.text(mention.start, mention.end).split()
    return bool(names & _PEOPLE) and said[-1] in _ANYBODY


def _names(mention: Mention) -> set[str]:
    names = {word.name for word in mention.of(DimensionWord)}
    return names | {word.dimension for word in mention.of(ValueWord)}


def _found(patterns: Sequence[re.Pattern[str]], text: str) -> re.Match[str] | None:
    return next((hit for compiled in patterns if (hit := compiled.search(text))), None)


def _said(tape: Tape, mentions: list[Mention], said: re.Match[str], name: str) -> list[Mention]:
    """Account for the verb and for what asks how much of it there was."""
    found = list(mentions)
    for group in ("how", "verb"):
        start = len(said.string[: said.start(group)].split())
        end = start + len(said.group(group).split())
        if end == start:
            continue
        found = [item for item in found if item.end <= start or item.start >= end]
        tape.release(start, end)
        tape.claim(start, end, Owner.TERM)
        at = (start, end)
    return sorted([*found, Mention(*at, (MetricWord(name),))], key=lambda item: item.start)


def _is_page_list(mention: Mention) -> bool:
    return any(word.name in {"page", "landing_page"} for word in mention.of(DimensionWord))


def _begun(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Return the pages on which visits begin as those they land on."""
    landing = (DimensionWord("landing_page"),)
    found = [replace(m, concepts=landing) if _is_page_list(m) else m for m in mentions]
    found = _where(tape, found)
    return [replace(m, concepts=landing) if _is_page_list(m) else m for m in found]


def _where(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Split by page where it is asked for: "where do people leave"."""
    places = [index for index, token in enumerate(tape.tokens) if token.text == "where"]
    if not places or any(item.of(DimensionWord) or _names(item) & PAGES for item in mentions):
        return mentions
    at = places[0]
    tape.claim_rest(at, at + 1, Owner.TERM)
    return sorted([*mentions, Mention(at, at + 1, (DimensionWord("page"),))], key=lambda m: m.start)
