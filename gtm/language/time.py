"""The time stage: which period, compared with which, in which grain."""

from __future__ import annotations

import re
from datetime import date

from gtm.language.against import read_comparison, read_pair, settle
from gtm.language.dates import ATOM, MONTH, NUMBER, DateProblemError, Period
from gtm.language.spans import SINGLE, WAYS, TimeReading, read_main
from gtm.language.tokens import Owner, Tape, pattern
from gtm.semantics.query import Grain

_UNIT = r"(?:days?|weeks?|months?|quarters?|years?)"
_OUT_OF_REACH: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (pattern(source), message)
    for source, message in (
        (
            r"(?:on |over |during )?(?:business|working) days?|(?:bank |public )?holidays?",
            "I don't know which days are working days.",
        ),
        (
            r"(?:fiscal|financial) (?:year|quarter|month|week)s?|fiscal|fy\d*",
            "I know calendar periods only, not fiscal ones.",
        ),
        (
            rf"(?:(?:last|past) )?(?:{NUMBER} )?hours?(?: of (?:the )?day)?|hourly|minutes?"
            r"|by the hour|mornings?|evenings?|nights?|afternoons?|noon|midnight|time of day"
            r"|real time",
            "The smallest step I have is a day, so there is nothing by the hour.",
        ),
        (
            rf"(?:next|upcoming|coming|following) (?:{NUMBER} )?{_UNIT}|tomorrow|in the future",
            "I only know what has happened; I don't look ahead.",
        ),
        (
            r"(?:first|second|third|fourth|1st|2nd|3rd|4th|last) (?:week|day|half|weekend) of"
            r"(?! (?:19|20)\d\d)"
            rf"(?: (?:the )?(?:{MONTH}|month|quarter|year))?|week \d+|week of",
            "I can't place that part of a period; give me its dates.",
        ),
        (
            rf"(?:last|past|previous|recent) (?:few|couple(?: of)?|several|some) {_UNIT}",
            "How long exactly?",
        ),
        (
            r"(?:of )?all time|since (?:the )?(?:beginning|start|launch|inception)(?: of time)?"
            r"(?! of (?:the|this) )",
            "Which period? I need a start.",
        ),
        (
            r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}",
            "I can't tell day and month apart in that date; write it as 2026-11-05.",
        ),
        (
            rf"(?:(?<!day )before|until|till|prior to|up to) (?:the )?{ATOM}",
            "From when on? I need a start as well as an end.",
        ),
    )
)
_MAY_VERB = pattern(r"may(?= (?:i|we|you|it|be|have|not|also|they)(?!\S))")
_GRAIN_WORDS = {
    "daily": Grain.DAY,
    "weekly": Grain.WEEK,
    "monthly": Grain.MONTH,
    "quarterly": Grain.QUARTER,
    "yearly": Grain.YEAR,
    "annually": Grain.YEAR,
    "annual": Grain.YEAR,
    "date": Grain.DAY,
}
_GRAIN = pattern(
    r"(?P<adverb>daily|weekly|monthly|quarterly|yearly|annually|annual)"
    r"|(?P<unit>day|week|month|quarter|year) by (?P=unit)"
    r"|(?:for )?(?:by|per|each|every)(?: calendar)? (?P<split>day|week|month|quarter|year|date)"
    r"|(?:on |in |during )?(?:which|what) (?P<which>day|week|month|quarter|year)s?"
    r"|(?P<with>day|week|month|quarter|year)s(?= with(?!\S))"
)


def read_time(tape: Tape, today: date, *, former: Period | None = None) -> TimeReading:
    """Claim every word about time and return what they say."""
    reading = TimeReading(former=former)
    tape.take_all(_MAY_VERB, Owner.LIGHT)
    try:
        _read_grain(tape, reading)
        _refuse_shapes(tape)
        if not read_pair(tape, today, reading):
            target = read_comparison(tape, today, reading)
            reading.period = reading.period or read_main(tape, today)
            if target is not None:
                reading.period = reading.main(reading.period)
                settle(reading, target, today)
        if second := tape.find(SINGLE):
            extra = tape.text(second.start, second.end)
            message = f"Two periods at once: which one, or compare them? I also read {extra!r}."
            raise DateProblemError(message, *WAYS)
    except DateProblemError as problem:
        reading.problem = problem
    return reading


def _refuse_shapes(tape: Tape) -> None:
    for compiled, message in _OUT_OF_REACH:
        if hit := tape.take(compiled, Owner.TIME):
            said = tape.text(hit.start, hit.end)
            raise DateProblemError(f"I can't use {said!r}. {message}", *WAYS)


def _read_grain(tape: Tape, reading: TimeReading) -> None:
    for hit in tape.take_all(_GRAIN, Owner.GRAIN):
        word = next(iter(hit.groups.values()))
        grain = _GRAIN_WORDS.get(word) or Grain(word)
        if reading.grain not in {None, grain}:
            raise DateProblemError(
                f"By {reading.grain} or by {grain}? I can show one of them.", *WAYS
            )
        reading.grain = grain
