"""The screens beside the conversation, for everyone: axe, narrow windows, keyboard, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accounts import new_email
from tests.e2e.screen import Screen, chart_of, charts_of
from tests.e2e.test_chat import FUNNEL, SOURCES
from tests.e2e.test_looks import tab_to, violations
from tests.e2e.test_sharing import follow, invite

SECTIONS = (
    "People",
    "Workspace",
    "Words",
    "Verified answers",
    "Feedback",
    "Usage",
    "Access tokens",
    "Activity",
)


def check(page: Page) -> None:
    """Hold the page to what axe finds, and to scrolling one way only."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert violations(page) == []
    for element in ("document.documentElement", "document.querySelector('main')"):
        assert page.evaluate(f"{element}.scrollWidth <= {element}.clientWidth"), element


@pytest.fixture
def board(screen: Screen) -> Screen:
    """Return a dashboard of this test's own, with two charts."""
    name = new_email("board")
    for question in (SOURCES, FUNNEL):
        turn = screen.ask(question)
        turn.get_by_role("button", name="Pin").click()
        if question == SOURCES:
            screen.page.get_by_role("menuitem", name="New dashboard").click()
            screen.page.get_by_label("Name").fill(name)
            screen.page.get_by_role("button", name="Create dashboard").click()
        else:
            screen.page.get_by_role("menuitem", name=name).click()
        expect(turn.get_by_role("link", name=name)).to_be_visible()
    screen.turns.last.get_by_role("link", name=name).click()
    expect(charts_of(screen.page)).to_have_count(2)
    return screen


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_on_a_dashboard_and_its_link(
    board: Screen, people: Callable[[], Page], theme: str, width: int
) -> None:
    page, anybody = board.page, people()
    for one in (page, anybody):
        one.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        one.set_viewport_size({"width": width, "height": 844})
    expect(chart_of(charts_of(page).first)).to_be_visible()
    check(page)
    # Conversations about sessions have options too.
    charts_of(page).get_by_role("button", name="Options for Sessions").click()
    check(page)
    page.get_by_role("menuitem", name="Edit").click()
    check(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    check(page)
    follow(anybody, link)
    expect(chart_of(charts_of(anybody).first)).to_be_visible()
    check(anybody)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_the_settings_and_lists(page: Page, theme: str, width: int) -> None:
    screen = Screen(page)
    screen.sign_in("acme")
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 844})
    origin = page.url.partition("?")[0]
    page.goto(f"{origin}?dashboards")
    expect(page.get_by_role("heading", name="Dashboards", exact=True)).to_be_visible()
    check(page)
    screen.workspace.click()
    expect(page.get_by_role("menuitem", name="New workspace")).to_be_visible()
    check(page)
    page.get_by_role("menuitem", name="New workspace").click()
    expect(page.get_by_role("dialog", name="New workspace")).to_be_visible()
    check(page)
    page.keyboard.press("Escape")
    page.goto(f"{origin}?settings=people")
    for name in SECTIONS:
        page.get_by_role("navigation", name="Settings").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=3).first).to_be_visible()
        check(page)


def test_axe_finds_nothing_on_an_invitation(screen: Screen, people: Callable[[], Page]) -> None:
    link = invite(screen, new_email("axe"))
    check(screen.page)
    guest = people()
    follow(guest, link)
    expect(guest.get_by_role("heading", name="Join Acme")).to_be_focused()
    check(guest)


def test_a_dashboard_is_arranged_with_the_keyboard_alone(board: Screen) -> None:
    page = board.page
    titles = charts_of(page).get_by_role("heading")
    first, second = titles.all_inner_texts()
    options = page.get_by_role("button", name=f"Options for {second}")
    tab_to(page, options)
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Edit")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Move forward")).to_be_focused()
    page.keyboard.press("Enter")
    expect(titles).to_have_text([second, first])
    page.keyboard.press("Escape")
    page.reload()
    expect(titles).to_have_text([second, first])


def test_a_chart_is_dragged_onto_the_place_of_another(board: Screen) -> None:
    titles = charts_of(board.page).get_by_role("heading")
    first, second = titles.all_inner_texts()
    titles.nth(1).drag_to(titles.nth(0))
    expect(titles).to_have_text([second, first])


def test_a_chart_is_edited_and_downloaded_as_a_picture(board: Screen) -> None:
    page = board.page
    title = charts_of(page).get_by_role("heading").first.inner_text()
    board.choose(f"Options for {title}", "Edit")
    page.get_by_label("Title").fill("Where visits come from")
    page.get_by_label("Width").select_option(label="Full width")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    figure = page.get_by_role("figure", name="Where visits come from")
    expect(figure).to_be_visible()
    page.reload()
    expect(figure).to_be_visible()
    with page.expect_download() as download:
        board.choose("Options for Where visits come from", "Download PNG")
    assert download.value.suggested_filename.endswith(".png")
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_token_is_made_used_and_revoked(screen: Screen) -> None:
    page = screen.page
    screen.settings("Access tokens")
    page.get_by_role("button", name="New token").click()
    page.get_by_label("Name").fill("A script")
    page.get_by_role("button", name="Make the token").click()
    secret = page.get_by_role("textbox", name="Secret of A script").input_value()
    headers = {"Authorization": f"Bearer {secret}"}
    address = f"{page.url.partition('?')[0]}v1/dashboards"
    # Not through the page, whose own requests carry its session.
    assert page.context.request.get(address, headers=headers).status == 200
    page.get_by_role("button", name="Revoke A script").click()
    page.get_by_role("button", name="Revoke for good").click()
    expect(page.get_by_text("A script")).to_have_count(0)
    assert page.context.request.get(address, headers=headers).status == 401
    screen.settings("Activity")
    activity = page.get_by_role("list", name="Activity")
    expect(activity.get_by_role("listitem").first).to_contain_text(
        re.compile("Revoked an access token")
    )
