"""Where visits and contacts come from: "where did our leads come from" asks for a split."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gtm.language.ask import clarify
from gtm.language.lexicon import DimensionWord, MetricWord, ValueWord, Vocabulary
from gtm.language.mention import Mention
from gtm.language.reading import Draft, Reading, StopReadingError
from gtm.language.tokens import Tape
from gtm.language.wordings import Wordings

_CONTACTS = Wordings.read("dealings").words["from_somewhere"]
_VISITS = frozenset({"sessions", "engaged_sessions", "key_events", "revenue_usd", "transactions"})
_WHERE_FROM = re.compile(
    r"\bwhere (?:\S+ ){0,6}?(?:come|came|comes|coming|originate|originated|hail|stem|stemmed)"
    r"(?: in)?(?: from)?\b"
)
_NAMED = frozenset({"original_source", "channel", "source", "medium", "country", "region", "city"})
# People come from a country as well as from a channel; clicks in Google have no channel.
_WAYS, _WAYS_OF_SEARCH = ("channel", "country"), ("country", "query")
_OF_SEARCH = frozenset({"clicks", "impressions", "ctr", "avg_position"})


def with_origins(tape: Tape, mentions: list[Mention]) -> list[Mention]:
    """Read "where did our leads come from" as a split by where they first came from."""
    names = {word.name for mention in mentions for word in mention.of(MetricWord)}
    if not names or not _asks_where_from(tape) or not (names <= _CONTACTS or names <= _VISITS):
        return mentions
    if any(mention.of(DimensionWord) for mention in mentions) or _names_origin(mentions):
        return mentions
    split = DimensionWord("original_source" if names <= _CONTACTS else "channel")
    at = next(i for i, token in enumerate(tape.tokens) if token.text == "where")
    return sorted([*mentions, Mention(at, at + 1, (split,))], key=lambda item: item.start)


def check_origins(reading: Reading, vocabulary: Vocabulary, draft: Draft) -> None:
    """Ask back at "where do our visitors come from". Raises StopReadingError."""
    if draft.dimensions or draft.funnel or not _asks_where_from(reading.tape):
        return
    if any(_NAMED & set(item.dimensions) for item in draft.filters):
        return
    subject = vocabulary.metrics[draft.metrics[0]].say if draft.metrics else "sessions"
    one, other = _WAYS_OF_SEARCH if _OF_SEARCH & set(draft.metrics) else _WAYS
    ways = (f"{subject} by {one}", f"{subject} by {other}")
    raise StopReadingError(clarify(f"By {one} or by {other}?", ways))


def _asks_where_from(tape: Tape) -> bool:
    return _WHERE_FROM.search(tape.text(0, len(tape))) is not None


def _names_origin(mentions: Sequence[Mention]) -> bool:
    values = {word.dimension for mention in mentions for word in mention.of(ValueWord)}
    return bool(values & _NAMED)
