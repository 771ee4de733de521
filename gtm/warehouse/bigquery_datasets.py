"""A tenant's two datasets: raw tables, and views that may read them for who may not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from google.api_core.exceptions import Conflict, NotFound
from google.cloud import bigquery
from google.cloud.bigquery import AccessEntry

from gtm.context import TenantContext
from gtm.warehouse.bigquery_project import BigQueryProject

_READER, _USER = "READER", "userByEmail"


def make_datasets(client: bigquery.Client, place: BigQueryProject, tenant: TenantContext) -> None:
    """Make what is missing of the datasets and of the access to them; the rest stays. Blocks."""
    views = _make(client, place, tenant, tenant.dataset, "Views: what questions may read.")
    _grant(client, views, [reader_entry(place, tenant)])
    raw = _make(client, place, tenant, tenant.raw_dataset, "Landing tables and facts.")
    _grant(client, raw, [views_entry(place, tenant)])


def drop_datasets(client: bigquery.Client, tenant: TenantContext, calls: Mapping[str, Any]) -> None:
    """Delete what there is of the datasets, the views first. Blocks."""
    for name in (tenant.dataset, tenant.raw_dataset):
        reference = bigquery.DatasetReference(client.project, name)
        client.delete_dataset(reference, delete_contents=True, not_found_ok=True, **calls)


def reader_entry(place: BigQueryProject, tenant: TenantContext) -> AccessEntry:
    """The tenant's service account reads the views."""
    return AccessEntry(role=_READER, entity_type=_USER, entity_id=place.account_of(tenant))


def views_entry(place: BigQueryProject, tenant: TenantContext) -> AccessEntry:
    """Every view of the views dataset reads the raw one, for whoever may read the view."""
    dataset = {"projectId": place.project, "datasetId": tenant.dataset}
    entity = {"dataset": dataset, "targetTypes": ["VIEWS"]}
    return AccessEntry(role=None, entity_type="dataset", entity_id=entity)


def _make(
    client: bigquery.Client,
    place: BigQueryProject,
    tenant: TenantContext,
    name: str,
    description: str,
) -> bigquery.Dataset:
    reference = bigquery.DatasetReference(place.project, name)
    try:
        return client.get_dataset(reference)
    except NotFound:
        dataset = bigquery.Dataset(reference)
        dataset.location = place.location
        dataset.description = description
        dataset.labels = {"gtm_tenant": tenant.dataset}
    try:
        return client.create_dataset(dataset)
    except Conflict:
        return client.get_dataset(reference)


def _grant(
    client: bigquery.Client, dataset: bigquery.Dataset, wanted: Iterable[AccessEntry]
) -> None:
    there = list(dataset.access_entries)
    missing = [entry for entry in wanted if entry not in there]
    if missing:
        dataset.access_entries = [*there, *missing]
        client.update_dataset(dataset, ["access_entries"])
