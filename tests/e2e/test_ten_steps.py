"""The demo of the brief, step by step, as somebody new lives it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import continue_with_google, new_email
from tests.e2e.screen import Screen, chart_of, receipt_of
from tests.e2e.test_keeping import load_sample

GUIDES = {
    "How do I connect GA4?": "BigQuery links",
    "How do I connect Search Console?": "Bulk data export",
    "How do I connect HubSpot?": "Private app",
}


@pytest.mark.timeout(400)
def test_from_signing_up_with_google_to_a_dashboard_of_several_charts(page: Page) -> None:
    # 1 and 2: an account with Google, and a workspace on trial that made itself.
    continue_with_google(page, new_email("dora"), name="Dora Demo")
    expect(page.get_by_text("Dora's workspace")).to_be_visible()
    expect(page.get_by_text("14 days left")).to_be_visible()
    screen = Screen(page)
    load_sample(page)

    # 3 to 5: how each source is connected.
    for at, (question, told) in enumerate(GUIDES.items()):
        screen.box.fill(question)
        screen.box.press("Enter")
        turn = screen.settled(at)
        expect(turn.get_by_text(re.compile(told, re.I)).first).to_be_visible()

    # 6 and 7: the first question, with a chart and what it means.
    sources = screen.ask("What are my top traffic sources last 30 days?")
    expect(chart_of(sources)).to_be_visible()
    expect(sources).to_contain_text(re.compile(r"\d"))
    expect(receipt_of(sources)).to_be_visible()

    # 8 and 9: the chart is kept, and the funnel beside it.
    screen.pin(sources)
    funnel = screen.ask("Show conversion funnel by channel")
    expect(chart_of(funnel)).to_be_visible()
    screen.pin(funnel)

    # 10: the dashboard, also after a reload.
    charts = screen.open_dashboard("Dashboard")
    expect(charts).to_have_count(2)
    page.reload()
    expect(charts).to_have_count(2)
    for place in range(2):
        expect(chart_of(charts.nth(place))).to_be_visible()
