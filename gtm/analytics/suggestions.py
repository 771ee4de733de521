"""What to ask instead of a question that is too expensive: found, checked, and said."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import islice

from sqlglot import exp

from gtm.analytics.listing import ViewDoc
from gtm.analytics.narrowing import Candidate, narrower
from gtm.analytics.runner import Errand, QueryRunner, together
from gtm.audit.base import Door
from gtm.clock import Clock
from gtm.context import TenantContext
from gtm.errors import GtmError, QueryTooExpensiveError, Suggestion, ViewSize
from gtm.semantics.catalog import Catalog
from gtm.semantics.compiler import CompiledQuery
from gtm.semantics.query import MetricQuery

# Estimates read nothing but still ask the engine; a try reads.
_MAX_ESTIMATES = 16
_MAX_TRIES = 3
_MAX_VIEWS = 6
_EXAMPLE_DAYS = 30

Compile = Callable[[MetricQuery, date], CompiledQuery]


class Suggester:
    """Finds the way on from a refusal."""

    def __init__(
        self,
        runner: QueryRunner,
        compiled: Compile,
        catalog: Catalog,
        view_docs: Mapping[str, ViewDoc],
        clock: Clock,
    ) -> None:
        self._runner = runner
        self._compiled = compiled
        self._catalog = catalog
        self._view_docs = view_docs
        self._clock = clock

    async def narrower(
        self, tenant: TenantContext, query: MetricQuery, error: QueryTooExpensiveError, caller: Door
    ) -> QueryTooExpensiveError:
        """Return the refusal of a governed query with a narrower one that fits, if there is any."""
        candidates = narrower(
            self._catalog,
            query,
            error.cap,
            limits=self._runner.limits,
            today=self._clock.today(),
        )
        if error.cap == "bytes_read":
            found = await self._first_within(tenant, list(islice(candidates, _MAX_ESTIMATES)))
        else:
            found = await self._first_answered(tenant, candidates, caller)
        if found is None:
            return error
        candidate, cost = found
        sentence = f"{candidate.change[0].upper()}{candidate.change[1:]}{cost}."
        body = candidate.query.model_dump(mode="json", exclude_defaults=True)
        return _with(error, Suggestion(sentence, query=body))

    async def cheaper_sql(
        self, tenant: TenantContext, sql: str, error: QueryTooExpensiveError
    ) -> QueryTooExpensiveError:
        """Return the refusal of free SQL with the size of what it reads, and what would cut it."""
        if error.cap != "bytes_read":
            most = self._runner.limits.max_rows
            return _with(error, Suggestion(f"Group the rows, or end with LIMIT {most} or less."))
        views = self._runner.views_of(tenant, sql)[:_MAX_VIEWS]
        calls = [partial(self._size, tenant, view) for view in views]
        try:
            sizes = tuple(await together(calls))
        except GtmError:
            return error
        return _with(error, Suggestion(self._advice(sizes), views=sizes))

    async def _first_within(
        self, tenant: TenantContext, candidates: Sequence[Candidate]
    ) -> tuple[Candidate, str] | None:
        calls = [partial(self._bytes_of, tenant, candidate.query) for candidate in candidates]
        costs = await together(calls)
        for candidate, cost in zip(candidates, costs, strict=True):
            if cost is not None and max(cost) <= self._runner.limits.max_bytes_billed:
                return candidate, f": that reads about {size_text(sum(cost))}"
        return None

    async def _bytes_of(self, tenant: TenantContext, query: MetricQuery) -> tuple[int, ...] | None:
        """Return what each query of a question would read; None for one that can't be asked."""
        try:
            compiled = self._compiled(query, self._clock.today())
            texts = [text for text in (compiled.sql, compiled.totals_sql) if text is not None]
            found = [await self._runner.estimate(tenant, text) for text in texts]
        except GtmError:
            return None
        return tuple(estimate.bytes_processed for estimate in found)

    async def _first_answered(
        self, tenant: TenantContext, candidates: Iterator[Candidate], caller: Door
    ) -> tuple[Candidate, str] | None:
        """Return the first that is certain to fit, or does when tried within the same caps."""
        for candidate in islice(candidates, _MAX_TRIES):
            try:
                compiled = self._compiled(candidate.query, self._clock.today())
                if candidate.is_certain:
                    return candidate, ""
                errand = Errand("suggestion", caller)
                found = await self._runner.run(tenant, errand, compiled.sql)
            except GtmError:
                continue
            return candidate, f": that has {len(found.results[0].rows):,} rows"
        return None

    async def _size(self, tenant: TenantContext, view: str) -> ViewSize:
        everything = exp.select(exp.Star()).from_(exp.to_table(view)).sql(dialect="bigquery")
        found = await self._runner.estimate(tenant, everything)
        doc = self._view_docs.get(view)
        return ViewSize(
            view, found.bytes_processed, found.rows, None if doc is None else doc.time_column
        )

    def _advice(self, sizes: Sequence[ViewSize]) -> str:
        read = ", ".join(
            f"{size.view} (about {size_text(size.bytes_read)}"
            + (")" if size.rows is None else f" in {size.rows:,} rows)")
            for size in sizes
        )
        since = self._clock.today() - timedelta(days=_EXAMPLE_DAYS)
        filters = [
            f"WHERE {size.time_column} >= DATE '{since}' on {size.view}"
            for size in sizes
            if size.time_column is not None
        ]
        cut = f" and filter by day, for example {'; '.join(filters)}" if filters else ""
        return f"It reads {read or 'no view'}. Name only the columns you need{cut}."


def size_text(size: int) -> str:
    """Return bytes as people say them."""
    for unit, width in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= width:
            return f"{size / width:.3g} {unit}"
    return f"{size} bytes"


def _with(error: QueryTooExpensiveError, suggestion: Suggestion) -> QueryTooExpensiveError:
    return QueryTooExpensiveError(
        error.message, hint=suggestion.sentence, cap=error.cap, suggestion=suggestion
    )
