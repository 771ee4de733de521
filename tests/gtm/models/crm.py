"""Native HubSpot rows in few words, and how they land."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from gtm.models.builder import Change, Source, build, render
from gtm.models.landing.hubspot import (
    ASSOCIATIONS,
    COMPANIES,
    CONTACTS,
    DEALS,
    ENGAGEMENTS,
    HUBSPOT_TABLES,
    MERGES,
    OWNERS,
    PIPELINES,
    PROPERTY_HISTORY,
    STAGES,
)
from gtm.models.model import Model
from gtm.models.sources.hubspot import HUBSPOT
from gtm.warehouse.base import LandingTable, Partition
from tests.gtm.models.conftest import ACME, SYNCED_AT, Lab


@dataclass(frozen=True, slots=True)
class Landed:
    """A row of a landing table."""

    table: LandingTable
    row: Mapping[str, Any]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _record(
    table: LandingTable,
    id_: str,
    properties: Mapping[str, object],
    *,
    archived: bool = False,
    created: str = "2026-01-01",
    updated: str = "2026-03-01",
    **columns: object,
) -> Landed:
    values = [
        {"name": name, "value": None if value is None else str(value)}
        for name, value in properties.items()
    ]
    row = {
        "id": id_,
        "created_at": moment(created),
        "updated_at": moment(updated),
        "archived": archived,
        "properties": values,
        **columns,
    }
    return Landed(table, row)


def contact(
    id_: str, *, archived: bool = False, updated: str = "2026-03-01", **given: Any
) -> Landed:
    return _record(CONTACTS, id_, given, archived=archived, updated=updated)


def company(
    id_: str, *, archived: bool = False, updated: str = "2026-03-01", **given: Any
) -> Landed:
    return _record(COMPANIES, id_, given, archived=archived, updated=updated)


def deal(id_: str, *, archived: bool = False, updated: str = "2026-03-01", **given: Any) -> Landed:
    return _record(DEALS, id_, given, archived=archived, updated=updated)


def engagement(
    id_: str,
    kind: str,
    *,
    archived: bool = False,
    created: str = "2026-01-01",
    **given: Any,
) -> Landed:
    return _record(ENGAGEMENTS, id_, given, archived=archived, created=created, type=kind)


def owner(id_: str, first: str, last: str, email: str = "", *, archived: bool = False) -> Landed:
    row = {"id": id_, "first_name": first, "last_name": last, "email": email, "archived": archived}
    return Landed(OWNERS, row)


def pipeline(id_: str, label: str, *, of: str = "deals") -> Landed:
    return Landed(PIPELINES, {"object_type": of, "id": id_, "label": label, "archived": False})


def stage(
    id_: str,
    label: str,
    order: int,
    *,
    probability: float | None = None,
    closed: bool | None = False,
    archived: bool = False,
    of: str = "deals",
    in_: str = "default",
) -> Landed:
    row = {
        "object_type": of,
        "pipeline_id": in_,
        "id": id_,
        "label": label,
        "display_order": order,
        "is_closed": closed,
        "probability": probability,
        "archived": archived,
    }
    return Landed(STAGES, row)


def link(from_: str, to: str, *, primary: bool = False) -> Landed:
    """Associate two records, each named like `deals/1`."""
    (from_type, from_id), (to_type, to_id) = from_.split("/"), to.split("/")
    row = {
        "from_type": from_type,
        "from_id": from_id,
        "to_type": to_type,
        "to_id": to_id,
        "is_primary": primary,
    }
    return Landed(ASSOCIATIONS, row)


def history(of: str, value: str, at: str, *, name: str = "dealstage") -> Landed:
    object_type, object_id = of.split("/")
    row = {
        "object_type": object_type,
        "object_id": object_id,
        "property": name,
        "value": value,
        "changed_at": moment(at),
        "source": "CRM_UI",
    }
    return Landed(PROPERTY_HISTORY, row)


def merge(of: str, survivor: str) -> Landed:
    object_type, merged_id = of.split("/")
    return Landed(
        MERGES, {"object_type": object_type, "merged_id": merged_id, "survivor_id": survivor}
    )


# The pipeline of a new account, with HubSpot's own probabilities.
SALES = (
    pipeline("default", "Sales Pipeline"),
    stage("appointmentscheduled", "Appointment", 0, probability=0.2),
    stage("qualifiedtobuy", "Qualified", 1, probability=0.4),
    stage("contractsent", "Contract Sent", 2, probability=0.9),
    stage("closedwon", "Closed Won", 3, probability=1.0, closed=True),
    stage("closedlost", "Closed Lost", 4, probability=0.0, closed=True),
)


async def land(lab: Lab, *rows: Landed) -> None:
    by_table: dict[str, tuple[LandingTable, list[Mapping[str, Any]]]] = {}
    for landed in rows:
        by_table.setdefault(landed.table.name, (landed.table, []))[1].append(landed.row)
    for table, given in by_table.values():
        columns = pa.Table.from_pylist(given, schema=table.schema)
        await lab.warehouse.load(lab.tenant, table, [Partition("records", columns)])


async def build_crm(lab: Lab, *rows: Landed) -> None:
    """Land rows and build HubSpot's models and views alone: a whole build takes thrice as long."""
    for table in HUBSPOT_TABLES:
        await lab.warehouse.load(lab.tenant, table, ())
    await land(lab, *rows)
    await lab.warehouse.transform(lab.tenant, _statements())


@cache
def _statements() -> Sequence[str]:
    whole = list(render(ACME, changed=None, synced_at=SYNCED_AT))
    creations = [
        " ".join([kind, f"{dataset}.{name} "])
        for kind, dataset, names in [
            ("CREATE OR REPLACE TABLE", ACME.raw_dataset, [m.name for m in _models()]),
            ("CREATE OR REPLACE VIEW", ACME.dataset, HUBSPOT.views),
        ]
        for name in names
    ]
    return [sql for sql in whole if sql.startswith(("CREATE SCHEMA", *creations))]


def _models() -> Sequence[Model]:
    return (*HUBSPOT.landed, *HUBSPOT.facts)


async def update_crm(lab: Lab, *rows: Landed) -> None:
    """Land rows and build what a load of HubSpot changes, after a whole build."""
    await land(lab, *rows)
    await build(
        lab.warehouse, lab.tenant, changed=Change(Source.HUBSPOT, None), synced_at=SYNCED_AT
    )
