"""From a draft to a query: the fitting dimension, defaults that are said, a last check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice, product
from typing import Literal

from pydantic import ValidationError

from gtm.errors import InvalidQueryError
from gtm.language.ask import clarify, say, say_having
from gtm.language.lexicon import ValueWord, Vocabulary
from gtm.language.outcome import Clarify
from gtm.language.reading import Draft, FilterDraft, StopReadingError
from gtm.language.values import PAGE_METRICS
from gtm.language.which_number import is_bare_split, which_number
from gtm.semantics.catalog import Catalog
from gtm.semantics.compiler import MAX_DAYS
from gtm.semantics.funnel import plan_funnel
from gtm.semantics.periods import default_grain, resolve_range
from gtm.semantics.plan import make_plan
from gtm.semantics.query import Filter, MetricQuery, OrderBy, RelativeRange, TimeRange
from gtm.semantics.spans import spans_of

# Readings are tried in order; a question with more of them than this is not a question.
_MAX_READINGS = 256
_OPS: dict[tuple[bool, bool], Literal["in", "not_in", "contains", "not_contains"]] = {
    (False, False): "in",
    (False, True): "not_in",
    (True, False): "contains",
    (True, True): "not_contains",
}


class Resolver:
    """Decides what a draft leaves open, over one catalogue."""

    def __init__(self, catalog: Catalog, vocabulary: Vocabulary) -> None:
        self._catalog = catalog
        self._vocabulary = vocabulary

    def resolve(self, draft: Draft, today: date) -> MetricQuery:
        """Return the query. Raises StopReadingError when nothing in the catalogue fits."""
        self.name_number(draft, today)
        if draft.is_descending is not None and draft.order is None and draft.metrics:
            draft.order = OrderBy(field=draft.metrics[0], is_descending=draft.is_descending)
        self._drop_now(draft)
        dimensions, filters = self._fitting(draft)
        if self._take_counterparts(draft, (*dimensions, *(item.dimension for item in filters))):
            dimensions, filters = self._fitting(draft)
        draft.metrics = list(dict.fromkeys(draft.metrics))
        _default_grain(draft, today)
        _check_contradiction(filters)
        self._check_groups(draft)
        query = _query(draft, dimensions, filters, self._order(draft))
        if (reason := self._objection(query, today)) is not None:
            raise StopReadingError(clarify(reason, self._nearest(query, today)))
        return query

    def _drop_now(self, draft: Draft) -> None:
        """Leave out "today" and "right now" where only the state of now is known anyway."""
        is_now = draft.time is RelativeRange.TODAY and draft.compare is None
        if is_now and draft.metrics and all(map(self._catalog.is_state, draft.metrics)):
            draft.time = None

    def say(self, query: MetricQuery) -> str:
        """Word a query as a question."""
        return say(query, self._vocabulary)

    def _objection(self, query: MetricQuery, today: date) -> str | None:
        """Return why the catalogue can't answer a query, or None when it can."""
        asked = (query.time, query.compare.range if query.compare else None)
        if any(isinstance(span, TimeRange) and span.days > MAX_DAYS for span in asked):
            return "That period is longer than 20 years; name a shorter one."
        try:
            spans = spans_of(self._catalog, query, today)
            if query.funnel is not None:
                plan_funnel(self._catalog, query, spans)
            else:
                make_plan(self._catalog, query, spans)
        except InvalidQueryError as error:
            return error.message
        return None

    def _nearest(self, query: MetricQuery, today: date) -> list[str]:
        """Return questions near this one that can be answered."""
        plain = query.model_copy(update={"having": (), "order": None, "limit": None, "chart": None})
        tries = [plain.model_copy(update={"time": None, "compare": None, "grain": None})]
        tries.append(plain.model_copy(update={"filters": (), "grain": None}))
        for name in query.dimensions:
            metric = self._vocabulary.dimensions[name].default_metric
            update = {"metrics": (metric,), "dimensions": (name,), "filters": (), "funnel": None}
            tries.append(plain.model_copy(update=update))
        tries.append(plain.model_copy(update={"dimensions": (), "filters": ()}))
        return [self.say(item) for item in tries if self._objection(item, today) is None]

    def name_number(self, draft: Draft, today: date) -> None:
        """Take the metric a dimension is usually measured by, and say so."""
        if draft.metrics or draft.funnel is not None:
            return
        is_evaluative = draft.ranking is not None and draft.ranking.is_evaluative
        if is_evaluative or draft.is_judged or is_bare_split(draft):
            raise StopReadingError(self._which_number(draft, today))
        names = [names[0] for names in draft.dimensions]
        names += [item.dimensions[0] for item in draft.filters]
        others = [name for item in draft.filters for name in item.dimensions[1:]]
        found = [self._vocabulary.dimensions[name].default_metric for name in (*names, *others)]
        known = [name for name in found if name is not None]
        if not known:
            raise StopReadingError(self._which_number(draft, today))
        # One that everything named can split, else the first.
        splits = [*draft.dimensions, *(item.dimensions for item in draft.filters)]
        fitting = (name for name in known if self._splits_by_any(name, splits))
        others = ["landing_page" if name == "page" else name for name in names]
        of_sessions = replace(draft, metrics=["sessions"])
        usual = "sessions" if self._meet(of_sessions, others) else known[0]
        draft.metrics = [next(fitting, usual)]
        label = self._vocabulary.metrics[draft.metrics[0]].label
        draft.notes.append(f"No number was named, so {label} is shown.")

    def _splits_by_any(self, metric: str, splits: Sequence[tuple[str, ...]]) -> bool:
        """Return whether a view of a metric holds, of each word, a dimension it may be on."""
        known = self._vocabulary.dimensions
        return any(
            all(any(view in known[name].views for name in names) for names in splits)
            for view in self._vocabulary.metrics[metric].views
        )

    def _which_number(self, draft: Draft, today: date) -> Clarify:
        return which_number(
            draft, self._vocabulary, lambda tried: self.resolve(tried, today), self.say
        )

    def _fitting(self, draft: Draft) -> tuple[tuple[str, ...], tuple[Filter, ...]]:
        """Choose, where a word may be on several dimensions, those the metrics can be split by."""
        splits = [self._with_counterparts(names) for names in draft.dimensions]
        filters = [item.alternatives for item in draft.filters]
        first: tuple[tuple[str, ...], tuple[ValueWord, ...]] | None = None
        for chosen in islice(product(*splits, *filters), _MAX_READINGS):
            names = tuple(item for item in chosen if isinstance(item, str))
            words = tuple(item for item in chosen if isinstance(item, ValueWord))
            first = first or (names, words)
            taken = (*names, *(word.dimension for word in words))
            if self._meet(draft, taken) and not _is_other_page(draft, words):
                return names, _filters(words, draft.filters)
        names, words = first or ((), ())
        return self._stand_in(draft, names, words), _filters(words, draft.filters)

    def _stand_in(
        self, draft: Draft, names: tuple[str, ...], words: Sequence[ValueWord]
    ) -> tuple[str, ...]:
        """Read the page of a session's number as the page the session began on."""
        others = tuple("landing_page" if name == "page" else name for name in names)
        taken = (*others, *(word.dimension for word in words))
        is_of_pages = not PAGE_METRICS.isdisjoint(draft.metrics)
        if others == names or is_of_pages or not self._meet(draft, taken):
            return names
        label = self._vocabulary.metrics[draft.metrics[0]].label
        draft.notes.append(f"{label} is counted by the page a session began on.")
        return others

    def _take_counterparts(self, draft: Draft, dimensions: Sequence[str]) -> bool:
        """Take the same idea of another source where only that fits; which was taken is said.

        "Revenue by owner" can only be that of deals, and "leads to revenue" stays with the leads.
        """
        if draft.funnel is not None:
            return False
        others = [self._counterpart(name, dimensions) for name in draft.metrics]
        if len(set(others)) < len(set(draft.metrics)) and self._meet(draft, dimensions):
            # "Revenue and won amount by month" are two numbers.
            return False
        swapped = replace(draft, metrics=others)
        if others == draft.metrics or not self._meet(swapped, dimensions):
            return False
        if self._meet(draft, dimensions) and not self._is_beside_others(draft.metrics):
            return False
        for name, other in zip(draft.metrics, others, strict=True):
            if name != other:
                draft.notes.append(
                    f"{self._vocabulary.metrics[name].label} is read as "
                    f"{self._vocabulary.metrics[other].label}, which goes with the rest."
                )
        taken = dict(zip(draft.metrics, others, strict=True))
        if draft.ranking_metric is not None:
            draft.ranking_metric = taken.get(draft.ranking_metric, draft.ranking_metric)
        draft.having = [
            item.model_copy(update={"metric": taken.get(item.metric, item.metric)})
            for item in draft.having
        ]
        draft.metrics = others
        return True

    def _counterpart(self, name: str, dimensions: Sequence[str]) -> str:
        """Return the same idea in another source; by why deals were lost it is what was lost."""
        other = self._catalog.metrics[name].counterpart
        is_lost = other == "won_amount" and "lost_reason" in dimensions
        return "lost_amount" if is_lost else other or name

    def _is_beside_others(self, names: Sequence[str]) -> bool:
        """Whether all metrics but those with a counterpart are of the counterpart's source."""
        metrics = [self._catalog.metrics[name] for name in names]
        others = {item.source for item in metrics if item.counterpart is None}
        taken = {
            self._catalog.metrics[item.counterpart].source
            for item in metrics
            if item.counterpart is not None
        }
        return bool(others) and others == taken

    def _with_counterparts(self, names: Sequence[str]) -> tuple[str, ...]:
        others = (self._vocabulary.dimensions[name].counterpart for name in names)
        return tuple(dict.fromkeys((*names, *(name for name in others if name is not None))))

    def _meet(self, draft: Draft, dimensions: Sequence[str]) -> bool:
        """Return whether each metric has a view that holds every dimension."""
        views = [self._vocabulary.dimensions[name].views for name in dimensions]
        homes = list(self._homes(draft))
        return all(home.intersection(*views) for home in homes) if views else True

    def _homes(self, draft: Draft) -> Iterator[frozenset[str]]:
        if draft.funnel is not None:
            yield frozenset({self._vocabulary.funnels[draft.funnel].view})
        for name in draft.metrics:
            yield self._vocabulary.metrics[name].views

    def _check_groups(self, draft: Draft) -> None:
        """Stop a limit or an order on a single number."""
        if draft.dimensions or draft.grain is not None or not (draft.having or draft.order):
            return
        field = draft.having[0].metric if draft.having else draft.metrics[0]
        subject = self._vocabulary.metrics[field].say
        limits = "".join(f" {say_having(item, self._vocabulary)}" for item in draft.having)
        ways = [f"{subject} by {name}{limits}" for name in ("channel", "country", "device")]
        if draft.funnel is None:
            raise StopReadingError(clarify("Which groups do you want to see?", ways))

    def _order(self, draft: Draft) -> OrderBy | None:
        ranking = draft.ranking
        if ranking is None:
            return draft.order
        if draft.funnel is not None or not (draft.dimensions or draft.grain):
            subject = (
                self._vocabulary.metrics[draft.metrics[0]].say if draft.metrics else "sessions"
            )
            ways = [f"{ranking.word} {name} by {subject}" for name in ("channels", "countries")]
            message = f"{ranking.word.capitalize()} of which list?"
            raise StopReadingError(clarify(message, ways))
        metric = draft.ranking_metric or draft.metrics[0]
        is_descending = ranking.is_highest
        if ranking.is_evaluative and self._vocabulary.metrics[metric].is_lower_better:
            is_descending = not is_descending
        if ranking.limit is None:
            draft.notes.append(f"Showing the first {draft.limit}.")
        return OrderBy(field=metric, is_descending=is_descending)


def _check_contradiction(filters: Sequence[Filter]) -> None:
    """Stop where a value is both wanted and left out: no row would be left."""
    wanted: dict[str, set[str]] = {}
    for item in filters:
        if item.op != "in":
            continue
        known = wanted.setdefault(item.dimension, set(item.values))
        if not known & set(item.values):
            message = f"Should {min(known)} and {item.values[0]} be counted together, or apart?"
            raise StopReadingError(clarify(message))
    for one in filters:
        for other in filters:
            shared = {value.casefold() for value in one.values} & {
                value.casefold() for value in other.values
            }
            if (
                one.dimension == other.dimension
                and one.op == "in"
                and other.op == "not_in"
                and shared
            ):
                message = f"{min(shared)!r} is both wanted and left out; which do you mean?"
                raise StopReadingError(clarify(message))


def _is_other_page(draft: Draft, words: Sequence[ValueWord]) -> bool:
    """Whether a page's own number would be limited to sessions that began on a page."""
    pages = {
        word.dimension
        for word, item in zip(words, draft.filters, strict=True)
        if word.dimension == "landing_page" and "page" in item.dimensions
    }
    return bool(pages) and not PAGE_METRICS.isdisjoint(draft.metrics)


def _default_grain(draft: Draft, today: date) -> None:
    """Give a trend or a line its steps, by the length of the period."""
    is_series = draft.has_trend or draft.chart in {"line", "area"}
    if not is_series or draft.grain is not None or draft.funnel is not None:
        return
    draft.grain = default_grain(resolve_range(draft.time, today))
    draft.notes.append(f"Shown by {draft.grain.value}.")


def _filters(words: Sequence[ValueWord], drafts: Sequence[FilterDraft]) -> tuple[Filter, ...]:
    """Return the filters; "calls, no e-mails" keeps the calls, which leaves the others out."""
    found = _each_filter(words, drafts)
    kept = {item.dimension: set(item.values) for item in found if item.op == "in"}
    return tuple(
        item
        for item in found
        if item.op != "not_in" or kept.get(item.dimension, {*item.values}) & {*item.values}
    )


def _each_filter(words: Sequence[ValueWord], drafts: Sequence[FilterDraft]) -> tuple[Filter, ...]:
    return tuple(
        Filter(
            dimension=word.dimension,
            op=_OPS[draft.is_part, draft.is_negated],
            values=word.values[:100],
        )
        for word, draft in zip(words, drafts, strict=True)
    )


def _query(
    draft: Draft, dimensions: tuple[str, ...], filters: tuple[Filter, ...], order: OrderBy | None
) -> MetricQuery:
    try:
        return MetricQuery(
            metrics=tuple(draft.metrics),
            dimensions=tuple(dict.fromkeys(dimensions)),
            funnel=draft.funnel,
            grain=draft.grain,
            time=draft.time,
            compare=draft.compare,
            filters=filters,
            having=tuple(draft.having),
            order=order,
            limit=draft.limit,
            chart=draft.chart,
        )
    except ValidationError as error:
        message = "That is more than one question can hold; ask for fewer numbers or splits."
        raise StopReadingError(clarify(message)) from error
