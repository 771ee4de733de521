"""What a workspace needs on BigQuery, as an operator would type it: identities, access, tables."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from google.cloud.bigquery import AccessEntry
from sqlglot import exp

from gtm.context import TenantContext
from gtm.warehouse.base import LandingTable
from gtm.warehouse.bigquery_datasets import reader_entry, views_entry
from gtm.warehouse.bigquery_load import TEMPLATE_SHARD, clustering
from gtm.warehouse.bigquery_project import BigQueryProject
from gtm.warehouse.bigquery_types import landing_schema, type_name

_JOB_USER = "roles/bigquery.jobUser"
_DATASET_MAKER = "roles/bigquery.user"
_TOKEN_CREATOR = "roles/iam.serviceAccountTokenCreator"  # noqa: S105 - a role, no secret


def app_bindings(place: BigQueryProject, app: str) -> Iterator[str]:
    """Yield the commands that let the app make datasets and run jobs; once a project."""
    for role in (_JOB_USER, _DATASET_MAKER):
        yield _project_binding(place, app, role)


def tenant_bindings(place: BigQueryProject, tenant: TenantContext, app: str) -> Iterator[str]:
    """Yield the commands that make a workspace's identity, and let the app act as it."""
    account = place.account_of(tenant)
    yield _command(
        *("gcloud", "iam", "service-accounts", "create", account.partition("@")[0]),
        f"--project={place.project}",
        f"--display-name=GTM Dashboard: questions of {tenant.tenant_id}",
    )
    yield _project_binding(place, f"serviceAccount:{account}", _JOB_USER)
    yield _command(
        *("gcloud", "iam", "service-accounts", "add-iam-policy-binding", account),
        f"--project={place.project}",
        f"--member={app}",
        f"--role={_TOKEN_CREATOR}",
    )


def dataset_ddl(place: BigQueryProject, tenant: TenantContext) -> Iterator[str]:
    """Yield the statements that make the two datasets."""
    for name in (tenant.dataset, tenant.raw_dataset):
        dataset = exp.table_("", db=name, catalog=place.project, quoted=True)
        location = exp.Property(this=exp.var("location"), value=exp.Literal.string(place.location))
        options = exp.Properties(expressions=[location])
        yield _sql(exp.Create(kind="SCHEMA", this=dataset, exists=True, properties=options))


def access(place: BigQueryProject, tenant: TenantContext) -> Iterator[tuple[str, str]]:
    """Yield each dataset and the entry that its access needs, as the API takes it."""
    yield tenant.dataset, _json(reader_entry(place, tenant))
    yield tenant.raw_dataset, _json(views_entry(place, tenant))


def landing_ddl(tenant: TenantContext, tables: Iterable[LandingTable]) -> Iterator[str]:
    """Yield the statements that make the landing tables, with how each is stored."""
    for table in tables:
        name = table.name + (TEMPLATE_SHARD if table.is_sharded else "")
        columns = [
            exp.ColumnDef(
                this=exp.to_identifier(field.name),
                kind=exp.DataType.build(type_name(field), dialect="bigquery"),
            )
            for field in landing_schema(table.schema)
        ]
        target = exp.table_(name, db=tenant.raw_dataset, quoted=True)
        yield _sql(
            exp.Create(
                kind="TABLE",
                this=exp.Schema(this=target, expressions=columns),
                exists=True,
                properties=_storage(table),
            )
        )


def _storage(table: LandingTable) -> exp.Properties | None:
    found: list[exp.Expr] = []
    if table.partition_column:
        found.append(exp.PartitionedByProperty(this=exp.column(table.partition_column)))
    if table.key:
        found.append(exp.Cluster(expressions=[exp.column(name) for name in clustering(table)]))
    return exp.Properties(expressions=found) if found else None


def _project_binding(place: BigQueryProject, member: str, role: str) -> str:
    return _command(
        *("gcloud", "projects", "add-iam-policy-binding", place.project),
        f"--member={member}",
        f"--role={role}",
        "--condition=None",
    )


def _command(*words: str) -> str:
    return shlex.join(words)


def _json(entry: AccessEntry) -> str:
    body: dict[str, Any] = entry.to_api_repr()  # type: ignore[no-untyped-call]  # the SDK's own gap
    return json.dumps({name: value for name, value in body.items() if value is not None})


def _sql(tree: exp.Expr) -> str:
    return tree.sql(dialect="bigquery", comments=False, pretty=True)
