"""Builds a tenant's facts and views from what has landed: all of it, or the days that changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from gtm.context import TenantContext
from gtm.models.docs import load_view_docs
from gtm.models.landing import LANDING
from gtm.models.model import EVENTS, FACTS, SHARDS, SOURCE_DAYS, TOUCHED_DATES, Model, Refresh
from gtm.models.statements import ALL_DAYS, DateSpan, Renderer
from gtm.warehouse.base import LandingTable, Warehouse

__all__ = ["DateSpan", "build", "render"]

logger = logging.getLogger(__name__)


async def build(
    warehouse: Warehouse,
    tenant: TenantContext,
    *,
    touched: DateSpan | None,
    synced_at: datetime | None = None,
    landing: Sequence[LandingTable] = LANDING,
) -> None:
    """Bring facts and views up to date with the landing tables, all or nothing.

    `touched` are the days that were loaded; None builds everything anew, and so do the first build
    and the first one of a version whose views differ. `synced_at` is the time of that load, by
    default the warehouse's now. Of `landing`, tables that are missing are created empty.
    """
    for table in landing:
        await warehouse.load(tenant, table, ())
    if touched is not None and not await _is_current(warehouse, tenant):
        touched = None
    await warehouse.transform(tenant, list(render(tenant, touched=touched, synced_at=synced_at)))
    logger.info("models_built", extra={"tenant_id": tenant.tenant_id, "is_full": touched is None})


async def _is_current(warehouse: Warehouse, tenant: TenantContext) -> bool:
    """Whether the views are there and are those of this version of the models."""
    built = await warehouse.view_columns(tenant)
    return {name: [column.name for column in columns] for name, columns in built.items()} == {
        name: [column.name for column in doc.columns] for name, doc in load_view_docs().items()
    }


def render(
    tenant: TenantContext, *, touched: DateSpan | None, synced_at: datetime | None = None
) -> Iterator[str]:
    """Yield a build's statements in BigQuery SQL; touched days need the tables of a full one."""
    renderer = Renderer(tenant, touched or ALL_DAYS, synced_at)
    if touched is None:
        yield from _build_all(renderer)
    else:
        yield from _build_touched(renderer)


def _build_all(renderer: Renderer) -> Iterator[str]:
    yield from renderer.create_datasets()
    yield renderer.seed()
    for model in (SOURCE_DAYS, SHARDS, *EVENTS, TOUCHED_DATES, *FACTS):
        yield renderer.replace(model)
    yield from renderer.views()


def _build_touched(renderer: Renderer) -> Iterator[str]:
    yield renderer.replace(TOUCHED_DATES)
    for model in (SOURCE_DAYS, SHARDS, *EVENTS):
        yield from _refresh(renderer, model)
    yield renderer.append(TOUCHED_DATES)
    for model in FACTS:
        yield from _refresh(renderer, model)


def _refresh(renderer: Renderer, model: Model) -> Iterator[str]:
    if model.refresh is Refresh.WHOLE:
        yield renderer.replace(model)
    else:
        yield renderer.delete(model)
        yield renderer.append(model)
