"""The views over a sample CRM equal what plain Python makes of the same records."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from gtm.demo.generator import generate
from gtm.demo.workspaces import load_workspaces
from gtm.models.landing.hubspot import HUBSPOT_TABLES
from tests.gtm.models.conftest import Lab
from tests.gtm.models.crm import Landed, build_crm

LADDER = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
)
Record = Mapping[str, str]


def a_moment(text: str | None) -> datetime | None:
    if not text:
        return None
    if text.isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def a_key(kind: str, id_: str) -> str:
    return hashlib.sha256(f"{kind}/{id_}".encode()).hexdigest()


@dataclass(frozen=True)
class Crm:
    """The native rows of a sample, by table."""

    tables: Mapping[str, list[dict[str, Any]]]

    def records(self, kind: str) -> dict[str, Record]:
        """Properties by identifier of what is neither deleted nor merged away."""
        rows = self.tables[kind]
        found = {
            row["id"]: {p["name"]: p["value"] for p in row["properties"] if p["value"]}
            for row in rows
        }
        merged = {
            id_
            for record in found.values()
            for id_ in record.get("hs_merged_object_ids", "").split(";")
        }
        gone = merged | {row["id"] for row in rows if row["archived"]}
        return {id_: record for id_, record in found.items() if id_ not in gone}

    def survivors(self, kind: str) -> dict[str, str]:
        return {
            merged: id_
            for id_, record in self.records(kind).items()
            for merged in record.get("hs_merged_object_ids", "").split(";")
        }

    def stages(self) -> dict[str, dict[str, Any]]:
        return {row["id"]: row for row in self.tables["hubspot_pipeline_stages"]}


@pytest.fixture(scope="module", params=["acme", "globex"])
def crm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Crm:
    workspace = load_workspaces()[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    generate(
        workspace, until=date(2026, 3, 9), events=12_000, seed=workspace.seed + 1, directory=folder
    )
    drawn = Crm({table.name: _rows(folder / f"{table.name}.parquet") for table in HUBSPOT_TABLES})
    assert len(drawn.records("hubspot_deals")) > 20
    assert drawn.survivors("hubspot_deals"), "the sample has merged deals"
    return drawn


def _rows(path: Path) -> list[dict[str, Any]]:
    return pq.read_table(path).to_pylist() if path.exists() else []


async def build(lab: Lab, crm: Crm) -> None:
    await build_crm(
        lab,
        *[Landed(table, row) for table in HUBSPOT_TABLES for row in crm.tables[table.name]],
    )


def closed_deals(crm: Crm) -> Iterator[tuple[Record, bool]]:
    for record in crm.records("hubspot_deals").values():
        stage = crm.stages()[record["dealstage"]]
        if stage["is_closed"]:
            yield record, stage["probability"] == 1


def a_month(text: str | None) -> date | None:
    moment = a_moment(text)
    return moment.date().replace(day=1) if moment else None


async def test_deals_are_won_lost_and_created_as_counted_by_hand(lab: Lab, crm: Crm) -> None:
    await build(lab, crm)
    counted: dict[date | None, Counter[str]] = defaultdict(Counter)
    for record, is_won in closed_deals(crm):
        counted[a_month(record["closedate"])]["won" if is_won else "lost"] += 1
        if is_won:
            began, ended = (a_moment(record[name]) for name in ("createdate", "closedate"))
            assert began
            assert ended
            days = (ended.date() - began.date()).days
            counted[a_month(record["closedate"])]["days"] += max(days, 0)
    for record in crm.records("hubspot_deals").values():
        counted[a_month(record["createdate"])]["created"] += 1
    names = ("won", "lost", "days", "created")
    assert await lab.ask(
        "SELECT close_month, SUM(won_deals), SUM(lost_deals), SUM(sum_cycle_days), "
        "SUM(created_deals) FROM vw_sales_performance_monthly GROUP BY 1 ORDER BY 1"
    ) == [
        (month, *(counts[name] for name in names))
        for month, counts in sorted(counted.items(), key=lambda item: str(item[0]))
    ]


async def test_stage_history_is_that_of_the_native_rows(lab: Lab, crm: Crm) -> None:
    await build(lab, crm)
    deals, survivors = crm.records("hubspot_deals"), crm.survivors("hubspot_deals")
    entries: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for row in crm.tables["hubspot_property_history"]:
        deal = survivors.get(row["object_id"], row["object_id"])
        if row["property"] == "dealstage" and deal in deals:
            entries[a_key("deal", deal)].append((row["changed_at"], row["value"]))
    told = {row["object_id"] for row in crm.tables["hubspot_property_history"]}
    assert told >= set(deals), "every deal of the sample has a history"
    labels = {id_: row["label"] for id_, row in crm.stages().items()}
    assert await lab.ask(
        "SELECT deal_key, entered_at, stage FROM vw_deal_stage_history ORDER BY 1, 2, 3"
    ) == sorted(
        (deal, at, labels[stage]) for deal, found in entries.items() for at, stage in _moves(found)
    )


def _moves(entries: Iterable[tuple[datetime, str]]) -> Iterator[tuple[datetime, str]]:
    before = None
    for at, stage in sorted(entries):
        if stage != before:
            yield at, stage
        before = stage


async def test_the_lifecycle_is_that_of_the_native_rows(lab: Lab, crm: Crm) -> None:
    await build(lab, crm)
    counted: dict[tuple[date, int], Counter[str]] = defaultdict(Counter)
    for record in crm.records("hubspot_contacts").values():
        days = {}
        for place, stage in enumerate(LADDER):
            names = (f"hs_v2_date_entered_{stage}", f"hs_date_entered_{stage}")
            found = [record[n] for n in (*names, f"hs_lifecyclestage_{stage}_date") if n in record]
            moment = a_moment(found[0]) if found else None
            if moment:
                days[place] = moment.date()
                counted[days[place].replace(day=1), place]["entered"] += 1
        for place in range(len(LADDER)):
            reached = [day for at, day in days.items() if at >= place]
            if reached:
                counts = counted[min(reached).replace(day=1), place]
                counts["cohort"] += 1
                counts["next"] += any(at > place for at in days)
    assert await lab.ask(
        "SELECT period_month, stage_order, SUM(contacts_entered), SUM(cohort_contacts), "
        "SUM(cohort_reached_next) FROM vw_lifecycle_funnel GROUP BY 1, 2 ORDER BY 1, 2"
    ) == [
        (*group, *(counts[name] for name in ("entered", "cohort", "next")))
        for group, counts in sorted(counted.items())
    ]


async def test_engagements_and_records_are_as_many_as_there_are(lab: Lab, crm: Crm) -> None:
    await build(lab, crm)
    kinds = Counter(row["type"] for row in crm.tables["hubspot_engagements"] if not row["archived"])
    assert await lab.ask(
        "SELECT type, SUM(engagements) FROM vw_engagements_daily GROUP BY 1 ORDER BY 1"
    ) == sorted(kinds.items())
    for kind, view in [("contact", "vw_contacts"), ("deal", "vw_deals")]:
        keys = {a_key(kind, id_) for id_ in crm.records(f"hubspot_{kind}s")}
        assert {key for (key,) in await lab.ask(f"SELECT {kind}_key FROM {view}")} == keys
    # Deals in another currency count with what HubSpot converted; without a rate, with nothing.
    known = [
        float(record["amount_in_home_currency"])
        for record, is_won in closed_deals(crm)
        if is_won and "amount_in_home_currency" in record
    ]
    assert await lab.ask_one("SELECT SUM(won_amount_home) FROM vw_sales_performance_monthly") == (
        pytest.approx(sum(known))
    )
