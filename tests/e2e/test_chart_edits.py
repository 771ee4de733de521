"""A chart is changed from its menu or in words, and a forecast and odd days are drawn as such."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Watch
from tests.e2e.screen import Screen, chart_of, charts_of, receipt_of
from tests.e2e.test_looks import tab_to, violations

CHANNELS = "Sessions by channel last month"


def edit(screen: Screen, entry: str) -> Locator:
    """Choose from the menu of the newest chart; return the turn that follows."""
    before = screen.turns.count()
    screen.page.get_by_role("button", name="Edit chart").click()
    item = re.compile(f"^{re.escape(entry)}$")
    menu = screen.page.get_by_role("menu")
    menu.get_by_role("menuitem", name=item).or_(
        menu.get_by_role("menuitemradio", name=item)
    ).click()
    turn = screen.settled(before)
    expect(chart_of(turn)).to_be_visible()
    return turn


def bars(turn: Locator) -> Locator:
    return turn.locator(".recharts-bar-rectangle")


def test_a_chart_is_changed_step_by_step_from_its_menu_and_back(screen: Screen) -> None:
    page = screen.page
    count = bars(screen.ask(CHANNELS)).count()
    top = edit(screen, "Top 3, the rest as Other")
    expect(bars(top)).to_have_count(4)
    expect(chart_of(top).get_by_text("Other", exact=True)).to_be_visible()
    # What was wished before holds beside what is wished now.
    pie = edit(screen, "Pie")
    expect(pie.locator(".recharts-pie-sector")).to_have_count(4)
    page.get_by_role("button", name="Edit chart").click()
    checked = page.get_by_role("menuitemradio", checked=True)
    expect(checked).to_have_text(["Pie", "Top 3, the rest as Other"])
    page.keyboard.press("Escape")
    first = edit(screen, "As first drawn")
    expect(bars(first)).to_have_count(count)
    # Only the newest chart is what words about a chart mean.
    expect(page.get_by_role("button", name="Edit chart")).to_have_count(1)


def test_a_chart_gets_a_title_that_stays_on_its_dashboard(screen: Screen) -> None:
    page, title = screen.page, "Where visits come from: all channels"
    screen.ask(CHANNELS)
    page.get_by_role("button", name="Edit chart").click()
    page.get_by_role("menuitem", name="Change the title").click()
    page.get_by_role("textbox", name="Title").fill(title)
    page.get_by_role("button", name="Change", exact=True).click()
    turn = screen.settled(1)
    expect(turn.get_by_role("heading", name=title, exact=True)).to_be_visible()
    screen.pin(turn)
    turn.get_by_role("status").get_by_role("link").click()
    expect(charts_of(page).get_by_role("heading", name=title, exact=True).first).to_be_visible()


def test_words_do_what_the_menu_does_and_say_what_would_mislead(screen: Screen) -> None:
    screen.ask(CHANNELS)
    turn = screen.ask("make the bars vertical, sort by name and use red")
    expect(bars(turn).first.locator("path")).to_have_attribute("fill", "#d8343f")
    turn = screen.ask("make it 3D")
    expect(turn).to_contain_text("Not in 3D")


def test_numbers_stand_at_the_marks_or_not(screen: Screen) -> None:
    first = screen.ask(CHANNELS)
    labels = ".recharts-label-list text"
    expect(first.locator(labels).first).to_be_visible()
    without = edit(screen, "Without numbers")
    expect(without.locator(labels)).to_have_count(0)
    with_them = edit(screen, "With numbers")
    expect(with_them.locator(labels)).to_have_count(bars(first).count())


def test_numbers_in_a_stack_are_those_of_its_parts(screen: Screen) -> None:
    screen.ask("Sessions by week and device category last 60 days")
    # Parts of a whole over time are stacked unless somebody wants them side by side.
    edit(screen, "Bars")
    turn = edit(screen, "With numbers")
    shown = turn.locator(".recharts-label-list text").all_text_contents()
    assert shown
    turn.get_by_role("button", name="Table").click()
    assert set(shown) <= set(turn.get_by_role("cell").all_text_contents())


def test_a_chart_is_changed_with_the_keyboard_alone(screen: Screen) -> None:
    page = screen.page
    turn = screen.ask(CHANNELS)
    expect(chart_of(turn)).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Edit chart"), key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitemradio", name="Bars")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(screen.settled(1).locator(".recharts-pie-sector").first).to_be_visible()
    expect(screen.box).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_explanations_forecasts_and_odd_days(
    screen: Screen, theme: str, width: int
) -> None:
    page = screen.page
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    for question in (
        "Why did sessions change last week?",
        "Anything unusual in sessions in the last 365 days?",
        "Forecast sessions for next month",
    ):
        turn = screen.ask(question)
        expect(receipt_of(turn)).to_be_visible()
        assert violations(page) == []
    page.get_by_role("button", name="Edit chart").click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert violations(page) == []


def test_a_forecast_is_dashed_within_its_range_and_its_steps_are_told(screen: Screen) -> None:
    turn = screen.ask("Forecast sessions for next month")
    chart = chart_of(turn)
    expect(chart.locator(".recharts-area-area")).to_be_visible()
    expect(chart.locator(".recharts-line-curve[stroke-dasharray]").last).to_be_visible()
    expect(turn.get_by_text("Range", exact=True)).to_be_visible()
    turn.get_by_text("Understanding → Querying → Charting").click()
    expect(turn.get_by_text("Forecast, and tested how well")).to_be_visible()
    # Nobody can stand for what will be.
    expect(turn.get_by_role("button", name="Options for the answer")).to_have_count(0)


def test_what_went_wrong_what_is_refused_and_what_has_no_rows_look_different(
    screen: Screen, watch: Watch
) -> None:
    watch.allowed = ("503",)
    page = screen.page
    refused = screen.ask("What was our ad spend last month?")
    expect(refused.get_by_role("group", name="This can't be answered here")).to_be_visible()
    expect(refused.get_by_role("figure")).to_have_count(0)
    empty = screen.ask("Sessions by channel on 3 January 2020")
    expect(empty.get_by_text("No rows in this period.")).to_be_visible()
    expect(empty.get_by_role("group", name="This can't be answered here")).to_have_count(0)
    page.route("**/v1/analytics/query", lambda route: route.fulfill(status=503, json={}), times=1)
    failed = screen.ask(CHANNELS)
    expect(failed.get_by_role("button", name="Try again")).to_be_visible()
