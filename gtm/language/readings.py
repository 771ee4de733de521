"""Words with several readings: which is meant, by what else the question says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from gtm.language.enumerated import is_enumerated
from gtm.language.lexicon import AmbiguousWord, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.names import BY_STAGE, PAGES
from gtm.language.tokens import Owner, Tape

COUNTED = re.compile(r"\b(?:how many|number of|count of|how much)(?: \S+){0,2}$")
SPLITTING = frozenset(
    ["by", "per", "each", "every", "which", "what", "across", "and", "or", "all", "any", "x", "+"]
)
_COUNTS_PEOPLE = frozenset({"returning_users", "new_users", "retention_rate"})
OF_WHAT = frozenset({"for", "of", "from", "by", "among", "in", "on"})
# The same idea counted item by item.
ITEMS = frozenset({"item", "item_category", "item_brand"})
_PER_ITEM = {
    "pageviews": "item_views",
    "transactions": "item_purchases",
    "revenue_usd": "item_revenue",
    "key_events": "item_purchases",
}
# Where the other numbers of a list stand beside the named one, and how many digits they have.
_NUMBERED = {"query_words": (-1, 1), "weeks_since_first_visit": (1, 2)}
_LARGEST_LISTED = 12
_CREDITED = frozenset(
    {
        "first_touch_conversions",
        "last_touch_conversions",
        "last_non_direct_conversions",
        "linear_conversions",
    }
)
_TYPE = frozenset({"type", "types"})
_PLACES = frozenset({"position", "positions", "rank", "ranking", "google position"})
_BY = frozenset({"by", "per", "each", "every"})
_ONE_SITE = frozenset({"partner site", "partner website", "referring site", "referring website"})
_POINTING = frozenset({"their", "his", "her", "its", "this", "that", "the", "our"})
_TERMS = frozenset({"term", "terms", "phrase", "phrases"})
_OF_SEARCH = frozenset({"opportunity_reason", "position_bucket", "brand", "query_words"})
_SELLERS = frozenset({"seller", "sellers"})
_SOLD = frozenset({"items_sold", "item_purchases", "item_revenue", "item_views"})
# Parts of a site that are called by a word.
_SECTIONS = {"blog": "/blog", "docs": "/docs", "documentation": "/docs"}
STAGES = {
    "leads": "Lead",
    "mqls": "Marketing Qualified Lead",
    "sqls": "Sales Qualified Lead",
    "opportunities": "Opportunity",
    "customers": "Customer",
}
# "The blog and the pricing page" are two.
_JOINTS = frozenset({"and", "or", "vs", "against", "with", "without", "not", "than", "to"})
_BESIDE = 2
_PAID = {"organic search": "Paid Search", "organic social": "Paid Social"}
_BRAND = frozenset({"brand"})
_CALLED = frozenset({"is", "named", "called", "=", "the", "our"})


def of_items(mentions: list[Mention]) -> list[Mention]:
    """Read views, purchases and revenue as those of items where items are spoken of."""
    spoken = {word.name for item in mentions for word in item.of(DimensionWord)}
    spoken |= {word.dimension for item in mentions for word in item.of(ValueWord)}
    if not spoken & ITEMS:
        return mentions
    return [
        replace(mention, concepts=(MetricWord(_PER_ITEM[word.name]),))
        if (word := next(iter(mention.of(MetricWord)), None)) and word.name in _PER_ITEM
        else mention
        for mention in mentions
    ]


def with_stages(mentions: list[Mention]) -> list[Mention]:
    """Read "SQLs" as the stage where numbers are kept by stage: "stage conversion for SQLs"."""
    names = {word.name for mention in mentions for word in mention.of(MetricWord)}
    if not names & BY_STAGE:
        return mentions
    return [
        replace(mention, concepts=(ValueWord("lifecycle_stage", (STAGES[word.name],)),))
        if (word := next(iter(mention.of(MetricWord)), None)) and word.name in STAGES
        else mention
        for mention in mentions
    ]


def without_doings(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Stop at "how many people bought": who did something is not counted, only how often it was."""
    weak = [
        item
        for item in mentions
        if (words := item.of(MetricWord)) and all(word.is_weak for word in words)
    ]
    people = [item for item in weak if item.of(MetricWord)[0].name == "active_users"]
    doings = [item for item in weak if item not in people]
    told = any(word.name == "visitor_type" for m in mentions for word in m.of(DimensionWord))
    returning = [item for item in doings if item.of(MetricWord)[0].name == "returning_users"]
    if doings and returning == doings and not told:
        # Visitors who came back are those who return, however the visitors are called.
        return [item for item in mentions if item in doings or not _is_people(item)]
    if not people or not doings:
        return mentions
    if all(item.of(MetricWord)[0].name in _COUNTS_PEOPLE for item in doings):
        return [item for item in mentions if item not in people]
    first = people[0]
    if not COUNTED.search(tape.text(max(0, first.start - 4), first.start)):
        return [item for item in mentions if item not in people]
    for item in doings:
        tape.release(item.start, item.end)
    return [item for item in mentions if item not in doings]


def _is_people(mention: Mention) -> bool:
    words = mention.of(MetricWord)
    return bool(words) and words[0].name in {"active_users", "total_users"}


def listed(tape: Tape, mentions: list[Mention]) -> list[Mention]:
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


def paths(tape: Tape, mentions: Sequence[Mention]) -> list[Mention]:
    """Claim paths that are no page of their own: what lies under them is meant."""
    found = []
    for index in tape.free():
        token = tape.tokens[index]
        text = _SECTIONS.get(token.text, token.text)
        if not text.startswith("/") or token.is_quoted:
            continue
        page = _page_under(tape, index, text, mentions) if token.text in _SECTIONS else None
        if page is not None:
            # "The crm data hygiene blog post": the page is named, and the blog where it lies.
            tape.claim(index, index + 1, Owner.VALUE)
            found.append(Mention(index, index + 1, page.concepts))
            continue
        start = index - 1 if index and tape.tokens[index - 1].text == "under" else index
        start = start if tape.is_free(start, index + 1) else index
        tape.claim(start, index + 1, Owner.VALUE)
        words = tuple(ValueWord(name, (text,), is_part=True) for name in sorted(PAGES))
        found.append(Mention(start, index + 1, words))
    return found


def _page_under(tape: Tape, index: int, path: str, mentions: Sequence[Mention]) -> Mention | None:
    """Return the page of a section that is named right beside the section."""
    for mention in mentions:
        is_before = mention.end <= index
        between = (
            tape.text(mention.end, index) if is_before else tape.text(index + 1, mention.start)
        )
        if len(between.split()) > _BESIDE or not _JOINTS.isdisjoint(between.split()):
            continue
        pages = [word for word in mention.of(ValueWord) if word.dimension in PAGES]
        if any(f"{path}/" in value for word in pages for value in word.values):
            return mention
    return None


def told_apart(tape: Tape, mention: Mention, mentions: list[Mention]) -> Mention:
    """Choose between the readings of a word that names a number, a split and a value."""
    text = tape.text(mention.start, mention.end)
    is_split, is_value = bool(mention.of(DimensionWord)), bool(mention.of(ValueWord))
    if name := _split_meant(tape, text, mention, mentions):
        return Mention(mention.start, mention.end, (DimensionWord(name),))
    if text == "pipeline" and is_split:
        return _pipeline(tape, mention, mentions)
    if text in _TYPE and is_split:
        return _kind(tape, mention, mentions)
    if text in _BRAND and is_split and is_value:
        return _brand(tape, mention)
    if is_split and _is_of_page(mention, mentions):
        return replace(mention, concepts=tuple(map(DimensionWord, sorted(PAGES))))
    if mention.of(AmbiguousWord) and names_any(mentions, _CREDITED):
        is_conversion = mention.of(AmbiguousWord)[0].default == "key_events"
        return replace(mention, concepts=()) if is_conversion else mention
    metrics = mention.of(MetricWord)
    is_told = "stage_conversion_rate" in {word.name for word in metrics}
    if metrics and is_split and _is_typed(mentions):
        return Mention(mention.start, mention.end, metrics)
    if text == "paid" and (value := _elliptic(tape, mention, mentions)):
        return replace(mention, concepts=(ValueWord("channel", (value,)),))
    if metrics and is_value and not is_told:
        return Mention(mention.start, mention.end, metrics)
    return mention


def is_nobodys(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether one site is spoken of that is not named beside it: "their partner site"."""
    if tape.text(mention.start, mention.end) not in _ONE_SITE:
        return False
    if any(word.dimension == "source" for item in mentions for word in item.of(ValueWord)):
        return False
    is_pointed = tape.text(mention.start - 1, mention.start) in _POINTING
    if is_pointed:
        tape.release(mention.start, mention.end)
    return is_pointed


def _split_meant(tape: Tape, text: str, mention: Mention, mentions: list[Mention]) -> str | None:
    """Return the split that a word is meant as where the numbers named have no other of it."""
    if text in _PLACES and mention.of(MetricWord) and _is_by_place(tape, mention, mentions):
        return "position_bucket"
    if text in _TERMS and _speaks_of_search(mentions):
        return "query"
    is_sold = text in _SELLERS and names_any(mentions, _SOLD)
    return "item" if is_sold else None


def _speaks_of_search(mentions: list[Mention]) -> bool:
    return any(word.dimension in _OF_SEARCH for item in mentions for word in item.of(ValueWord))


def _is_by_place(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Tell "clicks by position", which are those of each place, from the average of the place."""
    others = [item for item in mentions if item is not mention]
    is_of_search = names_any(others, frozenset({"clicks", "impressions", "ctr"}))
    before = mention.start - 1
    is_split = before >= 0 and tape.owner(before) in {None, Owner.LINK, Owner.LIGHT}
    named = {word.name for item in others for word in item.of(DimensionWord)}
    return is_of_search and is_split and not named and word_before(tape, mention) in _BY


def _is_typed(mentions: list[Mention]) -> bool:
    """Whether what was typed into the site's search is named, and not asked for."""
    return any(
        word.dimension == "site_search_term" for item in mentions for word in item.of(ValueWord)
    )


def _elliptic(tape: Tape, mention: Mention, mentions: list[Mention]) -> str | None:
    """Return the channel that "paid" is short for in "paid vs organic search"."""
    after = next((item for item in mentions if item.start == mention.end + 1), None)
    joint = tape.tokens[mention.end].text if mention.end < len(tape) else ""
    said = tape.text(after.start, after.end) if after else ""
    return _PAID.get(said) if joint in {"vs", "and", "or", "against"} else None


def _kind(tape: Tape, mention: Mention, mentions: list[Mention]) -> Mention:
    """Tell "by type" from "what do people type", and from "of type existing business"."""
    if word_before(tape, mention) in SPLITTING:
        return mention
    named = [item for item in mentions if item.start == mention.end]
    own = {word.dimension for item in named for word in item.of(ValueWord)}
    told = tuple(word for word in mention.of(DimensionWord) if word.name in own)
    if told:
        return replace(mention, concepts=told)
    tape.release(mention.start, mention.end)
    return replace(mention, concepts=())


def names_any(mentions: list[Mention], names: frozenset[str]) -> bool:
    """Return whether any of some metrics is named."""
    return any(word.name in names for item in mentions for word in item.of(MetricWord))


def _brand(tape: Tape, mention: Mention) -> Mention:
    """Tell "clicks by brand" from "brand clicks"."""
    if word_before(tape, mention) in SPLITTING:
        return Mention(mention.start, mention.end, mention.of(DimensionWord))
    return Mention(mention.start, mention.end, mention.of(ValueWord))


def with_product_pages(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "the product pages" as those in that part of the site, and not as products."""
    starts = {item.start for item in mentions if PAGES & {w.name for w in item.of(DimensionWord)}}
    words = tuple(ValueWord(name, ("/product",), is_part=True) for name in sorted(PAGES))
    return [
        replace(item, concepts=words)
        if item.end in starts
        and tape.text(item.start, item.end) == "product"
        and item.of(DimensionWord)
        and word_before(tape, item) not in SPLITTING
        else item
        for item in mentions
    ]


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
        (item.end == mention.start or _is_told_behind(tape, mention, item))
        and any(word.dimension == "pipeline" for word in item.of(ValueWord))
        for item in others
    )
    if word_before(tape, mention) in SPLITTING:
        return mention
    if names_metric and not beside_value and is_enumerated(tape, mention, mentions):
        return replace(mention, concepts=(MetricWord("open_pipeline"),))
    if names_metric:
        return mention if beside_value else replace(mention, concepts=())
    amount = MetricWord("open_pipeline")
    return replace(mention, concepts=(amount, *mention.concepts) if beside_value else (amount,))


def _is_told_behind(tape: Tape, mention: Mention, value: Mention) -> bool:
    """Tell "the pipelines New business and Expansion" from "the pipeline for New business"."""
    is_several = tape.tokens[mention.end - 1].text.endswith("s")
    between = set(tape.text(mention.end, value.start).split())
    return value.start >= mention.end and (is_several or between <= _CALLED)


def word_before(tape: Tape, mention: Mention) -> str:
    """Return the word before a mention, past its article."""
    index = mention.start - 1
    while index >= 0 and tape.tokens[index].text in {"the", "our", "my", "different", "single"}:
        index -= 1
    return tape.tokens[index].text if index >= 0 else ""
