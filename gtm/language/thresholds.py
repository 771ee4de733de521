"""Thresholds: "more than 100 sessions", "bounce rate above 60%", "40 leads or more"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gtm.language.dates import MONTH
from gtm.language.places import TO, Sign, read_places
from gtm.language.tokens import Hit, Owner, Tape, pattern

_MORE = r"(?:more|greater|higher|larger|bigger|better|longer|older) (?:than|then|as)"
_LESS = r"(?:less|fewer|lower|smaller|worse|shorter|younger|lesser) (?:than|then|as)"
_NOT = (
    r"(?:(?:do|does|did|has|have|had|could|can)(?:nt| not)|not|never|fail(?:s|ed|ing)? to)"
    r"(?: (?:even|yet|ever|quite|once))?"
)
_REACH = r"(?:reach(?:es|ed|ing)?|hit(?:s|ting)?|(?:make|made|get|got) (?:it )?to|manage[ds]?)"
_OUTDO = (
    r"(?:exceed(?:s|ed|ing)?|surpass(?:es|ed|ing)?|cross(?:es|ed|ing)?|beat(?:s|en|ing)?"
    r"|top(?:s|ped|ping)|clear(?:s|ed|ing)?|crack(?:s|ed|ing)?|pass(?:es|ed|ing)?"
    r"|(?:go|goes|went|gone|going|get|gets|got) (?:over|above|past|beyond))"
)
_AT_MOST = rf"<=|=<|(?:not|no) {_MORE}|at (?:the )?(?:very )?most|{_LESS} or equal(?: to)?"
_AT_LEAST = rf">=|=>|(?:not|no) {_LESS}|at (?:the )?(?:very )?least|{_MORE} or equal(?: to)?"
# The more specific first: "not more than" is no "more than".
_SIGNS: tuple[tuple[Sign, str], ...] = (
    ("<", rf"{_NOT} {_REACH}"),
    ("<=", rf"{_NOT} (?:{_OUTDO}|top|break|broke)"),
    (
        "<=",
        rf"{_AT_MOST}|not (?:over|above|exceeding)|up ?to|(?:a )?max(?:imum)?(?: of)?|capped at",
    ),
    (
        ">=",
        rf"{_AT_LEAST}|not (?:under|below)|(?:a )?min(?:imum)?(?: of)?|at or above|atleast"
        rf"|{_REACH}(?: at least)?",
    ),
    ("!=", r"not equal(?: to)?|unequal(?: to)?|other than|anything but"),
    (
        ">",
        rf">|{_MORE}|{_OUTDO}|above|over|beyond|in excess of|north of|upwards of"
        r"|past(?= (?:the )?\d{3})",
    ),
    ("<", rf"<|{_LESS}|under|below|beneath|south of|short of|shy of"),
    ("=", r"=|exactly|equal(?:s|ing)?(?: to)?|precisely"),
)
# Of days only what can't be a period: "over 30 days" is one, "more than 30 days" is none.
_LONG: tuple[tuple[Sign, str], ...] = (
    ("<=", _AT_MOST),
    (">=", _AT_LEAST),
    (">", rf">|{_MORE}|exceed(?:s|ed|ing)?"),
    ("<", rf"<|{_LESS}"),
)
_OPPOSITE: dict[Sign, Sign] = dict(
    zip((">", ">=", "<", "<=", "=", "!="), ("<=", "<", ">=", ">", "!=", "="), strict=True)
)
_NUMBER = (
    r"(?P<{0}>\d+(?:\.\d+)?|one)(?: (?P<{0}_scale>lakhs?|lacs?|crores?|billion|bn))?"
    r"(?:(?P<{0}_unit> %| percent)| (?:dollars?|usd|bucks)"
    r"| (?P<{0}_time>seconds?|secs?|minutes?|mins?))?"
)
_TIME_AFTER = r"(?:days?|weeks?|months?|quarters?|years?|hours?|d|w)"
# What a rate is a part of: "clicked less than 1% of the time".
_WHOLE = (
    r"(?:(?:the|their|its|our|all|any|my) )*(?:time|cases|occasions|visits?|sessions?|visitors?"
    r"|users?|people|views|deals|opportunities|impressions|searches)"
)
_NOT_TIME = (
    rf"(?! (?:{_TIME_AFTER}|{MONTH}|rows?|results?|entries|%|percent"
    r")(?!\S))(?!(?:(?<= %)|(?<= percent)) of(?! (?:them|those|these|which))"
    rf"(?! {_WHOLE}(?!\S))(?!\S))"
)
# "Over 2025" is a time where nothing follows that could be counted.
_NO_YEAR = (
    r"(?!over 20[1-3]\d(?: (?:by|per|for|in|and|vs|with|compared|split|please|as|daily|weekly"
    r"|monthly|quarterly|yearly)(?!\S)|$))"
)
_RANGE = r"(?:ranging|anywhere|somewhere)"
# "With 50 to 100 sessions": behind other words two numbers may be days of a month.
_HELD = r"(?:with|having|has|have|had|got|getting|gets|worth|saw|of|at|drew|brought(?: in)?)"
_MONEY = r"(?:dollars?|usd|bucks|euros?|pounds?)"
_ENDS = (("low", "g"), ("high", "h"))
_YEAR = re.compile(r"20[1-3]\d")
_BETWEEN = pattern(
    rf"(?P<held>{_HELD} )(?:from )?{_NUMBER.format('g')} {TO} {_NUMBER.format('h')}(?= \S)"
    rf"{_NOT_TIME}"
    rf"|(?:from )?(?P<i>\d+(?:\.\d+)?) {TO} (?P<j>\d+(?:\.\d+)?) {_MONEY}"
    rf"|between (?:the )?{_NUMBER.format('low')} and {_NUMBER.format('high')}{_NOT_TIME}|"
    r"between (?P<e>\d+(?:\.\d+)?) and (?P<f>\d+(?:\.\d+)?) (?P<e_time>days)"
    rf"|(?:{_RANGE} )?(?:from )?{_NUMBER.format('a')} to (?P<b>\d+(?:\.\d+)?)"
    r"(?P<b_unit> %| percent)"
    rf"|{_RANGE} from {_NUMBER.format('c')} to {_NUMBER.format('d')}{_NOT_TIME}"
)
# Verbs that only lead to a limit.
_LEAD = (
    r"(?:account(?:s|ed|ing)? for|sat|hover(?:s|ed|ing)?|amount(?:s|ed|ing)? to"
    r"|total(?:l?ed|l?ing|s)|clock(?:s|ed|ing)? (?:in )?(?:at )?)"
)
_SINGLE = tuple(
    (
        sign,
        pattern(
            rf"{_NO_YEAR}(?:{_LEAD} )?"
            rf"(?P<word>{words}) (?:the |a )?{_NUMBER.format('low')}{_NOT_TIME}"
        ),
    )
    for sign, words in _SIGNS
)
_DAYS = tuple(
    (sign, pattern(rf"(?P<word>{words}) (?P<low>\d+(?:\.\d+)?) (?P<low_time>days)"))
    for sign, words in _LONG
)
_OR_MORE = r"or (?P<word>more|greater|higher|above|over|better|up|longer)"
_OR_LESS = r"or (?P<word>less|fewer|lower|below|under|shorter|worse)"
_NO_RANK = r"(?<!top )(?<!first )(?<!last )(?<!bottom )(?<!best )(?<!worst )"
_AFTERWARDS: tuple[tuple[Sign, str], ...] = (
    (">=", rf"{_OR_MORE}|and (?:more|above|up|over|upwards)|upwards|at least|min(?:imum)?"),
    ("<=", rf"{_OR_LESS}|and (?:less|below|under)|at most|max(?:imum)?"),
)
_TRAILING = tuple(
    (sign, pattern(rf"{_NO_RANK}{_NUMBER.format('low')}(?: (?P<low_days>days))? (?:{words})"))
    for sign, words in _AFTERWARDS
)
# The thing that is counted stands between: "40 leads or more".
_AROUND: tuple[tuple[Sign, re.Pattern[str]], ...] = (
    (
        ">=",
        pattern(rf"{_NO_RANK}(?P<low>\d+){_NOT_TIME}(?: (?!or |and |vs )\S+){{1,3}} {_OR_MORE}"),
    ),
    (
        "<=",
        pattern(rf"{_NO_RANK}(?P<low>\d+){_NOT_TIME}(?: (?!or |and |vs )\S+){{1,3}} {_OR_LESS}"),
    ),
)
_PLUS_SAID = pattern(
    rf"{_NO_RANK}{_NUMBER.format('low')} plus"
    r"(?=$| (?:last|this|in|on|by|for|per|only|since|over|during|please)(?!\S))"
)
_NONE = pattern(
    r"(?:with|has|have|had|having|got|gets?|getting|but|and|were|was|are|is|drove|brought|made|at"
    r"|generated|produced|still) (?P<low>0)(?! %| percent)(?= \S)"
)
# "Haven't made a single dollar": the verb between says what is counted, or nothing.
_NOT_ONE = pattern(
    r"(?P<not>(?:have|has|had|did|do|does|is|are|was|were|would|could)(?:nt| not)|never|not)"
    r"(?: (?!not\b|a\b)\S+){0,3}? (?P<one>a single|one single|even one|even a single)(?= \S)"
    r"|(?P<none>without (?:a single|even one|one single|even a single))(?= \S)"
)
_POSITION = pattern(
    r"(?P<low_word>below|under|beneath|beyond|outside|outside of|worse than|lower than|past)"
    r"(?: the)?(?: average| avg)?(?= (?:positions?|rank|place|spot) (?P<low>\d+(?:\.\d+)?))"
    r"|(?P<high_word>above|better than|higher than|inside|within|up to)"
    r"(?: the)?(?: average| avg)?(?= (?:positions?|rank|place|spot) (?P<high>\d+(?:\.\d+)?))"
)
_ONLY_WHERE = pattern(
    r"(?:but )?(?:only|just) (?:(?:for|the|those|ones|where|when|if|with|that|which|have|has|had"
    r"|got|are|is|at|their|its|it|there|theres|counting|considering) )*"
    r"(?:where|when|if|with|that|which|at|above|counting|considering)"
)
_LEFT_OUT = frozenset(
    {"ignoring", "ignore", "excluding", "exclude", "hide", "hiding", "skip", "skipping", "omit"}
    | {"omitting", "drop", "dropping", "without", "removing", "remove", "nothing", "except", "out"}
)
_LOOSELY = frozenset(
    {
        "anything",
        "everything",
        "those",
        "the",
        "ones",
        "all",
        "any",
        "with",
        "that",
        "which",
        "have",
    }
    | {"has", "had", "having", "got", "get", "of", "are", "is", "whose", "who", "where", "leave"}
)
_MOVED = re.compile(
    r"by|gr[eo]wn?|grow(?:s|ing)|increase[sd]?|decrease[sd]?|dropped|drops|fell|falls?|fallen|rose"
    r"|rises?|risen|declined?|declines|jumped|improved?|gained|lost|changed?|changes|up|down"
)
_MOVEMENT = frozenset(
    {"increase", "decrease", "drop", "growth", "change", "rise", "decline", "fall"}
)
# What a number falls to, which is no size of the fall.
_LEVELS = frozenset({"below", "under", "beneath", "above", "beyond"})
_FELL = frozenset(
    {
        "dropped",
        "drops",
        "dropping",
        "drop",
        "falling",
        "fell",
        "fall",
        "falls",
        "fallen",
        "rose",
        "rises",
        "rise",
        "risen",
    }
    | {"jumped", "declined", "declines"}
)
_OF_DEALS = frozenset({"deals", "deal", "opportunities", "contracts", "opps"})
_NEW = frozenset({"new", "contacts", "leads", "customers", "mqls", "sqls", "companies"})
_FEW = 2
_SECONDS = {"s": 1, "m": 60}
_SCALES = {"l": 100_000, "c": 10_000_000, "b": 1_000_000_000}


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit as it was said, and where; `metric` is what it is surely about, without it the words
    around it tell.

    `unit` is the time it is counted in (days or seconds), where one was said. `word` tells "above",
    which of a position may mean better, from ">". `is_change` marks "grew by more than 10%".
    """

    start: int
    end: int
    sign: Sign
    number: float
    is_percent: bool
    unit: str = ""
    word: str = ""
    is_change: bool = False
    metric: str = ""


def read_thresholds(tape: Tape) -> list[Threshold]:
    """Claim every limit in a question, in order."""
    found = [*_positions(tape), *_places(tape), *_pluses(tape)]
    while hit := _find_between(tape):
        found.extend(_between(hit))
    for sign, compiled in (*_DAYS, *_SINGLE, *_TRAILING, (">=", _PLUS_SAID), ("=", _NONE)):
        hits = tape.take_all(compiled, Owner.THRESHOLD)
        found.extend(_threshold(hit, sign, "low") for hit in hits if not _is_year(tape, hit))
    found += _nothings(tape)
    for sign, compiled in _AROUND:
        while hit := tape.find(compiled):
            tape.claim(hit.start, hit.start + 1, Owner.THRESHOLD)
            tape.claim(hit.end - 2, hit.end, Owner.THRESHOLD)
            found.append(
                Threshold(
                    hit.start,
                    hit.start + 1,
                    sign,
                    float(hit.groups["low"]),
                    is_percent=False,
                    word=hit.groups["word"],
                )
            )
    if found:
        tape.take_all(_ONLY_WHERE, Owner.THRESHOLD)
        found = [_in_context(tape, item) for item in found]
        _claim_only(tape, found)
    return sorted(found, key=lambda threshold: threshold.start)


def _nothings(tape: Tape) -> list[Threshold]:
    """Read "not a single": the words of negation and of one are the limit, not those between."""
    hit = tape.find(_NOT_ONE)
    if hit is None:
        return []
    if "none" in hit.groups:
        tape.claim(hit.start, hit.end, Owner.THRESHOLD)
        return [Threshold(hit.start, hit.end, "=", 0.0, is_percent=False)]
    tape.claim(hit.start, hit.start + len(hit.groups["not"].split()), Owner.THRESHOLD)
    start = hit.end - len(hit.groups["one"].split())
    tape.claim(start, hit.end, Owner.THRESHOLD)
    return [Threshold(start, hit.end, "=", 0.0, is_percent=False)]


def _positions(tape: Tape) -> list[Threshold]:
    """Read "below position 20", which counts from the top: it is a greater number."""
    found = []
    for hit in tape.take_all(_POSITION, Owner.THRESHOLD):
        within = hit.groups.get("high_word") in {"inside", "within", "up to"}
        sign: Sign = ">" if "low" in hit.groups else "<=" if within else "<"
        number = hit.groups.get("low") or hit.groups["high"]
        at = hit.end + 1
        tape.claim_rest(at, at + 1, Owner.THRESHOLD)
        found.append(Threshold(at, at + 1, sign, float(number), is_percent=False))
    return found


def _places(tape: Tape) -> list[Threshold]:
    return [
        Threshold(start, end, sign, number, is_percent=False, metric="avg_position")
        for start, end, sign, number in read_places(tape)
    ]


def _pluses(tape: Tape) -> list[Threshold]:
    """Read "100+ sessions" and "2%+"; a plus that stands apart joins two things."""
    found = []
    for index in range(1, len(tape)):
        one, plus = tape.tokens[index - 1], tape.tokens[index]
        if plus.text != "+" or one.end != plus.start:
            continue
        is_percent = one.text == "%"
        start = index - 1 - is_percent
        if start < 0 or not tape.is_free(start, index + 1):
            continue
        if re.fullmatch(r"\d+(?:\.\d+)?", tape.tokens[start].text):
            end = index + 1
            has_days = end < len(tape) and tape.tokens[end].text == "days"
            has_days = has_days and tape.is_free(end, end + 1)
            tape.claim(start, end + has_days, Owner.THRESHOLD)
            number = float(tape.tokens[start].text)
            unit = "days" if has_days else ""
            found.append(Threshold(start, end + has_days, ">=", number, is_percent, unit))
    return found


def _is_year(tape: Tape, hit: Hit) -> bool:
    """Tell "the win rate over 2026, new business", which is a time; its words are free again."""
    is_year = hit.groups.get("word") == "over" and _YEAR.fullmatch(hit.groups["low"]) is not None
    if not is_year or not tape.is_parted(hit.end - 1):
        return False
    tape.release(hit.start, hit.end)
    return True


def _find_between(tape: Tape) -> Hit | None:
    hit = tape.find(_BETWEEN)
    if hit is None or _are_years(hit):
        return None
    start = hit.start + len(hit.groups.get("held", "").split())
    tape.claim(start, hit.end, Owner.THRESHOLD)
    return replace(hit, start=start)


def _are_years(hit: Hit) -> bool:
    limits = [hit.groups.get(first, "") or hit.groups.get(second, "") for first, second in _ENDS]
    return all(len(limit) == 4 and limit.startswith(("19", "20")) for limit in limits)


def _between(hit: Hit) -> list[Threshold]:
    pairs = (("low", "high"), ("a", "b"), ("c", "d"), ("e", "f"), ("g", "h"), ("i", "j"))
    low, high = next(pair for pair in pairs if pair[0] in hit.groups)
    lower, upper = _threshold(hit, ">=", low), _threshold(hit, "<=", high)
    is_percent = lower.is_percent or upper.is_percent or "a" in hit.groups
    unit = lower.unit or upper.unit
    return [replace(limit, is_percent=is_percent, unit=unit) for limit in (lower, upper)]


def _threshold(hit: Hit, sign: Sign, name: str) -> Threshold:
    said = hit.groups[name]
    number = 1.0 if said == "one" else float(said)
    number *= _SCALES.get(hit.groups.get(f"{name}_scale", "")[:1], 1)
    time = hit.groups.get(f"{name}_time") or hit.groups.get(f"{name}_days") or ""
    if time and time != "days":
        number, time = number * _SECONDS[time[0]], "seconds"
    return Threshold(
        hit.start,
        hit.end,
        sign,
        number,
        is_percent=f"{name}_unit" in hit.groups,
        unit=time,
        word=hit.groups.get("word", ""),
    )


def _is_level(tape: Tape, limit: Threshold) -> bool:
    """Tell "lost more than 5 deals" and "picked up under 20 leads" from "lost more than 5%"."""
    words = [token.text for token in tape.tokens]
    moved = words[limit.start - 1]
    behind = set(words[limit.end : limit.end + _FEW])
    if limit.is_percent or moved not in {"lost", "up", "gained"}:
        return False
    if moved == "up":
        return words[limit.start - 2] in {"picked", "pick", "racked", "picking"}
    return bool(behind & (_OF_DEALS if moved == "lost" else _NEW))


def _claim_only(tape: Tape, limits: list[Threshold]) -> None:
    """Take "over 1,000 only" for what it says; before a word it may be about that word."""
    for limit in limits:
        at = limit.end
        if at < len(tape) and tape.tokens[at].text == "only" and tape.is_free(at, at + 1):
            rest = tape.question[tape.tokens[at].end :].lstrip()
            if not rest or rest[0] in ",.;?!":
                tape.claim(at, at + 1, Owner.THRESHOLD)


def _in_context(tape: Tape, limit: Threshold) -> Threshold:
    """Turn a limit around where what is beyond it is left out; mark a limit on a change."""
    before = limit.start - 1
    words = [token.text for token in tape.tokens]
    if before >= 0 and limit.word in _LEVELS and words[before] in _FELL:
        # "Dropped below 5%" tells where a number is, and of no change.
        tape.claim_rest(before, limit.start, Owner.THRESHOLD)
        return limit
    is_change = before >= 0 and _MOVED.fullmatch(words[before]) is not None
    is_change &= not _is_level(tape, limit)
    is_change |= before >= 1 and words[before] == "of" and words[before - 1] in _MOVEMENT
    nouns = 0
    while before >= 0 and words[before] not in _LEFT_OUT:
        nouns += words[before] not in _LOOSELY
        if nouns > 1 or (nouns and not words[before].endswith("s")):
            return replace(limit, is_change=is_change)
        before -= 1
    if before < 0 or not tape.is_free(before, before + 1):
        return replace(limit, is_change=is_change)
    tape.claim(before, before + 1, Owner.THRESHOLD)
    if words[before] == "out" and before and words[before - 1] in {"leave", "leaving"}:
        tape.claim_rest(before - 1, before, Owner.THRESHOLD)
    return replace(limit, sign=_OPPOSITE[limit.sign], is_change=is_change)
