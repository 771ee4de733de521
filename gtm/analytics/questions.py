"""What of a metric query an analysis understands; the rest is refused, not dropped."""

from __future__ import annotations

from collections.abc import Collection

from gtm.errors import InvalidQueryError
from gtm.semantics.query import MetricQuery

_WORDS = {
    "funnel": "funnel",
    "dimensions": "split",
    "grain": "steps in time",
    "compare": "comparison",
    "having": "limit on groups",
    "order": "order",
    "limit": "number of rows",
}


def only(query: MetricQuery, work: str, allowed: Collection[str]) -> MetricQuery:
    """Return a query the work can take: of one metric. Raises InvalidQueryError."""
    for field, words in _WORDS.items():
        if getattr(query, field) and field not in allowed:
            raise InvalidQueryError(
                f"{work} takes no {words} ({field}).",
                hint=f"Leave {field} out.",
            )
    if len(query.metrics) != 1:
        raise InvalidQueryError(
            f"{work} takes one metric at a time.",
            hint=f"Ask for each on its own, for example {query.metrics[0]}.",
            nearest=query.metrics,
        )
    return query
