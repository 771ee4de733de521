"""Single things that can be listed by name: the biggest deals, the most sold items."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gtm.language.ask import clarify, say_having
from gtm.language.lexicon import AmbiguousWord, MetricWord, ValueWord, Vocabulary
from gtm.language.mention import Mention
from gtm.language.reading import Draft, Reading, StopReadingError, dimension_words

# A list of deals is one of their amounts.
AMOUNTS = {
    "deals_won": "won_amount",
    "deals_lost": "lost_amount",
    "deals_created": "pipeline_created",
    "open_deals": "open_pipeline",
}
_NAMES = {
    **dict.fromkeys(("items_sold", "item_revenue", "item_purchases", "item_views"), "item"),
    "items_added_to_cart": "item",
    "site_searches": "site_search_term",
}
_STATES = {
    "open_deals": frozenset({"open"}),
    "deals_won": frozenset({"won", "win", "wins"}),
    "deals_lost": frozenset({"lost", "lose", "losing"}),
    "deals_created": frozenset({"created", "opened", "added"}),
}
_OF_QUERIES = frozenset({"query_words", "brand", "position_bucket"})
_SEARCHES = frozenset({"queries", "searches", "keywords", "terms", "phrases", "kws"})
_DEAL_AMOUNTS = frozenset(AMOUNTS.values())
_NOUNS = frozenset({"deal", "deals", "contract", "contracts"})
_THINGS = frozenset({"items", "products", "goods", "articles", "skus"})
_FEWEST_MONEY = 1_000
_CERTAIN_MONEY = 50_000


def state_of_deals(reading: Reading, mention: Mention) -> str | None:
    """Return which deals are meant where the rest of the question says it: "deals still open"."""
    options = {name for word in mention.of(AmbiguousWord) for name in word.options}
    if not options & set(AMOUNTS):
        return None
    said = {token.text for token in reading.tape.tokens if not token.is_aside}
    states = [name for name, words in _STATES.items() if words & said]
    dimensions = {
        word.dimension for item in reading.mentions_of(ValueWord) for word in item.of(ValueWord)
    }
    if not states and "deal_stage" in dimensions:
        return "open_deals"
    if not states and "lost_reason" in dimensions:
        return "deals_lost"
    return states[0] if len(states) == 1 else None


def list_named(reading: Reading, draft: Draft, nouns: Sequence[Mention]) -> None:
    """Rank what only says of what kind a value is where nothing else is listed.

    "Highest exit rate among docs pages" is a list of pages, and "most common 4-word searches" one
    of queries.
    """
    shape = reading.shape
    is_cut = bool(shape.rankings or reading.thresholds) or shape.sort_position is not None
    if not is_cut or draft.grain is not None or draft.has_trend or draft.funnel is not None:
        return
    for noun in nouns:
        before = reading.tape.tokens[noun.start - 1].text if noun.start else ""
        if reading.tape.tokens[noun.end - 1].text.endswith("s") or before in {"any", "every"}:
            draft.dimensions = [dimension_words(noun)]
            return
    for mention in reading.mentions_of(ValueWord):
        after = reading.tape.text(mention.end, mention.end + 1)
        of_queries = {word.dimension for word in mention.of(ValueWord)} & _OF_QUERIES
        if of_queries and after in _SEARCHES:
            draft.dimensions = [("query",)]
            return


_OWNER = ("owner",)
_WHOSE = re.compile(
    r"\b(?:which|what|list|show)(?: \S+){0,3} (?:deals|opportunities|contracts)\b.*"
    r"\b(?:who|whose|(?:and|with) (?:the |their )?(?:owners?|reps?))\b"
)


def list_things(reading: Reading, draft: Draft) -> None:
    """Give a ranking or a limit without a list the things its number counts."""
    is_cut = draft.ranking is not None or bool(draft.having)
    if is_cut and draft.dimensions == [_OWNER] and _asks_whose(reading):
        # "Which deals are over 50k, and who owns them?"
        draft.dimensions = []
        _list_deals(reading, draft)
        draft.dimensions = [*draft.dimensions, _OWNER]
        return
    if draft.dimensions or draft.grain is not None or draft.funnel is not None or not is_cut:
        return
    if draft.ranking is not None and draft.ranking.is_evaluative:
        return
    if _speaks_of_deals(reading):
        _list_deals(reading, draft)
    elif (
        draft.metrics
        and draft.metrics[0] in _NAMES
        and (draft.ranking is not None or _asks_which(reading))
    ):
        draft.dimensions = [(_NAMES[draft.metrics[0]],)]


def _is_asked_too(reading: Reading) -> bool:
    """Return whether the number of deals is asked for beside a limit on them."""
    words = reading.tape.text(0, len(reading.tape))
    return re.search(r"\b(?:and|plus) (?:\S+ )?how many (?:\S+ )?deals\b", words) is not None


def _asks_which(reading: Reading) -> bool:
    """Tell "items sold less than 50", which lists them, from a limit on one number."""
    asking = next((x.text for x in reading.tape.tokens if not x.is_aside), "")
    starts = (reading.tape.tokens[item.start].text for item in reading.metrics())
    return asking in {"which", "what"} or any(text in _THINGS for text in starts)


def _asks_whose(reading: Reading) -> bool:
    text = reading.tape.text(0, len(reading.tape))
    return _speaks_of_deals(reading) and _WHOSE.search(text) is not None


def _speaks_of_deals(reading: Reading) -> bool:
    names = {word.name for item in reading.metrics() for word in item.of(MetricWord)}
    options = {
        name
        for item in reading.mentions_of(AmbiguousWord)
        for word in item.of(AmbiguousWord)
        for name in word.options
    }
    nouns = {
        reading.tape.tokens[item.end - 1].text
        for item in reading.metrics()
        if {word.name for word in item.of(MetricWord)} & _DEAL_AMOUNTS
    }
    return bool(AMOUNTS.keys() & (names | options)) or not _NOUNS.isdisjoint(nouns)


def _list_deals(reading: Reading, draft: Draft) -> None:
    """List deals by their amount; a limit below what a deal is worth is one of their number."""
    if any(limit.value < _FEWEST_MONEY for limit in draft.having):
        return
    amounts = [AMOUNTS.get(name, name) for name in draft.metrics]
    if not amounts or not set(amounts) <= {*AMOUNTS.values(), "weighted_pipeline"}:
        return
    reading.settled.update(draft.metrics)
    draft.metrics = list(dict.fromkeys(amounts))
    draft.having = [
        limit.model_copy(update={"metric": AMOUNTS.get(limit.metric, limit.metric)})
        for limit in draft.having
    ]
    if draft.ranking is not None:
        draft.ranking_metric = draft.metrics[0]
    draft.dimensions = [("deal_name",)]
    draft.notes.append("Deals are listed by their amount.")


def check_money(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    """Ask at "won deals by owner over 5k"; a hundred thousand deals are none, but an amount."""
    for limit in list(draft.having):
        amount = AMOUNTS.get(limit.metric)
        if amount is None or abs(limit.value) < _FEWEST_MONEY:
            continue
        is_list = ("deal_name",) in draft.dimensions
        is_money = is_list or abs(limit.value) >= _CERTAIN_MONEY
        if is_money and draft.metrics == [limit.metric]:
            draft.having = [
                item.model_copy(update={"metric": amount}) if item is limit else item
                for item in draft.having
            ]
            # "Over $100k of lost deals, and how many deals are behind each" asks for both.
            draft.metrics = [amount, *draft.metrics] if _is_asked_too(reading) else [amount]
            reading.settled.add(limit.metric)
            draft.ranking_metric = amount if draft.ranking_metric else None
            if draft.order is not None and draft.order.field == limit.metric:
                draft.order = draft.order.model_copy(update={"field": amount})
            draft.notes.append(f"The limit is one of {vocabulary.metrics[amount].label}.")
            continue
        entry = vocabulary.metrics[amount]
        by = " and ".join(vocabulary.dimensions[names[0]].say for names in draft.dimensions)
        limited = say_having(limit.model_copy(update={"metric": amount}), vocabulary)
        way = " ".join(part for part in (entry.say, f"by {by}" if by else "", limited) if part)
        message = f"{limit.value:,.0f} deals, or an amount of that size?"
        raise StopReadingError(clarify(message, (way,)))
