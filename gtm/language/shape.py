"""The shape of the answer: ranking, sort, trend, share, change, sum."""

from __future__ import annotations

from dataclasses import dataclass, field

from gtm.language.charts import read_chart
from gtm.language.ranking import Ranking, read_order
from gtm.language.spans import TimeReading
from gtm.language.tokens import Owner, Tape, pattern
from gtm.language.wholes import read_portion

__all__ = ["DEFAULT_LIMIT", "Ranking", "Shape", "as_course", "read_chart", "read_shape"]

DEFAULT_LIMIT = 10

# "In revenue terms" names no terms.
_IN_TERMS = pattern(r"in(?= (?:\S+ ){1,2}terms)")
_TREND = pattern(
    r"(?:the )?(?:trend(?:s|ing|line)?(?: of| in| for)?|(?:over|across|through) time|time ?line"
    r"|time series|evolution|evolv(?:e|es|ed|ing)|develop(?:s|ed|ing|ment)?|progress(?:ed|ion)?"
    r"|trajectory|histor(?:y|ical)|(?<!in the )(?<!in )course(?= of(?!\S))"
    r"|(?<!retention )(?<!learning )(?<!cohort )(?<!ctr )curves?(?: of| for)?"
    r"(?! by (?!(?:days?|weeks?|months?|quarters?)(?!\S))))"
)
_MOVES = r"change|grow|drop|fall|rise|increase|decrease|decline|improve|differ|move"
_SIZE = r"(?:longer|shorter|bigger|smaller|higher|lower|faster|slower|better|worse|larger|stronger)"
_WAY = (
    r"(?:(?:(?:went|go|going|gone|goes|is|are|getting|get|got|become|becoming|moved|moving) )?"
    rf"(?:up|down|{_SIZE})|grow(?:n|ing)?|shr(?:ink|unk|inking)|gain(?:ed|ing)?|los(?:t|e|ing)"
    r"|ris(?:e|en|ing)|f[ae]ll(?:en|ing)?|increas(?:e|ed|ing)|decreas(?:e|ed|ing)"
    r"|improv(?:e|ed|ing)|worsen(?:ed|ing)?|declin(?:e|ed|ing))"
)
_CHANGE = pattern(
    rf"{_WAY} or (?:(?:is|are|was|were|has|have|did|does|do) (?:it|they) )?{_WAY}"
    rf"|(?:by )?how much (?:did|has|have)(?= .*\b(?:{_MOVES})\b)"
    r"|chang(?:e|es|ed|ing)(?: in| of)?|gr(?:ew|owth|ow|own|owing|ows)(?: in| of| rate)?"
    r"|(?:increase|decrease|decline|drop|rise|fall|jump|dip|loss|gain)(?:s|d|ped|ping|n)?"
    r"(?: in| of)?"
    r"|increasing|decreasing|declining|rising|falling|fell|rose|risen|losing|gaining|lost"
    r"|improv(?:es|ed|ing|ements?)(?: in| of)?|worsen(?:s|ed|ing)?|shr(?:ink|ank|unk)(?:ing)?"
    rf"|(?:get|gets|getting|got|become|becomes|becoming|became|gone|going) {_SIZE}"
    rf"|(?:{_SIZE} or {_SIZE})"
    r"|up down"
    r"|(?:went|go|going|gone|goes) (?:up|down)|(?:are|is|was|were) (?:up|down)"
    r"|differences?(?: in| of)?|deltas?|(?:%|percent(?:age)?) (?:change|growth|difference)"
)
# "How has revenue moved this year?", but not "how many deals moved to Proposal".
_MOVED = pattern(
    r"mov(?:e|es|ed|ing)(?! (?:to|into|in|out|on|onto|from|past|through|forward|along|up|down"
    r"|stages?|between|back|it|them|the)(?!\S))"
)
# "How has it moved over the last six months" asks for its course.
_ALONG = frozenset({"over", "through", "throughout", "across", "during", "along"})
_LONG = 60
_HOW = pattern(r"how(?! (?:many|much|long|often)(?!\S))")
# "Has it been going up or down since March?" asks for the way it took, not for a sum.
_COURSE = pattern(
    rf"(?:been )?(?:trending|going|moving|heading|developing) {_WAY} or {_WAY}"
    rf"|been {_WAY} or {_WAY}"
)
# "By how many percent did sessions grow" asks for a change, not for a share.
_BY_PERCENT = pattern(
    r"(?:by )?(?:how many|how much|what|which) (?:percentages?|percent|%|points|percentage points)"
    rf"(?= (?:did|has|have|do|does|is|are)(?!\S).*\b(?:{_MOVES}|gr[eo]wn?|up|down|risen|fallen)\w*)"
)
_DID = pattern(r"did|does|has|have|how")
_IMPROVE = pattern(r"improve")
# "Is traffic up this month?", but not "what did it add up to".
_UP = pattern(
    r"(?P<verb>is|are|was|were)(?P<between>(?: \S+){1,6}?) (?P<way>up|down)"
    r"(?=$| (?:this|last|in|on|from|since|vs|compared|versus|over|yesterday|today|year|month|week"
    r"|quarter|so|or|by|and|than|year|please|now)(?!\S)| \x00)"
)
_WHY = pattern(r"(?:the )?(?:impact|effect|influence) of|affect(?:s|ed)?|caus(?:e|es|ed|ing)")
_TOTAL = pattern(
    r"(?:in )?total(?: number of| of)?|overall|altogether"
    r"|(?:the )?(?:sum|count|number|amount|quantity|volume|tally|total) of"
    r"|combined|count|all (?:added|summed) up|grand total|in sum"
)
_JUDGED = pattern(
    r"(?:do|does|done|doing|perform(?:ed|s|ing)?|go|gone|went|going|work(?:ed|s|ing)?|fare[ds]?)"
    r" (?:(?:so|very|really|that|as|quite|pretty|particularly|any|all that) )*"
    r"(?:well|badly|poorly|okay|ok|better|alright)(?: or (?:badly|not|poorly|bad))?"
    r"|(?:any|much) (?:good|use|better|cop)|worth (?:it|the (?:effort|money|trouble|bother|hassle))"
    r"|worth(?= (?:to|for) us)|pull(?:ing)? (?:its|their) weight|how well"
    r"|doing|going(?: on)?|faring|fare|holding up|getting on"
)
_HELPS = pattern(r"did|does|do|has|have")
_AVERAGE = pattern(
    r"(?:on |in )?(?:the |an )?(?:average|avg|mean(?! (?:here|by|in|exactly|actually)))(?: of)?"
    r"|median|cumulative|running total|cumulated"
    r"|standard deviation|variance|percentile|correlat(?:ion|ed?|ions)(?: between)?|ratio of"
    r"|weighted|rolling|moving|normali[sz]ed|per capita|significant(?:ly)?|distinct"
)
_COMPARE = pattern(r"compar(?:e|es|ed|ing|ison|isons)(?: (?:of|between|the))?")
_SIDE_BY_SIDE = pattern(
    r"(?:(?:one )?next to (?:each other|one another|the other)|side by side"
    r"|(?:one )?beside (?:each|the) other|against each other|head to head)"
)
_OUTLIER = pattern(r"(?:spikes?|anomal(?:y|ies)|outliers?|unusual)")


@dataclass(slots=True)
class Shape:
    """What a question says about the form of its answer.

    `share` is where a share of something is asked for; `share_is_form` says that only "in percent"
    was said, and `percent_at` where a sign stands behind a number's name ("conversion %").
    `may_share` says that "how much of" was said, `has_rest` that a value is set against the others.
    `has_sides` says that named things are compared, `against` where a word sets two apart.
    """

    rankings: list[Ranking] = field(default_factory=list)
    sort_position: int | None = None
    sort_is_ascending: bool | None = None
    limit: int | None = None
    has_trend: bool = False
    has_share: bool = False
    share: tuple[int, int] | None = None
    share_is_form: bool = False
    may_share: bool = False
    has_rest: bool = False
    percent_at: int | None = None
    has_change: bool = False
    is_course: bool = False
    asks_why: bool = False
    asks_future: bool = False
    has_total: bool = False
    aggregate: str | None = None
    has_compare: bool = False
    has_sides: bool = False
    against: frozenset[int] = frozenset()
    is_judged: bool = False


def read_shape(tape: Tape) -> Shape:
    """Claim every word about the form of the answer. Catalogue phrases are claimed before."""
    shape = Shape()
    if (said := tape.find(_IN_TERMS, is_over_owned=True)) is not None:
        at = next(i for i in range(said.end, len(tape)) if tape.tokens[i].text == "terms")
        tape.claim_rest(at, at + 1, Owner.LIGHT)
    shape.asks_why = bool(tape.take_all(_WHY, Owner.SHAPE))
    shape.is_course = bool(tape.take_all(_COURSE, Owner.SHAPE))
    shape.has_trend = bool(tape.take_all(_TREND, Owner.SHAPE))
    is_by_percent = tape.take(_BY_PERCENT, Owner.SHAPE) is not None
    portion = read_portion(tape)
    shape.has_share, shape.share = portion.is_asked, portion.at
    shape.share_is_form, shape.may_share = portion.is_form, portion.is_likely
    shape.has_rest = portion.has_rest
    _read_order(tape, shape)
    shape.has_change = _read_change(tape) or shape.is_course or is_by_percent
    if shape.asks_why or shape.has_change:
        tape.take_all(_OUTLIER, Owner.SHAPE)
    if found := tape.take(_AVERAGE, Owner.SHAPE):
        shape.aggregate = tape.text(found.start, found.end)
    shape.has_total = bool(tape.take_all(_TOTAL, Owner.SHAPE))
    shape.is_judged = bool(tape.take_all(_JUDGED, Owner.SHAPE))
    if shape.is_judged:
        # "Did email do well" speaks of no e-mails that somebody did.
        tape.take(_HELPS, Owner.LIGHT)
    compares = [tape.take_all(item, Owner.COMPARISON) for item in (_SIDE_BY_SIDE, _COMPARE)]
    shape.has_compare = any(compares)
    return shape


def as_course(tape: Tape, shape: Shape, time: TimeReading) -> Shape:
    """Show the way a number took as a series, where nothing is set against it.

    It is asked for since a day ("up or down since March") and over a long time ("how has it moved
    over the last six months").
    """
    if time.period is None or time.comparison is not None:
        return shape
    is_since = time.period.label.startswith("since ") and shape.is_course
    is_long = time.period.days >= _LONG and _has_moved_along(tape)
    if is_since or is_long:
        shape.has_change, shape.has_trend = False, True
    return shape


def _has_moved_along(tape: Tape) -> bool:
    """Return whether a word of movement was read as a change, and a time it went over is said."""
    at = next((i for i, token in enumerate(tape.tokens) if token.text.startswith("mov")), -1)
    is_read = at >= 0 and tape.owner(at) is Owner.SHAPE
    return is_read and bool(_ALONG & {token.text for token in tape.tokens[at:]})


def _read_change(tape: Tape) -> bool:
    has_change = bool(tape.take_all(_CHANGE, Owner.SHAPE))
    if tape.find(_HOW) is not None:
        has_change |= bool(tape.take_all(_MOVED, Owner.SHAPE))
    # "Did it improve?" asks for a change, "what should we improve" for advice.
    if tape.find(_DID) is not None:
        has_change |= bool(tape.take_all(_IMPROVE, Owner.SHAPE))
    hit = tape.find(_UP)
    if hit is None or has_change:
        return has_change
    index = hit.end - 1
    tape.claim(index, hit.end, Owner.SHAPE)
    return True


def _read_order(tape: Tape, shape: Shape) -> None:
    order = read_order(tape)
    shape.rankings, shape.limit = order.rankings, order.limit
    shape.sort_position = order.sort_position
    shape.sort_is_ascending = order.sort_is_ascending
    # A limit alone is a limit of the first: they need an order to be the first of.
    is_bare = order.limit is not None and not order.rankings and order.sort_position is None
    if is_bare:
        shape.sort_position = len(tape)
