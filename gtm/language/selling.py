"""Turns of phrase about deals: "nobody touched in a month", "from created to won", "how old"."""

from __future__ import annotations

from dataclasses import replace

from gtm.language.lexicon import AmbiguousWord, Concept, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.ranking import Ranking
from gtm.language.shape import Shape
from gtm.language.tokens import Hit, Owner, Tape, pattern
from gtm.language.wordings import Wordings

_WORDINGS = Wordings.read("selling")
_PATTERNS = tuple(
    (name, compiled) for name in _WORDINGS.patterns for compiled in _WORDINGS.compiled(name)
)
_SPLIT = "by_"
_NOTHING = "nothing"
# Only where deals are spoken of are such words looked for.
_SPOKEN = frozenset({"deal", "deals", "opportunity", "opportunities", "contract", "contracts"})
_ALONE = frozenset(
    {"avg_sales_cycle", "avg_days_in_stage", "stage_conversion_rate", "pages_per_session"}
    | {"lost_amount", "open_pipeline"}
)
_AGE = "avg_deal_age"
_PIPELINES = frozenset({"pipeline", "pipe"})
# Words that say what is spoken of as well as deals do.
_SPOKEN_OF = {_AGE: _PIPELINES, "win_rate": frozenset({"win", "wins", "won", "winning"})}
_SPOKEN_OF |= {"weighted_pipeline": _PIPELINES | {"forecast"}}
_SAYS_NOTHING = frozenset({_NOTHING, "in_home_currency", "started_in"})
_OF_REASONS = frozenset({"nothing", "lost_amount", "by_lost_reason"})
_LOST = frozenset({"lost", "lose", "losing", "loss", "losses", "fail", "failed", "fell", "fall"})
_OLDEST = pattern(r"(?:the )?(?P<word>oldest|youngest)")
_ON_TOP = pattern(r"(?:comes? )?(?:on top|first|at the top|up top|up first)")
_AGING = frozenset({"deals", "opportunities", "contracts"})
_ASKING = frozenset({"which", "what", "list"})
_OF_DEALS = frozenset({"deals_won", "deals_lost", "deals_created", "open_deals", "stale_deals"})
_NAMING = frozenset({"name", "names"})
_OF_LIST = frozenset({"of", "the", "all", "our", "my", "me"})
_SPLITS = frozenset({"by", "per", "each", "how", "many", "number", "count", "every"})
_STUCK = frozenset({"stuck", "stalled", "stall", "stalling", "parked"})
_WHOM = frozenset({"who", "whose"})
_LASTING = frozenset({"days", "day", "long", "time"})
_REASONS = frozenset({"reason", "reasons"})
_WHY = frozenset({"why"})
_NAMED_WITH_DAYS = frozenset({"avg_days_in_stage", "by_deal_stage"})


def claim_selling(tape: Tape) -> list[Mention]:
    """Claim what is said of deals in many words, as the number or the split that it stands for."""
    words = {token.text for token in tape.tokens if not token.is_aside}
    has_deals = not words.isdisjoint(_SPOKEN)
    found: list[Mention] = []
    for name, compiled in _PATTERNS:
        is_spoken = has_deals or not words.isdisjoint(_SPOKEN_OF.get(name, frozenset()))
        if not is_spoken and name not in _ALONE:
            continue
        asked_for = _REASONS | _WHY if name == "by_lost_reason" else _REASONS
        if name in _OF_REASONS and (words.isdisjoint(asked_for) or words.isdisjoint(_LOST)):
            continue
        hit = tape.find(compiled)
        is_timed = name not in _NAMED_WITH_DAYS or not words.isdisjoint(_LASTING)
        if hit is not None and not is_timed and _is_where(tape, hit):
            found += _stuck_where(tape, hit)
        if not is_timed or hit is None or any(_stands_for(item, name) for item in found):
            continue
        tape.claim(hit.start, hit.end, Owner.LIGHT if name in _SAYS_NOTHING else Owner.TERM)
        if name in _SAYS_NOTHING:
            continue
        found.append(Mention(hit.start, hit.end, (_concept(name),)))
        if name == "stage_conversion_rate":
            found = [*found[:-1], *_between_stages(hit)]
        found += _listed(tape, name, hit)
    return found


def by_age(tape: Tape, mentions: list[Mention], shape: Shape) -> list[Mention]:
    """Read "oldest open deals" as a list of them by their age, and "oldest on top" as an order."""
    hit = tape.find(_OLDEST)
    others = [ranking for ranking in shape.rankings if ranking.word != "top"]
    if hit is None or others or len(shape.rankings) > 1 or shape.sort_position is not None:
        return mentions
    limit = shape.rankings[0].limit if shape.rankings else shape.limit
    is_highest = hit.groups["word"] == "oldest"
    aged = any(_stands_for(item, _AGE) for item in mentions)
    if aged and (top := tape.find(_ON_TOP, hit.end)) is not None:
        tape.claim(hit.start, hit.end, Owner.RANKING)
        tape.claim(top.start, top.end, Owner.RANKING)
        shape.sort_position, shape.sort_is_ascending = hit.end, not is_highest
        return mentions
    noun = next((item for item in mentions if item.start == hit.end), None)
    if noun is None or tape.tokens[noun.end - 1].text not in _AGING:
        return mentions
    tape.claim(hit.start, hit.end, Owner.RANKING)
    shape.rankings = [Ranking(hit.groups["word"], hit.start, hit.end, is_highest, limit=limit)]
    concepts: tuple[Concept, ...] = (MetricWord(_AGE),)
    told = [replace(noun, concepts=concepts) if item is noun else item for item in mentions]
    if any(item.of(DimensionWord) for item in mentions) or tape.tokens[0].text in _WHOM:
        return told
    listed = Mention(hit.start, hit.start + 1, (DimensionWord("deal_name"),))
    return sorted([*told, listed], key=lambda item: item.start)


def listed(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "which deals did we lose" and "list of deals won" as the deals by their name."""
    in_stage = any(w.dimension == "deal_stage" for item in mentions for w in item.of(ValueWord))
    counted = [item for item in mentions if _is_counted(item, in_stage=in_stage)]
    is_split = any(item.of(DimensionWord) for item in mentions)
    if len(counted) != 1 or is_split or any(token.text in _SPLITS for token in tape.tokens):
        return mentions
    start = counted[0].start
    before = start - 1
    while before > 0 and tape.tokens[before].text in _OF_LIST:
        before -= 1
    is_named = any(tape.tokens[at].text in _AGING for at in range(start, counted[0].end))
    if before < 0 or not is_named or tape.tokens[before].text not in _ASKING | _NAMING:
        return mentions
    tape.claim_rest(before, before + 1, Owner.TERM)
    name = Mention(before, before + 1, (DimensionWord("deal_name"),))
    return sorted([*mentions, name], key=lambda item: item.start)


def _is_counted(mention: Mention, *, in_stage: bool) -> bool:
    """Return whether deals are counted: of a kind that is said, or in a stage."""
    is_vague = any("deals_won" in word.options for word in mention.of(AmbiguousWord))
    is_told = any(word.name in _OF_DEALS for word in mention.of(MetricWord))
    return is_told or (is_vague and in_stage)


def _is_where(tape: Tape, hit: Hit) -> bool:
    """Return whether deals are stuck somewhere, and not for how long."""
    words = {token.text for token in tape.tokens}
    is_plain = words.isdisjoint({"longest", "longer", "most", "average", "avg"})
    is_asked = tape.tokens[hit.start].text == "where"
    return is_plain and is_asked and tape.tokens[hit.end - 1].text in _STUCK


def _stuck_where(tape: Tape, hit: Hit) -> list[Mention]:
    """Read "where are deals stuck" as the stale deals of each stage."""
    tape.claim(hit.start, hit.end, Owner.TERM)
    stage = Mention(hit.start, hit.start + 1, (DimensionWord("deal_stage"),))
    return [stage, Mention(hit.end - 1, hit.end, (MetricWord("stale_deals"),))]


def _concept(name: str) -> Concept:
    is_split = name.startswith(_SPLIT)
    return DimensionWord(name.removeprefix(_SPLIT)) if is_split else MetricWord(name)


def _stands_for(mention: Mention, name: str) -> bool:
    return _concept(name) in mention.concepts


def _between_stages(hit: Hit) -> list[Mention]:
    """Read "conversion between lifecycle stages" as the rate of each stage."""
    rate = Mention(hit.start, hit.end - 1, (_concept("stage_conversion_rate"),))
    return [rate, Mention(hit.end - 1, hit.end, (DimensionWord("lifecycle_stage"),))]


def _listed(tape: Tape, name: str, hit: Hit) -> list[Mention]:
    """Read "which deals have gone quiet" as a list of them."""
    before = hit.start - 1
    is_asked = before >= 0 and tape.tokens[before].text in _ASKING
    if name != "stale_deals" or not is_asked or not tape.is_free(before, hit.start):
        return []
    tape.claim(before, hit.start, Owner.TERM)
    return [Mention(before, hit.start, (DimensionWord("deal_name"),))]
