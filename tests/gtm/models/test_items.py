"""Items: seen, put in the cart and bought; and what is searched for on the site."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.gtm.models.conftest import Lab, event, purchase

ITEMS = (
    "SELECT date, item_id, views, adds_to_cart, purchases, quantity, item_revenue_usd"
    " FROM vw_items_daily ORDER BY date, item_id"
)


def item(sku: str, revenue: float | None = None, **given: object) -> dict[str, Any]:
    return {"item_id": sku, "item_name": "Tent", "item_revenue_in_usd": revenue, **given}


async def test_items_are_counted_by_what_was_done_with_them(lab: Lab) -> None:
    await lab.land(
        [
            event("view_item", items=[item("A")]),
            event("view_item", items=[item("A")], user="u2"),
            event("add_to_cart", items=[item("A"), item("B")]),
            event("view_item_list", items=[item("A"), item("B"), item("C")]),
            purchase("T1", items=[item("A", 30.0, quantity=3), item("B", 5.0, quantity=1)]),
        ]
    )
    await lab.build()
    day = date(2026, 3, 1)
    assert await lab.ask(ITEMS) == [(day, "A", 2, 1, 1, 3, 30.0), (day, "B", 0, 1, 1, 1, 5.0)]


async def test_items_of_a_repeated_order_are_bought_once_on_its_first_day(lab: Lab) -> None:
    bought = [item("A", 30.0, quantity=3)]
    await lab.land(
        [
            purchase("T1", at="2026-03-02 10:00:00", items=bought),
            purchase("T1", at="2026-03-02 10:00:00", items=bought),
            purchase("T1", at="2026-03-01 10:00:00", items=bought, session=2),
        ]
    )
    await lab.build()
    assert await lab.ask(ITEMS) == [(date(2026, 3, 1), "A", 0, 0, 1, 3, 30.0)]


async def test_an_item_without_a_quantity_is_one_and_its_price_is_what_it_brought(lab: Lab) -> None:
    sold = [item("A", price_in_usd=7.0), item("B", price_in_usd=7.0, quantity=2), item("C")]
    await lab.land([purchase("T1", items=sold)])
    await lab.build()
    rows = await lab.ask(
        "SELECT item_id, quantity, item_revenue_usd FROM vw_items_daily ORDER BY 1"
    )
    assert rows == [("A", 1, 7.0), ("B", 2, 14.0), ("C", 1, 0.0)]


async def test_an_unnamed_item_stays_visible(lab: Lab) -> None:
    await lab.land([event("view_item", items=[{"item_id": ""}])])
    await lab.build()
    rows = await lab.ask("SELECT item_id, item_name, item_category, item_brand FROM vw_items_daily")
    assert rows == [("(not set)",) * 4]


async def test_searches_on_the_site_are_counted_by_term_and_user(lab: Lab) -> None:
    terms = [(" Tent ", "u1"), ("tent", "u1"), ("TENT", "u2"), ("tent", None), ("", "u1")]
    await lab.land(
        [
            event("view_search_results", user=user, params={"search_term": term})
            for term, user in terms
        ]
        + [event("view_search_results", user="u3"), event(params={"search_term": "not a search"})]
    )
    await lab.build()
    assert await lab.ask("SELECT * FROM vw_site_search_daily ORDER BY search_term") == [
        (date(2026, 3, 1), "(not set)", 2, 2),
        (date(2026, 3, 1), "tent", 4, 2),
    ]
