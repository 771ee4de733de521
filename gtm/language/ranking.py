"""Order and length of a list: "top 5", "biggest first", "in descending order", "10 of them"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from gtm.language.dates import NUMBER, number_of
from gtm.language.tokens import Hit, Owner, Tape, pattern

_HIGH = (
    r"most|highest|biggest|largest|greatest|leading|top performing|top|maximum|max|peak|busiest"
    r"|strongest|longest|fattest|heaviest|richest|deepest|hottest|fullest|hardest|commonest"
)
_LOW = r"least|lowest|fewest|smallest|bottom|minimum|weakest|quietest|shortest|poorest|thinnest"
# Which end these mean depends on the number: the fastest has the fewest days.
_JUDGED_HIGH = r"best|fastest|quickest"
_JUDGED_LOW = r"worst|slowest"
_ANY = rf"{_HIGH}|{_LOW}|{_JUDGED_HIGH}|{_JUDGED_LOW}"
_EVALUATIVE = re.compile(rf"{_JUDGED_HIGH}|{_JUDGED_LOW}|strongest|weakest|poorest")
_IS_HIGH = re.compile(rf"{_HIGH}|{_JUDGED_HIGH}")
# "At most", "the second biggest" and "most recent" are no ranking; "top of the funnel" is a place.
_NO_RANK = (
    r"(?<!\bat )(?<!\bat the )(?:(?<!on )|(?=(?:longest|shortest|highest|lowest)\b))"
    r"(?<!second )(?<!third )(?<!fourth )(?<!fifth )"
    r"(?<!\dnd )(?<!\drd )(?<!\dth )"
)
_NOT_AFTER = r"(?! (?:recent(?:ly)?|of (?:the )?(?:funnel|page|list)|line|level|to |down|up)(?!\S))"
_ADVERB = r"(?: (?:performing|common(?:ly)?|frequent(?:ly)?|often|converting(?= rate)))?"
# "3 with the fewest"
_HAVING = r"(?:with|having|showing|(?:that|which|who) (?:have|had|has|got|get))"
_RANK = pattern(
    rf"{_NO_RANK}(?:the )?(?:(?P<n1>{NUMBER})(?: {_HAVING})? (?:the )?)?"
    rf"(?P<word>(?!max(?:imum)?(?:$|\n))(?:{_ANY})){_NOT_AFTER}{_ADVERB}"
    rf"(?: (?P<n2>{NUMBER})(?! (?:%|percent)))?"
)
# "From which cities come mostly our visitors" asks for the first of them.
_MOSTLY = pattern(r"(?:mostly|mainly|primarily|predominantly|chiefly|principally)")
_MOSTLY_OF = pattern(r"(?:which|what) [^\W\d_]+(?= (?:do|does|did|are|come|comes|came|is)(?!\S))")
_RANK_VERB = pattern(
    r"(?<!we )(?<!they )(?<!it )(?<!that )(?<!which )(?<!pages )(?<!queries )(?<!site )"
    r"(?:rank(?:ed|ing)?(?= [\w ]*\bby\b)|rank(?! (?:for|on|in|at)(?!\S)))"
    r"|rank(?:ed|ing) (?:by|on|according to|in terms of)(?= (?!google|page|position|the \w+ page))"
)
_PLACED_FIRST = pattern(
    r"(?:came|comes?|ranks?|ranked|finish(?:es|ed)?|places?|placed) (?:in )?"
    r"(?P<place>first|1st|last)(?: place)?(?= |$)"
    r"|(?:is |are |was |were )?in (?P<in>first|last) place"
)

_SORT_BY = (
    r"(?<!an )(?<!one )(?<!each )(?:and |then |please )*"
    r"(?:sort|sorted|sorting|order|ordered|ordering|arranged?|listed)"
    r"(?: (?:them|it|this|that|these|those|the list|the table|everything|results?))?"
    r"(?: (?:by|on|according to|in terms of|based on))"
)
# What is sorted stands between: "sort the sources by conversion rate".
_SORT_THESE = pattern(
    r"(?:sort|arrange)(?= (?:me )?(?:(?:the|our|my|these|all) )*(?:\S+ ){1,4}?(?:by|on) )"
)
_DOWN = (
    r"(?:in )?(?:descending|decreasing|falling) order|descending"
    r"|high(?:est)? to low(?:est)?|large(?:st)? to small(?:est)?|big(?:gest)? to small(?:est)?"
    r"|top (?:to bottom|down)|best to worst"
    r"|(?:from )?(?:the )?(?:most|more|high(?:est)?|higher|large(?:st)?|larger|big(?:gest)?|bigger"
    r"|great(?:est)?|top|much|plus) to (?:the )?"
    r"(?:least|less|fewest|few|low(?:est)?|lower|small(?:est)?|smaller|bottom|minus|little)"
    r"|from (?:the )?(?:large|high|big)(?:er|est)?(?: (?:order|on|down|first))?(?= please|$)"
    r"|from (?:the )?(?:many|most|more|much|lots?)(?: \S+)? to (?:the )?(?:few|fewer|less|little)"
)
_UP = (
    r"(?:in )?(?:ascending|increasing|rising) order|ascending"
    r"|low(?:est)? to high(?:est)?|small(?:est)? to (?:large(?:st)?|big(?:gest)?)"
    r"|bottom (?:to top|up)|worst to best"
    r"|(?:from )?(?:the )?(?:least|less|fewest|few|low(?:est)?|lower|small(?:est)?|smaller|bottom)"
    r" to (?:the )?(?:most|more|high(?:est)?|higher|large(?:st)?|larger|big(?:gest)?|bigger|top)"
)
_HOW = rf"(?P<down>{_DOWN})|(?P<up>{_UP})"
_SORT = pattern(
    rf"{_SORT_BY}(?: (?:in|from))?(?= (?:{_DOWN}|{_UP})(?!\S))|{_SORT_BY}"
    rf"|(?:sort|sorted|order|ordered|arranged|listed)(?= from (?:the )?(?:{_ANY})(?!\S))"
    rf"|(?:and |then )?(?:(?:sort|sorted|order|ordered|ranked|arranged|listed)"
    rf"(?: (?:it|them|the list))?(?: in| from)? )?(?:{_HOW})(?: (?:by|of|on))?"
    r"|in (?:the )?order of|ranked$"
    rf"|(?:(?:put|set|list|show|place|bring|give)(?: (?:it|them|these|this|me))? )?(?:in|by) order"
    rf"(?= (?:from|starting|beginning) (?:with )?(?:the )?(?:{_ANY})| \x00)"
    r"|(?:a |the |our |as a )*(?:leader ?board|score ?board|ranking list|rank list)"
    r"(?: (?:of|for|with)| by)?"
    r"|(?:a |the |our |as a )*ranking of(?= (?:\S+ ){1,4}by )"
    r"|(?:sort|arrange|order (?=the |all |our |my |these ))(?= (?:\S+ ){1,4}by )"
)
# "Our number one source" is the first of a list.
_NUMBER_ONE = pattern(
    r"(?:the |our |my )?(?:number|no|nr) (?:one|1)(?! (?:of|in|on|for)(?!\S))(?= \S)"
)
_FIRST = pattern(
    rf"(?P<head>(?:the |with the |with |from the |starting with the |begin(?:ning)? with the )?"
    rf"(?P<word>{_ANY}))(?P<middle>(?: \S+){{0,3}}?) "
    r"(?P<tail>first|on top|on the top|at (?:the )?top|up top|up first|upfront|come first)"
)
_STARTING = pattern(
    rf"(?:please )?(?:begin|start|starting|beginning) with (?:the )?(?P<word>{_ANY})(?: ones?)?"
)
_NOISE = frozenset(
    {"one", "ones", "group", "groups", "pile", "volume", "value", "values", "number", "numbers"}
    | {"count", "counts", "share", "item", "items", "reason", "offender", "offenders", "the"}
    | {"common", "frequent", "popular", "total", "totals", "figure", "figures", "result", "to"}
)

_UNIT = r"(?:days?|weeks?|months?|quarters?|years?)"
_LIMIT = pattern(
    rf"(?:limit(?:ed)?|cut|cap(?:ped)?|max(?:imum)?)(?: (?:it|this|them|the list))?"
    rf"(?: (?:to|at|off at))?"
    rf"(?: the)?(?: first| top)? (?P<n>{NUMBER})(?: (?:rows?|results?|entries|lines))?"
    rf"|(?:(?:show|only|just|the|give me|me|list) )*first (?P<m>{NUMBER})(?! {_UNIT})"
    r"(?: (?:rows?|results?|entries|lines|of them|ones|only))?"
    rf"|(?:(?:no|not) more than |at most |up to )?(?P<r>{NUMBER}) (?:rows?|results?|entries|lines)"
    r"(?: (?:only|max|maximum|please|will do))?"
    rf"|(?:(?:just|only) )?(?P<o>{NUMBER}) (?:of them|of those|of these|(?:will|would|\x00+) do"
    r"|is enough|are enough|is fine|suffice|max)"
    rf"|(?:give me|show|show me|list|just|only) (?P<e>{NUMBER})(?= please|$)"
)


@dataclass(frozen=True, slots=True)
class Ranking:
    """A wish for the first or last of a list; `limit` is None where no number was said."""

    word: str
    position: int
    end: int
    is_highest: bool
    is_evaluative: bool = False
    limit: int | None = None


@dataclass(slots=True)
class Order:
    """What a question says about the order and the length of its list.

    A sort keeps all rows, a ranking the first of them; `sort_position` is where the number to sort
    by may follow.
    """

    rankings: list[Ranking]
    sort_position: int | None = None
    sort_is_ascending: bool | None = None
    limit: int | None = None


def read_order(tape: Tape) -> Order:
    """Claim every word about order and length."""
    order = Order([])
    _read_starting(tape, order)
    _read_first(tape, order)
    for hit in tape.take_all(_SORT, Owner.RANKING):
        has_way = "down" in hit.groups or "up" in hit.groups
        if order.sort_position is None or not has_way:
            order.sort_position = hit.end
        if has_way:
            order.sort_is_ascending = "up" in hit.groups
    if order.sort_position is None and (these := tape.take(_SORT_THESE, Owner.RANKING)):
        texts = [token.text for token in tape.tokens]
        by = next(at for at in range(these.end, len(texts)) if texts[at] in {"by", "on"})
        order.sort_position = by + 1
    if found := tape.find(_LIMIT):
        tape.claim_rest(found.start, found.end, Owner.RANKING)
        order.limit = number_of(next(iter(found.groups.values())))
    _read_rankings(tape, order)
    is_turned = order.sort_is_ascending is not None and order.sort_position is not None
    if is_turned and all(ranking.word == "rank" for ranking in order.rankings):
        # "Ranked by sign-ups, lowest first": the verb only says that they are in order.
        order.rankings = []
    return order


def _read_starting(tape: Tape, order: Order) -> None:
    if hit := tape.take(_STARTING, Owner.RANKING):
        _sort(order, hit, hit.end)


def _sort(order: Order, hit: Hit, position: int) -> None:
    """Sort all rows; which end a judging word means is settled by the number, as in a ranking."""
    word = hit.groups["word"]
    if _EVALUATIVE.fullmatch(word):
        order.rankings.append(_ranking(word, hit.start, position))
        return
    order.sort_position = position
    order.sort_is_ascending = _IS_HIGH.fullmatch(word) is None


def _read_first(tape: Tape, order: Order) -> None:
    """Read "biggest first", "highest bounce rate on top"; the number between stays for others."""
    hit = tape.find(_FIRST, is_over_owned=True)
    if hit is None:
        return
    head, tail = len(hit.groups["head"].split()), len(hit.groups["tail"].split())
    middle = range(hit.start + head, hit.end - tail)
    if not _ends_there(tape, hit) or _is_parted(tape, hit.start + head - 1, hit.end - tail):
        return
    ends = ((hit.start, hit.start + head), (hit.end - tail, hit.end))
    if not all(tape.is_free(*span) for span in ends):
        return
    for span in ends:
        tape.claim(*span, Owner.RANKING)
    is_offender = any(tape.tokens[index].text.startswith("offender") for index in middle)
    for index in middle:
        if tape.tokens[index].text in _NOISE:
            tape.claim_rest(index, index + 1, Owner.RANKING)
    if is_offender:
        # The worst offender has the most of what is counted, whatever it is.
        order.sort_position, order.sort_is_ascending = hit.end, False
        return
    _sort(order, hit, hit.start + head if middle else hit.end)


def _ends_there(tape: Tape, hit: Hit) -> bool:
    """Tell "most first" from "most first touch conversions"."""
    if hit.end == len(tape) or not hit.groups["tail"].endswith("first"):
        return True
    gap = tape.question[tape.tokens[hit.end - 1].end : tape.tokens[hit.end].start]
    return bool(re.search(r"[,.;:?!\n(-]", gap)) or tape.tokens[hit.end].text in {"please", "and"}


def _is_parted(tape: Tape, start: int, end: int) -> bool:
    gaps = (
        tape.question[tape.tokens[index].end : tape.tokens[index + 1].start]
        for index in range(start, end)
    )
    return any(re.search(r"[,.;:?!\n]", gap) for gap in gaps)


def _read_rankings(tape: Tape, order: Order) -> None:
    for hit in tape.take_all(_PLACED_FIRST, Owner.RANKING):
        is_last = "last" in hit.groups.values()
        order.rankings.append(_ranking("lowest" if is_last else "highest", hit.start, hit.end))
    if number_one := tape.take(_NUMBER_ONE, Owner.RANKING):
        order.rankings.append(_ranking("top", number_one.start, number_one.end, 1))
    for hit in tape.take_all(_RANK, Owner.RANKING):
        said = hit.groups.get("n2") or hit.groups.get("n1")
        limit = number_of(said) if said else None
        ranking = _ranking(hit.groups["word"], hit.start, hit.end, limit)
        # The highest rank is the lowest number.
        is_place = hit.end < len(tape) and tape.tokens[hit.end].text in {"ranking", "ranked"}
        order.rankings.append(replace(ranking, is_evaluative=is_place or ranking.is_evaluative))
    is_which = not order.rankings and tape.find(_MOSTLY_OF) is not None
    if is_which and (mostly := tape.take(_MOSTLY, Owner.RANKING)):
        order.rankings.append(_ranking("most", mostly.start, mostly.end))
    for hit in tape.take_all(_RANK_VERB, Owner.RANKING):
        order.rankings.append(Ranking("rank", hit.start, hit.end, is_highest=True))
    order.rankings.sort(key=lambda ranking: ranking.position)


def _ranking(word: str, start: int, end: int, limit: int | None = None) -> Ranking:
    return Ranking(
        word=word,
        position=start,
        end=end,
        is_highest=_IS_HIGH.fullmatch(word) is not None,
        is_evaluative=_EVALUATIVE.fullmatch(word) is not None,
        limit=limit,
    )
