"""Loading HubSpot bit by bit gives the same rows as loading it at once."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from tests.gtm.models.conftest import Lab
from tests.gtm.models.crm import (
    SALES,
    Landed,
    build_crm,
    company,
    contact,
    deal,
    engagement,
    history,
    land,
    link,
    merge,
    owner,
    update_crm,
)

STAGES = ("appointmentscheduled", "qualifiedtobuy", "contractsent", "closedwon", "closedlost")
SOURCES = ("ORGANIC_SEARCH", "OFFLINE", "REFERRALS", "")
KEYS = 14


def a_day(draw: random.Random) -> str:
    return f"2026-{draw.randint(1, 3):02}-{draw.randint(1, 28):02}"


def a_record(draw: random.Random, number: int, *, kind: str, updated: str) -> Landed:
    """A version of a record; some versions delete it, some bring it back."""
    archived = draw.random() < 0.15
    source = draw.choice(SOURCES)
    # Only into records with a higher number: merges make no circle.
    merged = str(draw.randrange(number)) if number and draw.random() < 0.15 else ""
    if kind == "contact":
        stages = {f"hs_v2_date_entered_{name}": a_day(draw) for name in ("lead", "customer")}
        return contact(
            f"{number}",
            archived=archived,
            updated=updated,
            hs_merged_object_ids=merged,
            hs_analytics_source=source,
            associatedcompanyid=draw.randrange(KEYS),
            **dict(list(stages.items())[: draw.randrange(3)]),
        )
    if kind == "company":
        return company(
            f"{number}",
            archived=archived,
            updated=updated,
            hs_merged_object_ids=merged,
            name=f"C{draw.randrange(100)}",
        )
    return deal(
        f"{number}",
        archived=archived,
        updated=updated,
        hs_merged_object_ids=merged,
        pipeline="default",
        dealstage=draw.choice(STAGES),
        amount=draw.choice(["", "10", "250.5"]),
        createdate=a_day(draw),
        closedate=a_day(draw),
        hs_analytics_source=source,
        hubspot_owner_id=draw.randrange(3),
    )


def a_batch(draw: random.Random, number: int) -> list[Landed]:
    """What one sync brings: new versions of records, and whole sets of what belongs to them."""
    updated = f"2026-03-0{number + 1}"
    rows = [
        a_record(draw, key, kind=kind, updated=updated)
        for kind in ("contact", "company", "deal")
        for key in draw.sample(range(KEYS), 6)
    ]
    for key in draw.sample(range(KEYS), 5):
        rows += [link(f"deals/{key}", f"contacts/{to}") for to in draw.sample(range(KEYS), 2)]
        rows.append(link(f"deals/{key}", f"companies/{draw.randrange(KEYS)}", primary=True))
        days = sorted(a_day(draw) for _ in range(3))
        rows += [history(f"deals/{key}", draw.choice(STAGES), day) for day in days]
        kind = draw.choice(["call", "note"])
        rows.append(engagement(f"e{key}", kind, hs_timestamp=a_day(draw), hubspot_owner_id="1"))
        rows.append(link(f"engagements/e{key}", f"contacts/{draw.randrange(KEYS)}"))
    if number == 3:
        rows.append(merge("deals/1", str(KEYS - 1)))
        rows.append(owner("1", "Ada", "Byron-Lovelace"))
    return rows


def what_is_left(batches: Sequence[Sequence[Landed]]) -> list[Landed]:
    """The rows of the latest batch that has their key: a batch replaces all rows of a key."""
    left: dict[tuple[str, ...], list[Landed]] = {}
    for batch in batches:
        of_batch: dict[tuple[str, ...], list[Landed]] = {}
        for landed in batch:
            key = (landed.table.name, *(str(landed.row[name]) for name in landed.table.key))
            of_batch.setdefault(key, []).append(landed)
        left.update(of_batch)
    return [landed for rows in left.values() for landed in rows]


@pytest.mark.parametrize("seed", range(3))
async def test_batches_equal_one_load(lab: Lab, second_lab: Lab, seed: int) -> None:
    draw = random.Random(seed)
    known = [*SALES, owner("1", "Ada", "Byron"), owner("2", "Ben", "Cole")]
    batches = [known, *[a_batch(draw, number) for number in range(5)]]
    await land(lab, *what_is_left(batches))
    await lab.build()

    await second_lab.build()
    for batch in batches:
        await update_crm(second_lab, *batch)
    found = await second_lab.snapshot()
    assert found == await lab.snapshot()
    assert found["vw_deals"], "nothing was compared"


async def test_building_again_changes_nothing(lab: Lab) -> None:
    await build_crm(lab, *SALES, *a_batch(random.Random(9), 0))
    await lab.build()
    once = await lab.snapshot()
    await update_crm(lab)
    assert await lab.snapshot() == once
