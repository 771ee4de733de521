"""Shares of those who went on: "what percent of leads became customers" is a rate of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from gtm.language.lexicon import MetricWord
from gtm.language.mention import Mention
from gtm.language.shape import Shape
from gtm.language.tokens import Owner, Tape, pattern
from gtm.language.wordings import Wordings

# Of what, and what became of it.
_RATES = {
    ("leads", "mqls"): "lead_to_mql_rate",
    ("leads", "customers"): "lead_to_customer_rate",
    ("mqls", "sqls"): "mql_to_sql_rate",
    ("sessions", "leads"): "session_to_lead_rate",
    ("sessions", "transactions"): "purchase_rate",
    ("sessions", "key_events"): "conversion_rate",
}
# Of what, and which part of it: "sessions that are first-timers".
_PARTS = {
    ("sessions", "new_users"): "new_user_share",
    ("sessions", "new_user_sessions"): "new_user_share",
    ("sessions", "engaged_sessions"): "engagement_rate",
}
_BEING = pattern(r"(?:that|which|who)? ?(?:are|were|is|was|being|by|made by|had by|of|from)")
_GO_ON = pattern(
    r"(?:(?:that|which|who|have|has|had|did|do|does|actually|really|then|later|finally|also|get"
    r"|gets|got|getting|were|was|are|is|been|being|eventually) )*"
    r"(?:becom(?:e|es|ing)|became|(?:turn|convert)(?:s|ed|ing)?(?: (?:in)?to)?"
    r"|end(?:s|ed|ing)? (?:up(?: as)?|in|with)|ma(?:ke|kes|de|king) it(?: (?:in)?to)?"
    r"|w[eo]nt on to(?: be(?:come)?)?|go(?:es)? on to(?: be(?:come)?)?|gone on to(?: be(?:come)?)?"
    r"|mov(?:e|es|ed|ing) (?:on )?(?:in)?to|pass(?:es|ed|ing)?(?: on)? to"
    r"|(?:progress|transform)(?:es|s|ed|ing)? (?:in)?to|(?:advanc|evolv)(?:e|es|ed|ing) (?:in)?to"
    r"|(?:get|gets|got|getting|w[eo]nt|go|goes|gone) (?:in)?to"
    r"|result(?:s|ed|ing)? in|le(?:d|ads?) to|reach(?:es|ed|ing)?)(?: an?| the)?"
)
_SHARE = pattern(
    r"(?:(?:what|which|how many|how much|how big|the|as|in|a|an) )*"
    r"(?:percentages?|percent|%|share|proportion|part|portion|chunk|slice|fraction|ratio)"
    r"(?: (?:only|alone|of(?: the| our| all)*))?"
    r"|(?:how many )?(?:in|out of|of|from|per) (?:(?:a|every|each|one) )?(?:hundred|100)"
    r"(?: of(?: the| our)*)?"
)
_ENGAGED = pattern(
    r"(?:(?:that|which|who|were|was|are|is|have|got|actually|really|fully) )*"
    r"(?P<no>(?:werent|wasnt|arent|isnt|not|never|didnt|dont|did not|do not|un) )?"
    r"(?:(?:really|actually|at all|get|got|fully) )*(?P<verb>engaged?|unengaged|disengaged)"
)
# Without a target: on to the stage that comes next.
_NEXT = {"leads": "lead_to_mql_rate", "mqls": "mql_to_sql_rate"}
_MOVED_ON = pattern(
    r"(?:(?:that|which|who|have|has|had|did|do|actually|then|later|finally|eventually) )*"
    r"(?:mov(?:e|es|ed|ing)|w[eo]nt|go|goes|gone|progress(?:es|ed|ing)?|advanc(?:e|es|ed|ing)"
    r"|pass(?:es|ed|ing)?|convert(?:s|ed|ing)?|made it|make it|got|get)"
    r"(?: (?:on|further|along|forward|ahead|any further))?"
    r"(?: to (?:an?|the|any|some) (?:next|later|following|further|higher) (?:stage|step|one))?"
)
_LISTS = Wordings.read("bounces")
_BOUNCES, _SHARES = _LISTS.compiled("bounces"), _LISTS.compiled("share")
_FIRST = _LISTS.compiled("first")
_HASTE = frozenset(
    {"away", "off", "back", "out", "immediately", "instantly", "instantaneously", "once", "spot"}
    | {"delay", "instant", "soon", "without", "nothing", "one", "1", "single"}
)
_VISITS = frozenset({"sessions", "active_users"})


def as_rates(tape: Tape, mentions: list[Mention], shape: Shape) -> list[Mention]:
    """Read the share of some number that went on to another as the rate that says so."""
    if (meant := _in_other_words(tape, mentions)) is not None:
        if not any(word.name == "new_users" for item in meant for word in item.of(MetricWord)):
            shape.has_share, shape.share = False, None
        return meant
    hit = None if shape.has_share else tape.find(_SHARE)
    if not shape.has_share and hit is None:
        return mentions
    found = _going_on(tape, mentions) or _moved_on(tape, mentions) or _engaged(tape, mentions)
    if found is None:
        return mentions
    if hit is not None:
        tape.claim(hit.start, hit.end, Owner.SHAPE)
    shape.has_share, shape.share = False, None
    return found


def _in_other_words(tape: Tape, mentions: list[Mention]) -> list[Mention] | None:
    """Read what visits came to: "left without doing anything", "came for the first time"."""
    words = {token.text for token in tape.tokens}
    if words & _HASTE and (found := _told(tape, mentions, _BOUNCES)) is not None:
        for compiled in _SHARES:
            tape.take_all(compiled, Owner.LIGHT)
        kept = [item for item in mentions if not item.of(MetricWord)]
        return _added(kept, found, "bounce_rate")
    if {"first", "time"} <= words and (found := _told(tape, mentions, _FIRST)) is not None:
        counted = [item for item in mentions if item.of(MetricWord)]
        is_visit = any(item.of(MetricWord)[0].name == "sessions" for item in counted)
        kept = [item for item in mentions if item not in counted]
        return _added(kept, found, "new_user_sessions" if is_visit else "new_users")
    return None


def _told(
    tape: Tape, mentions: list[Mention], patterns: Sequence[re.Pattern[str]]
) -> tuple[int, int] | None:
    """Claim where visitors are told to do something, where nothing but visits is counted."""
    text = tape.text(0, len(tape))
    said = next((hit for compiled in patterns if (hit := compiled.search(text))), None)
    if said is None:
        return None
    start = len(text[: said.start()].split())
    end = start + len(said.group().split())
    others = [item for item in mentions if not start <= item.start < end]
    counted = {word.name for item in others for word in item.of(MetricWord)}
    is_told = any(token.is_quoted or token.is_aside for token in tape.tokens[start:end])
    if is_told or not counted <= _VISITS | {"bounce_rate", "total_users"}:
        return None
    tape.release(start, end)
    tape.claim(start, end, Owner.TERM)
    return start, end


def _added(mentions: list[Mention], span: tuple[int, int], name: str) -> list[Mention]:
    kept = [item for item in mentions if not span[0] <= item.start < span[1]]
    return sorted([*kept, Mention(*span, (MetricWord(name),))], key=_place)


def _place(mention: Mention) -> int:
    return mention.start


def _going_on(tape: Tape, mentions: list[Mention]) -> list[Mention] | None:
    counted = [(item, item.of(MetricWord)[0].name) for item in mentions if item.of(MetricWord)]
    for (first, base), (second, target) in pairwise(counted):
        said = _BEING.fullmatch(tape.text(first.end, second.start))
        if said is not None and (base, target) in _PARTS:
            tape.claim_rest(first.end, second.start, Owner.TERM)
            found = _with(mentions, (first, second), _PARTS[base, target])
            return [replace(m, end=second.end) if m.start == first.start else m for m in found]
        name = _RATES.get(("sessions" if base in _VISITS else base, target))
        said = _GO_ON.search(tape.text(first.end, second.start))
        if name is None or said is None:
            continue
        start = first.end + len(said.string[: said.start()].split())
        span = (start, start + len(said.group().split()))
        tape.release(*span)
        tape.claim(*span, Owner.TERM)
        kept = [item for item in mentions if item.end <= span[0] or item.start >= span[1]]
        return _with(kept, (first, second), name)
    return None


def _moved_on(tape: Tape, mentions: list[Mention]) -> list[Mention] | None:
    """Read "the share of MQLs that moved on" as the rate of those who reached the next stage."""
    counted = [item for item in mentions if item.of(MetricWord)]
    name = _NEXT.get(counted[0].of(MetricWord)[0].name) if len(counted) == 1 else None
    words = tape.text(counted[0].end, len(tape)) if name is not None else ""
    said = _MOVED_ON.match(words)
    if name is None or said is None or not {"on", "further", "stage"} & set(said.group().split()):
        return None
    start = counted[0].end
    span = (start, start + len(said.group().split()))
    tape.release(*span)
    tape.claim(*span, Owner.TERM)
    kept = [item for item in mentions if item.end <= span[0] or item.start >= span[1]]
    return _with(kept, counted, name)


def _engaged(tape: Tape, mentions: list[Mention]) -> list[Mention] | None:
    counted = [item for item in mentions if item.of(MetricWord)]
    hit = tape.find(_ENGAGED)
    if hit is None or len(counted) != 1 or counted[0].of(MetricWord)[0].name not in _VISITS:
        return None
    tape.claim(hit.start, hit.end, Owner.TERM)
    is_none = "no" in hit.groups or hit.groups["verb"] in {"unengaged", "disengaged"}
    return _with(mentions, counted, "bounce_rate" if is_none else "engagement_rate")


def _with(mentions: list[Mention], replaced: Sequence[Mention], name: str) -> list[Mention]:
    rate = replace(replaced[0], concepts=(MetricWord(name),))
    return [rate if item is replaced[0] else item for item in mentions if item not in replaced[1:]]
