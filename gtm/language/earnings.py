"""What a number of things brought in: "how many orders, and what did they bring in"."""

from __future__ import annotations

from gtm.language.lexicon import MetricWord
from gtm.language.mention import Mention, as_strong
from gtm.language.tokens import Owner, Tape, pattern

_VERB = (
    r"(?:bring|brought|brings|rake|raked|pull|pulled|take|took|taken|haul|hauled|draw|drew)"
    r"(?: (?:us|for us))? in|(?:make|made|earn|earned|gross|grossed|fetch|fetched|net|netted"
    r"|generate|generated|yield|yielded|bring|brought|pay|paid)(?: us| for us)?"
    r"(?: (?:in|back|out))?|(?:amount|come|came|add|added|total|run|sum) (?:up )?to|worth"
    r"|turn over|turned over|sell for|sold for"
)
_THINGS = (
    r"(?:they|it|those|these|that|this|them|the ones|we|all of (?:them|those|it)|all (?:of )?that)"
)
_HELPING = r"(?:did|do|does|have|has|had|were|was|are|is|would)"
_ASKED = pattern(
    r"(?P<joint>and|plus|also|,)? ?(?P<how>what|how much(?: money| cash| revenue| in total)?"
    r"|how many (?:dollars|bucks|euros))"
    rf" (?:{_HELPING} (?:all )?{_THINGS}(?: all| each| together| in total)?"
    rf"|(?:all )?{_THINGS}(?: all| each)?(?: {_HELPING})?) (?P<verb>{_VERB})"
    r"(?: (?:in total|altogether|us|for us|all together|(?:with|from) (?:it|them|that|those)))?"
)
_OF_DEALS = {
    "deals_won": "won_amount",
    "deals_lost": "lost_amount",
    "open_deals": "open_pipeline",
    "deals_created": "pipeline_created",
}
_OF_SHOP = frozenset(
    {"sessions", "active_users", "total_users", "new_users", "returning_users", "transactions"}
    | {"items_sold", "item_purchases", "items_added_to_cart", "item_views", "key_events"}
    | {"engaged_sessions", "pageviews", "entrances", "conversion_rate", "purchase_rate"}
)
_LONG = 3
_MONEY = frozenset(
    {"revenue_usd", "revenue_local", "item_revenue", "avg_order_value", "revenue_per_session"}
    | {"won_amount", "lost_amount", "open_pipeline", "pipeline_created", "weighted_pipeline"}
)


def with_earnings(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read what is asked of things that were counted before: the money they brought in."""
    mentions = [as_strong(item) if _is_asked_too(tape, item) else item for item in mentions]
    hit = tape.find(_ASKED)
    if hit is None:
        return mentions
    named = [word for item in mentions if item.end <= hit.start for word in item.of(MetricWord)]
    counted = {word.name for word in named if not (word.is_weak and word.name in _MONEY)}
    if not counted or counted & _MONEY:
        return mentions
    amounts = {_OF_DEALS.get(name, "revenue_usd" if name in _OF_SHOP else "") for name in counted}
    if len(amounts) != 1 or "" in amounts:
        return mentions
    tape.claim(hit.start, hit.end, Owner.TERM)
    money = Mention(hit.start, hit.end, (MetricWord(amounts.pop()),))
    told = [as_strong(item) for item in mentions]
    return sorted([*told, money], key=lambda item: item.start)


def _is_asked_too(tape: Tape, mention: Mention) -> bool:
    """Whether a number that is named in a clause is joined: "+ what they spent on average"."""
    is_joined = mention.start > 0 and tape.tokens[mention.start - 1].text in {"and", "plus", "+"}
    return is_joined and mention.end - mention.start >= _LONG
