"""Words that name a thing only to say what something is counted of, and words with two readings."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from gtm.language.context import settle
from gtm.language.lexicon import AmbiguousWord, DimensionWord, FunnelWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.names import BY_STAGE, PAGES
from gtm.language.tokens import Owner, Tape

_PEOPLE = frozenset({"users", "visitors", "user", "visitor", "customers", "contacts", "audience"})
_OF_WHOM = frozenset(
    [
        "of",
        "from",
        "by",
        "for",
        "do",
        "does",
        "did",
        "our",
        "when",
        "if",
        "where",
        "that",
        "which",
        "as",
        "with",
        "among",
        "make",
        "makes",
        "made",
        "let",
        "lets",
        "get",
        "gets",
        "bring",
        "brings",
        "brought",
        "are",
        "were",
        "have",
        "has",
        "how",
        "often",
    ]
)
_COUNTED = re.compile(r"\b(?:how many|number of|count of|how much)(?: \S+){0,2}$")
_SPLITTING = frozenset(
    ["by", "per", "each", "every", "which", "what", "across", "and", "or", "all", "any"]
)
_COUNTS_PEOPLE = frozenset({"returning_users", "new_users", "retention_rate"})
_KINDS_OF_VISITOR = {"returning_users": "Returning", "new_users": "New"}
_FIRST_VISITS = frozenset({"new_users", "new_user_sessions"})
_BASE_BEFORE = frozenset({"for", "of", "from", "by", "among", "in", "on"})
_VISITS = frozenset({"sessions", "active_users", "total_users"})
# What a rate is of; in its company these are counted only where they are said to be.
_BASES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "engagement_rate",
            "bounce_rate",
            "conversion_rate",
            "purchase_rate",
            "new_user_share",
            "pages_per_session",
            "events_per_session",
            "avg_engagement_time",
            "revenue_per_session",
            "avg_order_value",
            "session_to_lead_rate",
            "retention_rate",
        ),
        _VISITS,
    ),
    "lead_to_mql_rate": frozenset({"leads"}),
    "lead_to_customer_rate": frozenset({"leads"}),
    "session_to_lead_rate": frozenset({"sessions", "leads"}),
    "mql_to_sql_rate": frozenset({"mqls"}),
    "win_rate": frozenset({"deals_created", "opportunities"}),
}
_OPEN = frozenset({"open_deals", "deals_created", "deal_stage_entries"})
_BASES["avg_days_in_stage"] = _BASES["avg_deal_age"] = _BASES["avg_days_to_leave_stage"] = _OPEN
_BASES["open_pipeline"] = _BASES["weighted_pipeline"] = frozenset({"open_deals"})
_BASES["won_amount"], _BASES["lost_amount"] = frozenset({"deals_won"}), frozenset({"deals_lost"})
_BASES["exit_rate"] = frozenset({"pageviews", *_VISITS})
_BASES["avg_deal_size"] = _BASES["avg_sales_cycle"] = frozenset({"deals_won"})
# The same idea counted item by item.
_ITEMS = frozenset({"item", "item_category", "item_brand"})
_PER_ITEM = {
    "pageviews": "item_views",
    "transactions": "item_purchases",
    "revenue_usd": "item_revenue",
    "key_events": "item_purchases",
}
# Where the other numbers of a list stand beside the named one, and how many digits they have.
_NUMBERED = {"query_words": (-1, 1), "weeks_since_first_visit": (1, 2)}
_LARGEST_LISTED = 12
_VERBS = frozenset({"click", "visit", "view", "scroll", "purchase", "order", "exit", "bounce"})
_DOERS = frozenset({"people", "they", "users", "visitors", "folks", "customers", "who", "to", "we"})
_SEARCHERS = _PEOPLE | {"people", "persons", "folks", "they"}
_SEARCHED = frozenset({"site_search_term", "query"})
_SOLD = frozenset({"items_sold", "item_purchases", "item_views", "items_added_to_cart"})
_CREDITED = frozenset(
    {
        "first_touch_conversions",
        "last_touch_conversions",
        "last_non_direct_conversions",
        "linear_conversions",
    }
)
_TYPE = frozenset({"type", "types"})
_STAGES = {
    "leads": "Lead",
    "mqls": "Marketing Qualified Lead",
    "sqls": "Sales Qualified Lead",
    "opportunities": "Opportunity",
    "customers": "Customer",
}
_PAID = {"organic search": "Paid Search", "organic social": "Paid Social"}
_BRAND = frozenset({"brand"})


def without_nouns(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions as the rest of the question settles them.

    In "sessions of new visitors" the visitors are not counted, and in "brand vs non-brand queries"
    the queries are not a split of their own.
    """
    found = (*mentions, *_paths(tape), *_listed(tape, mentions))
    known = sorted(found, key=lambda mention: mention.start)
    told = [_told_apart(tape, item, known) for item in known]
    told = _without(tape, [item for item in told if item.concepts], (_is_whose, _is_person))
    settled = settle(tape, told)
    settled = _without_doings(tape, _of_items(_with_stages(settled)))
    settled = [_of_visitors(tape, item, settled) for item in settled]
    return _without(tape, settled, _NOUNS)


def _without(
    tape: Tape,
    mentions: list[Mention],
    nouns: Sequence[Callable[[Tape, Mention, list[Mention]], bool]],
) -> list[Mention]:
    return [
        mention
        for mention in mentions
        if not any(is_noun(tape, mention, mentions) for is_noun in nouns)
    ]


def _of_items(mentions: list[Mention]) -> list[Mention]:
    """Read views, purchases and revenue as those of items where items are spoken of."""
    spoken = {word.name for item in mentions for word in item.of(DimensionWord)}
    spoken |= {word.dimension for item in mentions for word in item.of(ValueWord)}
    if not spoken & _ITEMS:
        return mentions
    return [
        replace(mention, concepts=(MetricWord(_PER_ITEM[word.name]),))
        if (word := next(iter(mention.of(MetricWord)), None)) and word.name in _PER_ITEM
        else mention
        for mention in mentions
    ]


def _with_stages(mentions: list[Mention]) -> list[Mention]:
    """Read "SQLs" as the stage where numbers are kept by stage: "stage conversion for SQLs"."""
    names = {word.name for mention in mentions for word in mention.of(MetricWord)}
    if not names & BY_STAGE:
        return mentions
    return [
        replace(mention, concepts=(ValueWord("lifecycle_stage", (_STAGES[word.name],)),))
        if (word := next(iter(mention.of(MetricWord)), None)) and word.name in _STAGES
        else mention
        for mention in mentions
    ]


def _of_visitors(tape: Tape, mention: Mention, mentions: list[Mention]) -> Mention:
    """Read "revenue from returning users" as revenue of those, not as two numbers."""
    names = [word.name for word in mention.of(MetricWord)]
    kind = _KINDS_OF_VISITOR.get(names[0]) if names else None
    others = {word.name for m in mentions if m is not mention for word in m.of(MetricWord)}
    if kind is None or not others or others <= {"active_users", "total_users", *names}:
        return mention
    after = tape.tokens[mention.end].text if mention.end < len(tape) else ""
    if _word_before(tape, mention) in _BASE_BEFORE | {"only", "just", "with"} or after == "only":
        return replace(mention, concepts=(ValueWord("visitor_type", (kind,)),))
    return mention


def _without_doings(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Stop at "how many people bought": who did something is not counted, only how often it was."""
    weak = [
        item
        for item in mentions
        if (words := item.of(MetricWord)) and all(word.is_weak for word in words)
    ]
    people = [item for item in weak if item.of(MetricWord)[0].name == "active_users"]
    doings = [item for item in weak if item not in people]
    if not people or not doings:
        return mentions
    if all(item.of(MetricWord)[0].name in _COUNTS_PEOPLE for item in doings):
        return [item for item in mentions if item not in people]
    first = people[0]
    if not _COUNTED.search(tape.text(max(0, first.start - 4), first.start)):
        return [item for item in mentions if item not in people]
    for item in doings:
        tape.release(item.start, item.end)
    return [item for item in mentions if item not in doings]


def _listed(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Claim the numbers of a list whose noun is said once: "queries of 5, 6 or 7 words"."""
    found = []
    for mention in mentions:
        word = next(iter(mention.of(ValueWord)), None)
        if word is None or word.dimension not in _NUMBERED:
            continue
        step, width = _NUMBERED[word.dimension]
        index = mention.start - 1 if step < 0 else mention.end
        while 0 <= index < len(tape) and tape.is_free(index, index + 1):
            text = tape.tokens[index].text
            if text.isdecimal() and int(text) <= _LARGEST_LISTED:
                tape.claim(index, index + 1, Owner.VALUE)
                value = ValueWord(word.dimension, (text.zfill(width),))
                found.append(Mention(index, index + 1, (value,)))
            elif text not in {"and", "or"}:
                break
            index += step
    return found


def _paths(tape: Tape) -> list[Mention]:
    """Claim paths that are no page of their own: what lies under them is meant."""
    found = []
    for index in tape.free():
        token = tape.tokens[index]
        text = "/blog" if token.text == "blog" else token.text
        if not text.startswith("/") or token.is_quoted:
            continue
        start = index - 1 if index and tape.tokens[index - 1].text == "under" else index
        start = start if tape.is_free(start, index + 1) else index
        tape.claim(start, index + 1, Owner.VALUE)
        words = tuple(ValueWord(name, (text,), is_part=True) for name in sorted(PAGES))
        found.append(Mention(start, index + 1, words))
    return found


def _told_apart(tape: Tape, mention: Mention, mentions: list[Mention]) -> Mention:
    """Choose between the readings of a word that names a number, a split and a value."""
    text = tape.text(mention.start, mention.end)
    is_split, is_value = bool(mention.of(DimensionWord)), bool(mention.of(ValueWord))
    if text == "pipeline" and is_split:
        return _pipeline(tape, mention, mentions)
    if text in _TYPE and is_split:
        return _kind(tape, mention)
    if text in _BRAND and is_split and is_value:
        return _brand(tape, mention)
    if is_split and _is_of_page(mention, mentions):
        return replace(mention, concepts=tuple(map(DimensionWord, sorted(PAGES))))
    if mention.of(AmbiguousWord) and _names_any(mentions, _CREDITED):
        is_conversion = mention.of(AmbiguousWord)[0].default == "key_events"
        return replace(mention, concepts=()) if is_conversion else mention
    metrics = mention.of(MetricWord)
    is_told = "stage_conversion_rate" in {word.name for word in metrics}
    if text == "paid" and (value := _elliptic(tape, mention, mentions)):
        return replace(mention, concepts=(ValueWord("channel", (value,)),))
    if metrics and is_value and not is_told:
        return Mention(mention.start, mention.end, metrics)
    return mention


def _elliptic(tape: Tape, mention: Mention, mentions: list[Mention]) -> str | None:
    """Return the channel that "paid" is short for in "paid vs organic search"."""
    after = next((item for item in mentions if item.start == mention.end + 1), None)
    joint = tape.tokens[mention.end].text if mention.end < len(tape) else ""
    said = tape.text(after.start, after.end) if after else ""
    return _PAID.get(said) if joint in {"vs", "and", "or", "against"} else None


def _kind(tape: Tape, mention: Mention) -> Mention:
    """Tell "by type" from "what do people type"."""
    if _word_before(tape, mention) in _SPLITTING:
        return mention
    tape.release(mention.start, mention.end)
    return replace(mention, concepts=())


def _names_any(mentions: list[Mention], names: frozenset[str]) -> bool:
    return any(word.name in names for item in mentions for word in item.of(MetricWord))


def _brand(tape: Tape, mention: Mention) -> Mention:
    """Tell "clicks by brand" from "brand clicks"."""
    if _word_before(tape, mention) in _SPLITTING:
        return Mention(mention.start, mention.end, mention.of(DimensionWord))
    return Mention(mention.start, mention.end, mention.of(ValueWord))


def _is_of_page(mention: Mention, mentions: list[Mention]) -> bool:
    """Whether "page" only says that the name beside it is one."""
    if not {word.name for word in mention.of(DimensionWord)} & PAGES:
        return False
    return any(
        any(word.dimension in PAGES for word in item.of(ValueWord))
        for item in mentions
        if mention.start == item.end or mention.end == item.start
    )


def _pipeline(tape: Tape, mention: Mention, mentions: list[Mention]) -> Mention:
    """Tell the amount from the kind: "pipeline by owner", but "win rate per pipeline"."""
    others = [item for item in mentions if item is not mention]
    names_metric = any(not word.is_weak for item in others for word in item.of(MetricWord))
    beside_value = any(
        (item.end == mention.start or item.start >= mention.end)
        and any(word.dimension == "pipeline" for word in item.of(ValueWord))
        for item in others
    )
    if _word_before(tape, mention) in _SPLITTING:
        return mention
    if names_metric:
        return mention if beside_value else replace(mention, concepts=())
    amount = MetricWord("open_pipeline")
    return replace(mention, concepts=(amount, *mention.concepts) if beside_value else (amount,))


def _word_before(tape: Tape, mention: Mention) -> str:
    index = mention.start - 1
    while index >= 0 and tape.tokens[index].text in {"the", "our", "my", "different", "single"}:
        index -= 1
    return tape.tokens[index].text if index >= 0 else ""


def _is_whose(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    others = [item for item in mentions if item is not mention and item.of(MetricWord)]
    if tape.text(mention.start, mention.end) not in _PEOPLE or not others:
        return False
    if _COUNTED.search(tape.text(max(0, mention.start - 4), mention.start)):
        return False
    before = mention.start - 1
    others = [item for item in mentions if not item.of(MetricWord)]
    while adjective := next((item for item in others if item.end == before + 1), None):
        before = adjective.start - 1
    return before >= 0 and tape.tokens[before].text in _OF_WHOM


def _is_base(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a count is only what a rate is of: "bounce rate of organic sessions"."""
    names = {word.name for word in mention.of(MetricWord)}
    if names & _FIRST_VISITS and _names_any(mentions, frozenset({"retention_rate"})):
        return True
    is_weak = all(word.is_weak for word in mention.of(MetricWord))
    if names and is_weak and any(item.of(FunnelWord) for item in mentions):
        return True
    rates = [
        item
        for item in mentions
        if item.end <= mention.start
        and any(names <= _BASES.get(word.name, frozenset()) for word in item.of(MetricWord))
    ]
    if not names or not rates:
        return False
    before = _adjectives_start(mention, mentions)
    if before < mention.start and before > 0:
        return tape.tokens[before - 1].text != "and"
    return before > 0 and tape.tokens[before - 1].text in {"for", "of", "from", "by", "among", "in"}


def _adjectives_start(mention: Mention, mentions: list[Mention]) -> int:
    start = mention.start
    while item := next((m for m in mentions if m.end == start and m.of(ValueWord)), None):
        start = item.start
    return start


def _is_noun_of_value(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a split's name only goes with its adjective: "non-brand queries"."""
    names = {word.name for word in mention.of(DimensionWord)}
    if names & _ITEMS and _names_any(mentions, _SOLD):
        # In "how many items were sold" the items are what is counted.
        return bool(_COUNTED.search(tape.text(max(0, mention.start - 4), mention.start)))
    if "cohort_week" in names:
        return mention.start > 0 and tape.owner(mention.start - 1) in {Owner.TIME, Owner.COMPARISON}
    if "query" not in names or not any(item.of(MetricWord) for item in mentions):
        return False
    adjectives = _adjectives_start(mention, mentions)
    is_listed = any(
        tape.owner(index) in {Owner.THRESHOLD, Owner.RANKING} for index in range(len(tape))
    )
    before = tape.tokens[adjectives - 1].text if adjectives else ""
    has_adjective = adjectives < mention.start
    return has_adjective and not is_listed and before not in _SPLITTING - {"across", "and"}


def _is_split_noun(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    before = next((item for item in mentions if item.end == mention.start), None)
    if before is None or "vs" not in tape.text(before.start, before.end).split():
        return False
    metrics = [item for item in mentions if any(not word.is_weak for word in item.of(MetricWord))]
    return bool(mention.of(DimensionWord)) or (bool(mention.of(MetricWord)) and len(metrics) > 1)


def _is_person(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether people are only those who do what is counted: "where do people search"."""
    words = mention.of(MetricWord)
    if not words or not words[0].is_weak or words[0].name != "active_users":
        return False
    if _COUNTED.search(tape.text(max(0, mention.start - 4), mention.start)):
        return False
    return any(item is not mention and item.of(MetricWord) for item in mentions)


def _is_searcher(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether people are only those who search: "what do visitors look for on our site"."""
    is_people = tape.text(mention.start, mention.end) in _SEARCHERS and mention.of(MetricWord)
    names = {word.name for item in mentions for word in item.of(DimensionWord)}
    return bool(is_people) and bool(names & _SEARCHED)


def _is_verb(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a number's name is what people do: "how often do people click"."""
    before = tape.tokens[mention.start - 1].text if mention.start else ""
    is_said_of_people = tape.text(mention.start, mention.end) in _VERBS and before in _DOERS
    others = [item for item in mentions if item is not mention and item.of(MetricWord)]
    return is_said_of_people and any(not word.is_weak for m in others for word in m.of(MetricWord))


def _points_back(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a split's name stands for a value said before: "from that channel"."""
    names = {word.name for word in mention.of(DimensionWord)}
    if not names or _word_before(tape, mention) not in {"that", "this"}:
        return False
    return any(
        names & {word.dimension for word in item.of(ValueWord)}
        for item in mentions
        if item.end <= mention.start
    )


_NOUNS = (
    _is_searcher,
    _is_verb,
    _points_back,
    _is_whose,
    _is_base,
    _is_noun_of_value,
    _is_split_noun,
)
