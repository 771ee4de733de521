"""`gtm provision`: what workspaces need on BigQuery, printed or made."""

from __future__ import annotations

from collections.abc import Iterator

import anyio
from anyio import to_thread
from rich.console import Console
from rich.text import Text

from gtm.bootstrap import bigquery_project, open_bigquery, open_state
from gtm.clock import SystemClock
from gtm.context import Role, TenantContext, UserId
from gtm.errors import ConfigurationError, NotFoundError
from gtm.models.builder import build, render
from gtm.models.landing.tables import LANDING
from gtm.settings import Settings
from gtm.tenants.base import Workspace
from gtm.tenants.postgres import PostgresWorkspaceDirectory

_OPERATOR = UserId("operator")


def provision(
    settings: Settings, *, workspace: str | None, app: str | None, is_dry: bool, out: Console
) -> None:
    """Print the bindings and statements of workspaces, or make all but the bindings."""
    tenants = anyio.run(_tenants, settings, workspace)
    member = app or f"serviceAccount:{bigquery_project(settings).app_account}"
    if is_dry:
        for line in script(settings, tenants, app=member):
            # Not wrapped and not styled: it is to be piped and pasted.
            out.print(Text(line), soft_wrap=True)
        return
    if settings.gtm_warehouse != "bigquery":
        raise ConfigurationError(
            "GTM_WAREHOUSE is not bigquery, so there is nothing to provision.",
            hint="Set GTM_WAREHOUSE=bigquery, or add --dry-run to see what would be made.",
        )
    anyio.run(_make, settings, tenants, out)


def script(settings: Settings, tenants: tuple[TenantContext, ...], *, app: str) -> Iterator[str]:
    """Yield the lines of a document: commands of a shell, entries in JSON, statements in SQL."""
    # It speaks of Google's types, whose client takes seconds to import.
    from gtm.warehouse import bigquery_provision as needs

    place = bigquery_project(settings)
    yield f"# Project {place.project}, location {place.location}. Once for the app itself (shell):"
    yield from needs.app_bindings(place, app)
    for tenant in tenants:
        yield from ("", f"# Workspace {tenant.tenant_id}: who asks for it (shell)")
        yield from needs.tenant_bindings(place, tenant, app)
        yield from ("", "# Its two datasets (SQL)")
        yield from _ended(needs.dataset_ddl(place, tenant))
        yield from ("", "# What to add to `access` of the datasets (JSON, `bq update --source`);")
        yield "# READER is roles/bigquery.dataViewer; raw lets in the views, and no asker"
        yield from (f"{dataset}: {entry}" for dataset, entry in needs.access(place, tenant))
        yield from ("", "# Landing tables (SQL)")
        yield from _ended(needs.landing_ddl(tenant, LANDING))
        yield from ("", "# Facts and views (SQL); every load keeps them up to date")
        yield from _ended(render(tenant, changed=None))


async def _make(settings: Settings, tenants: tuple[TenantContext, ...], out: Console) -> None:
    warehouse = open_bigquery(settings, SystemClock())
    try:
        for tenant in tenants:
            with out.status(f"Making the datasets of {tenant.tenant_id} …"):
                await warehouse.provision(tenant)
                await build(warehouse, tenant, changed=None)
            out.print(f"{tenant.tenant_id}: datasets, access, facts and views are there.")
    finally:
        await warehouse.close()
    out.print("Service accounts and their roles are yours to make: gtm provision --dry-run")


async def _tenants(settings: Settings, slug: str | None) -> tuple[TenantContext, ...]:
    state = await to_thread.run_sync(open_state, settings)
    try:
        found = await PostgresWorkspaceDirectory(state.database).workspaces()
    finally:
        await state.close()
    known = {workspace.slug: workspace for workspace in found}
    if slug is not None:
        # A workspace may be provisioned before it is added.
        wanted = [known.get(slug) or Workspace.named(slug, slug)]
    else:
        wanted = list(known.values())
    if not wanted:
        raise NotFoundError("There is no workspace yet.", hint="Name one with --workspace.")
    return tuple(workspace.context(_OPERATOR, Role.OWNER) for workspace in wanted)


def _ended(statements: Iterator[str]) -> Iterator[str]:
    return (f"{text};" for text in statements)
