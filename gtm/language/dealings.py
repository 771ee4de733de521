"""What became of things: deals by the verbs beside them, rates by who went on to what, origins."""

from __future__ import annotations

from dataclasses import replace

from gtm.language.lexicon import AmbiguousWord, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.readings import COUNTED, names_any
from gtm.language.shape import Shape
from gtm.language.tokens import Owner, Tape
from gtm.language.wordings import Wordings

_WORDS = Wordings.read("dealings").words
_STATES = {
    "deals_created": _WORDS["created"],
    "deals_won": _WORDS["won"],
    "deals_lost": _WORDS["lost"],
    "open_deals": _WORDS["held"],
}
# Of the first, the share that went on to be the second.
_STEPS = {
    ("leads", "mqls"): "lead_to_mql_rate",
    ("mqls", "sqls"): "mql_to_sql_rate",
    ("leads", "customers"): "lead_to_customer_rate",
    ("sessions", "transactions"): "purchase_rate",
}
_OUTCOMES = {
    "won": "deals_won",
    "wins": "deals_won",
    "lost": "deals_lost",
    "losses": "deals_lost",
    "created": "deals_created",
    "opened": "deals_created",
    "open": "open_deals",
}
_LISTED = frozenset(
    {"and", "plus", "vs", "+", "also", "as", "well", "the", "number", "of", "still", "currently"}
)
_WINNING = frozenset({"win", "won", "wins", "winning"})
_WINNERS = frozenset(
    {"we", "they", "you", "i", "us", "do", "did", "when", "get", "got", "are", "were"}
)
_OF_WINNING = frozenset({"win_rate", "avg_deal_size", "avg_sales_cycle", "won_amount", "customers"})
_COUNTS = {
    "open_pipeline": "open_deals",
    "weighted_pipeline": "open_deals",
    "won_amount": "deals_won",
    "lost_amount": "deals_lost",
    "pipeline_created": "deals_created",
}
_AMOUNTS = {"deals_won": "won_amount", "deals_lost": "lost_amount"}
# "Open pipeline, in money terms" is one number still.
_IN_MONEY = {
    **_AMOUNTS,
    "open_deals": "open_pipeline",
    "deals_created": "pipeline_created",
    **{name: name for name in _COUNTS},
}
_SITES = frozenset({"site", "website", "web", "shop", "store", "online", "ga4"})
_AMOUNT_OF = {count: name for name, count in _COUNTS.items() if name != "weighted_pipeline"}


def with_states(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "deals" by what was done with them: "how many deals did we land", "is he carrying"."""
    mentions = _as_open_money(tape, mentions)
    vague = [mention for mention in mentions if _is_of_deals(mention)]
    named = [word for item in mentions for word in item.of(MetricWord) if not word.is_weak]
    if len(vague) == 1 and named and COUNTED.search(tape.text(0, vague[0].start)):
        # "How much pipeline does Nadia carry, and how many deals is that?"
        counts = {_COUNTS[word.name] for word in named if word.name in _COUNTS}
        if len(counts) == 1 and not counts & {word.name for word in named}:
            told = replace(vague[0], concepts=(MetricWord(counts.pop()),))
            return [told if mention is vague[0] else mention for mention in mentions]
    if named or len(vague) > 1:
        return mentions
    if not vague:
        return _in_stages(tape, mentions)
    said = _said(tape, mentions)
    states = [name for name, verbs in _STATES.items() if verbs & said]
    opened = [mention for mention in mentions if _is_open(mention)]
    if opened and not states:
        # "Deals above 50k that are open" are the open ones, those "we did open" the created.
        is_verb = "did" in tape.text(vague[0].end, opened[0].start).split()
        states = ["deals_created" if is_verb else "open_deals"]
        mentions = [m for m in mentions if m not in opened]
    if not states and (_are_in_stages(mentions) or _are_by_stage(tape, mentions)):
        states = ["open_deals"]
    if len(states) != 1:
        return mentions
    told = replace(vague[0], concepts=(MetricWord(states[0]),))
    return [told if mention is vague[0] else mention for mention in mentions]


def _as_open_money(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "how much money is in Contract sent" as the amount of the deals that are there."""
    money = [m for m in mentions if tape.text(m.start, m.end) in _WORDS["money"]]
    said = _said(tape, mentions)
    is_ended = bool(said & (_STATES["deals_won"] | _STATES["deals_lost"]))
    others = [m for m in mentions if m.of(MetricWord) and m not in money]
    if not money or others or is_ended or not _are_in_stages(mentions):
        return mentions
    amount = replace(money[0], concepts=(MetricWord("open_pipeline"),))
    kept = [m for m in mentions if m not in money and not _is_of_deals(m)]
    return _sorted([*kept, amount])


def _said(tape: Tape, mentions: list[Mention]) -> set[str]:
    """Return the words of a question but those of names: "new business" is no new deal."""
    named = {i for item in mentions if item.of(ValueWord) for i in range(item.start, item.end)}
    tokens = enumerate(tape.tokens)
    return {token.text for at, token in tokens if at not in named and not token.is_aside}


def _in_stages(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "how much is in Security review" as a number of the deals that are there."""
    is_named = any(mention.of(MetricWord) or mention.of(AmbiguousWord) for mention in mentions)
    listed = [m for m in mentions if DimensionWord("deal_name") in m.concepts]
    is_held = bool(_said(tape, mentions) & _STATES["open_deals"])
    if listed and not is_named and (is_held or _are_in_stages(mentions)):
        # "Which deals in Contract sent are Julia's" lists those that are open.
        told = replace(listed[0], concepts=(MetricWord("open_pipeline"), *listed[0].concepts))
        return [told if mention is listed[0] else mention for mention in mentions]
    said = [index for index, token in enumerate(tape.tokens) if token.text in _WORDS["amounts"]]
    if is_named or not said or not _are_in_stages(mentions):
        return mentions
    at = said[0]
    if not tape.is_free(at, at + 1):
        return mentions
    tape.claim(at, at + 1, Owner.TERM)
    amount = Mention(at, at + 1, (MetricWord("open_pipeline"),))
    counted = [index for index, token in enumerate(tape.tokens) if token.text in _WORDS["counts"]]
    if not counted or tape.owner(counted[0]) not in {None, Owner.SHAPE, Owner.LIGHT}:
        return _sorted([*mentions, amount])
    tape.claim_rest(counted[0], counted[0] + 1, Owner.TERM)
    count = Mention(counted[0], counted[0] + 1, (MetricWord("open_deals"),))
    return _sorted([*mentions, amount, count])


def _are_in_stages(mentions: list[Mention]) -> bool:
    return any(word.dimension == "deal_stage" for item in mentions for word in item.of(ValueWord))


def _are_by_stage(tape: Tape, mentions: list[Mention]) -> bool:
    """Whether deals are told apart by their stage, and no period says when."""
    has_period = any(tape.owner(index) is Owner.TIME for index in range(len(tape)))
    names = {word.name for item in mentions for word in item.of(DimensionWord)}
    return "deal_stage" in names and not has_period


def _is_of_deals(mention: Mention) -> bool:
    return any("deals_won" in word.options for word in mention.of(AmbiguousWord))


def with_outcomes(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "won, lost and win rate" as a list in which each outcome is a number of its own."""
    ends = {item.end for item in mentions if item.of(MetricWord)}
    starts = {item.start for item in mentions if item.of(MetricWord)}
    said = [index for index in tape.free() if tape.tokens[index].text in _OUTCOMES]
    taken = set(said)
    found = []
    for index in said:
        before, after = index, index + 1
        while before > 0 and tape.tokens[before - 1].text in _LISTED:
            before -= 1
        while after < len(tape) and tape.tokens[after].text in _LISTED:
            after += 1
        is_after = before in ends or before - 1 in taken
        is_before = after in starts or after in taken
        joined = before < index or tape.tokens[index - 1].is_before_comma
        joins = after > index + 1 or tape.tokens[index].is_before_comma
        is_led = index == 0 or _opens_list(tape, index)
        if (is_after and joined) or (is_before and joins and is_led):
            name = _OUTCOMES[tape.tokens[index].text]
            tape.claim(index, index + 1, Owner.TERM)
            found.append(Mention(index, index + 1, (MetricWord(name),)))
    return _sorted([*mentions, *found]) if found else mentions


def _opens_list(tape: Tape, index: int) -> bool:
    gap = tape.question[tape.tokens[index - 1].end : tape.tokens[index].start]
    return any(sign in gap for sign in ":-\u2013\u2014,;.?!\n(") or (
        tape.tokens[index - 1].text in {"deals", "-"}
    )


def is_won(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether winning is only what a number is of: "how big is a deal when we win it"."""
    if tape.text(mention.start, mention.end) not in _WINNING or not mention.start:
        return False
    if tape.is_parted(mention.start - 1):
        return False
    others = [item for item in mentions if item is not mention]
    is_verb = tape.tokens[mention.start - 1].text in _WINNERS or any(
        item.end == mention.start and any(word.dimension == "owner" for word in item.of(ValueWord))
        for item in others
    )
    return is_verb and names_any(others, _OF_WINNING)


def with_rates(tape: Tape, mentions: list[Mention], shape: Shape) -> list[Mention]:
    """Read "what percentage of leads became customers" as the rate that it is."""
    numbers = [mention for mention in mentions if mention.of(MetricWord)]
    said = {token.text for token in tape.tokens if not token.is_aside}
    if not shape.has_share or not said & _WORDS["becoming"]:
        return mentions
    names = [mention.of(MetricWord)[0].name for mention in numbers]
    if len(set(names)) == 2:
        first, last = numbers[0], numbers[-1]
        rate = _STEPS.get((names[0], names[-1]))
        between = tape.text(first.end, last.start).split()
        if rate is None or between in (["and"], ["or"], ["vs"]):
            return mentions
        kept = [mention for mention in mentions if mention not in numbers]
        return _sorted([*kept, replace(last, concepts=(MetricWord(rate),))])
    return _with_win_rate(tape, mentions, numbers, names)


def _with_win_rate(
    tape: Tape, mentions: list[Mention], numbers: list[Mention], names: list[str]
) -> list[Mention]:
    """Read "what share of our deals do we win": of what is won, "share of wins" is another."""
    is_won = set(names) == {"deals_won"} and any(
        tape.text(item.start, item.end) in _WORDS["winning"] | {"deals"} for item in numbers
    )
    of_deals = [mention for mention in mentions if _is_of_deals(mention)]
    tells_apart = any(
        word.dimension in {"deal_type", "pipeline", "currency", "original_source"}
        for mention in mentions
        for word in mention.of(ValueWord)
        if mention.start > min((item.end for item in numbers), default=0)
    )
    has_deals = bool(of_deals) or any(token.text == "deals" for token in tape.tokens)
    if not is_won or not has_deals or tells_apart:
        return mentions
    kept = [mention for mention in mentions if mention not in (*numbers, *of_deals)]
    return _sorted([*kept, replace(numbers[0], concepts=(MetricWord("win_rate"),))])


def with_money(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "the most money in lost deals" and "the amount of won deals" as their amount."""
    mentions = [_by_amount(tape, mention) for mention in mentions]
    counted = [m for m in mentions if any(word.name in _IN_MONEY for word in m.of(MetricWord))]
    money = [m for m in mentions if tape.text(m.start, m.end) in _WORDS["money"]]
    if len(counted) != 1 or len(money) != 1 or not money[0].of(MetricWord):
        return mentions
    first, second = sorted((counted[0], money[0]), key=lambda item: item.start)
    amount = MetricWord(_IN_MONEY[counted[0].of(MetricWord)[0].name])
    if {"and", "plus", "+", "vs"} & set(tape.text(first.end, second.start).split()):
        # "Open deals and the money in them by stage" are two numbers of the same deals.
        is_of_site = any(token.text in _SITES for token in tape.tokens)
        is_of_deals = second is money[0] and not is_of_site
        told = replace(second, concepts=(amount,)) if is_of_deals else second
        return [told if item is second else item for item in mentions]
    kept = [mention for mention in mentions if mention not in (counted[0], money[0])]
    return _sorted([*kept, replace(money[0], concepts=(amount,))])


def _by_amount(tape: Tape, mention: Mention) -> Mention:
    """Return a number of deals as the amount of them that is asked for."""
    name = next((word.name for word in mention.of(MetricWord) if word.name in _AMOUNT_OF), None)
    index = mention.start - 1
    while index > 0 and tape.tokens[index].text in {"the", "our", "my", "all", "these", "those"}:
        index -= 1
    is_amount = tape.text(max(0, index - 1), index + 1) in {"amount of", "value of", "worth of"}
    if name is None or not is_amount:
        return mention
    return replace(mention, concepts=(MetricWord(_AMOUNT_OF[name]),))


def without_open(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Leave out "open" where the number is of open deals; alone it stands for them."""
    names = {word.name for mention in mentions for word in mention.of(MetricWord)}
    opened = [mention for mention in mentions if _is_open(mention)]
    of_now = {"open_deals", "open_pipeline", "weighted_pipeline", "stale_deals", "avg_deal_age"}
    if not opened or (names and not names & of_now):
        return mentions
    kept = [mention for mention in mentions if mention not in opened]
    if names or any(_is_of_deals(mention) for mention in mentions):
        return kept if names else mentions
    asks_whom = any(token.text in _WORDS["whom"] for token in tape.tokens)
    if not asks_whom and not any(_is_of_sales(mention) for mention in kept):
        return mentions
    return _sorted([*kept, replace(opened[0], concepts=(MetricWord("open_deals"),))])


def _is_open(mention: Mention) -> bool:
    values = mention.of(ValueWord)
    return any(word.dimension == "deal_status" and word.values == ("Open",) for word in values)


def _is_of_sales(mention: Mention) -> bool:
    dimensions = {word.dimension for word in mention.of(ValueWord)}
    dimensions |= {word.name for word in mention.of(DimensionWord)}
    return bool(dimensions & {"owner", "pipeline", "deal_stage", "deal_type"})


def _sorted(mentions: list[Mention]) -> list[Mention]:
    return sorted(mentions, key=lambda mention: mention.start)
