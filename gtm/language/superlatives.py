"""Superlatives that say which number of a thing is ranked: "longest visits", "biggest orders"."""

from __future__ import annotations

from dataclasses import replace

from gtm.language.lexicon import MetricWord
from gtm.language.mention import Mention
from gtm.language.shape import Shape

_LENGTH, _SIZE = frozenset({"longest", "shortest"}), frozenset({"biggest", "largest", "smallest"})
# What is counted, and the number by which one of them is long or big.
_MEANT = (
    (_LENGTH, "sessions", "avg_engagement_time"),
    (_LENGTH, "engaged_sessions", "avg_engagement_time"),
    (_SIZE, "transactions", "avg_order_value"),
)


def by_superlative(mentions: list[Mention], shape: Shape) -> list[Mention]:
    """Read what is counted as the number that a superlative before it ranks by."""
    said = {rank.end: rank.word for rank in shape.rankings if rank.limit is None}
    return [_meant(item, said[item.start]) if item.start in said else item for item in mentions]


def _meant(mention: Mention, word: str) -> Mention:
    names = {concept.name for concept in mention.of(MetricWord)}
    metric = next((m for words, thing, m in _MEANT if word in words and names == {thing}), None)
    return replace(mention, concepts=(MetricWord(metric),)) if metric else mention
