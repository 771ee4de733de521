"""The UI for everyone: keyboard, screen reader, light and dark, narrow screens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.screen import Screen, chart_of, receipt_of
from tests.e2e.test_chat import SOURCES, UNKNOWABLE, VAGUE

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong with the page as it stands."""
    if page.evaluate("typeof window.axe") == "undefined":
        # Evaluated, not added as a script element: the page's own policy allows no inline script.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(page: Page, theme: str) -> None:
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    screen = Screen(page)
    expect(page.get_by_role("button", name="acme")).to_be_visible()
    assert violations(page) == []
    screen.sign_in("acme")
    assert violations(page) == []
    turn = screen.ask(SOURCES)
    expect(chart_of(turn)).to_be_visible()
    receipt_of(turn).click()
    assert violations(page) == []
    turn.get_by_role("button", name="Table").click()
    assert violations(page) == []
    screen.ask(VAGUE)
    screen.ask(UNKNOWABLE)
    assert violations(page) == []


def test_everything_can_be_done_with_the_keyboard_alone(page: Page) -> None:
    screen = Screen(page)
    expect(page.get_by_role("button", name="acme")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="acme"))
    page.keyboard.press("Enter")
    expect(screen.box).to_be_focused()
    page.keyboard.type(SOURCES)
    page.keyboard.press("Enter")
    turn = screen.settled(0)
    expect(screen.box).to_be_focused()
    tab_to(page, turn.get_by_role("button", name="Table"), key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(turn.get_by_role("table")).to_be_visible()
    page.keyboard.press("/")
    expect(screen.box).to_be_focused()
    tab_to(page, page.get_by_role("button", name="Sign out"), key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sign in to GTM Dashboard")).to_be_visible()


def tab_to(page: Page, target: Locator, *, key: str = "Tab") -> None:
    """Press a key until the target has the focus."""
    # Each conversation that earlier tests began has two stops of its own.
    for _ in range(300):
        page.keyboard.press(key)
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} can't be reached with {key}")


def test_the_first_tab_stop_skips_to_the_question_box(screen: Screen) -> None:
    # To the top of the page: blurring alone would go on from where the focus was.
    screen.page.evaluate("document.body.tabIndex = -1; document.body.focus()")
    screen.page.keyboard.press("Tab")
    expect(screen.page.get_by_role("link", name="Skip to the question box")).to_be_focused()
    screen.page.keyboard.press("Enter")
    expect(screen.box).to_be_focused()


def test_an_answer_is_announced_once_it_is_whole(screen: Screen) -> None:
    screen.ask(SOURCES)
    expect(screen.page.get_by_role("status")).to_have_text(re.compile(r"^Answer: .*\d"))


def test_the_theme_follows_the_system_until_one_is_chosen(screen: Screen) -> None:
    page = screen.page
    light = background(page)
    page.emulate_media(color_scheme="dark")
    dark = background(page)
    assert light != dark
    toggle = page.get_by_role("button", name=re.compile("^Theme"))
    toggle.click()
    assert background(page) == light
    toggle.click()
    page.emulate_media(color_scheme="light")
    page.reload()
    expect(screen.box).to_be_visible()
    assert background(page) == dark


def test_a_narrow_screen_scrolls_one_way_only_and_keeps_the_list_in_a_drawer(
    screen: Screen,
) -> None:
    page = screen.page
    page.set_viewport_size({"width": 390, "height": 844})
    turn = screen.ask(SOURCES)
    expect(chart_of(turn)).to_be_visible()
    receipt_of(turn).click()
    turn.get_by_role("button", name="Table").click()
    for element in ("document.documentElement", "document.querySelector('.thread-scroll')"):
        assert page.evaluate(f"{element}.scrollWidth <= {element}.clientWidth"), element
    page.get_by_role("button", name="Conversations").click()
    drawer = page.get_by_role("dialog", name="Conversations")
    expect(drawer.get_by_role("button", name=SOURCES).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
