"""Words that name a thing only to say what something is counted of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gtm.language.context import settle
from gtm.language.dealings import (
    is_won,
    with_money,
    with_outcomes,
    with_states,
    without_open,
)
from gtm.language.doings import of_doings
from gtm.language.earnings import with_earnings
from gtm.language.enumerated import is_enumerated
from gtm.language.gaps import with_gaps
from gtm.language.kinds import of_kinds
from gtm.language.lasting import with_lasting, with_lasting_too, without_own_stage
from gtm.language.lexicon import DimensionWord, FunnelWord, MetricWord, ValueWord
from gtm.language.mention import Mention, as_strong
from gtm.language.names import PAGES
from gtm.language.origins import with_origins
from gtm.language.readings import (
    COUNTED,
    ITEMS,
    SPLITTING,
    is_nobodys,
    listed,
    names_any,
    of_items,
    paths,
    told_apart,
    with_product_pages,
    with_stages,
    without_doings,
    word_before,
)
from gtm.language.tokens import Owner, Tape
from gtm.language.visitors import is_topic, of_visitors
from gtm.language.whose import with_whose

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
_FIRST_VISITS = frozenset({"new_users", "new_user_sessions"})
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
_LASTING = frozenset(
    {"avg_days_in_stage", "avg_deal_age", "avg_days_to_leave_stage", "stale_deals"}
)
_VERBS = frozenset({"click", "visit", "view", "scroll", "purchase", "order", "exit", "bounce"})
_DOERS = frozenset({"people", "they", "users", "visitors", "folks", "customers", "who", "to", "we"})
_SEARCHERS = _PEOPLE | {"people", "persons", "folks", "they"}
_SEARCHED = frozenset({"site_search_term", "query"})
_TYPED = frozenset({"query", "site_search_term"})
_FAR = 3
_BUYING = frozenset({"bought", "buy", "sold", "ordered", "purchased", "sell", "order"})
_SOLD = frozenset({"items_sold", "item_purchases", "item_views", "items_added_to_cart"})


def without_nouns(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions as the rest of the question settles them.

    In "sessions of new visitors" the visitors are not counted, and in "brand vs non-brand queries"
    the queries are not a split of their own.
    """
    found = of_kinds(
        tape, of_doings(tape, [*mentions, *paths(tape, mentions), *listed(tape, mentions)])
    )
    found = with_product_pages(tape, with_earnings(tape, found))
    known = sorted(found, key=lambda mention: mention.start)
    known = [item for item in known if not is_nobodys(tape, item, known)]
    told = [told_apart(tape, item, known) for item in known]
    told = [item for item in told if item.concepts]
    told = _without(tape, with_whose(tape, with_gaps(tape, told)), _FIRST_NOUNS)
    told = without_open(tape, told)
    told = with_lasting(tape, with_money(tape, with_outcomes(tape, told)))
    told = with_states(tape, told)
    settled = without_own_stage(tape, with_lasting_too(tape, settle(tape, told)))
    settled = without_doings(tape, of_items(with_stages(settled)))
    settled = [of_visitors(tape, item, settled) for item in settled]
    settled = _without(tape, settled, _NOUNS)
    return with_origins(tape, [_as_listed(tape, item, settled) for item in settled])


def _as_listed(tape: Tape, mention: Mention, mentions: list[Mention]) -> Mention:
    is_weak = any(word.is_weak for word in mention.of(MetricWord))
    return as_strong(mention) if is_weak and is_enumerated(tape, mention, mentions) else mention


def _without(
    tape: Tape,
    mentions: list[Mention],
    nouns: Sequence[Callable[[Tape, Mention, list[Mention]], bool]],
) -> list[Mention]:
    return [
        mention
        for mention in mentions
        if not any(is_noun(tape, mention, mentions) for is_noun in nouns)
        or (mention.of(MetricWord) and is_enumerated(tape, mention, mentions))
    ]


def _is_whose(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    others = [item for item in mentions if item is not mention and item.of(MetricWord)]
    is_people = bool(mention.of(MetricWord)) and tape.text(mention.start, mention.end) in _PEOPLE
    if not is_people or not others:
        return False
    if COUNTED.search(tape.text(max(0, mention.start - 4), mention.start)):
        return False
    before = mention.start - 1
    others = [item for item in mentions if not item.of(MetricWord)]
    while adjective := next((item for item in others if item.end == before + 1), None):
        before = adjective.start - 1
    return before >= 0 and tape.tokens[before].text in _OF_WHOM


def _is_local(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether it is said elsewhere that revenue is wanted "in the property's own currency"."""
    if {word.name for word in mention.of(MetricWord)} != {"revenue_usd"}:
        return False
    return any(
        word.name == "revenue_local"
        and (
            tape.tokens[item.start].text == "in"
            or "currency" in tape.text(item.start, item.end).split()
        )
        and tape.text(item.start - 1, item.start) not in {"and", "plus", "+"}
        for item in mentions
        for word in item.of(MetricWord)
    )


def _is_what_lasts(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether open deals are only what is old or idle: "open deals nobody has touched"."""
    others = [item for item in mentions if item is not mention]
    if not {word.name for word in mention.of(MetricWord)} & _OPEN or not names_any(
        others, _LASTING
    ):
        return False
    is_joined = any(item.start == mention.end for item in others)
    return not (is_joined or _is_listed(tape, mention))


def _is_listed(tape: Tape, mention: Mention) -> bool:
    """Return whether a number stands in a list of numbers."""
    near = tape.text(max(0, mention.start - 2), min(len(tape), mention.end + 1)).split()
    return bool({"and", "plus", "+", "or", "vs"} & set(near))


def _is_base(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a count is only what a rate is of: "bounce rate of organic sessions"."""
    names = {word.name for word in mention.of(MetricWord)}
    if names & _FIRST_VISITS and names_any(mentions, frozenset({"retention_rate"})):
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
    if COUNTED.search(tape.text(max(0, mention.start - 4), mention.start)):
        return False
    before = _adjectives_start(mention, mentions)
    is_dated = tape.owner(mention.start - 1) is Owner.TIME and mention.end == len(tape)
    if is_dated and any(tape.is_parted(at) for at in range(rates[-1].end - 1, mention.start)):
        # "Lead-to-MQL rate by form, Q3 leads": of which leads it is.
        return not _is_listed(tape, mention)
    if before < mention.start and before > 0:
        return tape.tokens[before - 1].text != "and"
    return before > 0 and tape.tokens[before - 1].text in {"for", "of", "from", "by", "among", "in"}


def _is_traffic(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether traffic is only where something came from: "revenue from newsletter traffic"."""
    if tape.text(mention.start, mention.end) not in {"traffic", "visits"}:
        return False
    before = _adjectives_start(mention, mentions)
    others = [item for item in mentions if item.end < before and item.of(MetricWord)]
    is_from = before > 0 and tape.tokens[before - 1].text in {"from", "of", "by", "for"}
    return bool(others) and is_from and before < mention.start


def _adjectives_start(mention: Mention, mentions: list[Mention]) -> int:
    start = mention.start
    while item := next((m for m in mentions if m.end == start and m.of(ValueWord)), None):
        start = item.start
    return start


def _is_noun_of_value(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a split's name only goes with its adjective: "non-brand queries"."""
    names = {word.name for word in mention.of(DimensionWord)}
    if names & ITEMS and names_any(mentions, _SOLD):
        # In "how many items were sold" the items are what is counted.
        return bool(COUNTED.search(tape.text(max(0, mention.start - 4), mention.start)))
    if "cohort_week" in names:
        return mention.start > 0 and tape.owner(mention.start - 1) in {Owner.TIME, Owner.COMPARISON}
    if names & _TYPED and _is_measured(tape, mention, mentions):
        return True
    if "query" not in names or not any(item.of(MetricWord) for item in mentions):
        return False
    adjectives = _adjectives_start(mention, mentions)
    is_listed = any(
        tape.owner(index) in {Owner.THRESHOLD, Owner.RANKING} for index in range(len(tape))
    )
    before = tape.tokens[adjectives - 1].text if adjectives else ""
    has_adjective = adjectives < mention.start
    return has_adjective and not is_listed and before not in SPLITTING - {"across", "and"}


def _is_measured(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a query is only what is measured: "by how many words the query has"."""
    return any(
        word.name == "query_words"
        and 0 <= mention.start - item.end <= _FAR
        and not {"and", "by", "plus", "x", "+"} & set(tape.text(item.end, mention.start).split())
        for item in mentions
        for word in item.of(DimensionWord)
    )


def _is_split_noun(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    before = next((item for item in mentions if item.end == mention.start), None)
    if before is not None and tape.is_parted(before.end - 1):
        return False
    if before is None or "vs" not in tape.text(before.start, before.end).split():
        return False
    metrics = [item for item in mentions if any(not word.is_weak for word in item.of(MetricWord))]
    return bool(mention.of(DimensionWord)) or (bool(mention.of(MetricWord)) and len(metrics) > 1)


def _is_person(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether people are only those who do what is counted: "where do people search"."""
    words = mention.of(MetricWord)
    if not words or not words[0].is_weak or words[0].name != "active_users":
        return False
    if tape.tokens[mention.start - 1].text in SPLITTING and mention.start:
        # "Per person" may be a split.
        return False
    if COUNTED.search(tape.text(max(0, mention.start - 4), mention.start)):
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
    if not names or word_before(tape, mention) not in {"that", "this"}:
        return False
    return any(
        names & {word.dimension for word in item.of(ValueWord)}
        for item in mentions
        if item.end <= mention.start
    )


def _is_content(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether content is only what is spoken of: "what did content earn us, by landing page"."""
    if tape.text(mention.start, mention.end) != "content" or not mention.of(DimensionWord):
        return False
    others = {w.name for m in mentions if m is not mention for w in m.of(DimensionWord)}
    return bool(others & PAGES) and word_before(tape, mention) not in SPLITTING


def _is_of_pieces(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a verb only says what was done with pieces: "bought less than 10 pieces"."""
    if tape.text(mention.start, mention.end) not in _BUYING:
        return False
    after = next((item for item in mentions if item.start >= mention.end), None)
    if after is None or not names_any([after], frozenset({"items_sold"})):
        return False
    between = range(mention.end, after.start)
    return len(between) > 0 and all(
        tape.owner(index) in {Owner.THRESHOLD, Owner.LIGHT} and not tape.is_parted(index)
        for index in between
    )


def _is_of_cohorts(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether cohorts are only those it is of: "retention by weeks …, for cohorts of Q3"."""
    names = {word.name for word in mention.of(DimensionWord)}
    others = {w.name for m in mentions if m is not mention for w in m.of(DimensionWord)}
    is_of = word_before(tape, mention) in {"for", "of", "from", "in", "among"}
    return names == {"cohort_week"} and "weeks_since_first_visit" in others and is_of


_NOUNS = (
    _is_of_cohorts,
    _is_content,
    _is_of_pieces,
    _is_searcher,
    is_topic,
    _is_verb,
    _points_back,
    _is_whose,
    _is_base,
    _is_traffic,
    _is_noun_of_value,
    _is_split_noun,
)
_FIRST_NOUNS = (_is_local, _is_whose, _is_person, _is_what_lasts, is_won)
