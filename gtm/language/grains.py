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
    rf"|(?P<unit>{UNIT}|date) (?:by|after|for|to|per) (?P=unit)"
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


_SPLITTING = frozenset({"by", "per", "each", "every"})
_LISTING = frozenset({"show", "list", "the", "all", "find", "which", "what", "only", "me", "any"})
_NO_SPLIT = frozenset({"in", "for", "from", "since", "with", "vs", "last", "this", "how", "what"})


def read_grain(tape: Tape) -> Grain | None:
    """Claim the steps of a series. Raises DateProblemError when two are asked for."""
    found: Grain | None = None
    tape.take_all(_PAPER, Owner.LIGHT)
    for grain in (*_said(tape), *_slashed(tape), *_listed(tape), *_limited(tape)):
        if found not in {None, grain}:
            raise DateProblemError(f"By {found} or by {grain}? I can show one of them.", *WAYS)
        found = grain
    return found


def _said(tape: Tape) -> list[Grain]:
    hits: list[Hit] = tape.take_all(_GRAIN, Owner.GRAIN)
    words = [next(iter(hit.groups.values())) for hit in hits]
    return [_GRAINS.get(word) or Grain(word) for word in words]


def _listed(tape: Tape) -> list[Grain]:
    """Read the step behind a split: "per country and month", "by rep, channel and quarter"."""
    found = []
    for index in tape.free():
        token = tape.tokens[index]
        if token.text not in set(Grain) or index < 3 or token.is_quoted:
            continue
        before = [item.text for item in tape.tokens[max(0, index - 7) : index]]
        after = [item.text for item in tape.tokens[index + 1 : index + 3]]
        splits = [at for at, text in enumerate(before) if text in _SPLITTING]
        is_name = after[:1] in (["of"], ["before"], ["ago"], ["to"]) or after == ["so", "far"]
        if before[-1] not in {"and", "x"} or not splits or is_name:
            continue
        if len(before) - 2 > splits[-1] and not set(before[splits[-1] :]) & _NO_SPLIT:
            tape.claim(index, index + 1, Owner.GRAIN)
            found.append(Grain(token.text))
    return found


def _limited(tape: Tape) -> list[Grain]:
    """Read "months this year with over 200 leads" as a series of which some steps are shown."""
    if not any(tape.owner(index) is Owner.THRESHOLD for index in range(len(tape))):
        return []
    for index in tape.free():
        text = tape.tokens[index].text
        before = tape.tokens[index - 1].text if index else ""
        is_first = not index or tape.tokens[index - 1].sentence != tape.tokens[index].sentence
        if text.removesuffix("s") in set(Grain) and text.endswith("s"):
            after = tape.tokens[index + 1].text if index + 1 < len(tape) else ""
            if (is_first or before in _LISTING) and after not in {"", "of", "ago", "before"}:
                tape.claim(index, index + 1, Owner.GRAIN)
                return [Grain(text.removesuffix("s"))]
    return []


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
