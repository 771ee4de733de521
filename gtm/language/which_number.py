"""The question back for a number: the whole question again, once with each number that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy

from gtm.language.ask import clarify
from gtm.language.lexicon import Vocabulary
from gtm.language.outcome import Clarify
from gtm.language.reading import Draft, StopReadingError
from gtm.semantics.query import MetricQuery

# By these a thing is judged most often.
_JUDGED_BY = (
    "sessions",
    "revenue_usd",
    "conversion_rate",
    "engagement_rate",
    "won_amount",
    "win_rate",
)
_MOST = 4


def is_bare_split(draft: Draft) -> bool:
    """Return whether nothing but splits was said."""
    says_more = (
        draft.filters or draft.having or draft.ranking or draft.order or draft.limit or draft.chart
    )
    is_timed = draft.time or draft.compare or draft.grain or draft.has_trend
    return bool(draft.dimensions) and not (says_more or is_timed)


def which_number(
    draft: Draft,
    vocabulary: Vocabulary,
    resolve: Callable[[Draft], MetricQuery],
    say: Callable[[MetricQuery], str],
) -> Clarify:
    """Ask by which number, the usual one of what is named first."""
    ways: list[str] = []
    for name in _candidates(draft, vocabulary):
        tried = _with(draft, name)
        try:
            ways.append(say(resolve(tried)))
        except StopReadingError:
            continue
        if len(ways) == _MOST:
            break
    return clarify(_message(draft, vocabulary), ways)


def _candidates(draft: Draft, vocabulary: Vocabulary) -> Iterable[str]:
    names = [names[0] for names in draft.dimensions]
    names += [item.dimensions[0] for item in draft.filters]
    usual = [vocabulary.dimensions[name].default_metric for name in names]
    known = [name for name in (*usual, *_JUDGED_BY) if name in vocabulary.metrics]
    return dict.fromkeys(name for name in known if name is not None)


def _with(draft: Draft, metric: str) -> Draft:
    """Return a draft about a number; resolving it changes no other draft."""
    tried = copy(draft)
    tried.metrics = [metric]
    tried.notes, tried.having = list(draft.notes), list(draft.having)
    tried.dimensions, tried.filters = list(draft.dimensions), list(draft.filters)
    tried.is_judged = False
    if draft.ranking is not None:
        tried.dimensions = tried.dimensions or [("channel",)]
        tried.ranking_metric = metric
    return tried


def _message(draft: Draft, vocabulary: Vocabulary) -> str:
    if draft.ranking is not None:
        return f"{draft.ranking.word.capitalize()} by which number?"
    if draft.is_judged:
        return "By which number should I judge that?"
    if draft.dimensions:
        split = " and ".join(vocabulary.dimensions[names[0]].say for names in draft.dimensions)
        return f"Which number by {split}?"
    return "Which number do you want to see?"
