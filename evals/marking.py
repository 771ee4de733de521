"""Marks what came of a question against what must come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from evals.question_file import TODAY, Question, Slots
from gtm.errors import GtmError
from gtm.semantics.catalog import Catalog
from gtm.semantics.compiler import Compiler
from gtm.semantics.query import Filter, MetricQuery


class Verdict(StrEnum):
    """What came of a question, from the person's side."""

    RIGHT = "right"
    ASKED = "asked"  # a question back where an answer was due: safe, but a nuisance
    REFUSED = "refused"  # a refusal where an answer or a question back was due
    WRONG = "wrong"  # a number that was not asked for, or not to be given


class Outcome(Protocol):
    """What any of the ways of asking came to; `intent` and `query` where it is an answer."""

    @property
    def kind(self) -> str:
        """One of answer, clarify, refuse, about."""
        ...

    @property
    def intent(self) -> str:
        """One of query, explain, forecast, anomalies."""
        ...

    @property
    def query(self) -> MetricQuery | None:
        """What was answered."""
        ...


@dataclass(frozen=True, slots=True)
class Came:
    """What a question came to, told by a reply or a tool call."""

    kind: str
    intent: str = "query"
    query: MetricQuery | None = None


class Marker:
    """Marks outcomes; two queries are the same when they compile to the same SQL."""

    def __init__(self, catalog: Catalog) -> None:
        self._compiler = Compiler(catalog)

    def verdict(self, question: Question, outcome: Outcome) -> Verdict:
        """Return how right an outcome is."""
        if outcome.kind == "answer":
            query = outcome.query
            is_right = query is not None and any(
                outcome.intent == slots.intent and self._is_same(slots, query)
                for slots in question.readings
            )
            return Verdict.RIGHT if is_right else Verdict.WRONG
        if outcome.kind in question.expected or _is_as_safe(question, outcome):
            return Verdict.RIGHT
        return Verdict.REFUSED if outcome.kind in {"refuse", "about"} else Verdict.ASKED

    def _is_same(self, slots: Slots, query: MetricQuery) -> bool:
        if slots.grain == "any":
            if query.grain is None:
                return False
            slots = slots.model_copy(update={"grain": query.grain})
        wanted = slots.query()
        return (
            self._sql(wanted) == self._sql(query)
            and (wanted.order is None or wanted.order == query.order)
            and _is_cut_alike(wanted, query)
            and (wanted.chart is None or wanted.chart == query.chart)
        )

    def _sql(self, query: MetricQuery) -> str | MetricQuery:
        """Return the SQL of the rows asked for, in whatever order they were said."""
        plain = query.model_copy(
            update={
                "metrics": tuple(sorted(query.metrics)),
                "dimensions": tuple(sorted(query.dimensions)),
                "filters": tuple(sorted(map(_sorted, _joined(query.filters)), key=repr)),
                "having": tuple(sorted(query.having, key=repr)),
                "order": None,
                "limit": None,
                "chart": None,
            }
        )
        try:
            return self._compiler.compile(plain, TODAY).sql
        except GtmError:
            # A forecast looks ahead, which no query may.
            return plain


def _joined(filters: Sequence[Filter]) -> list[Filter]:
    """Put what is left out of one dimension together: twice "without" is one list."""
    left_out: dict[str, tuple[str, ...]] = {}
    for item in filters:
        if item.op == "not_in":
            left_out[item.dimension] = (*left_out.get(item.dimension, ()), *item.values)
    others = [item for item in filters if item.op != "not_in"]
    return others + [
        Filter(dimension=name, op="not_in", values=values) for name, values in left_out.items()
    ]


def _sorted(item: Filter) -> Filter:
    return item.model_copy(update={"values": tuple(sorted(map(str.casefold, item.values)))})


def _is_cut_alike(wanted: MetricQuery, query: MetricQuery) -> bool:
    if wanted.limit is not None:
        return wanted.limit == query.limit
    # Of a ranking without a number, as many rows may be shown as fit.
    return query.limit is None or wanted.order is not None


def _is_as_safe(question: Question, outcome: Outcome) -> bool:
    """Whether no number was to be given and none was: both ways of saying so are right."""
    given = {"clarify", "refuse"}
    return (
        "answer" not in question.expected
        and outcome.kind in given
        and bool(given & set(question.expected))
    )
