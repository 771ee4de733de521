"""The web UI in a person's words, for the browser tests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class Screen:
    """What one sees and does; everything is found by role and text."""

    page: Page

    def sign_in(self, workspace: str) -> None:
        """Take a demo login."""
        demos = self.page.get_by_role("region", name="Open a demo workspace")
        demos.get_by_role("button", name=workspace).click()
        expect(self.box).to_be_focused()

    def sign_out(self) -> None:
        """Leave."""
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("heading", name="Sign in to GTM Dashboard")).to_be_visible()

    @property
    def box(self) -> Locator:
        """The question box."""
        return self.page.get_by_role("textbox", name="Your question")

    @property
    def turns(self) -> Locator:
        """Every question with its answer."""
        return self.page.get_by_role("article")

    def ask(self, question: str) -> Locator:
        """Ask, and return the turn once nothing more will come."""
        before = self.turns.count()
        self.box.fill(question)
        self.box.press("Enter")
        return self.settled(before)

    def settled(self, place: int) -> Locator:
        """Return the turn at a place once it is settled."""
        turn = self.turns.nth(place)
        expect(turn).to_have_attribute("aria-busy", "false")
        return turn

    def conversations(self) -> Locator:
        """The kept conversations in the rail."""
        return self.page.get_by_role("navigation", name="Conversations").get_by_role("listitem")

    def go_to(self, name: str) -> None:
        """Follow a link of the rail."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()

    def settings(self, section: str) -> None:
        """Open a section of the settings."""
        self.go_to("Settings")
        sections = self.page.get_by_role("navigation", name="Settings")
        sections.get_by_role("link", name=section).click()

    @property
    def workspace(self) -> Locator:
        """The button that says where one is, and opens the list of workspaces."""
        return self.page.get_by_role("button", name=re.compile("^Workspace "))

    def choose(self, options_of: str, item: str) -> None:
        """Choose from the menu of something."""
        button = self.page.get_by_role("button", name=options_of)
        # Of a conversation it shows once it is pointed at.
        button.focus()
        button.click()
        self.page.get_by_role("menuitem", name=item).click()

    def pin(self, turn: Locator, dashboard: str | None = None) -> None:
        """Pin the chart of a turn; without a name, to the first dashboard there is."""
        turn.get_by_role("button", name="Pin").click()
        menu = self.page.get_by_role("menu")
        item = menu.get_by_role("menuitem", name=dashboard) if dashboard else None
        (item or menu.get_by_role("menuitem").first).click()
        expect(turn.get_by_role("status")).to_contain_text("Pinned to")

    def open_dashboard(self, name: str) -> Locator:
        """Open a dashboard, and return its charts."""
        self.go_to("Dashboards")
        self.page.get_by_role("list", name="Dashboards").get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        return charts_of(self.page)


def charts_of(page: Page) -> Locator:
    """Return the charts of a dashboard."""
    return page.get_by_role("list", name="Charts").get_by_role("figure")


def chart_of(turn: Locator) -> Locator:
    """Return the chart of an answer."""
    return turn.get_by_role("img", name="chart")


def receipt_of(turn: Locator) -> Locator:
    """Return the line that opens the receipt."""
    return turn.get_by_text("How this was answered")
