"""Builds a tenant's facts and views from what has landed: all of it, or what a load changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from anyio import to_thread

from gtm.context import TenantContext
from gtm.models.chunks import CHUNK_ROWS, DateSpan, cut, landed_day_rows
from gtm.models.docs import load_view_docs
from gtm.models.landing.tables import LANDING
from gtm.models.model import Model, Refresh, Source, SourceModels
from gtm.models.plan import SOURCES
from gtm.models.sources.cross import CROSS
from gtm.models.statements import ALL_DAYS, Renderer
from gtm.warehouse.base import Landing, LandingTable, Warehouse

__all__ = ["Change", "DateSpan", "Source", "build", "render"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """What a load changed: days of a source, or with `span` None anything of it."""

    source: Source
    span: DateSpan | None


async def build(
    warehouse: Warehouse,
    tenant: TenantContext,
    *,
    changed: Change | None,
    synced_at: datetime | None = None,
    landing: Sequence[LandingTable] = LANDING,
    chunk_rows: int = CHUNK_ROWS,
) -> None:
    """Bring facts and views up to date with the landing tables, all or nothing.

    `changed` None builds everything anew, and so do the first build and the first one of a version
    whose views differ. `synced_at` is the time of the load, by default the warehouse's now. Of
    `landing`, tables that are missing are created empty. `chunk_rows` bounds how many landed rows a
    statement handles at once.
    """
    await warehouse.load_together(tenant, [Landing(table, ()) for table in landing])
    if changed is not None and not await _is_current(warehouse, tenant):
        changed = None
    span = changed.span if changed is not None else None
    day_rows = await landed_day_rows(warehouse, tenant)
    chunks = cut(span or ALL_DAYS, day_rows, max_rows=chunk_rows)
    rendered = partial(render, tenant, changed=changed, synced_at=synced_at, chunks=chunks)
    # Hundreds of trees, in which nobody who asks a question meanwhile is interested.
    statements = await to_thread.run_sync(lambda: list(rendered()))
    await warehouse.transform(tenant, statements)
    logger.info("models_built", extra={"tenant_id": tenant.tenant_id, "is_full": changed is None})


async def _is_current(warehouse: Warehouse, tenant: TenantContext) -> bool:
    """Whether the views are there and are those of this version of the models."""
    built = await warehouse.view_columns(tenant)
    return {name: [column.name for column in columns] for name, columns in built.items()} == {
        name: [column.name for column in doc.columns] for name, doc in load_view_docs().items()
    }


def render(
    tenant: TenantContext,
    *,
    changed: Change | None,
    synced_at: datetime | None = None,
    chunks: Sequence[DateSpan] = (),
) -> Iterator[str]:
    """Yield a build's statements in BigQuery SQL; a change needs the tables of a full build.

    `chunks` cut the span for models that handle landed rows; without them it is handled in a piece.
    """
    span = changed.span if changed is not None else None
    source = changed.source if changed is not None else None
    renderer = Renderer(tenant, span or ALL_DAYS, synced_at, source)
    chunks = chunks or [renderer.span]
    if changed is None:
        yield from renderer.create_datasets()
        yield renderer.seed()
        for models in (*SOURCES.values(), CROSS):
            yield from _build_all(renderer, models, chunks)
        yield from renderer.views()
        return
    build_source = _build_all if span is None else _build_days
    yield from build_source(renderer, SOURCES[changed.source], chunks)
    yield from build_source(renderer, CROSS.reading(changed.source), chunks)


def _build_all(
    renderer: Renderer, models: SourceModels, chunks: Sequence[DateSpan]
) -> Iterator[str]:
    for model in models.landed:
        first, *later = _parts(renderer, model, chunks)
        yield first.replace(model)
        for part in later:
            yield part.append(model)
    touched = () if models.touched is None else (models.touched,)
    for model in (*touched, *models.facts):
        yield renderer.replace(model)


def _build_days(
    renderer: Renderer, models: SourceModels, chunks: Sequence[DateSpan]
) -> Iterator[str]:
    if models.touched is not None:
        yield renderer.replace(models.touched)
    for model in models.landed:
        yield from _refresh(renderer, model, models.touched, chunks)
    if models.touched is not None and models.landed:
        yield renderer.append(models.touched)
    for model in models.facts:
        yield from _refresh(renderer, model, models.touched)


def _parts(renderer: Renderer, model: Model, chunks: Sequence[DateSpan]) -> Sequence[Renderer]:
    """What renders a landed model, chunk by chunk when it goes by days."""
    if model.refresh is not Refresh.RANGE:
        return [renderer]
    return [replace(renderer, span=chunk) for chunk in chunks]


def _refresh(
    renderer: Renderer, model: Model, touched: Model | None, chunks: Sequence[DateSpan] = ()
) -> Iterator[str]:
    if model.refresh is Refresh.WHOLE:
        yield renderer.replace(model)
        return
    yield renderer.delete(model, touched)
    for part in _parts(renderer, model, chunks) if chunks else (renderer,):
        yield part.append(model)
