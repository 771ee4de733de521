"""Steps of a series: "by week", "month on month", "orders a day", "weekly buckets"."""

from __future__ import annotations

from gtm.language.dates import WAYS, DateProblemError
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.semantics.query import Grain

UNIT = r"(?:day|week|month|quarter|year)"
_ADVERB = r"daily|weekly|monthly|quarterly|yearly|annually|annual"
_GRAINS = {
    "daily": Grain.DAY,
    "weekly": Grain.WEEK,
    "monthly": Grain.MONTH,
    "quarterly": Grain.QUARTER,
    "yearly": Grain.YEAR,
    "annually": Grain.YEAR,
    "annual": Grain.YEAR,
    "date": Grain.DAY,
}
_STEPS = (
    r"(?: (?:basis|buckets?|bins?|steps?|intervals?|increments?|granularity|grain|resolution|level"
    r"|cadence|rhythm|periods?))?"
)
# Words before "a day" after which it is a length of time and no step.
_NOT_A = "".join(
    f"(?<!{word} )"
    for word in (
        *("in", "within", "for", "over", "during", "after", "of", "about", "than", "once", "twice"),
        *(
            "times",
            "just",
            "half",
            "such",
            "is",
            "was",
            "not",
            "have",
            "on",
            "since",
            "until",
            "as",
        ),
    )
)
_GRAIN = pattern(
    rf"(?:on |at |in |with )?(?:an? |the )?(?P<adverb>{_ADVERB}){_STEPS}"
    rf"|(?P<unit>{UNIT}|date) (?:by|after|for|to) (?P=unit)"
    rf"|(?P<wise>{UNIT}|date)(?: wise|wise)"
    rf"|(?:for |in |on |of )?(?:by|per|each|every)(?: the| calendar| single| full| individual)?"
    rf" (?P<split>{UNIT}|date)s?(?! of (?:the )?(?:week|month|year)(?!\S)){_STEPS}"
    rf"|(?:at|on) (?:an? |the )?(?P<level>{UNIT}) (?:level|granularity|basis|grain|resolution)"
    r"|(?:for )?(?:each|every)(?: one)? of"
    rf"(?= (?:the |these |those )?(?:\S+ ){{0,2}}(?P<of>{UNIT})s(?!\S))"
    rf"|{_NOT_A}an? (?P<rate>{UNIT})(?! (?:ago|before|earlier|later|prior|back|or|after|in|like))"
    rf"|(?:on |in |during )?(?:which|what) (?P<which>{UNIT}|date)s?"
    r"(?! of (?:the )?(?:week|month|year)(?!\S)| to date| before)"
    rf"|(?P<with>{UNIT}|date)s"
    r"(?= (?:with|when|where|on which|in which|that had|having|above|over)(?!\S))"
    rf"|over the (?P<long>{UNIT})s"
    r"|(?:separated|split|broken(?: down| up)?|divided|grouped|cut|spread)(?: up)?"
    rf" (?:in|into|by|over) (?:the )?(?P<into>{UNIT})s"
    r"|(?:shown? )?in (?P<in>week|month|quarter|year)s(?= please|$)"
    rf"|(?:in )?(?P<steps>{UNIT})s? (?:buckets?|bins?|steps?|intervals?|increments?|granularity)"
)


# A report that is called by its rhythm: "the SEO part of the monthly. How many …".
_PAPER = pattern(
    r"(?:of|for|in|to|with|do|doing|writing) (?:the|our|this|my|next) "
    r"(?:daily|weekly|monthly|quarterly)(?=\n)"
)


def read_grain(tape: Tape) -> Grain | None:
    """Claim the steps of a series. Raises DateProblemError when two are asked for."""
    found: Grain | None = None
    tape.take_all(_PAPER, Owner.LIGHT)
    for grain in (*_said(tape), *_slashed(tape)):
        if found not in {None, grain}:
            raise DateProblemError(f"By {found} or by {grain}? I can show one of them.", *WAYS)
        found = grain
    return found


def _said(tape: Tape) -> list[Grain]:
    hits: list[Hit] = tape.take_all(_GRAIN, Owner.GRAIN)
    words = [next(iter(hit.groups.values())) for hit in hits]
    return [_GRAINS.get(word) or Grain(word) for word in words]


def _slashed(tape: Tape) -> list[Grain]:
    """Read "sessions/day"."""
    found = []
    for index in tape.free():
        token = tape.tokens[index]
        is_step = token.text in set(Grain) and tape.question[: token.start].endswith("/")
        if is_step:
            tape.claim(index, index + 1, Owner.GRAIN)
            found.append(Grain(token.text))
    return found
