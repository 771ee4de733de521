"""How long things take in selling, and what deals do with stages: they enter, stay and leave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gtm.language.lexicon import AmbiguousWord, DimensionWord, MetricWord, ValueWord
from gtm.language.mention import Mention
from gtm.language.tokens import Owner, Tape
from gtm.language.wordings import Wordings

_LISTS = Wordings.read("lasting")
_ASKED, _CLOSES, _LEAVES, _STAYS, _ENTERS = (
    _LISTS.compiled(name)[0] for name in ("asked", "closes", "leaves", "stays", "enters")
)
_WORDS = _LISTS.words
_STAGE = "deal_stage"
_LEAVING, _ENTRIES = "avg_days_to_leave_stage", "deal_stage_entries"
# Beside these a duration is one of the deals they count.
_COUNTS = frozenset({"open_deals", "deals_won", "deals_created", "opportunities"})
_OF_DEALS = _COUNTS | {
    "won_amount",
    "lost_amount",
    "deals_lost",
    "open_pipeline",
    "win_rate",
    "avg_deal_size",
    _ENTRIES,
}
_OF_SALES = frozenset({"owner", "pipeline", "deal_type", _STAGE})
_DURATIONS = frozenset({"avg_sales_cycle", "avg_deal_age", "avg_days_in_stage", _LEAVING})
_OWN = frozenset({"in their", "in its", "in their current", "in the same"})
Span = tuple[int, int]


def with_lasting(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "how long do deals linger in Demo held" and "who closes the fastest" as a duration."""
    mentions = [_age_in(tape, mention) for mention in mentions]
    if not _speaks_of_deals(tape, mentions) or _named(mentions) - _COUNTS:
        return mentions
    text = _blanked(tape, mentions)
    stages = [mention for mention in mentions if _STAGE in _dimensions(mention)]
    mentions = [_come_in(tape, mention, stages) for mention in mentions]
    asked = _ASKED.search(text)
    if asked is not None and _is_added(tape, _span(asked)):
        # Deals that are named behind it are those that take so long, and no number.
        start = _span(asked)[0]
        return [item for item in mentions if not (_is_of_deals(item) and item.start > start)]
    told = _duration(tape, text, stages) if asked is not None else None
    if asked is not None and told is not None:
        name, verb = told
        return _where(tape, _with(tape, mentions, [_span(asked), verb], name), stages)
    entered = _entered(text, stages)
    return _with(tape, mentions, [entered], _ENTRIES) if entered is not None else mentions


def with_lasting_too(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "and how long they took to close" beside other numbers of deals."""
    if not _named(mentions) & _OF_DEALS:
        return mentions
    text = _blanked(tape, mentions)
    asked = _ASKED.search(text)
    if asked is None or not _is_added(tape, _span(asked)):
        return mentions
    stages = [mention for mention in mentions if _STAGE in _dimensions(mention)]
    told = _duration(tape, text, stages, _span(asked)[0])
    if told is None or _named(mentions) & _DURATIONS:
        return mentions
    name, verb = told
    spans = [_span(asked), verb]
    _claim(tape, spans)
    return _sorted([*mentions, Mention(*_place(tape, mentions, spans), (MetricWord(name),))])


def without_own_stage(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Leave out the stage at "days deals sit in their stage by pipeline": it is no split."""
    names = {word.name for item in mentions for word in item.of(MetricWord)}
    if not names & {"avg_days_in_stage", _LEAVING}:
        return mentions
    return [item for item in mentions if not _is_own_stage(tape, item)]


def _is_own_stage(tape: Tape, mention: Mention) -> bool:
    is_split = any(word.name == _STAGE for word in mention.of(DimensionWord))
    before = tape.text(max(0, mention.start - 2), mention.start)
    return is_split and before in _OWN


def unread_manner(tape: Tape, mentions: Sequence[Mention]) -> Iterator[Span]:
    """Yield what would be lost of a duration: "how quickly", "deals that got out of Proposal"."""
    names = {word.name for item in mentions for word in item.of(MetricWord)}
    if names & _DURATIONS:
        return
    has_stage = any(item.of(ValueWord) and _STAGE in _dimensions(item) for item in mentions)
    for index in range(1, len(tape)):
        if tape.owner(index) is not Owner.LIGHT or tape.tokens[index].is_aside:
            continue
        before, text = tape.tokens[index - 1].text, tape.tokens[index].text
        is_manner = before == "how" and text in _WORDS["hows"]
        is_out = has_stage and before in _WORDS["going"] and text in _WORDS["out"]
        if is_manner or is_out:
            yield index - 1, index + 1


def _speaks_of_deals(tape: Tape, mentions: Sequence[Mention]) -> bool:
    return any(
        _is_of_deals(item)
        or {word.name for word in item.of(MetricWord)} & _COUNTS
        or _dimensions(item) & _OF_SALES
        for item in mentions
    ) or any(token.text in _WORDS["deals"] for token in tape.tokens if not token.is_aside)


def _named(mentions: Sequence[Mention]) -> set[str]:
    """Return the numbers that are named for sure."""
    return {word.name for item in mentions for word in item.of(MetricWord) if not word.is_weak}


def _is_added(tape: Tape, asked: Span) -> bool:
    """Return whether a duration is asked for beside another number: "… and how long they took"."""
    before = tape.text(0, asked[0]).split()
    is_joined = before[-1:] in (["and"], ["plus"]) or (
        asked[0] > 0 and tape.tokens[asked[0] - 1].is_before_comma
    )
    return is_joined and not _WORDS["numbers"].isdisjoint(before)


def _age_in(tape: Tape, mention: Mention) -> Mention:
    """Read "which stage do deals age in" as how long they are in it, not as how old they are."""
    said = tape.text(mention.start, mention.end + 1).split()
    is_verb = said[-2:] in (["age", "in"], ["ages", "in"]) and len(said) >= 3
    if not is_verb or said[-3] in _WORDS["means"]:
        return mention
    return replace(mention, concepts=(MetricWord("open_deals"),))


def _come_in(tape: Tape, mention: Mention, stages: Sequence[Mention]) -> Mention:
    """Read "deals that came in" as those that entered the stage that is spoken of."""
    is_in = tape.tokens[mention.end - 1].text == "in"
    is_created = any(word.name == "deals_created" for word in mention.of(MetricWord))
    if not (is_in and is_created and any(item.of(ValueWord) for item in stages)):
        return mention
    return replace(mention, concepts=(MetricWord(_ENTRIES),))


def _blanked(tape: Tape, mentions: Sequence[Mention]) -> str:
    """Return the words of a question, those of names and of asides blanked."""
    words = ["\x01" if token.is_aside else token.text for token in tape.tokens]
    for mention in mentions:
        if mention.of(ValueWord):
            words[mention.start : mention.end] = ["\x00"] * (mention.end - mention.start)
    return " ".join(words)


def _duration(
    tape: Tape, text: str, stages: Sequence[Mention], start: int = 0
) -> tuple[str, Span] | None:
    """Return which duration is asked for, and the verb that says so, from a word on."""
    at = len(" ".join(text.split()[:start]))
    words = set(text.split())
    in_stage = bool(stages) or bool(words & _WORDS["stages"])
    if in_stage and (hit := _LEAVES.search(text, at)):
        return _LEAVING, _span(hit)
    if not any(item.of(ValueWord) for item in stages) and (hit := _CLOSES.search(text, at)):
        return "avg_sales_cycle", _span(hit)
    if not in_stage or (hit := _STAYS.search(text, at)) is None:
        return None
    is_past = any(
        tape.owner(index) is Owner.TIME and token.text not in _WORDS["nowadays"]
        for index, token in enumerate(tape.tokens)
    )
    is_present = bool(words & _WORDS["present"])
    is_whole = is_past or (bool(set(hit.group().split()) & _WORDS["whole"]) and not is_present)
    return (_LEAVING if is_whole else "avg_days_in_stage"), _span(hit)


def _entered(text: str, stages: Sequence[Mention]) -> Span | None:
    """Return the verb by which deals come into a stage that is named behind it."""
    hit = _ENTERS.search(text)
    if hit is None:
        return None
    start, end = _span(hit)
    after = next(
        (index for index, word in enumerate(text.split()) if index >= end and word == "\x00")
    )
    is_stage = any(item.start == after and item.of(ValueWord) for item in stages)
    return (start, end) if is_stage else None


def _span(hit: re.Match[str]) -> Span:
    start = len(hit.string[: hit.start()].split())
    return start, start + len(hit.group().split())


def _with(tape: Tape, mentions: list[Mention], spans: Sequence[Span], name: str) -> list[Mention]:
    """Return the mentions with the deals counted as a number; the words of the spans say so."""
    concept = MetricWord(name)
    counted = [m for m in mentions if _is_of_deals(m) or _is_count(m)]
    kept = [m for m in mentions if m not in counted]
    _claim(tape, spans)
    if counted:
        return _sorted([*kept, replace(counted[0], concepts=(concept,))])
    return _sorted([*kept, Mention(*_place(tape, kept, spans), (concept,))])


def _claim(tape: Tape, spans: Sequence[Span]) -> None:
    for span in spans:
        tape.claim_rest(*span, Owner.TERM)


def _place(tape: Tape, mentions: Sequence[Mention], spans: Sequence[Span]) -> Span:
    """Return words of the spans that name nothing else, as where the number is named."""
    taken = {index for item in mentions for index in range(item.start, item.end)}
    for start, end in reversed(spans):
        for index in range(end - 1, start - 1, -1):
            if index not in taken and tape.owner(index) is Owner.TERM:
                return index, index + 1
    start, end = spans[-1]
    return start, end


def _where(tape: Tape, mentions: list[Mention], stages: Sequence[Mention]) -> list[Mention]:
    """Split by stage at "where do deals sit longest"."""
    places = [index for index, token in enumerate(tape.tokens) if token.text == "where"]
    is_of_stage = any(
        word.name in {"avg_days_in_stage", _LEAVING} for m in mentions for word in m.of(MetricWord)
    )
    if not places or stages or not is_of_stage:
        return mentions
    tape.claim_rest(places[0], places[0] + 1, Owner.TERM)
    return _sorted([*mentions, Mention(places[0], places[0] + 1, (DimensionWord(_STAGE),))])


def _dimensions(mention: Mention) -> set[str]:
    names = {word.name for word in mention.of(DimensionWord)}
    return names | {word.dimension for word in mention.of(ValueWord)}


def _is_of_deals(mention: Mention) -> bool:
    return any("deals_won" in word.options for word in mention.of(AmbiguousWord))


def _is_count(mention: Mention) -> bool:
    return bool({word.name for word in mention.of(MetricWord)} & _COUNTS)


def _sorted(mentions: list[Mention]) -> list[Mention]:
    return sorted(mentions, key=lambda mention: mention.start)
