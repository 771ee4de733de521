"""Periods of which only one word is said: "last year and this", "the first and second quarter"."""

from __future__ import annotations

from datetime import date

from gtm.language.backward import IN, VERSUS
from gtm.language.dates import UNITS, Period, unit_shift, unit_start, whole
from gtm.language.named import HALF_MONTH, Named, half_of_month, whole_half, whole_quarter
from gtm.language.relative import last, this
from gtm.language.timeline import Found, Timeline
from gtm.language.tokens import pattern

_LATER = r"this|last|current|previous|prior|preceding|first|second|third|fourth|1st|2nd|3rd|4th"
_WHOLE = r"@\d+:(?:week|month|quarter|half|year):\S*"
_BEHIND = pattern(
    rf"(?P<p>{_WHOLE}) (?:(?P<joint>and|&|over|or)|{VERSUS}) {IN}(?P<which>{_LATER})"
    r"(?P<one> (?:one|half))?"
)
_AHEAD = pattern(
    rf"(?P<which>{_LATER}) (?:vs|versus|and|&|or|against) (?:the |in )*(?P<p>{_WHOLE})"
)
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4}
_ORDINALS |= {"4th": 4}
_NOW = frozenset({"this", "current"})
_BEFORE = frozenset({"previous", "prior", "preceding"})
_PARTS = {"quarter": (whole_quarter, 4), "half": (whole_half, 2)}
# What may stand behind a period of which only one word is said; a noun would be what it is said of.
_AFTER = frozenset(
    {"by", "per", "for", "please", "as", "split", "in", "on", "with", "from", "side", "to", "do"}
    | {"of", "at", "did", "were", "was", "is", "are", "and", "compared"}
)


def fill(line: Timeline, today: date) -> None:
    """Put a sign for each period of which only one word is said beside another period."""
    for compiled, is_behind in ((_BEHIND, True), (_AHEAD, False)):
        found = line.find(compiled)
        if found is None:
            continue
        at = found.end - 1 - ("one" in found.words) if is_behind else found.start
        end = found.end if is_behind else at + 1
        is_named = "joint" in found.words or found.words["which"] in {*_ORDINALS, *_NOW}
        # "This week vs last" needs no sign: what it is set against is the one before.
        if is_behind and not is_named:
            continue
        if is_behind and not line.is_left_alone(found.end, _AFTER):
            continue
        period = _meant(found.words["which"], found.named["p"].period, today)
        if period is not None:
            line.fold(Found(at, end, {}, {}), Named(period, period.unit))


def _meant(which: str, beside: Period, today: date) -> Period | None:
    if which in _ORDINALS and beside.unit == HALF_MONTH:
        return half_of_month(beside.start, min(_ORDINALS[which], 2))
    if which in _ORDINALS:
        make, most = _PARTS.get(beside.unit, (None, 0))
        number = _ORDINALS[which]
        return make(beside.start.year, number) if make and number <= most else None
    if beside.unit not in UNITS:
        return None
    if which in _NOW:
        return this(beside.unit, today)
    former = last(beside.unit, today)
    if which in _BEFORE or beside.start <= former.start:
        start = unit_shift(unit_start(beside.start, beside.unit), beside.unit, -1)
        label = "" if start == former.start else f"the {beside.unit} before"
        return whole(start, beside.unit, label) if label else former
    return former
