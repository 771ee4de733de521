"""Names nobody listed: values that are missing ("without an industry"), and e-mail domains."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.tokens import Owner, Tape, pattern

_EMPTY = "(not set)"
# What is often left empty, and shown as not set then.
_LEFT_EMPTY = frozenset({"lost_reason", "industry", "lead_status", "first_conversion"})
_OF_LOST = frozenset({"deals_lost", "lost_amount"})
_NONE = re.compile(
    r"(?:(?:with|has|have|had|having|where|there (?:is|was)|of|for) )*"
    r"(?:no|without|lacking|missing)(?: (?:an?|any|the|known|given|recorded))*$"
)
_GIVEN = pattern(
    r"(?:(?:was|is|were|are|has|have|being|been|got|ever|at all) )*"
    r"(?:set|given|recorded|entered|stated|noted|filled in|filled|specified|documented|logged"
    r"|named|provided|selected|on file|on record|chosen|added)(?: at all)?"
)
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_PROVIDERS = frozenset(
    {"gmail", "yahoo", "hotmail", "outlook", "icloud", "aol", "gmx", "protonmail"}
)
_MAIL = frozenset({"domain", "domains", "address", "addresses", "gmail", "mail", "email", "emails"})
_THEIRS = frozenset({"their", "the", "its", "in", "as", "for"})
_LONGEST = 6


def with_gaps(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "no reason was set" as the value that stands for a missing one, and "gmail.com"."""
    lost = {word.name for item in mentions for word in item.of(MetricWord)} & _OF_LOST
    found = [_as_missing(tape, mention, is_lost=bool(lost)) for mention in mentions]
    return _with_domains(tape, found)


def _as_missing(tape: Tape, mention: Mention, *, is_lost: bool) -> Mention:
    named = [word.name for word in mention.of(DimensionWord)]
    # Of lost deals a reason is why they were lost, whatever else has reasons.
    named = ["lost_reason"] if is_lost and "opportunity_reason" in named else named
    names = [name for name in named if name in _LEFT_EMPTY]
    first = max(0, mention.start - _LONGEST)
    said = _NONE.search(tape.text(first, mention.start)) if names else None
    if said is None:
        return mention
    start = mention.start - len(said.group().split())
    if start < 0 or not tape.is_free(start, mention.start):
        return mention
    after = tape.find(_GIVEN, mention.end)
    if after is not None and after.start == mention.end:
        tape.claim(after.start, after.end, Owner.LIGHT)
    tape.claim(start, mention.start, Owner.VALUE)
    values = tuple(ValueWord(name, (_EMPTY,)) for name in names[:1])
    return replace(mention, start=start, concepts=values)


def _with_domains(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read what looks like a domain as one of an e-mail address where these are spoken of."""
    names = {word.name for item in mentions for word in item.of(DimensionWord)}
    words = {token.text for token in tape.tokens if not token.is_aside}
    if "email_domain" not in names and words.isdisjoint(_MAIL - {"email", "emails", "mail"}):
        return mentions
    found = _domains(tape)
    if found:
        mentions = [item for item in mentions if not _is_where(tape, item)]
    return sorted([*mentions, *found], key=lambda mention: mention.start)


def _is_where(tape: Tape, mention: Mention) -> bool:
    """Return whether a domain is only where a name stands: "gmail in their e-mail domain"."""
    is_domain = any(word.name == "email_domain" for word in mention.of(DimensionWord))
    before = tape.text(max(0, mention.start - 2), mention.start).split()
    return is_domain and before[:1] in (["in"], ["as"], ["for"]) and before[-1] in _THEIRS


def _domains(tape: Tape) -> Sequence[Mention]:
    found = []
    for index in tape.free():
        token = tape.tokens[index]
        is_provider = token.text in _PROVIDERS
        if token.is_quoted or not (is_provider or _DOMAIN.fullmatch(token.text)):
            continue
        end = index + 1
        is_noun = tape.text(end, end + 1) in {"address", "addresses"}
        if is_noun and tape.is_free(end, end + 1):
            end += 1
        tape.claim(index, end, Owner.VALUE)
        value = ValueWord("email_domain", (token.text,), is_part=is_provider)
        found.append(Mention(index, end, (value,)))
    return found
