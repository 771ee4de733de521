"""Whether a question leans on the one before, or stands on its own."""

from __future__ import annotations

from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord
from gtm.language.reading import Reading
from gtm.language.removals import SAID
from gtm.language.tokens import Token
from gtm.semantics.query import MetricQuery

_TIES = frozenset(
    {"and", "also", "too", "add", "adding", "plus", "instead", "same", "but", "again", "as well"}
    | {"in addition", "what about", "how about", "what if"}
)
# A question that begins like this has its subject in the one before.
_LEADS = frozenset(
    {
        "only",
        "just",
        "keep",
        "by",
        "with",
        "sort",
        "sorted",
        "order",
        "ordered",
        "rank",
        "per",
        "split",
    }
)
_BARE_LENGTH = 4
_ACKNOWLEDGES = SAID.words["acknowledges"]
_ASKING = frozenset({"who", "whose"})
_POINTS_BACK = frozenset({"it", "that", "those", "them", "these", "this"})


def is_follow_up(reading: Reading, previous: MetricQuery) -> bool:
    """Return whether a question leans on the one before."""
    turn = reading.turn
    if turn.is_reset:
        return False
    if turn.says_something or turn.is_tied:
        return not (_is_whole(reading) and reading.time.period) or bool(turn.removals)
    if reading.pointed and turn.is_added:
        return True
    if not reading.has_content:
        return False
    if reading.intent.intent == "explain":
        return not _is_whole(reading) or _explains_former(reading, previous)
    if reading.names_something:
        is_more = turn.is_added or _names_former(reading, previous) or _points_back(reading)
        is_more |= bool(reading.thresholds and (previous.dimensions or previous.grain))
        is_more |= bool(reading.marks.versus and reading.marks.versus[0] == 0)
        return _leads(reading) or is_bare(reading) or (is_more and not _is_whole(reading))
    listed = [
        mention
        for mention in reading.mentions_of(DimensionWord)
        if reading.tape.text(mention.start, mention.end) not in _ASKING
    ]
    is_own_list = bool(listed) and bool(reading.shape.rankings)
    return _leads(reading) or not is_own_list or _points_back(reading)


def _leads(reading: Reading) -> bool:
    """Return whether the first words tie a question to the one before."""
    tape = reading.tape
    start = next((i for i, token in enumerate(tape.tokens) if not _is_passed(token)), 0)
    first, pair = tape.text(start, start + 1), tape.text(start, start + 2)
    is_tied = bool(reading.cues & _TIES) and (first in _TIES or pair in _TIES)
    is_instead = "instead" in reading.cues and not _is_whole(reading)
    return is_tied or first in _LEADS or is_instead


def _is_passed(token: Token) -> bool:
    return token.is_aside or token.text in _ACKNOWLEDGES


def _is_whole(reading: Reading) -> bool:
    """Return whether a question says a number and what of it, so that it needs no other."""
    says_what = reading.time.period or reading.mentions_of(DimensionWord)
    return reading.names_something and bool(says_what)


def _names_former(reading: Reading, previous: MetricQuery) -> bool:
    """Return whether numbers are named and nothing else, one of them a former one."""
    names = {word.name for mention in reading.metrics() for word in mention.of(MetricWord)}
    is_alone = all(mention.of(MetricWord) for mention in reading.mentions)
    is_more = len(names) > 1 and bool(names & set(previous.metrics))
    return is_alone and is_more and not _says_more(reading)


def _explains_former(reading: Reading, previous: MetricQuery) -> bool:
    """Return whether "why did sessions drop" is about the sessions just shown."""
    names = {word.name for mention in reading.metrics() for word in mention.of(MetricWord)}
    is_plain = not (reading.time.period or reading.mentions_of(ValueWord))
    return is_plain and bool(names & set(previous.metrics))


def is_bare(reading: Reading) -> bool:
    """Return whether a question is the name of a number and nothing else: "revenue?"."""
    is_only_metrics = all(mention.of(MetricWord) for mention in reading.mentions)
    return is_only_metrics and not _says_more(reading) and len(reading.tape) <= _BARE_LENGTH


def _says_more(reading: Reading) -> bool:
    shape = reading.shape
    return bool(
        reading.thresholds
        or reading.chart
        or reading.parts
        or reading.time.says_something
        or shape.rankings
        or shape.has_total
        or shape.has_share
        or shape.has_change
    )


def _points_back(reading: Reading) -> bool:
    return any(token.text in _POINTS_BACK for token in reading.tape.tokens if not token.is_aside)
