"""Builds a tenant's facts and views from what has landed: all of them, or only the days that changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from gtm.context import TenantContext
from gtm.models.landing import LANDING
from gtm.models.model import EVENTS, FACTS, SHARDS, SOURCE_DAYS, TOUCHED_DATES, Model, Refresh
from gtm.models.statements import ALL_DAYS, DateSpan, Renderer
from gtm.warehouse.base import Warehouse

__all__ = ["DateSpan", "build", "render"]

logger = logging.getLogger(__name__)


async def build(
    warehouse: Warehouse,
    tenant: TenantContext,
    *,
    touched: DateSpan | None,
    synced_at: datetime | None = None,
) -> None:
    """Bring facts and views up to date with the landing tables, all or nothing.

    `touched` are the days that were loaded; None builds everything anew, as the first load and a new
    version of the models need. `synced_at` is the time of that load, by default the warehouse's now.
    """
    for table in LANDING:
        await warehouse.load(tenant, table, ())
    await warehouse.transform(tenant, list(render(tenant, touched=touched, synced_at=synced_at)))
    logger.info("models_built", extra={"tenant_id": tenant.tenant_id, "is_full": touched is None})


def render(
    tenant: TenantContext, *, touched: DateSpan | None, synced_at: datetime | None = None
) -> Iterator[str]:
    """Yield the statements of a build, in BigQuery SQL."""
    renderer = Renderer(tenant, touched or ALL_DAYS, synced_at)
    yield from renderer.create_datasets()
    yield renderer.seed()
    yield from _build_all(renderer) if touched is None else _build_touched(renderer)
    yield from renderer.views()


def _build_all(renderer: Renderer) -> Iterator[str]:
    for model in (SOURCE_DAYS, SHARDS, *EVENTS, TOUCHED_DATES, *FACTS):
        yield renderer.replace(model)


def _build_touched(renderer: Renderer) -> Iterator[str]:
    for model in (SOURCE_DAYS, SHARDS, *EVENTS):
        yield renderer.ensure(model)
    yield renderer.replace(TOUCHED_DATES)
    for model in (SOURCE_DAYS, SHARDS, *EVENTS):
        yield from _refresh(renderer, model)
    yield renderer.append(TOUCHED_DATES)
    for model in FACTS:
        yield from _refresh(renderer, model)


def _refresh(renderer: Renderer, model: Model) -> Iterator[str]:
    if model.refresh is Refresh.WHOLE:
        yield renderer.replace(model)
        return
    yield renderer.ensure(model)
    yield renderer.delete(model)
    yield renderer.append(model)
