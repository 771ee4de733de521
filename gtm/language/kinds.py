"""Values said with their kind, or in parts: "Linux computers", "social, paid and organic"."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord, singular
from gtm.language.mention import Mention
from gtm.language.tokens import Owner, Tape, pattern

_OF_DESKS = frozenset({"Windows", "Macintosh", "Linux", "Chrome OS"})
_MACHINES = frozenset(
    {"computer", "computers", "machine", "machines", "box", "boxes", "pc", "pcs", "desktop"}
    | {"desktops", "laptop", "laptops", "system", "systems", "device", "devices"}
)
_WHOLE = {"Organic Social": "Paid Social", "Organic Search": "Paid Search"}
_SHORT = frozenset({"social", "social media", "search", "social traffic", "social networks"})
_HALVES = ({"paid", "organic"}, {"paid", "unpaid"}, {"paid", "natural"})
_BOTH = frozenset({"both", "together", "combined", "either"})
_JOINTS = frozenset({"and", "or", "plus", "+", "both", "as", "well"})
_LONGEST_PAIR = 7
_ALL_OF = pattern(
    r"all (?:of )?(?:it|them)(?: together| combined)?|(?:in|of) (?:both|all) (?:its )?"
    r"(?:kinds|forms|sorts|types)|both (?:kinds|sorts|types|forms|together|combined)"
)
_FIRST_USER = {
    "channel": "first_user_channel",
    "source": "first_user_source",
    "medium": "first_user_medium",
    "campaign": "first_user_campaign",
}
_FIRST_BROUGHT = pattern(
    r"(?:that|which|who|they|people|users|through which they|by which they|where they)?"
    r" ?(?:first|originally|initially) (?:brought|got|led|sent|drew|referred|came|arrived|found"
    r"|acquired|discovered)(?: (?:them|people|users|visitors|us|in|here|from|through|by|via))*"
)
_MAILBOX = pattern(
    r"(?P<box>gmail|hotmail|yahoo|outlook|icloud|aol|gmx|protonmail|proton)(?:\.com)?"
    r" (?:e ?mail )?(?:address(?:es)?|accounts?|emails?|mailbox(?:es)?|domains?|e mails?)"
)
_TYPED = frozenset({"query", "site_search_term"})
_VARIANTS = pattern(
    r"(?:(?:and|incl|including|with|in|or) )?(?:(?:all|any|its|their|every|the|of|kinds) )*"
    r"(?:variations?|variants?|versions?|spellings?|flavou?rs|derivatives|permutations)"
    r"(?: (?:of (?:it|them)|included|thereof))?"
)
_BEFORE_ALL = frozenset({"all", "all of", "all our", "all the", "all of our", "all of the"})
_RATES = frozenset(
    {"pages_per_session", "engagement_rate", "bounce_rate", "avg_engagement_time"}
    | {"revenue_per_session", "conversion_rate", "purchase_rate", "avg_order_value"}
    | {"events_per_session", "sessions_per_user", "avg_time_on_page"}
)
_OF_WHOM = frozenset({"on", "in", "from", "with", "using"})
_PEOPLE = frozenset({"users", "visitors", "people", "folks", "visits", "sessions", "traffic"})


def of_kinds(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Return the mentions without those that only say of what kind a value is."""
    found = _both_kept(tape, _whole_channels(tape, mentions))
    found = [_said_before(tape, item, found) for item in _machines(tape, found)]
    found = [_with_variants(tape, item) for item in _said_exactly(tape, found)]
    found = [_of_first_visit(tape, item) for item in found] + _mailboxes(tape)
    found = sorted(found, key=lambda item: item.start)
    return [
        item
        for item in found
        if not _is_topic(tape, item, found) and not _is_of_category(tape, item, found)
    ]


def _whole_channels(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "social, paid and organic" and "all of social" as both of its channels."""
    found = list(mentions)
    for mention in mentions:
        if tape.text(mention.start, mention.end) in _SHORT and mention in found:
            value = next((w for w in mention.of(ValueWord) if w.dimension == "channel"), None)
            other = _WHOLE.get(value.values[0]) if value and len(value.values) == 1 else None
            if value is None or other is None:
                continue
            halves = _halves(tape, mention, found)
            if halves or _says_all(tape, mention):
                word = replace(value, values=(value.values[0], other))
                found = [item for item in found if item is not mention and item not in halves]
                found.append(replace(mention, concepts=(word,)))
    return sorted(found, key=lambda item: item.start)


def _halves(tape: Tape, mention: Mention, mentions: list[Mention]) -> list[Mention]:
    """Return "paid" and "organic" where they stand joined right behind a channel, or before it."""
    for start in range(max(0, mention.start - 4), mention.end + 1):
        end = mention.start if start < mention.start else min(len(tape), start + _LONGEST_PAIR)
        inside = [item for item in mentions if start <= item.start and item.end <= end][:2]
        if start not in {mention.end, *(item.start for item in inside)} or len(inside) != 2:
            continue
        said = {tape.text(item.start, item.end) for item in inside}
        between = tape.text(inside[0].end, inside[1].start).split()
        near = tape.text(mention.end, inside[0].start).split() if start >= mention.end else []
        is_near = start >= mention.end or inside[1].end == mention.start
        if said in _HALVES and set(between) <= _JOINTS and between and set(near) <= _JOINTS:
            return inside if is_near else []
    return []


def _both_kept(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Leave out "paid and organic both" beside a source: neither limits it."""
    if not any(word.dimension == "source" for m in mentions for word in m.of(ValueWord)):
        return mentions
    for first, second in pairwise(mentions):
        said = {tape.text(item.start, item.end) for item in (first, second)}
        around = (
            tape.text(max(0, first.start - 1), first.start),
            tape.text(second.end, second.end + 1),
        )
        if said in _HALVES and _BOTH & set(around):
            return [item for item in mentions if item not in (first, second)]
    return mentions


def _says_all(tape: Tape, mention: Mention) -> bool:
    """Whether "all of it" stands behind a channel, or "all of" before it."""
    before = [tape.text(max(0, mention.start - size), mention.start) for size in (1, 2, 3)]
    if _BEFORE_ALL & set(before):
        return True
    hit = tape.find(_ALL_OF, mention.end)
    if hit is None or hit.start > mention.end + 1:
        return False
    tape.claim(hit.start, hit.end, Owner.LIGHT)
    return True


def _machines(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Leave out the computers of "Linux computers", which have no other device."""
    found = list(mentions)
    for mention in mentions:
        systems = {value for word in mention.of(ValueWord) for value in word.values}
        at = mention.end
        if not systems or not systems <= _OF_DESKS or at >= len(tape) or tape.is_parted(at - 1):
            continue
        if tape.tokens[at].text in _MACHINES:
            found = [item for item in found if item.start != at or item.end != at + 1]
            tape.claim_rest(at, at + 1, Owner.LIGHT)
    return found


def _said_before(tape: Tape, mention: Mention, mentions: list[Mention]) -> Mention:
    """Read a short name behind a ranking as the longer one before it.

    "Clicks vs organic Google sessions, most sessions first" ranks by the latter.
    """
    is_ranked = mention.start > 0 and tape.owner(mention.start - 1) is Owner.RANKING
    if not mention.of(MetricWord) or mention.end - mention.start > 1 or not is_ranked:
        return mention
    last = singular(tape.tokens[mention.start].text)
    alike = [
        item
        for item in mentions
        if item.end <= mention.start
        and item.of(MetricWord)
        and singular(tape.tokens[item.end - 1].text) == last
    ]
    return replace(mention, concepts=alike[0].concepts) if len(alike) == 1 else mention


def _said_exactly(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Leave out a channel that brackets say again as its medium: "ppc (cpc medium)"."""
    mediums = [m for m in mentions if any(w.dimension == "medium" for w in m.of(ValueWord))]
    if len(mediums) != 1 or "(" not in _gap_before(tape, mediums[0]):
        return mentions
    paid = ("Paid Search",)
    return [m for m in mentions if all(w.values != paid for w in m.of(ValueWord))]


def _of_first_visit(tape: Tape, mention: Mention) -> Mention:
    """Read "the channel that first brought them" as that of the very first visit."""
    names = [word.name for word in mention.of(DimensionWord) if word.name in _FIRST_USER]
    hit = tape.find(_FIRST_BROUGHT, mention.end) if names else None
    if hit is None or hit.start != mention.end:
        return mention
    tape.claim(hit.start, hit.end, Owner.LIGHT)
    return replace(mention, concepts=(DimensionWord(_FIRST_USER[names[0]]),))


def _mailboxes(tape: Tape) -> list[Mention]:
    """Read "have a gmail address" as contacts of that domain."""
    found = []
    for hit in tape.take_all(_MAILBOX, Owner.VALUE):
        word = ValueWord("email_domain", (hit.groups["box"],), is_part=True)
        found.append(Mention(hit.start, hit.end, (word,)))
    return found


def _gap_before(tape: Tape, mention: Mention) -> str:
    start = tape.tokens[mention.start].start
    return tape.question[max(0, start - 2) : start]


def _with_variants(tape: Tape, mention: Mention) -> Mention:
    """Read "crm data hygiene - all variations" as all queries that hold it."""
    words = [word for word in mention.of(ValueWord) if word.dimension in _TYPED]
    hit = tape.find(_VARIANTS, mention.end) if words else None
    if hit is None or hit.start > mention.end + 1:
        return mention
    tape.claim(hit.start, hit.end, Owner.LIGHT)
    return replace(mention, concepts=tuple(replace(word, is_part=True) for word in words))


def _is_of_category(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether products only go with their category: "Training products only"."""
    is_item = any(word.name == "item" for word in mention.of(DimensionWord))
    value = next((item for item in mentions if item.end == mention.start), None)
    if not is_item or value is None:
        return False
    is_category = any(word.dimension == "item_category" for word in value.of(ValueWord))
    around = {
        tape.text(max(0, value.start - 1), value.start),
        tape.text(mention.end, mention.end + 1),
    }
    return is_category and bool({"only", "just", "for", "of", "from"} & around)


def _is_topic(tape: Tape, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether people only say of whom a rate is: "mac users, pages per visit"."""
    if tape.text(mention.start, mention.end) not in _PEOPLE or not mention.of(MetricWord):
        return False
    others = [item for item in mentions if item is not mention and item.of(MetricWord)]
    is_led = any(item.end == mention.start and item.of(ValueWord) for item in mentions)
    names = {word.name for item in others for word in item.of(MetricWord)}
    is_first = mention.start <= 2 or all(
        tape.owner(index) is Owner.VALUE for index in range(mention.start)
    )
    end = mention.end
    while after := next((i for i in mentions if i.of(ValueWord) and 0 <= i.start - end <= 1), None):
        # "Safari users on iOS, purchase rate": they are told more closely.
        if after.start > end and tape.tokens[end].text not in _OF_WHOM:
            break
        end = after.end
    return is_led and is_first and bool(names) and names <= _RATES and tape.is_parted(end - 1)
